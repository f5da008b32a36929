package io.cairn.engine.types;

import java.nio.charset.StandardCharsets;

/**
 * Integers as text: which byte strings are the one way to write a 64-bit integer, so that they can be stored as one.
 *
 * <p>Canonical: an optional minus, digits without a leading zero, or {@code 0} alone; within 64 bits.
 *
 * <p><i>Immutable.</i>
 */
final class Decimal {
    private static final byte[] LARGEST = "9223372036854775807".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SMALLEST = "9223372036854775808".getBytes(StandardCharsets.US_ASCII);

    private Decimal() {}

    /** Whether {@link #parse} may be used: {@code text(parse(text))} gives the same bytes. */
    static boolean isCanonical(byte[] text) {
        int length = text.length;
        if (length == 1 && text[0] == '0') {
            return true;
        }
        int first = length > 0 && text[0] == '-' ? 1 : 0;
        int digits = length - first;
        if (digits < 1 || digits > LARGEST.length || text[first] == '0') {
            return false;
        }
        for (int at = first; at < length; at++) {
            if (text[at] < '0' || text[at] > '9') {
                return false;
            }
        }
        return digits < LARGEST.length || isWithin(text, first, first == 1 ? SMALLEST : LARGEST);
    }

    private static boolean isWithin(byte[] text, int first, byte[] bound) {
        for (int i = 0; i < bound.length; i++) {
            if (text[first + i] != bound[i]) {
                return text[first + i] < bound[i];
            }
        }
        return true;
    }

    /** The integer that a canonical text stands for. */
    static long parse(byte[] text) {
        boolean negative = text[0] == '-';
        long value = 0;
        for (int at = negative ? 1 : 0; at < text.length; at++) {
            value = value * 10 - (text[at] - '0');
        }
        return negative ? value : -value;
    }

    /** The canonical text of an integer. */
    static byte[] text(long value) {
        return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
    }
}
