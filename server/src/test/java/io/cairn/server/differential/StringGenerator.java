package io.cairn.server.differential;

import java.util.Random;

/**
 * Draws string commands.
 *
 * <p><i>Thread-safe.</i>
 */
final class StringGenerator implements CommandGenerator {

    @Override
    public byte[][] next(Random random) {
        return switch (random.nextInt(30)) {
            case 0, 1, 2 -> set(random);
            case 3 -> of(random, "setnx").key().value().build();
            case 4 ->
                of(random, "setex").key().arg(Draw.timeToLive(random)).value().build();
            case 5 ->
                of(random, "psetex").key().arg(Draw.timeToLive(random)).value().build();
            case 6, 7 -> of(random, "get").key().build();
            case 8 -> of(random, "getset").key().value().build();
            case 9 -> of(random, "getdel").key().build();
            case 10 -> getex(random);
            case 11 -> of(random, "mget").keys(1, 5).build();
            case 12 -> pairs(random, "mset");
            case 13 -> pairs(random, "msetnx");
            case 14, 15 -> of(random, "append").key().value().build();
            case 16 -> of(random, "strlen").key().build();
            case 17 -> of(random, "incr").key().build();
            case 18 -> of(random, "decr").key().build();
            case 19 -> of(random, "incrby").key().arg(Draw.integer(random)).build();
            case 20 -> of(random, "decrby").key().arg(Draw.integer(random)).build();
            case 21, 22 ->
                of(random, "incrbyfloat").key().arg(Draw.number(random)).build();
            case 23, 24 ->
                of(random, Draw.oneIn(random, 4) ? "substr" : "getrange")
                        .key()
                        .arg(Draw.index(random), Draw.index(random))
                        .build();
            case 25 -> of(random, "setrange").key().arg(offset(random)).value().build();
            case 26 -> large(random);
            case 27, 28 -> lcs(random);
            default ->
                of(random, "set").arg(Draw.bytes("n"), Draw.number(random)).build();
        };
    }

    private static CommandBuilder of(Random random, String name) {
        return CommandBuilder.of(random, name);
    }

    private static byte[] offset(Random random) {
        return Draw.oneIn(random, 6)
                ? Draw.of(random, "0", "100", "8190", "-1", "536870912", "1e3")
                : Draw.index(random);
    }

    private static byte[][] set(Random random) {
        CommandBuilder set = of(random, "set").key().value();
        for (int options = random.nextInt(4); options > 0; options--) {
            switch (random.nextInt(9)) {
                case 0 -> set.word("nx");
                case 1 -> set.word("xx");
                case 2, 3 -> set.word("get");
                case 4 -> set.word("keepttl");
                case 5 -> set.word(Draw.oneIn(random, 10) ? "persist" : "ex").arg(Draw.timeToLive(random));
                case 6 -> set.word("px").arg(Draw.timeToLive(random));
                case 7 -> set.word("exat").arg(at(random, 1));
                default -> set.word("pxat").arg(at(random, 1000));
            }
        }
        return set.build();
    }

    private static byte[] at(Random random, int unitsPerSecond) {
        return switch (random.nextInt(5)) {
            case 0 -> Draw.integer(random);
            case 1 -> Draw.bytes("12345");
            default -> Draw.bytes(Long.toString(4_000_000_000L * unitsPerSecond + random.nextInt(1000)));
        };
    }

    private static byte[][] getex(Random random) {
        CommandBuilder getex = of(random, "getex").key();
        return switch (random.nextInt(7)) {
            case 0 -> getex.build();
            case 1, 2 -> getex.word("persist").build();
            case 3 -> getex.word("ex").arg(Draw.timeToLive(random)).build();
            case 4 -> getex.word("px").arg(Draw.timeToLive(random)).build();
            case 5 -> getex.word("exat").arg(at(random, 1)).build();
            default ->
                getex.word("pxat").arg(at(random, 1000)).maybe(8, "persist").build();
        };
    }

    private static byte[][] pairs(Random random, String name) {
        CommandBuilder mset = of(random, name);
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            mset.key().value();
        }
        return mset.build();
    }

    /** Values in chunks, and parts of them. */
    private static byte[][] large(Random random) {
        byte[] key = Draw.of(random, "large:1", "large:2");
        return switch (random.nextInt(9)) {
            case 0 ->
                of(random, "set")
                        .arg(key, Draw.text(random, 60_000 + random.nextInt(20_000)))
                        .build();
            case 1 ->
                of(random, "append")
                        .arg(key, Draw.text(random, random.nextInt(10_000)))
                        .build();
            case 2 ->
                of(random, "setrange")
                        .arg(key, Draw.bytes(Integer.toString(random.nextInt(100_000))))
                        .value()
                        .build();
            case 3 ->
                of(random, "setrange")
                        .arg(
                                key,
                                Draw.bytes(Integer.toString(random.nextInt(100_000))),
                                Draw.text(random, random.nextInt(20_000)))
                        .build();
            case 4, 5 ->
                of(random, "getrange")
                        .arg(key, Draw.bytes(Integer.toString(random.nextInt(90_000))))
                        .arg(Draw.bytes(Integer.toString(random.nextInt(90_000))))
                        .build();
            case 6 -> of(random, "strlen").arg(key).build();
            case 7 ->
                of(random, "getex")
                        .arg(key)
                        .word("ex")
                        .arg(Draw.bytes("100000"))
                        .build();
            default ->
                of(random, "copy")
                        .arg(key, Draw.of(random, "large:1", "large:2"))
                        .word("replace")
                        .build();
        };
    }

    private static byte[][] lcs(Random random) {
        if (Draw.oneIn(random, 3)) {
            return of(random, "set")
                    .key()
                    .arg(Draw.text(random, random.nextInt(40)))
                    .build();
        }
        CommandBuilder lcs =
                of(random, "lcs").key().key().maybe(5, "len").maybe(2, "idx").maybe(2, "withmatchlen");
        if (Draw.oneIn(random, 3)) {
            lcs.word("minmatchlen").arg(Draw.index(random));
        }
        return lcs.build();
    }
}
