package io.cairn.server.command.geo;

import io.cairn.server.command.Reply;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;

/**
 * Coordinates and distances as text, to the digit as printf of C rounds them.
 *
 * <p><i>Immutable.</i>
 */
final class Numerals {
    private static final int COORDINATE_DIGITS = 17;
    private static final int DISTANCE_DIGITS = 4;

    private Numerals() {}

    /** A coordinate: 17 digits behind the point, without zeroes at the end. */
    static Reply coordinate(double degrees) {
        BigDecimal rounded = new BigDecimal(degrees).setScale(COORDINATE_DIGITS, RoundingMode.HALF_EVEN);
        String text = rounded.stripTrailingZeros().toPlainString();
        return new Reply.Digits(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** A distance: always 4 digits behind the point. */
    static Reply distance(double distance) {
        return Reply.bulk(fixed(distance, DISTANCE_DIGITS));
    }

    /** A number with {@code digits} digits behind the point. */
    static String fixed(double number, int digits) {
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        String text = new BigDecimal(Math.abs(number))
                .setScale(digits, RoundingMode.HALF_EVEN)
                .toPlainString();
        return number < 0 || 1 / number < 0 ? "-" + text : text;
    }
}
