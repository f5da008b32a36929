package io.cairn.server.differential;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * What generators draw arguments from.
 *
 * <p><i>Immutable.</i>
 */
public final class Draw {
    private static final String[] KEYS = {
        "a", "b", "c", "key:1", "key:2", "key:3", "key:11", "n", "list", "hash", "set", "zset", "{tag}x", "{tag}y"
    };
    private static final String[] INTEGERS = {
        "0",
        "1",
        "-1",
        "2",
        "3",
        "7",
        "10",
        "-5",
        "100",
        "9999",
        "10000",
        "2147483647",
        "-2147483648",
        "4294967296",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775806"
    };
    private static final String[] NO_INTEGERS = {
        "", " 1", "1 ", "+1", "01", "-0", "abc", "1.5", "9223372036854775808", "-9223372036854775809", "0x10", "1e3"
    };
    private static final String[] FLOATS = {
        "0",
        "-0",
        "1.5",
        "-2.25",
        "0.1",
        "3.0e3",
        "1e-5",
        ".5",
        "5.",
        "+2",
        "12345678.987654321",
        "1e17",
        "-1e10",
        "0x1p4",
        "3.14159265358979323846",
        "0.30000000000000004"
    };
    private static final String[] NO_FLOATS = {
        "", "nan", "1.5 ", " 1.5", "abc", "1,5", "0x", "1e", "--1", "infinite", "e5"
    };
    private static final String[] INFINITE = {"inf", "-inf", "+inf", "Infinity", "1e5000", "-1e400", "1e308", "1e-5000"
    };

    private static final String LONG_HEAD = "l".repeat(1025);

    private Draw() {}

    /** Whether something that happens once in {@code n} times happens. */
    public static boolean oneIn(Random random, int n) {
        return random.nextInt(n) == 0;
    }

    /** One of the words. */
    public static byte[] of(Random random, String... words) {
        return bytes(words[random.nextInt(words.length)]);
    }

    /** Bytes of a text. */
    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A key: few names, shared by all families. */
    public static byte[] key(Random random) {
        return switch (random.nextInt(60)) {
            case 0 -> new byte[0];
            case 1 -> new byte[] {(byte) 0xFF, 0, '\r', '\n', (byte) 0x80};
            case 2 -> bytes("with space");
            default -> of(random, KEYS);
        };
    }

    /** A value: short words mostly, numbers, empty, binary, up to some hundred bytes. */
    public static byte[] value(Random random) {
        return switch (random.nextInt(16)) {
            case 0 -> new byte[0];
            case 1, 2, 3 -> integer(random);
            case 4 -> number(random);
            case 5 -> binary(random, random.nextInt(20));
            case 6 -> text(random, 40 + random.nextInt(10));
            case 7 -> text(random, random.nextInt(300));
            case 8 -> bytes("with space");
            default -> word(random);
        };
    }

    /** One of some thirty words: fields, members and list items that meet again. */
    public static byte[] word(Random random) {
        if (oneIn(random, 40)) {
            return bytes(LONG_HEAD.substring(random.nextInt(3))
                    + random.nextInt(4)); // just too long for a row's key, or not
        }
        return oneIn(random, 6) ? bytes(Integer.toString(random.nextInt(12))) : bytes("w" + random.nextInt(24));
    }

    /** An integer, at the limits at times; now and then none at all. */
    public static byte[] integer(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> of(random, NO_INTEGERS);
            case 1, 2, 3 -> of(random, INTEGERS);
            default -> bytes(Integer.toString(random.nextInt(200) - 60));
        };
    }

    /** A small integer, such as an index or a count; now and then none. */
    public static byte[] index(Random random) {
        return switch (random.nextInt(20)) {
            case 0 -> of(random, NO_INTEGERS);
            case 1 -> of(random, INTEGERS);
            default -> bytes(Integer.toString(random.nextInt(30) - 12));
        };
    }

    /** A floating point number; now and then none, or an infinite one. */
    public static byte[] number(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> of(random, NO_FLOATS);
            case 1 -> of(random, INFINITE);
            case 2, 3, 4 -> of(random, FLOATS);
            case 5 -> integer(random);
            case 6 -> bytes(Double.toString(random.nextGaussian() * Math.pow(10, random.nextInt(30) - 15)));
            default -> bytes(Integer.toString(random.nextInt(2000) - 1000) + "." + random.nextInt(1000));
        };
    }

    /** A time to live that is over or far away, so that both sides see the same; now and then none. */
    public static byte[] timeToLive(Random random) {
        return switch (random.nextInt(24)) {
            case 0 -> of(random, NO_INTEGERS);
            case 1 ->
                of(random, "0", "-1", "-1000", "9223372036854775807", "-9223372036854775808", "9223372036854774000");
            default -> bytes(Long.toString(100_000_000L + random.nextInt(1000)));
        };
    }

    /** Random bytes. */
    public static byte[] binary(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Random letters of a small alphabet. */
    public static byte[] text(Random random, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) ('a' + random.nextInt(4));
        }
        return bytes;
    }

    /** The word in lower, upper or mixed case. */
    public static byte[] anyCase(Random random, String word) {
        byte[] bytes = bytes(word);
        if (oneIn(random, 3)) {
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] >= 'a' && bytes[i] <= 'z' && random.nextBoolean()) {
                    bytes[i] = (byte) (bytes[i] - 32);
                }
            }
        }
        return bytes;
    }
}
