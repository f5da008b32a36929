package io.cairn.server.script;

import io.cairn.server.differential.Draw;
import java.util.Random;

/** Draws values and writes them in Lua. */
final class Literals {
    private static final String[] ODD = {
        "0/0",
        "-(0/0)",
        "1/0",
        "-1/0",
        "-0",
        "5e-324",
        "2.2250738585072014e-308",
        "1.7976931348623157e308",
        "0.1",
        "1/3"
    };

    private static final String[] DISTANCES = {"0", "0.5", "1", "1", "1.5", "2"};

    private Literals() {}

    static String string(byte[] bytes) {
        StringBuilder literal = new StringBuilder("\"");
        for (byte value : bytes) {
            if (value >= ' ' && value < 127 && value != '"' && value != '\\') {
                literal.append((char) value);
            } else {
                literal.append(String.format("\\%03d", value & 0xFF));
            }
        }
        return literal.append('"').toString();
    }

    static String string(Random random) {
        return string(
                switch (random.nextInt(8)) {
                    case 0 -> new byte[0];
                    case 1 -> Draw.binary(random, random.nextInt(40));
                    case 2 -> Draw.binary(random, random.nextInt(300));
                    case 3 -> Draw.of(random, "0", "12", "-3.5", " 7 ", "0x1F", "1e3", "12x", "true", "null");
                    case 4 -> Draw.of(random, "a/b", "\"", "\\", "\n\r\t\b\f", "\u007f", "\u0000", "\u0001\u001f");
                    default -> Draw.word(random);
                });
    }

    /** One of less than 32 bytes: of longer ones the two hash different bytes, and a table has its entries in another order. */
    private static String shortString(Random random) {
        return Draw.oneIn(random, 4)
                ? string(Draw.binary(random, random.nextInt(32)))
                : string(Draw.of(random, "", "a", "b", "1", "2", "10", "a/b", "\"", "\\", "\u0000", "w1", "w2", "1.5"));
    }

    static String number(Random random) {
        return switch (random.nextInt(9)) {
            case 0 -> "(" + ODD[random.nextInt(ODD.length)] + ")";
            case 1 -> edge(random);
            case 2 -> real(Double.longBitsToDouble(random.nextLong()));
            case 3 -> real(random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20));
            case 4 -> real((float) random.nextGaussian());
            case 5 -> Long.toString(random.nextLong() >> random.nextInt(64));
            default -> Integer.toString(random.nextInt(400) - 200);
        };
    }

    /** A number close to a power of two. */
    static String edge(Random random) {
        String power = "2^" + random.nextInt(66);
        String sign = random.nextBoolean() ? "" : "-";
        return "(" + sign + power + (random.nextBoolean() ? "+" : "-") + DISTANCES[random.nextInt(DISTANCES.length)]
                + ")";
    }

    static String real(double value) {
        if (Double.isNaN(value)) {
            return "(0/0)";
        }
        return Double.isInfinite(value) ? value > 0 ? "(1/0)" : "(-1/0)" : Double.toString(value);
    }

    /** Any value, a table of tables among them. */
    static String value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 12 : 8)) {
            case 0 -> random.nextBoolean() ? "true" : "false";
            case 1 -> Draw.oneIn(random, 3) ? "nil" : "cjson.null";
            case 2, 3, 4 -> number(random);
            case 5 -> Draw.oneIn(random, 20) ? "select" : "{}";
            case 6, 7 -> string(random);
            default -> table(random, depth - 1);
        };
    }

    private static String table(Random random, int depth) {
        StringBuilder table = new StringBuilder("{");
        int kind = random.nextInt(8);
        int entries = Draw.oneIn(random, 10) ? random.nextInt(40) : random.nextInt(6);
        for (int i = 0; i < entries; i++) {
            String value = value(random, depth);
            if (kind <= 2) {
                table.append(value).append(',');
            } else if (!value.equals("nil")) {
                // A key without a value may be found again, or be collected: then the order of a table is a matter of
                // luck.
                String key = kind > 4 ? shortString(random) : key(random, kind);
                table.append('[').append(key).append("]=").append(value).append(',');
            }
        }
        return table.append('}').toString();
    }

    private static String key(Random random, int kind) {
        if (kind == 3) {
            return Integer.toString(1 + random.nextInt(12));
        }
        return switch (random.nextInt(12)) {
            case 0 -> real(random.nextGaussian());
            case 1 -> Integer.toString(-random.nextInt(5));
            case 2 -> Draw.oneIn(random, 3) ? "true" : "1.5";
            // Between those an array with a billion holes could be asked for.
            case 3 -> "2^" + (random.nextBoolean() ? random.nextInt(11) : 31 + random.nextInt(28));
            case 4 -> shortString(random);
            default -> Integer.toString(random.nextInt(20));
        };
    }
}
