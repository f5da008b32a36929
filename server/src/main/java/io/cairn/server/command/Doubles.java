package io.cairn.server.command;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;

/**
 * Doubles in arguments and replies, as C's strtod reads them and printf's {@code %.17g} writes them.
 *
 * <p>Read: decimal and hexadecimal numbers, {@code inf} and {@code infinity} in any case, a sign in front.
 *
 * <p><i>Immutable.</i>
 */
public final class Doubles {
    private static final int DIGITS = 17;
    private static final double FIXED_BELOW = 1e17;
    private static final MathContext ROUNDED = new MathContext(DIGITS, RoundingMode.HALF_EVEN);

    private Doubles() {}

    /** The double as Redis prints it: 17 significant digits at most, no trailing zeroes; inf, -inf, nan. */
    public static byte[] format(double value) {
        return text(value).getBytes(StandardCharsets.US_ASCII);
    }

    private static String text(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == Math.rint(value) && Math.abs(value) < FIXED_BELOW) {
            return value == 0 && 1 / value < 0 ? "-0" : Long.toString((long) value);
        }
        BigDecimal rounded = new BigDecimal(Math.abs(value)).round(ROUNDED).stripTrailingZeros();
        String digits = rounded.unscaledValue().toString();
        int exponent = rounded.precision() - rounded.scale() - 1;
        StringBuilder text = new StringBuilder(DIGITS + 8);
        if (value < 0) {
            text.append('-');
        }
        if (exponent >= -4 && exponent < DIGITS) {
            text.append(rounded.toPlainString());
            return text.toString();
        }
        text.append(digits.charAt(0));
        if (digits.length() > 1) {
            text.append('.').append(digits, 1, digits.length());
        }
        text.append('e').append(exponent < 0 ? '-' : '+');
        if (Math.abs(exponent) < 10) {
            text.append('0');
        }
        return text.append(Math.abs(exponent)).toString();
    }

    /**
     * The double that the bytes are, all of them, without blanks.
     *
     * @throws CommandException "value is not a valid float": also for nan and for what no double can hold
     */
    public static double parse(byte[] text) {
        double value = parseOrNan(text);
        if (Double.isNaN(value)) {
            throw CommandException.notFloat();
        }
        return value;
    }

    /** As {@link #parse}, but NaN where that refuses. */
    public static double parseOrNan(byte[] text) {
        if (text.length == 0 || isBlank(text[0])) {
            return Double.NaN;
        }
        Scan scan = new Scan(text, 0);
        return scan.end == text.length && !scan.outOfRange ? scan.value : Double.NaN;
    }

    /** As {@link #parseOrNan}, but numbers beyond a double are infinite, or 0. */
    public static double parseWide(byte[] text) {
        if (text.length == 0 || isBlank(text[0])) {
            return Double.NaN;
        }
        Scan scan = new Scan(text, 0);
        return scan.end == text.length ? scan.value : Double.NaN;
    }

    /**
     * The bound of a range from index {@code from} on, or NaN. More is allowed than in {@link #parse}: blanks in front,
     * nothing at all (0), numbers beyond a double (infinite, or 0), and a zero byte ends the text.
     */
    public static double parseBound(byte[] text, int from) {
        int start = from;
        while (start < text.length && isBlank(text[start])) {
            start++;
        }
        Scan scan = new Scan(text, start);
        if (scan.end == start) {
            return from == text.length || text[from] == 0 ? 0 : Double.NaN;
        }
        return scan.end == text.length || text[scan.end] == 0 ? scan.value : Double.NaN;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b >= '\t' && b <= '\r';
    }

    /** The longest number at a place in a text: its value and where it ends. */
    private static final class Scan {
        private final byte[] text;
        private double value = Double.NaN;
        private boolean outOfRange;
        private int end;

        Scan(byte[] text, int start) {
            this.text = text;
            this.end = start;
            int at = start;
            boolean negative = at < text.length && text[at] == '-';
            if (at < text.length && (text[at] == '-' || text[at] == '+')) {
                at++;
            }
            if (word(at, "infinity")) {
                infinite(negative, at + 8);
            } else if (word(at, "inf")) {
                infinite(negative, at + 3);
            } else if (word(at, "0x") && hexadecimal(at + 2, negative)) {
                return;
            } else {
                decimal(at, negative);
            }
        }

        private void infinite(boolean negative, int to) {
            value = negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
            end = to;
        }

        private boolean word(int at, String word) {
            if (text.length - at < word.length()) {
                return false;
            }
            for (int i = 0; i < word.length(); i++) {
                if (Character.toLowerCase((char) (text[at + i] & 0xFF)) != word.charAt(i)) {
                    return false;
                }
            }
            return true;
        }

        private void decimal(int from, boolean negative) {
            int whole = digits(from, 10);
            int at = whole;
            int fraction = 0;
            if (at < text.length && text[at] == '.') {
                at = digits(at + 1, 10);
                fraction = at - whole - 1;
            }
            if (whole - from + fraction == 0) {
                return;
            }
            boolean zero = isZero(from, at);
            at = exponent(at, 'e');
            set(new String(text, from, at - from, StandardCharsets.US_ASCII), negative, zero, at);
        }

        private boolean hexadecimal(int from, boolean negative) {
            int whole = digits(from, 16);
            int at = whole;
            int fraction = 0;
            if (at < text.length && text[at] == '.') {
                at = digits(at + 1, 16);
                fraction = at - whole - 1;
            }
            if (whole - from + fraction == 0) {
                return false;
            }
            boolean zero = isZero(from, at);
            int behind = exponent(at, 'p');
            String number = new String(text, from, behind - from, StandardCharsets.US_ASCII);
            set("0x" + number + (behind == at ? "p0" : ""), negative, zero, behind);
            return true;
        }

        private void set(String number, boolean negative, boolean zero, int to) {
            double parsed = Double.parseDouble(number);
            outOfRange = Double.isInfinite(parsed) || parsed == 0 && !zero;
            value = negative ? -parsed : parsed;
            end = to;
        }

        private int digits(int from, int radix) {
            int at = from;
            while (at < text.length && Character.digit((char) (text[at] & 0xFF), radix) >= 0) {
                at++;
            }
            return at;
        }

        private boolean isZero(int from, int to) {
            for (int at = from; at < to; at++) {
                if (text[at] != '0' && text[at] != '.') {
                    return false;
                }
            }
            return true;
        }

        /** Index behind the exponent that starts at {@code at}, or {@code at} if none does. */
        private int exponent(int at, char mark) {
            if (at >= text.length || (text[at] | 0x20) != mark) {
                return at;
            }
            int first = at + 1;
            if (first < text.length && (text[first] == '-' || text[first] == '+')) {
                first++;
            }
            int behind = digits(first, 10);
            return behind == first ? at : behind;
        }
    }
}
