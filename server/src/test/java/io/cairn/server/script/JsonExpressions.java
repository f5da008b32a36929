package io.cairn.server.script;

import io.cairn.server.differential.Draw;
import java.util.Random;

/** Values to encode, texts to decode, and settings between them. */
final class JsonExpressions {
    private static final String[] BLANKS = {"", "", "", "", " ", "\n", "\t\r ", "  "};
    private static final String[] LETTERS = {
        "a",
        "b",
        "/",
        "\\\"",
        "\\\\",
        "\\/",
        "\\b",
        "\\f",
        "\\n",
        "\\r",
        "\\t",
        "\u00C3\u00A9",
        "\u00FF",
        "\u0001",
        "\u007F"
    };
    private static final String[] NUMBERS = {
        "0",
        "-0",
        "1e5",
        "-1.5E+3",
        "2e-3",
        "0.1",
        "1.",
        "-.5",
        "01",
        "0x1F",
        "-0x.8p1",
        "0x1.8P-2",
        "0x",
        "1e",
        "-",
        "inf",
        "-Infinity",
        "NaN",
        "-nan",
        "nan(1)",
        "+1",
        "1e999",
        "123456789012345678",
        "3.14159265358979",
        "1-2"
    };
    private static final String[] WRONG = {
        "tru", "nul", "False", "]", "}", ",", ":", "'a'", "\u0000", "n", "i", "/*", "\\"
    };
    private static final String[] SETTINGS = {
        "encode_sparse_array(true)",
        "encode_sparse_array(false,2,10)",
        "encode_sparse_array('on',1,3)",
        "encode_sparse_array(nil,0)",
        "encode_sparse_array(nil,3,1)",
        "encode_max_depth(2)",
        "encode_max_depth(1000)",
        "decode_max_depth(2)",
        "decode_max_depth(1000)",
        "encode_number_precision(3)",
        "encode_number_precision(14)",
        "encode_invalid_numbers(true)",
        "encode_invalid_numbers('null')",
        "encode_invalid_numbers('off')",
        "decode_invalid_numbers(false)",
        "decode_invalid_numbers('on')",
        "encode_keep_buffer(false)"
    };

    private JsonExpressions() {}

    static String draw(Random random) {
        int depth = Draw.oneIn(random, 8) ? 8 : 3;
        return "return "
                + switch (random.nextInt(30)) {
                    case 0 -> "cjson." + SETTINGS[random.nextInt(SETTINGS.length)];
                    case 1, 2, 3, 4, 5, 6, 7, 8 -> "cjson.encode(" + Literals.value(random, depth) + ")";
                    case 9, 10, 11, 12 -> "cjson.decode(cjson.encode(" + Literals.value(random, depth) + "))";
                    case 13, 14, 15 -> "cjson.encode(cjson.decode(" + text(random, depth) + "))";
                    default -> "cjson.decode(" + text(random, depth) + ")";
                };
    }

    private static String text(Random random, int depth) {
        StringBuilder out = new StringBuilder();
        blank(random, out);
        value(random, out, depth);
        blank(random, out);
        return Literals.string(Damage.some(random, Draw.bytes(out.toString())));
    }

    private static void blank(Random random, StringBuilder out) {
        out.append(BLANKS[random.nextInt(BLANKS.length)]);
    }

    private static void value(Random random, StringBuilder out, int depth) {
        switch (random.nextInt(depth > 0 ? 14 : 8)) {
            case 0 -> out.append("null");
            case 1 -> out.append(random.nextBoolean());
            case 2 -> out.append(NUMBERS[random.nextInt(NUMBERS.length)]);
            case 3 -> out.append(random.nextInt(2000) - 1000);
            case 4 -> out.append(Literals.real(random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20)));
            case 5, 6 -> string(random, out);
            case 7 -> {
                if (Draw.oneIn(random, 8)) {
                    out.append(WRONG[random.nextInt(WRONG.length)]);
                } else {
                    out.append(random.nextBoolean() ? "[]" : "{ }");
                }
            }
            case 8, 9, 10 -> items(random, out, depth - 1, false);
            default -> items(random, out, depth - 1, true);
        }
    }

    private static void items(Random random, StringBuilder out, int depth, boolean isObject) {
        out.append(isObject ? '{' : '[');
        blank(random, out);
        int count = Draw.oneIn(random, 12) ? random.nextInt(30) : random.nextInt(5);
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                out.append(',');
                blank(random, out);
            }
            if (isObject) {
                string(random, out);
                blank(random, out);
                out.append(':');
                blank(random, out);
            }
            value(random, out, depth);
            blank(random, out);
        }
        out.append(isObject ? '}' : ']');
    }

    private static void string(Random random, StringBuilder out) {
        out.append('"');
        for (int i = random.nextInt(5); i > 0; i--) {
            switch (random.nextInt(8)) {
                case 0 -> escape(out, random.nextInt(65536));
                case 1 -> {
                    escape(out, 0xD800 + random.nextInt(1024));
                    escape(out, 0xDC00 + random.nextInt(1024));
                }
                case 2 -> escape(out, random.nextInt(256));
                default -> out.append(LETTERS[random.nextInt(LETTERS.length)]);
            }
        }
        out.append('"');
    }

    private static void escape(StringBuilder out, int code) {
        out.append(String.format((code & 1) == 0 ? "\\u%04x" : "\\u%04X", code));
    }
}
