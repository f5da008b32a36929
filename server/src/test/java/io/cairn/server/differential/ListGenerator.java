package io.cairn.server.differential;

import java.util.Random;

/**
 * Draws commands on lists.
 *
 * <p><i>Thread-safe.</i>
 */
final class ListGenerator implements CommandGenerator {
    @Override
    public byte[][] next(Random random) {
        return switch (random.nextInt(30)) {
            case 0, 1, 2, 3, 4 -> push(random, random.nextBoolean() ? "lpush" : "rpush");
            case 5 -> push(random, random.nextBoolean() ? "lpushx" : "rpushx");
            case 6, 7, 8 -> pop(random);
            case 9 -> of(random, "llen").key().build();
            case 10, 11 -> of(random, "lindex").key().arg(Draw.index(random)).build();
            case 12, 13 ->
                of(random, "lset").key().arg(Draw.index(random)).element().build();
            case 14, 15 ->
                of(random, "lrange")
                        .key()
                        .arg(Draw.index(random), Draw.index(random))
                        .build();
            case 16 -> trim(random);
            case 17, 18 -> of(random, "lrem").key().arg(count(random)).element().build();
            case 19, 20, 21 ->
                of(random, "linsert")
                        .key()
                        .word(side(random, "before", "after"))
                        .element()
                        .value()
                        .build();
            case 22, 23, 24 -> positions(random);
            case 25, 26 ->
                of(random, "lmove")
                        .key()
                        .key()
                        .word(side(random, "left", "right"))
                        .word(side(random, "left", "right"))
                        .build();
            case 27 -> of(random, "rpoplpush").key().key().build();
            default -> popFirst(random);
        };
    }

    private static CommandBuilder of(Random random, String name) {
        return CommandBuilder.of(random, name);
    }

    private static String side(Random random, String one, String other) {
        return Draw.oneIn(random, 20) ? "nowhere" : random.nextBoolean() ? one : other;
    }

    private static byte[] count(Random random) {
        return Draw.oneIn(random, 10) ? Draw.integer(random) : Draw.bytes(Integer.toString(random.nextInt(7) - 3));
    }

    private static byte[][] push(Random random, String name) {
        CommandBuilder push = of(random, name).key();
        for (int left = 1 + random.nextInt(Draw.oneIn(random, 12) ? 100 : 4); left > 0; left--) {
            if (Draw.oneIn(random, 4)) {
                push.value();
            } else {
                push.element();
            }
        }
        return push.build();
    }

    private static byte[][] pop(Random random) {
        CommandBuilder pop = of(random, random.nextBoolean() ? "lpop" : "rpop").key();
        if (Draw.oneIn(random, 3)) {
            pop.arg(Draw.index(random));
        }
        return pop.build();
    }

    private static byte[][] trim(Random random) {
        if (Draw.oneIn(random, 3)) {
            return of(random, "ltrim")
                    .key()
                    .arg(Draw.index(random), Draw.index(random))
                    .build();
        }
        int ends = random.nextInt(3);
        return of(random, "ltrim")
                .key()
                .arg(Draw.bytes(Integer.toString(ends)), Draw.bytes(Integer.toString(-1 - random.nextInt(3))))
                .build();
    }

    private static byte[][] positions(Random random) {
        CommandBuilder positions = of(random, "lpos").key().element();
        for (int options = random.nextInt(4); options > 0; options--) {
            switch (random.nextInt(10)) {
                case 0 -> positions.word("nonsense").arg(Draw.index(random));
                case 1, 2, 3 -> positions.word("rank").arg(count(random));
                case 4, 5, 6 -> positions.word("count").arg(count(random));
                default -> positions.word("maxlen").arg(Draw.index(random));
            }
        }
        return positions.build();
    }

    private static byte[][] popFirst(Random random) {
        int keys = 1 + random.nextInt(3);
        CommandBuilder pop = of(random, "lmpop")
                .arg(Draw.oneIn(random, 12) ? Draw.index(random) : Draw.bytes(Integer.toString(keys)))
                .keys(keys, keys)
                .word(side(random, "left", "right"));
        if (Draw.oneIn(random, 2)) {
            pop.word("count").arg(Draw.index(random));
        }
        return pop.build();
    }
}
