package io.cairn.server.differential;

import java.util.Arrays;
import java.util.Random;

/**
 * Draws commands on bits of strings.
 *
 * <p>Large values stay among keys of their own, since other families' commands on two of them would take for ever.
 *
 * <p><i>Thread-safe.</i>
 */
final class BitmapGenerator implements CommandGenerator {
    private static final String[] LARGE = {"large:1", "large:2", "large:3"};
    private static final String[] OPERATIONS = {"and", "or", "xor", "not"};
    private static final String[] FAR = {
        "4294967295",
        "4294967296",
        "4294967288",
        "34359738367",
        "9223372036854775807",
        "-1",
        "1e3",
        "",
        "0x1",
        "#1",
        "+1"
    };

    @Override
    public byte[][] next(Random random) {
        boolean large = Draw.oneIn(random, 3);
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3 -> setbit(random, large);
            case 4, 5 ->
                of(random, "getbit")
                        .arg(key(random, large), Draw.oneIn(random, 8) ? Draw.of(random, FAR) : offset(random, large))
                        .build();
            case 6, 7, 8 -> range(random, of(random, "bitcount").arg(key(random, large)), large);
            case 9, 10, 11 ->
                range(random, of(random, "bitpos").arg(key(random, large)).arg(bit(random)), large);
            case 12, 13, 14 -> bitop(random, large);
            case 15, 16 -> bitfield(random, large);
            case 17 -> bitfieldRo(random, large);
            case 18 ->
                of(random, "set")
                        .arg(key(random, large))
                        .arg(value(random, large))
                        .build();
            default -> other(random, large);
        };
    }

    private static CommandBuilder of(Random random, String name) {
        return CommandBuilder.of(random, name);
    }

    private static byte[] key(Random random, boolean large) {
        if (large) {
            return Draw.of(random, LARGE);
        }
        return Draw.oneIn(random, 2) ? Draw.of(random, "bits:1", "bits:2", "bits:3") : Draw.key(random);
    }

    private static byte[] bit(Random random) {
        return Draw.oneIn(random, 20) ? Draw.integer(random) : Draw.of(random, "0", "1");
    }

    /** A bit's place that is not too far out to write to. */
    private static byte[] offset(Random random, boolean large) {
        int bits = large ? 1_000_000 : 1 + random.nextInt(300);
        int border = large && Draw.oneIn(random, 3) ? 65_536 * random.nextInt(15) + random.nextInt(3) - 1 : -1;
        return Draw.bytes(Integer.toString(border >= 0 ? border : random.nextInt(bits)));
    }

    /** All ones or all zeroes at times: what is looked for is not at the beginning then. */
    private static byte[] value(Random random, boolean large) {
        int length = large ? 60_000 + random.nextInt(20_000) : random.nextInt(20);
        byte[] value = Draw.binary(random, length);
        if (Draw.oneIn(random, 2)) {
            Arrays.fill(value, (byte) (random.nextBoolean() ? 0xFF : 0));
        }
        return Draw.oneIn(random, 8) ? Draw.value(random) : value;
    }

    private static byte[][] setbit(Random random, boolean large) {
        byte[] offset = Draw.oneIn(random, 30)
                ? Draw.of(random, "4294967296", "9223372036854775807", "-1", "x", "", "#1", "01")
                : offset(random, large);
        return of(random, "setbit").arg(key(random, large), offset, bit(random)).build();
    }

    private static byte[][] range(Random random, CommandBuilder command, boolean large) {
        for (int numbers = random.nextInt(3); numbers > 0; numbers--) {
            command.arg(position(random, large));
        }
        if (Draw.oneIn(random, 3)) {
            command.arg(position(random, large), position(random, large)).word(random.nextInt(8) == 0 ? "bits" : "bit");
        } else {
            command.maybe(6, "byte");
        }
        return command.build();
    }

    private static byte[] position(Random random, boolean large) {
        if (large && !Draw.oneIn(random, 5)) {
            return Draw.bytes(Integer.toString(random.nextInt(1_200_000) - (random.nextBoolean() ? 0 : 1_100_000)));
        }
        return Draw.oneIn(random, 3) ? Draw.bytes(Integer.toString(random.nextInt(200) - 100)) : Draw.index(random);
    }

    private static byte[][] bitop(Random random, boolean large) {
        CommandBuilder bitop = of(random, "bitop");
        String operation = OPERATIONS[random.nextInt(OPERATIONS.length)];
        bitop.word(Draw.oneIn(random, 30) ? "nand" : operation).arg(key(random, large));
        int sources = operation.equals("not") && !Draw.oneIn(random, 8) ? 1 : 1 + random.nextInt(4);
        for (int left = sources; left > 0; left--) {
            bitop.arg(key(random, large && !Draw.oneIn(random, 4)));
        }
        return bitop.build();
    }

    private static byte[][] bitfield(Random random, boolean large) {
        CommandBuilder bitfield = of(random, "bitfield").arg(key(random, large));
        for (int left = random.nextInt(5); left > 0; left--) {
            switch (random.nextInt(7)) {
                case 0, 1 -> bitfield.word("get").arg(type(random), field(random, large, true));
                case 2, 3 -> bitfield.word("set").arg(type(random), field(random, large, false), operand(random));
                case 4, 5 -> bitfield.word("incrby").arg(type(random), field(random, large, false), operand(random));
                default -> bitfield.word("overflow").arg(overflow(random));
            }
        }
        return bitfield.build();
    }

    private static byte[][] bitfieldRo(Random random, boolean large) {
        CommandBuilder bitfield = of(random, "bitfield_ro").arg(key(random, large));
        for (int left = random.nextInt(4); left > 0; left--) {
            if (Draw.oneIn(random, 12)) {
                bitfield.word("set").arg(type(random), field(random, large, false), operand(random));
            } else {
                bitfield.word("get").arg(type(random), field(random, large, true));
            }
        }
        return bitfield.build();
    }

    private static byte[] overflow(Random random) {
        return Draw.oneIn(random, 20) ? Draw.bytes("never") : Draw.of(random, "wrap", "sat", "FAIL", "fail", "Sat");
    }

    private static byte[] type(Random random) {
        if (Draw.oneIn(random, 30)) {
            return Draw.of(random, "u64", "i65", "u0", "i0", "i", "", "x8", "U8", "i08", "u-1", "i8 ");
        }
        boolean signed = random.nextBoolean();
        int width = Draw.oneIn(random, 3) ? (signed ? 64 : 63) - random.nextInt(2) : 1 + random.nextInt(63);
        return Draw.bytes((signed ? "i" : "u") + width);
    }

    private static byte[] field(Random random, boolean large, boolean farToo) {
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> Draw.bytes("#" + random.nextInt(large ? 3000 : 12));
            case 3 ->
                farToo
                        ? Draw.of(random, FAR)
                        : Draw.of(random, "4294967296", "-1", "#-1", "#", "#x", "x", "##1", "#4611686018427387904");
            default -> offset(random, large);
        };
    }

    private static byte[] operand(Random random) {
        return Draw.oneIn(random, 4) ? Draw.bytes(Long.toString(random.nextLong())) : Draw.integer(random);
    }

    /** What makes strings of other kinds, and shows what has become of them. */
    private static byte[][] other(Random random, boolean large) {
        byte[] key = key(random, large);
        return switch (random.nextInt(5)) {
            case 0 -> of(random, "object").word("encoding").arg(key).build();
            case 1 -> of(random, "strlen").arg(key).build();
            case 2 -> of(random, "del").arg(key).build();
            case 3 -> of(random, "expire").arg(key, Draw.bytes("100000")).build();
            default -> of(random, "set").arg(key, Draw.integer(random)).build();
        };
    }
}
