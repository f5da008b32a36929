package io.cairn.server.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

/** Damaged HyperLogLogs are refused where a real server refuses them, and otherwise become what they become there. */
final class HyperLogLogIT {
    private static final int VALUES = 1500;

    @TempDir
    Path directory;

    @Seeded(runs = 1, longRuns = 20)
    void treatsDamagedValuesAsARealServerDoes(long seed) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        Random random = new Random(seed);
        try (Peer peer = Peer.start();
                Node node = new Node(new MemoryRowStore(), directory, System::currentTimeMillis, random)) {
            for (int i = 0; i < VALUES; i++) {
                byte[] value = value(node, random);
                if (random.nextInt(20) > 0) {
                    value = damaged(random, value);
                }
                for (String command : new String[] {"PFCOUNT", "PFADD", "PFMERGE"}) {
                    compare(node, peer, command, value, random.nextLong(), "seed " + seed + ", value " + i);
                }
            }
        }
    }

    private static byte[] value(Node node, Random random) {
        node.call("DEL", "k");
        int elements = random.nextInt(random.nextInt(10) == 0 ? 2000 : 200);
        byte[][] add = new byte[elements + 2][];
        add[0] = Draw.bytes("PFADD");
        add[1] = Draw.bytes("k");
        for (int i = 2; i < add.length; i++) {
            add[i] = Draw.bytes("e" + random.nextInt());
        }
        node.call(add);
        if (random.nextBoolean()) {
            node.call("PFCOUNT", "k");
        }
        return Draw.bytes(((String) node.call("GET", "k")).substring(1));
    }

    private static byte[] damaged(Random random, byte[] value) {
        byte[] damaged = value.clone();
        for (int left = random.nextInt(3); left >= 0; left--) {
            int at = random.nextInt(random.nextInt(3) == 0 ? Math.min(16, damaged.length) : damaged.length);
            switch (random.nextInt(4)) {
                case 0 -> damaged[at] = (byte) random.nextInt();
                case 1 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length) + 1);
                default -> damaged = Arrays.copyOf(damaged, damaged.length + 1 + random.nextInt(3));
            }
        }
        return damaged;
    }

    private static void compare(Node node, Peer peer, String command, byte[] value, long element, String what) {
        byte[] key = Draw.bytes("k");
        for (Subject subject : new Subject[] {node, peer}) {
            subject.call("DEL", "k", "other");
            subject.call("PFADD", "other", "a", "b", "c");
            assertEquals("+OK", subject.call(Draw.bytes("SET"), key, value));
        }
        byte[] last = Draw.bytes(command.equals("PFMERGE") ? "other" : "element" + element);
        byte[][] args = command.equals("PFCOUNT")
                ? new byte[][] {Draw.bytes(command), key}
                : new byte[][] {Draw.bytes(command), key, last};
        Object our = node.call(args);
        Object their = peer.call(args);
        assertFalse(our.toString().contains("internal"), what);
        assertEquals(their, our, () -> what + ": " + command + " " + Answers.text(value));
        if (!their.toString().startsWith("-")) {
            assertEquals(peer.call("GET", "k"), node.call("GET", "k"), () -> what + ": after " + command);
            assertEquals(peer.call("PFCOUNT", "k", "other"), node.call("PFCOUNT", "k", "other"), what);
        }
    }
}
