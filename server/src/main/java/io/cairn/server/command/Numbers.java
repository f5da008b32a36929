package io.cairn.server.command;

import java.nio.charset.StandardCharsets;

/**
 * Numbers in arguments, as strictly as Redis reads them.
 *
 * <p>Integers: an optional minus, no plus, no leading zeroes, no blanks, within 64 bits.
 *
 * <p><i>Immutable.</i>
 */
public final class Numbers {
    private static final int LONG_DIGITS = 20;

    private Numbers() {}

    /** Whether the bytes are a canonical 64-bit integer. */
    public static boolean isLong(byte[] text) {
        if (text.length == 0 || text.length > LONG_DIGITS) {
            return false;
        }
        return parseLongOr(text, 1) != 1 || parseLongOr(text, 2) == 1;
    }

    /**
     * The integer.
     *
     * @throws CommandException "value is not an integer or out of range"
     */
    public static long parseLong(byte[] text) {
        long value = parseLongOr(text, 1);
        if (value == 1 && parseLongOr(text, 2) != 1) {
            throw CommandException.notInteger();
        }
        return value;
    }

    /** The integer, or {@code otherwise} if the bytes are none. */
    public static long parseLongOr(byte[] text, long otherwise) {
        int length = text.length;
        if (length == 0 || length > LONG_DIGITS) {
            return otherwise;
        }
        if (length == 1 && text[0] == '0') {
            return 0;
        }
        boolean negative = text[0] == '-';
        int at = negative ? 1 : 0;
        if (at == length || text[at] < '1' || text[at] > '9') {
            return otherwise;
        }
        long value = 0; // negated, so that the smallest long fits
        for (; at < length; at++) {
            int digit = text[at] - '0';
            if (digit < 0 || digit > 9) {
                return otherwise;
            }
            if (value < Long.MIN_VALUE / 10 || value == Long.MIN_VALUE / 10 && digit > 8) {
                return otherwise;
            }
            value = value * 10 - digit;
        }
        if (!negative && value == Long.MIN_VALUE) {
            return otherwise;
        }
        return negative ? value : -value;
    }

    /** Digits of an integer. */
    public static byte[] bytes(long value) {
        return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
    }
}
