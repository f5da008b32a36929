package io.cairn.server.differential;

import java.util.Random;

/**
 * Draws commands on hashes.
 *
 * <p><i>Thread-safe.</i>
 */
final class HashGenerator implements CommandGenerator {
    private static final String KEY = "hash";

    @Override
    public byte[][] next(Random random) {
        return switch (random.nextInt(34)) {
            case 0, 1, 2, 3, 4 -> put(random, Draw.oneIn(random, 4) ? "hmset" : "hset", 4);
            case 5 -> put(random, "hset", 60);
            case 6 -> of(random, "hset").element().arg(long65(random)).build();
            case 7, 8 -> of(random, "hsetnx").element().value().build();
            case 9, 10, 11 -> elements(of(random, "hdel"), random, 6).build();
            case 12 -> elements(of(random, "hdel"), random, 60).build();
            case 13, 14 ->
                of(random, "hincrby").element().arg(Draw.integer(random)).build();
            case 15, 16, 17 ->
                of(random, "hincrbyfloat").element().arg(Draw.number(random)).build();
            case 18, 19 -> of(random, "hget").element().build();
            case 20, 21 -> elements(of(random, "hmget"), random, 6).build();
            case 22 -> of(random, "hexists").element().build();
            case 23 -> of(random, "hlen").build();
            case 24 -> of(random, "hstrlen").element().build();
            case 25, 26 -> of(random, "hgetall").build();
            case 27 -> of(random, "hkeys").build();
            case 28 -> of(random, "hvals").build();
            case 29, 30 -> draw(random);
            default -> scan(random);
        };
    }

    /** Begins a command on a key: most often the hashes' own, so that it grows. */
    private static CommandBuilder of(Random random, String name) {
        CommandBuilder command = CommandBuilder.of(random, name);
        return Draw.oneIn(random, 3) ? command.key() : command.arg(Draw.bytes(KEY));
    }

    private static byte[][] put(Random random, String name, int most) {
        CommandBuilder command = of(random, name);
        for (int left = 1 + random.nextInt(most); left > 0; left--) {
            if (most > 10) {
                command.arg(Draw.bytes("f" + random.nextInt(700)));
            } else {
                command.element();
            }
            command.value();
        }
        return command.build();
    }

    /** A value just within or just past what a listpack takes. */
    private static byte[] long65(Random random) {
        return Draw.text(random, 63 + random.nextInt(3));
    }

    private static CommandBuilder elements(CommandBuilder command, Random random, int most) {
        for (int left = 1 + random.nextInt(most); left > 0; left--) {
            if (most > 10) {
                command.arg(Draw.bytes("f" + random.nextInt(700)));
            } else {
                command.element();
            }
        }
        return command;
    }

    private static byte[][] draw(Random random) {
        if (Draw.oneIn(random, 3)) {
            // Without a count nothing is added by mischief: it could be a count that keeps a server busy for hours.
            return new byte[][] {Draw.anyCase(random, "hrandfield"), Draw.bytes(KEY)};
        }
        return of(random, "hrandfield")
                .arg(count(random))
                .maybe(2, "withvalues")
                .build();
    }

    /** A count that a server answers in no time. */
    static byte[] count(Random random) {
        return Draw.oneIn(random, 15)
                ? Draw.of(random, "", "x", "1.5", "-9223372036854775808", "9223372036854775808", "9223372036854775807")
                : Draw.bytes(Integer.toString(random.nextInt(60) - 20));
    }

    private static byte[][] scan(Random random) {
        return options(of(random, "hscan"), random).build();
    }

    /** The cursor and the options of an element scan. */
    static CommandBuilder options(CommandBuilder command, Random random) {
        command.arg(
                Draw.oneIn(random, 5)
                        ? Draw.of(
                                random, "x", "-1", "+0", "", "1 ", " 1", "18446744073709551615", "18446744073709551616")
                        : Draw.bytes("0"));
        if (Draw.oneIn(random, 3)) {
            command.word("match").arg(Draw.of(random, "*", "w*", "[0-9]", "?1", "f?", "nothing"));
        }
        if (Draw.oneIn(random, 3)) {
            command.word("count").arg(Draw.of(random, "1", "10", "1000", "0", "-1", "x"));
        }
        return command.maybe(20, "type");
    }
}
