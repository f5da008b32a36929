package io.cairn.server.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.stream.StreamParser;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is logged for a command is what a real server propagates for it: its append-only file holds the same commands as
 * its replication stream.
 *
 * <p>Two differences are meant. One is when a key that has expired is deleted: a real server does so whenever it meets
 * one, ours where a command is about to write it. So deletions of single keys are not compared here, but by the state that
 * follows. The other is a BITFIELD of which every integer overflows and none is written, though the value has grown: a
 * real server keeps that from its replicas.
 */
final class EffectsIT {
    private static final int COMMANDS = 3000;
    /** Points in time that generators name lie behind it, times to live from now before it. */
    private static final long FAR_MILLIS = 3_900_000_000_000L;

    @TempDir
    Path directory;

    @Seeded(runs = 1, longRuns = 20)
    void logsWhatARealServerPropagates(long seed) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        Random random = new Random(seed);
        try (Peer peer = Peer.start("--appendonly", "yes", "--appendfsync", "always");
                Node node = new Node(new MemoryRowStore(), directory, System::currentTimeMillis, random)) {
            peer.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
            List<CommandGenerator> generators = Families.generators();
            for (int i = 0; i < COMMANDS; i++) {
                byte[][] args =
                        generators.get(random.nextInt(generators.size())).next(random);
                if (Comparing.of(args) == Comparing.EFFECTS) {
                    continue;
                }
                long ourStart = node.position();
                long theirStart = peer.appended();
                peer.call("SCAN", "0"); // makes it forget an overflow that SORT would take for one of its own
                Object ours = node.call(args);
                Object theirs = peer.call(args);
                String what = "seed " + seed + ": " + Answers.text(args) + " -> " + ours + " / " + theirs;
                List<String> appended = lines(parse(ByteBuffer.wrap(peer.appendedSince(theirStart))));
                if (appended.isEmpty() && isRefusedBitfield(args, ours)) {
                    continue;
                }
                assertEquals(appended, lines(node.effects(ourStart)), what);
            }
        }
    }

    private static boolean isRefusedBitfield(byte[][] args, Object answer) {
        String name = new String(args[0], StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        return name.equals("bitfield") && answer instanceof List<?> items && items.contains(Subject.NIL);
    }

    private static List<byte[][]> parse(ByteBuffer bytes) {
        StreamParser parser = new StreamParser();
        List<byte[][]> commands = new ArrayList<>();
        for (byte[][] next = parser.next(bytes); next != null; next = parser.next(bytes)) {
            commands.add(next);
        }
        return commands;
    }

    /** Commands as text; the name in lower case, times near the present as {@code now}. */
    private static List<String> lines(List<byte[][]> commands) {
        List<String> lines = new ArrayList<>();
        for (byte[][] command : commands) {
            String name = new String(command[0], StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
            boolean frame = List.of("select", "multi", "exec").contains(name);
            if (frame || name.equals("del") && command.length == 2) {
                continue;
            }
            StringBuilder line = new StringBuilder(name);
            for (byte[] arg : Arrays.copyOfRange(command, 1, command.length)) {
                line.append(' ').append(isNear(arg) ? "soon" : Answers.text(arg));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    /** Whether it is a time to live that was made absolute: both sides have clocks of their own. */
    private static boolean isNear(byte[] arg) {
        if (arg.length != 13) {
            return false;
        }
        try {
            long millis = Long.parseLong(new String(arg, StandardCharsets.US_ASCII));
            return millis > System.currentTimeMillis() && millis < FAR_MILLIS;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
