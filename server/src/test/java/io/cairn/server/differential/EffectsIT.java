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
 * <p>Three differences are meant. One is when a key that has expired is deleted: a real server does so whenever it meets
 * one, ours where a command is about to write it. So deletions of single keys are not compared here, but by the state that
 * follows. Another is a BITFIELD of which every integer overflows and none is written, though the value has grown: a
 * real server keeps that from its replicas. And it does so when a consumer reads again what is pending with it, though
 * that counts as a delivery, and makes the consumer if need be; and of how many entries a group has read (Redis 7.2
 * propagates that).
 */
final class EffectsIT {
    private static final int COMMANDS = 3000;
    /** Points in time that generators name lie behind it, times to live from now before it. */
    private static final long FAR_MILLIS = 3_900_000_000_000L;
    /** Deliveries of streams are told with their time. */
    private static final long RUN_MILLIS = 3_600_000L;

    @TempDir
    Path directory;

    @Seeded(runs = 1, longRuns = 20)
    void logsWhatARealServerPropagates(long seed) throws IOException {
        compare(seed, Families.generators());
    }

    @Seeded(runs = 1, longRuns = 20)
    void logsWhatARealServerPropagatesOfStreams(long seed) throws IOException {
        compare(seed, List.of(new StreamGenerator()));
    }

    private void compare(long seed, List<CommandGenerator> generators) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        Random random = new Random(seed);
        try (Peer peer = Peer.start("--appendonly", "yes", "--appendfsync", "always");
                Node node = new Node(new MemoryRowStore(), directory, System::currentTimeMillis, random)) {
            peer.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
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
                if (isHistory(args) || appended.isEmpty() && isRefusedBitfield(args, ours)) {
                    continue;
                }
                List<String> logged = lines(node.effects(ourStart));
                if (name(args).equals("xreadgroup")) {
                    withoutPosition(appended);
                    withoutPosition(logged);
                }
                assertEquals(appended, logged, what);
            }
        }
    }

    private static boolean isRefusedBitfield(byte[][] args, Object answer) {
        return name(args).equals("bitfield") && answer instanceof List<?> items && items.contains(Subject.NIL);
    }

    private static void withoutPosition(List<String> lines) {
        lines.removeIf(line -> line.startsWith("xgroup \"SETID\""));
    }

    private static String name(byte[]... args) {
        return new String(args[0], StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    }

    /** Whether it asks, among others, for what is pending. */
    private static boolean isHistory(byte[]... args) {
        int streams = 1;
        while (streams < args.length && !"streams".equals(name(args[streams]))) {
            streams++;
        }
        int first = streams + 1 + (args.length - streams - 1) / 2;
        boolean isRead = name(args).equals("xreadgroup") && first < args.length;
        return isRead && Arrays.stream(args, first, args.length).anyMatch(id -> !name(id).equals(">"));
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
            return millis > System.currentTimeMillis() - RUN_MILLIS && millis < FAR_MILLIS;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
