package io.cairn.server.command;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sums of INCRBYFLOAT and HINCRBYFLOAT to the digit: they are made in the 80-bit floating point format of x86 (64 bits of
 * significand), which Java does not have, and printed with 17 digits behind the point.
 *
 * <p>Values are held exactly, as decimals; each is one that the format can hold. The two infinities take part in no
 * sum: they make its result invalid.
 *
 * <p><i>Immutable.</i>
 */
public final class LongDouble {
    private static final int SIGNIFICAND_BITS = 64;
    private static final int MAX_EXPONENT = 16384;
    private static final int MIN_EXPONENT = -16445;
    private static final int SHOWN_DIGITS = 17;
    private static final int MAX_TEXT_BYTES = 5 * 1024;
    private static final int MAX_DECIMAL_EXPONENT = 20_000;
    private static final BigDecimal TWO = BigDecimal.valueOf(2);
    private static final Pattern DECIMAL = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE]([+-]?\\d+))?");
    private static final Pattern HEX =
            Pattern.compile("([+-]?)0[xX]([0-9a-fA-F]*)\\.?([0-9a-fA-F]*)([pP]([+-]?\\d+))?");
    private static final Pattern INFINITE = Pattern.compile("[+-]?inf(inity)?");

    private LongDouble() {}

    /**
     * The sum of two numbers in text, as text.
     *
     * @throws CommandException if one is no number, or the sum is none
     */
    public static byte[] sum(byte[] value, byte[] increment) {
        return sum(value, increment, "ERR value is not a valid float");
    }

    /** As {@link #sum(byte[], byte[])} with another error for a stored value that is no number. */
    public static byte[] sum(byte[] value, byte[] increment, String invalidValue) {
        String valueText = text(value);
        String incrementText = text(increment);
        boolean infinite = isInfinite(valueText);
        BigDecimal left = infinite ? BigDecimal.ZERO : parse(valueText, invalidValue);
        infinite |= isInfinite(incrementText);
        BigDecimal right =
                isInfinite(incrementText) ? BigDecimal.ZERO : parse(incrementText, "ERR value is not a valid float");
        BigDecimal sum = infinite ? null : round(left.add(right));
        if (sum == null || isTooLarge(sum)) {
            throw new CommandException("ERR increment would produce NaN or Infinity");
        }
        return format(sum);
    }

    /** Whether the text is a number (an infinity too) that these commands accept. */
    public static boolean isNumber(byte[] value) {
        String valueText = text(value);
        if (isInfinite(valueText)) {
            return true;
        }
        try {
            parse(valueText, "");
            return true;
        } catch (CommandException e) {
            return false;
        }
    }

    /** Whether the text is an infinity. */
    public static boolean isInfinite(byte[] value) {
        return isInfinite(text(value));
    }

    private static String text(byte[] value) {
        return new String(value, StandardCharsets.ISO_8859_1);
    }

    private static boolean isInfinite(String value) {
        return INFINITE.matcher(value.toLowerCase(Locale.ROOT)).matches();
    }

    private static BigDecimal parse(String value, String error) {
        if (value.length() >= MAX_TEXT_BYTES) {
            throw new CommandException(error);
        }
        Matcher decimal = DECIMAL.matcher(value);
        BigDecimal exact;
        if (decimal.matches()) {
            exact = parseDecimal(decimal, error);
        } else {
            exact = parseHex(value, error);
        }
        BigDecimal rounded = round(exact);
        if (isTooLarge(rounded) || rounded.signum() == 0 && exact.signum() != 0) {
            throw new CommandException(error);
        }
        return rounded;
    }

    private static BigDecimal parseDecimal(Matcher number, String error) {
        String exponent = number.group(3);
        String mantissa =
                number.group(2) == null ? number.group() : number.group().substring(0, number.start(2));
        BigDecimal digits = new BigDecimal(mantissa.endsWith(".") ? mantissa + "0" : mantissa);
        if (exponent == null || digits.signum() == 0) {
            return digits;
        }
        // Exponents far beyond the format must not be computed with: the digits alone cannot make up for them.
        BigInteger power = new BigInteger(exponent.startsWith("+") ? exponent.substring(1) : exponent);
        if (power.abs().compareTo(BigInteger.valueOf(MAX_DECIMAL_EXPONENT)) > 0) {
            throw new CommandException(error);
        }
        return digits.scaleByPowerOfTen(power.intValue());
    }

    private static BigDecimal parseHex(String value, String error) {
        Matcher number = HEX.matcher(value);
        if (!number.matches() || number.group(2).isEmpty() && number.group(3).isEmpty()) {
            throw new CommandException(error);
        }
        String fraction = number.group(3);
        BigDecimal digits = new BigDecimal(new BigInteger(number.group(2) + fraction, 16));
        if (digits.signum() == 0) {
            return digits;
        }
        BigInteger power = number.group(5) == null
                ? BigInteger.ZERO
                : new BigInteger(
                        number.group(5).startsWith("+") ? number.group(5).substring(1) : number.group(5));
        power = power.subtract(BigInteger.valueOf(4L * fraction.length()));
        if (power.abs().compareTo(BigInteger.valueOf(4L * MAX_DECIMAL_EXPONENT)) > 0) {
            throw new CommandException(error);
        }
        BigDecimal scaled = power.signum() >= 0
                ? digits.multiply(TWO.pow(power.intValue()))
                : digits.divide(TWO.pow(-power.intValue()));
        return number.group(1).equals("-") ? scaled.negate() : scaled;
    }

    /** The value of the format that is nearest, ties to an even significand; underflow to zero included. */
    private static BigDecimal round(BigDecimal exact) {
        if (exact.signum() == 0) {
            return BigDecimal.ZERO;
        }
        BigDecimal magnitude = exact.abs();
        int exponent = Math.max(binaryExponent(magnitude) - SIGNIFICAND_BITS, MIN_EXPONENT);
        BigInteger over = magnitude.unscaledValue();
        BigInteger under = BigInteger.ONE;
        if (magnitude.scale() > 0) {
            under = BigInteger.TEN.pow(magnitude.scale());
        } else {
            over = over.multiply(BigInteger.TEN.pow(-magnitude.scale()));
        }
        if (exponent > 0) {
            under = under.shiftLeft(exponent);
        } else {
            over = over.shiftLeft(-exponent);
        }
        BigInteger[] parts = over.divideAndRemainder(under);
        int half = parts[1].shiftLeft(1).compareTo(under);
        boolean up = half > 0 || half == 0 && parts[0].testBit(0);
        BigInteger significand = up ? parts[0].add(BigInteger.ONE) : parts[0];
        BigDecimal rounded = new BigDecimal(significand).multiply(powerOfTwo(exponent));
        return exact.signum() < 0 ? rounded.negate() : rounded;
    }

    /** The smallest e with value &lt; 2^e. */
    private static int binaryExponent(BigDecimal value) {
        BigInteger whole = value.toBigInteger();
        if (whole.signum() > 0) {
            return whole.bitLength();
        }
        int exponent = (int) Math.floor((value.precision() - value.scale()) * 3.322) + 2;
        while (value.compareTo(powerOfTwo(exponent - 1)) < 0) {
            exponent--;
        }
        return exponent;
    }

    private static BigDecimal powerOfTwo(int exponent) {
        return exponent >= 0 ? TWO.pow(exponent) : BigDecimal.ONE.divide(TWO.pow(-exponent), MathContext.UNLIMITED);
    }

    private static boolean isTooLarge(BigDecimal value) {
        return value.signum() != 0 && value.abs().toBigInteger().bitLength() > MAX_EXPONENT;
    }

    private static byte[] format(BigDecimal value) {
        BigDecimal shown = value.setScale(SHOWN_DIGITS, RoundingMode.HALF_EVEN);
        String text = shown.signum() == 0 ? "0" : shown.stripTrailingZeros().toPlainString();
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
