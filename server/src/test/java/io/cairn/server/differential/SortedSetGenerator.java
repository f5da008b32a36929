package io.cairn.server.differential;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Draws commands on sorted sets.
 *
 * <p>Ranges by member are only defined where all scores are equal, so they have a key of their own whose scores are 0.
 *
 * <p><i>Thread-safe.</i>
 */
final class SortedSetGenerator implements CommandGenerator {
    private static final byte[] EQUAL_SCORES = Draw.bytes("equal scores");

    @Override
    public byte[][] next(Random random) {
        return switch (random.nextInt(40)) {
            case 0, 1, 2, 3, 4, 5, 6 -> add(random);
            case 7 -> of(random, "zincrby").key().arg(score(random)).element().build();
            case 8, 9 -> elements(random, "zrem");
            case 10 -> of(random, "zscore").key().element().build();
            case 11 -> elements(random, "zmscore");
            case 12 -> of(random, "zcard").key().build();
            case 13 ->
                of(random, "zcount").key().arg(bound(random), bound(random)).build();
            case 14, 15 ->
                of(random, random.nextBoolean() ? "zrank" : "zrevrank")
                        .key()
                        .element()
                        .build();
            case 16, 17 -> range(random, of(random, "zrange").key(), true);
            case 18 -> range(random, of(random, "zrangestore").key().key(), false);
            case 19 -> byRank(random, of(random, "zrevrange").key());
            case 20 -> byScore(random, of(random, "zrangebyscore").key());
            case 21 -> byScore(random, of(random, "zrevrangebyscore").key());
            case 22 ->
                of(random, "zremrangebyrank")
                        .key()
                        .arg(small(random), small(random))
                        .build();
            case 23 ->
                of(random, "zremrangebyscore")
                        .key()
                        .arg(bound(random), bound(random))
                        .build();
            case 24, 25 -> pop(random);
            case 26, 27 -> popFirst(random);
            case 28, 29 -> algebra(random, of(random, "zunionstore").key(), true, false);
            case 30 -> algebra(random, of(random, "zinterstore").key(), true, false);
            case 31 -> algebra(random, of(random, "zdiffstore").key(), false, false);
            case 32 -> algebra(random, of(random, "zunion"), true, true);
            case 33 -> algebra(random, of(random, "zinter"), true, true);
            case 34 -> algebra(random, of(random, "zdiff"), false, true);
            case 35 -> intersectionCount(random);
            case 36 -> randomMembers(random);
            case 37 -> scan(random);
            default -> byMember(random);
        };
    }

    private static CommandBuilder of(Random random, String name) {
        return CommandBuilder.of(random, name);
    }

    /** A score: few values, so that members share them; any number at times. */
    private static byte[] score(Random random) {
        return Draw.oneIn(random, 4) ? Draw.number(random) : Draw.of(random, "0", "1", "2", "2.5", "-1", "-0", "10");
    }

    private static byte[] bound(Random random) {
        byte[] score = Draw.oneIn(random, 4) ? Draw.of(random, "-inf", "+inf", "") : score(random);
        return Draw.oneIn(random, 4) ? Draw.bytes("(" + new String(score, StandardCharsets.ISO_8859_1)) : score;
    }

    private static byte[] small(Random random) {
        return Draw.oneIn(random, 10) ? Draw.integer(random) : Draw.bytes(Integer.toString(random.nextInt(6) - 3));
    }

    private static byte[][] add(Random random) {
        CommandBuilder add = of(random, "zadd").key();
        for (int options = Draw.oneIn(random, 2) ? random.nextInt(4) : 0; options > 0; options--) {
            add.arg(Draw.anyCase(random, new String[] {"nx", "xx", "gt", "lt", "ch", "ch", "incr"}[random.nextInt(7)]));
        }
        int pairs = Draw.oneIn(random, 2) ? 1 : 1 + random.nextInt(Draw.oneIn(random, 20) ? 150 : 5);
        for (; pairs > 0; pairs--) {
            add.arg(score(random));
            if (Draw.oneIn(random, pairs > 5 ? 2 : 12)) {
                add.value();
            } else {
                add.element();
            }
        }
        return add.build();
    }

    private static byte[][] elements(Random random, String name) {
        CommandBuilder command = of(random, name).key();
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            command.element();
        }
        return command.build();
    }

    private static byte[][] range(Random random, CommandBuilder range, boolean withScores) {
        boolean byScore = random.nextBoolean();
        if (byScore) {
            range.arg(bound(random), bound(random)).word("byscore");
        } else {
            range.arg(Draw.index(random), Draw.index(random));
        }
        range.maybe(2, "rev");
        if (withScores || Draw.oneIn(random, 20)) {
            range.maybe(2, "withscores");
        }
        if (Draw.oneIn(random, byScore ? 2 : 12)) {
            range.word("limit").arg(small(random), small(random));
        }
        return range.maybe(30, "byscore").build();
    }

    private static byte[][] byRank(Random random, CommandBuilder range) {
        return range.arg(Draw.index(random), Draw.index(random))
                .maybe(2, "withscores")
                .maybe(30, "rev")
                .build();
    }

    private static byte[][] byScore(Random random, CommandBuilder range) {
        range.arg(bound(random), bound(random)).maybe(2, "withscores");
        if (Draw.oneIn(random, 3)) {
            range.word("limit").arg(small(random), small(random));
        }
        return range.build();
    }

    private static byte[][] pop(Random random) {
        CommandBuilder pop =
                of(random, random.nextBoolean() ? "zpopmin" : "zpopmax").key();
        if (Draw.oneIn(random, 2)) {
            pop.arg(small(random));
        }
        return pop.build();
    }

    private static byte[][] popFirst(Random random) {
        int keys = 1 + random.nextInt(3);
        CommandBuilder pop = of(random, "zmpop")
                .arg(Draw.oneIn(random, 12) ? Draw.index(random) : Draw.bytes(Integer.toString(keys)))
                .keys(keys, keys)
                .word(Draw.oneIn(random, 20) ? "middle" : random.nextBoolean() ? "min" : "max");
        if (Draw.oneIn(random, 2)) {
            pop.word("count").arg(small(random));
        }
        return pop.build();
    }

    private static byte[][] algebra(Random random, CommandBuilder command, boolean weighs, boolean withScores) {
        int keys = 1 + random.nextInt(3);
        command.arg(Draw.oneIn(random, 12) ? Draw.index(random) : Draw.bytes(Integer.toString(keys)))
                .keys(keys, keys);
        if (weighs && Draw.oneIn(random, 3) || Draw.oneIn(random, 20)) {
            command.word("weights");
            for (int i = 0; i < keys; i++) {
                command.arg(score(random));
            }
        }
        if (weighs && Draw.oneIn(random, 3) || Draw.oneIn(random, 20)) {
            command.word("aggregate").word(new String[] {"sum", "min", "max", "mean"}[random.nextInt(4)]);
        }
        if (withScores || Draw.oneIn(random, 20)) {
            command.maybe(2, "withscores");
        }
        return command.build();
    }

    private static byte[][] intersectionCount(Random random) {
        int keys = 1 + random.nextInt(3);
        CommandBuilder count =
                of(random, "zintercard").arg(Draw.bytes(Integer.toString(keys))).keys(keys, keys);
        if (Draw.oneIn(random, 2)) {
            count.word("limit").arg(small(random));
        }
        return count.build();
    }

    /** Without a count nothing is added by mischief: it could be a count that takes all the memory of the machine. */
    private static byte[][] randomMembers(Random random) {
        if (Draw.oneIn(random, 2)) {
            return new byte[][] {Draw.anyCase(random, "zrandmember"), Draw.key(random)};
        }
        return of(random, "zrandmember")
                .key()
                .arg(HashGenerator.count(random))
                .maybe(2, "withscores")
                .build();
    }

    private static byte[][] scan(Random random) {
        CommandBuilder scan =
                of(random, "zscan").key().arg(Draw.oneIn(random, 4) ? Draw.integer(random) : Draw.bytes("0"));
        if (Draw.oneIn(random, 2)) {
            scan.word("count").arg(Draw.integer(random));
        }
        if (Draw.oneIn(random, 2)) {
            scan.word("match").arg(Draw.of(random, "*", "w*", "w1?", "nothing", "[0-9]"));
        }
        return scan.build();
    }

    private static byte[][] byMember(Random random) {
        byte[] min = lexBound(random);
        byte[] max = lexBound(random);
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                CommandBuilder add = of(random, "zadd").arg(EQUAL_SCORES);
                for (int left = 1 + random.nextInt(Draw.oneIn(random, 10) ? 80 : 6); left > 0; left--) {
                    add.arg(Draw.bytes("0"), Draw.oneIn(random, 3) ? Draw.value(random) : Draw.word(random));
                }
                yield add.build();
            }
            case 3 -> of(random, "zlexcount").arg(EQUAL_SCORES, min, max).build();
            case 4 -> of(random, "zremrangebylex").arg(EQUAL_SCORES, min, max).build();
            case 5 -> {
                boolean reverse = random.nextBoolean();
                yield limited(
                        random,
                        of(random, reverse ? "zrevrangebylex" : "zrangebylex").arg(EQUAL_SCORES, min, max));
            }
            case 6 -> of(random, "zpopmin").arg(EQUAL_SCORES).build();
            default ->
                limited(
                        random,
                        of(random, "zrange")
                                .arg(EQUAL_SCORES, min, max)
                                .word("bylex")
                                .maybe(2, "rev")
                                .maybe(20, "withscores"));
        };
    }

    private static byte[][] limited(Random random, CommandBuilder range) {
        if (Draw.oneIn(random, 3)) {
            range.word("limit").arg(small(random), small(random));
        }
        return range.build();
    }

    private static byte[] lexBound(Random random) {
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> Draw.bytes("-");
            case 3, 4, 5 -> Draw.bytes("+");
            case 6 -> Draw.of(random, "", "[", "(", "w1", "-x", "+1");
            default ->
                Draw.bytes((random.nextBoolean() ? "[" : "(")
                        + new String(Draw.word(random), StandardCharsets.ISO_8859_1));
        };
    }
}
