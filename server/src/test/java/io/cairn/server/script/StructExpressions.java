package io.cairn.server.script;

import io.cairn.server.differential.Draw;
import java.util.Random;

/** Formats of structures with values, or bytes, that fit them mostly. */
final class StructExpressions {
    private static final String[] INTEGERS = {"b", "B", "h", "H", "l", "L", "T", "i", "I"};
    private static final String[] CONTROLS = {"<", ">", "!", "!1", "!2", "!4", "!8", "!16", " ", "x"};
    private static final String[] WRONG = {"q", "!3", "!0", "i33", "z", "%", "c", "i99999999999", "\u0000b", "5", "@"};

    private StructExpressions() {}

    static String draw(Random random) {
        StringBuilder format = new StringBuilder();
        StringBuilder values = new StringBuilder();
        boolean isFixed = random.nextBoolean();
        for (int i = random.nextInt(7); i > 0; i--) {
            option(random, format, values, isFixed);
        }
        String quoted = Literals.string(Draw.bytes(format.toString()));
        String packed = "struct.pack(" + quoted + values + ")";
        return "return "
                + switch (random.nextInt(6)) {
                    case 0 -> "struct.size(" + quoted + ")";
                    case 1, 2 -> packed;
                    case 3 -> "struct.unpack(" + quoted + "," + packed + ")";
                    case 4 -> "struct.unpack(" + quoted + ",'ab'.." + packed + ",3)";
                    default -> "struct.unpack(" + quoted + "," + bytes(random) + place(random) + ")";
                };
    }

    private static void option(Random random, StringBuilder format, StringBuilder values, boolean isFixed) {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3 -> format.append(CONTROLS[random.nextInt(CONTROLS.length)]);
            case 4 -> {
                if (Draw.oneIn(random, 3)) {
                    format.append(WRONG[random.nextInt(WRONG.length)]);
                }
            }
            case 5, 6, 7 -> {
                format.append(random.nextBoolean() ? 'f' : 'd');
                value(random, values, Literals.number(random));
            }
            case 8, 9 -> {
                format.append('c').append(isFixed ? 1 + random.nextInt(5) : 0);
                value(random, values, Literals.string(random));
            }
            case 10 -> {
                if (!isFixed) {
                    format.append('s');
                    value(random, values, Literals.string(random));
                }
            }
            case 11, 12, 13 -> {
                format.append(random.nextBoolean() ? 'i' : 'I').append(random.nextInt(Draw.oneIn(random, 4) ? 33 : 10));
                value(random, values, Literals.number(random));
            }
            case 14 -> {
                String text = Literals.string(random);
                format.append("Bc0");
                value(random, values, "#" + text);
                value(random, values, text);
            }
            default -> {
                format.append(INTEGERS[random.nextInt(INTEGERS.length)]);
                value(random, values, Literals.number(random));
            }
        }
    }

    private static void value(Random random, StringBuilder values, String fitting) {
        switch (random.nextInt(60)) {
            case 0 -> values.append(",nil");
            case 1 -> values.append(",").append(Literals.value(random, 1));
            case 2 -> values.append(",").append(Literals.number(random));
            case 3 -> {}
            default -> values.append(",").append(fitting);
        }
    }

    private static String bytes(Random random) {
        return Literals.string(Draw.binary(random, random.nextInt(Draw.oneIn(random, 3) ? 10 : 100)));
    }

    private static String place(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> "," + (random.nextInt(12) - 3);
            case 1 -> "," + (1 + random.nextInt(8)) + ".7";
            case 2 -> "," + Literals.value(random, 0);
            default -> "";
        };
    }
}
