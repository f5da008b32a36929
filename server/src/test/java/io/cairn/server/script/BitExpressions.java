package io.cairn.server.script;

import io.cairn.server.differential.Draw;
import java.util.Random;
import java.util.StringJoiner;

/** Operations on bits, with operands of all sizes and at times with none. */
final class BitExpressions {
    private static final String[] FOLDING = {"band", "bor", "bxor"};
    private static final String[] SHIFTING = {"lshift", "rshift", "arshift", "rol", "ror"};
    private static final String[] SIMPLE = {"tobit", "bnot", "bswap", "tohex"};

    private BitExpressions() {}

    static String draw(Random random) {
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> call(random, FOLDING, Draw.oneIn(random, 20) ? 0 : 1 + random.nextInt(5));
            case 3, 4, 5 -> shift(random);
            case 6 -> "return bit.tohex(" + operand(random) + "," + (random.nextInt(30) - 15) + ")";
            default -> call(random, SIMPLE, 1);
        };
    }

    private static String call(Random random, String[] names, int count) {
        StringJoiner operands = new StringJoiner(",", "(", ")");
        for (int i = 0; i < count; i++) {
            operands.add(operand(random));
        }
        return "return bit." + names[random.nextInt(names.length)] + operands;
    }

    private static String shift(Random random) {
        String distance = Draw.oneIn(random, 4) ? operand(random) : Integer.toString(random.nextInt(80) - 40);
        return "return bit." + SHIFTING[random.nextInt(SHIFTING.length)] + "(" + operand(random) + "," + distance + ")";
    }

    private static String operand(Random random) {
        return switch (random.nextInt(30)) {
            case 0 -> Literals.string(random);
            case 1 -> Draw.oneIn(random, 3) ? "nil" : "{}";
            case 2, 3, 4, 5 -> Literals.edge(random);
            case 6, 7, 8, 9 -> Literals.number(random);
            case 10, 11 -> Literals.real(random.nextInt() + random.nextInt(4) * 0.25);
            default -> Integer.toString(random.nextInt() >> random.nextInt(32));
        };
    }
}
