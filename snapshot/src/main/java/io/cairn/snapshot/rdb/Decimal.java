package io.cairn.snapshot.rdb;

import java.nio.charset.StandardCharsets;

/** Numbers as decimal text, and back where the text is exactly what the number prints as. */
final class Decimal {
    /** Says that a text is no number in canonical form; no 32-bit number equals it. */
    static final long NONE = Long.MIN_VALUE;

    private static final byte[] MIN = "-9223372036854775808".getBytes(StandardCharsets.US_ASCII);

    private Decimal() {}

    /** The decimal text of a number. */
    static byte[] text(long value) {
        if (value == Long.MIN_VALUE) {
            return MIN.clone();
        }
        long rest = Math.abs(value);
        int digits = digits(rest);
        int sign = value < 0 ? 1 : 0;
        byte[] text = new byte[digits + sign];
        for (int at = text.length - 1; at >= sign; at--) {
            text[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        if (sign == 1) {
            text[0] = '-';
        }
        return text;
    }

    private static int digits(long value) {
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }

    /** The number of at most 11 characters that prints as exactly this text, or {@link #NONE}. */
    static long parse(byte[] text) {
        int length = text.length;
        if (length == 0 || length > 11) {
            return NONE;
        }
        int at = text[0] == '-' ? 1 : 0;
        // Neither "-", "-0" nor a leading zero prints back the same.
        if (at == length || text[at] == '0' && length > 1) {
            return NONE;
        }
        long value = 0;
        for (int i = at; i < length; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9) {
                return NONE;
            }
            value = value * 10 + digit;
        }
        return at == 1 ? -value : value;
    }

    /** A score as text: a decimal number, {@code inf}, {@code -inf}; NaN and anything else is refused. */
    static double score(byte[] text) throws BadEncodingException {
        String string = new String(text, StandardCharsets.ISO_8859_1);
        switch (string) {
            case "inf", "+inf" -> {
                return Double.POSITIVE_INFINITY;
            }
            case "-inf" -> {
                return Double.NEGATIVE_INFINITY;
            }
            default -> {
                // Double.parseDouble takes more than numbers: blanks, suffixes, hexadecimal, names.
                for (byte b : text) {
                    if ((b < '0' || b > '9') && b != '.' && b != '-' && b != '+' && b != 'e' && b != 'E') {
                        throw new BadEncodingException("score is no number");
                    }
                }
                try {
                    return Double.parseDouble(string);
                } catch (NumberFormatException e) {
                    throw new BadEncodingException("score is no number");
                }
            }
        }
    }
}
