package io.cairn.server.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.command.CommandException;
import io.cairn.server.command.Glob;
import io.cairn.server.command.LongDouble;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Patterns and sums of floating point numbers, many of them, against a real server. */
final class TextIT {
    private static final String[] PIECES = {
        "a", "b", "c", "*", "?", "[", "]", "^", "-", "\\", "[ab]", "[^a]", "[a-c]", "[b-a]", "\u00ff", "\u0080", "A",
        "**"
    };
    private static final String[] LETTERS = {"a", "b", "c", "A", "]", "-", "^", "\\", "*", "\u00ff", "\u0080"};

    @Seeded(runs = 1, longRuns = 20)
    void matchesPatternsAsARealServerDoes(long seed) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        Random random = new Random(seed);
        try (Peer peer = Peer.start()) {
            for (int i = 0; i < 4000; i++) {
                byte[] pattern = concatenation(random, PIECES, 7);
                byte[] text = concatenation(random, LETTERS, 6);
                peer.call(Draw.bytes("SET"), text, Draw.bytes(""));
                Object found = peer.call(Draw.bytes("SCAN"), Draw.bytes("0"), Draw.bytes("MATCH"), pattern);
                boolean theirs = found instanceof List<?> reply && !List.of().equals(reply.get(1));
                Glob glob = new Glob(pattern);
                boolean ours = glob.matchesAll() || glob.matches(text);
                assertEquals(theirs, ours, Answers.text(pattern, text));
                peer.call(Draw.bytes("DEL"), text);
            }
        }
    }

    private static byte[] concatenation(Random random, String[] pieces, int most) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(most); left > 0; left--) {
            text.append(pieces[random.nextInt(pieces.length)]);
        }
        return Draw.bytes(text.toString());
    }

    @Seeded(runs = 1, longRuns = 20)
    void sumsAsARealServerDoes(long seed) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        Random random = new Random(seed);
        try (Peer peer = Peer.start()) {
            for (int i = 0; i < 10_000; i++) {
                byte[] value = number(random);
                byte[] increment = number(random);
                peer.call(Draw.bytes("SET"), Draw.bytes("k"), value);
                Object theirs = peer.call(Draw.bytes("INCRBYFLOAT"), Draw.bytes("k"), increment);
                assertEquals(theirs, sum(value, increment), Answers.text(value, increment));
            }
        }
    }

    private static Object sum(byte[] value, byte[] increment) {
        try {
            return "$" + new String(LongDouble.sum(value, increment), StandardCharsets.US_ASCII);
        } catch (CommandException e) {
            return "-" + e.reply();
        }
    }

    private static byte[] number(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> Draw.number(random);
            case 1 -> Draw.bytes(Long.toString(random.nextLong()));
            case 2 -> Draw.bytes(random.nextLong() + "" + random.nextInt(Integer.MAX_VALUE));
            case 3 -> Draw.bytes(Double.toString(Double.longBitsToDouble(random.nextLong())));
            case 4 -> Draw.bytes(Double.toHexString(random.nextGaussian()));
            case 5 -> Draw.bytes(random.nextInt(1000) + "." + (random.nextLong() >>> 1));
            case 6 -> Draw.bytes(random.nextInt() + "e" + (random.nextInt(9900) - 4960));
            default -> Draw.bytes(Double.toString(random.nextGaussian()));
        };
    }
}
