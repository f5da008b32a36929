package io.cairn.server.command;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sums of INCRBYFLOAT and HINCRBYFLOAT to the digit: they are made in the 80-bit floating point format of x86 (64 bits of
 * significand), which Java does not have, and printed with 17 digits behind the point.
 *
 * <p>A value is {@code significand * 2^exponent}, exactly, and one that the format can hold. The infinities take part in
 * no sum: they make its result invalid.
 *
 * <p><i>Immutable.</i>
 */
public final class LongDouble {
    private static final int SIGNIFICAND_BITS = 64;
    private static final int MAX_BITS = 16384;
    private static final int MIN_EXPONENT = -16445;
    private static final int SHOWN_DIGITS = 17;
    private static final int MAX_TEXT_BYTES = 5 * 1024;

    /** Powers of ten, and of two by four, beyond which digits of the allowed length cannot make up for them. */
    private static final int MAX_POWER = 20_000;

    private static final String NO_FLOAT = "ERR value is not a valid float";
    private static final BigInteger SHOWN_UNIT = BigInteger.TEN.pow(SHOWN_DIGITS);
    private static final Pattern DECIMAL = Pattern.compile("([+-]?)(\\d*)\\.?(\\d*)(?:[eE]([+-]?\\d+))?");
    private static final Pattern HEX =
            Pattern.compile("([+-]?)0[xX]([0-9a-fA-F]*)\\.?([0-9a-fA-F]*)(?:[pP]([+-]?\\d+))?");
    private static final Pattern INFINITE = Pattern.compile("[+-]?inf(inity)?");

    private final BigInteger significand;
    private final int exponent;

    private LongDouble(BigInteger significand, int exponent) {
        this.significand = significand;
        this.exponent = exponent;
    }

    /**
     * The sum of two numbers in text, as text.
     *
     * @throws CommandException if one is no number, or the sum is none
     */
    public static byte[] sum(byte[] value, byte[] increment) {
        return sum(value, increment, NO_FLOAT);
    }

    /** As {@link #sum(byte[], byte[])} with another error for a stored value that is no number. */
    public static byte[] sum(byte[] value, byte[] increment, String invalidValue) {
        LongDouble left = parse(value, invalidValue);
        LongDouble right = parse(increment, NO_FLOAT);
        LongDouble sum = left == null || right == null ? null : left.plus(right);
        if (sum == null || sum.isTooLarge()) {
            throw new CommandException("ERR increment would produce NaN or Infinity");
        }
        return sum.format();
    }

    /** Whether the text is a number (an infinity too) that these commands accept. */
    public static boolean isNumber(byte[] value) {
        try {
            parse(value, NO_FLOAT);
            return true;
        } catch (CommandException e) {
            return false;
        }
    }

    /** Whether the text is an infinity. */
    public static boolean isInfinite(byte[] value) {
        String text = new String(value, StandardCharsets.ISO_8859_1);
        return INFINITE.matcher(text.toLowerCase(Locale.ROOT)).matches();
    }

    // ---- reading

    /** The number, or null for an infinity. */
    private static @Nullable LongDouble parse(byte[] bytes, String error) {
        if (bytes.length == 0 || bytes.length >= MAX_TEXT_BYTES) {
            throw new CommandException(error);
        }
        if (isInfinite(bytes)) {
            return null;
        }
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Matcher decimal = DECIMAL.matcher(text);
        LongDouble value = decimal.matches() ? ofDecimal(decimal, error) : ofHex(text, error);
        if (value.isTooLarge()) {
            throw new CommandException(error);
        }
        return value;
    }

    private static LongDouble ofDecimal(Matcher number, String error) {
        BigInteger digits = digits(number, 10, error);
        int power = power(number, number.group(3).length(), MAX_POWER, digits, error);
        BigInteger scale = BigInteger.TEN.pow(Math.abs(power));
        return power < 0 ? ofFraction(digits, scale, error) : ofFraction(digits.multiply(scale), BigInteger.ONE, error);
    }

    private static LongDouble ofHex(String text, String error) {
        Matcher number = HEX.matcher(text);
        if (!number.matches()) {
            throw new CommandException(error);
        }
        BigInteger digits = digits(number, 16, error);
        int power = power(number, 4 * number.group(3).length(), 4 * MAX_POWER, digits, error);
        return power < 0
                ? ofFraction(digits, BigInteger.ONE.shiftLeft(-power), error)
                : ofFraction(digits.shiftLeft(power), BigInteger.ONE, error);
    }

    /** The digits before and behind the point as one integer, with the sign. */
    private static BigInteger digits(Matcher number, int radix, String error) {
        String digits = number.group(2) + number.group(3);
        if (digits.isEmpty()) {
            throw new CommandException(error);
        }
        BigInteger value = new BigInteger(digits, radix);
        return number.group(1).equals("-") ? value.negate() : value;
    }

    private static int power(Matcher number, int fraction, int max, BigInteger digits, String error) {
        if (digits.signum() == 0) {
            return 0;
        }
        BigInteger written = number.group(4) == null ? BigInteger.ZERO : new BigInteger(number.group(4));
        BigInteger power = written.subtract(BigInteger.valueOf(fraction));
        if (power.abs().compareTo(BigInteger.valueOf(max)) > 0) {
            throw new CommandException(error);
        }
        return power.intValue();
    }

    private static LongDouble ofFraction(BigInteger over, BigInteger under, String error) {
        int bits = over.bitLength() - under.bitLength(); // of the quotient, or one less
        int exponent = Math.max(bits - SIGNIFICAND_BITS, MIN_EXPONENT);
        BigInteger quotient = divide(over, under, exponent);
        if (quotient.abs().bitLength() > SIGNIFICAND_BITS) {
            exponent++;
            quotient = divide(over, under, exponent);
        }
        if (quotient.signum() == 0 && over.signum() != 0) {
            throw new CommandException(error);
        }
        return new LongDouble(quotient, exponent);
    }

    // ---- arithmetic

    private LongDouble plus(LongDouble other) {
        int common = Math.min(exponent, other.exponent);
        BigInteger exact =
                significand.shiftLeft(exponent - common).add(other.significand.shiftLeft(other.exponent - common));
        int excess = Math.max(exact.abs().bitLength() - SIGNIFICAND_BITS, 0);
        return new LongDouble(divide(exact, BigInteger.ONE, excess), common + excess);
    }

    /** {@code over / (under * 2^exponent)} rounded to the nearest integer, ties to the even one. */
    private static BigInteger divide(BigInteger over, BigInteger under, int exponent) {
        BigInteger dividend = exponent < 0 ? over.abs().shiftLeft(-exponent) : over.abs();
        BigInteger divisor = exponent > 0 ? under.shiftLeft(exponent) : under;
        BigInteger[] parts = dividend.divideAndRemainder(divisor);
        int half = parts[1].shiftLeft(1).compareTo(divisor);
        boolean up = half > 0 || (half == 0 && parts[0].testBit(0));
        BigInteger rounded = up ? parts[0].add(BigInteger.ONE) : parts[0];
        return over.signum() < 0 ? rounded.negate() : rounded;
    }

    private boolean isTooLarge() {
        return significand.signum() != 0 && significand.abs().bitLength() + exponent > MAX_BITS;
    }

    // ---- writing

    private byte[] format() {
        BigInteger shown = exponent >= 0
                ? significand.shiftLeft(exponent).multiply(SHOWN_UNIT)
                : divide(significand.multiply(SHOWN_UNIT), BigInteger.ONE, -exponent);
        BigInteger[] parts = shown.abs().divideAndRemainder(SHOWN_UNIT);
        StringBuilder text = new StringBuilder(shown.signum() < 0 ? "-" : "").append(parts[0]);
        if (parts[1].signum() != 0) {
            String fraction = parts[1].toString();
            text.append('.')
                    .append("0".repeat(SHOWN_DIGITS - fraction.length()))
                    .append(fraction);
            while (text.charAt(text.length() - 1) == '0') {
                text.setLength(text.length() - 1);
            }
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
