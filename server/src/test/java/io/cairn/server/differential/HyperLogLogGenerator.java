package io.cairn.server.differential;

import java.util.Random;

/**
 * Draws commands on HyperLogLogs.
 *
 * <p>What stands in the registers is left whole: a real server keeps half of a PFADD that meets a damaged value, which
 * ours takes back.
 *
 * <p><i>Thread-safe.</i>
 */
final class HyperLogLogGenerator implements CommandGenerator {
    private static final String[] KEYS = {"hll:1", "hll:2", "hll:3", "hll:4"};

    @Override
    public byte[][] next(Random random) {
        return switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4 -> add(random, random.nextInt(4), 30);
            case 5, 6, 7 -> add(random, random.nextInt(60), 5000);
            case 8 -> add(random, 400, 1_000_000);
            case 9, 10, 11, 12, 13, 14 -> of(random, "pfcount", 1);
            case 15, 16 -> of(random, "pfcount", 1 + random.nextInt(4));
            case 17, 18, 19, 20 -> of(random, "pfmerge", 1 + random.nextInt(4));
            case 21 -> header(random);
            case 22 -> of(random, Draw.oneIn(random, 2) ? "strlen" : "getdel", 1);
            default -> of(random, "del", 1);
        };
    }

    private static byte[] key(Random random) {
        return Draw.oneIn(random, 10) ? Draw.key(random) : Draw.of(random, KEYS);
    }

    private static byte[][] of(Random random, String name, int keys) {
        CommandBuilder command = CommandBuilder.of(random, name);
        for (int left = keys; left > 0; left--) {
            command.arg(key(random));
        }
        return command.build();
    }

    private static byte[][] add(Random random, int count, int elements) {
        CommandBuilder add = CommandBuilder.of(random, "pfadd").arg(key(random));
        for (int left = count; left > 0; left--) {
            add.arg(Draw.oneIn(random, 10) ? Draw.value(random) : Draw.bytes("e" + random.nextInt(elements)));
        }
        return add.build();
    }

    /** Changes bytes that stand before the registers: what is unused, and the estimate that is remembered. */
    private static byte[][] header(Random random) {
        int offset = random.nextInt(8) + 5;
        byte[] part = Draw.binary(random, 1 + random.nextInt(16 - offset));
        return CommandBuilder.of(random, "setrange")
                .arg(key(random), Draw.bytes(Integer.toString(offset)), part)
                .build();
    }
}
