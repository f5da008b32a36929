package io.cairn.server.script;

import io.cairn.server.differential.Draw;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import java.util.StringJoiner;

/** Values to pack, and messages to unpack: well formed, damaged, and mere noise. */
final class MessagePackExpressions {
    private MessagePackExpressions() {}

    static String draw(Random random) {
        return "return "
                + switch (random.nextInt(8)) {
                    case 0, 1 -> packed(random);
                    case 2 -> "cmsgpack.unpack(" + packed(random) + ")";
                    case 3 -> "cmsgpack.unpack_one(" + messages(random) + offset(random) + ")";
                    case 4 ->
                        "cmsgpack.unpack_limit(" + messages(random) + "," + random.nextInt(5) + offset(random) + ")";
                    default -> "cmsgpack.unpack(" + messages(random) + ")";
                };
    }

    private static String packed(Random random) {
        StringJoiner values = new StringJoiner(",", "cmsgpack.pack(", ")");
        for (int i = random.nextInt(4); i >= 0; i--) {
            values.add(Literals.value(random, Draw.oneIn(random, 8) ? 8 : 3));
        }
        return values.toString();
    }

    private static String offset(Random random) {
        return switch (random.nextInt(6)) {
            case 0, 1 -> "," + random.nextInt(12);
            case 2 -> "," + Literals.value(random, 0);
            default -> "";
        };
    }

    private static String messages(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (Draw.oneIn(random, 6)) {
            out.writeBytes(Draw.binary(random, random.nextInt(30)));
        } else {
            for (int i = random.nextInt(4); i >= 0; i--) {
                message(random, out, 3);
            }
        }
        return Literals.string(Damage.some(random, out.toByteArray()));
    }

    private static void message(Random random, ByteArrayOutputStream out, int depth) {
        switch (random.nextInt(depth > 0 ? 12 : 8)) {
            case 0 -> out.write(random.nextInt(128));
            case 1 -> out.write(0xE0 + random.nextInt(32));
            case 2 -> out.write(Draw.oneIn(random, 8) ? 0xC1 : 0xC0 + 2 * random.nextInt(2) + random.nextInt(2));
            case 3, 4 -> {
                int form = random.nextInt(8);
                out.write(0xCC + form);
                integer(out, random.nextLong() >> random.nextInt(64), 1 << (form & 3));
            }
            case 5 -> {
                boolean isDouble = random.nextBoolean();
                double value = random.nextGaussian() * Math.pow(10, random.nextInt(80) - 40);
                out.write(isDouble ? 0xCB : 0xCA);
                integer(
                        out,
                        isDouble ? Double.doubleToLongBits(value) : Float.floatToIntBits((float) value),
                        isDouble ? 8 : 4);
            }
            case 6, 7 -> text(random, out);
            case 8, 9 -> items(random, out, depth, 0x90, 0xDC, 1);
            default -> items(random, out, depth, 0x80, 0xDE, 2);
        }
    }

    private static void text(Random random, ByteArrayOutputStream out) {
        byte[] bytes = Draw.value(random);
        if (bytes.length < 32 && random.nextBoolean()) {
            out.write(0xA0 + bytes.length);
        } else {
            int form = bytes.length > 255 ? 1 + random.nextInt(2) : random.nextInt(3);
            out.write(0xD9 + form);
            integer(out, bytes.length, 1 << form);
        }
        out.writeBytes(bytes);
    }

    private static void items(Random random, ByteArrayOutputStream out, int depth, int fixed, int sized, int each) {
        int count = random.nextInt(5);
        if (random.nextBoolean()) {
            out.write(fixed + count);
        } else {
            int form = random.nextInt(2);
            out.write(sized + form);
            integer(out, count, 2 << form);
        }
        for (int i = 0; i < count * each; i++) {
            message(random, out, depth - 1);
        }
    }

    private static void integer(ByteArrayOutputStream out, long value, int bytes) {
        for (int shift = 8 * bytes - 8; shift >= 0; shift -= 8) {
            out.write((int) (value >>> shift));
        }
    }
}
