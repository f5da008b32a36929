package io.cairn.server.command.geo;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * Sine, cosine and arc sine as the double nearest to the true value.
 *
 * <p>Distances may be stored as scores, so their last bits are seen. Java's own functions are off by one in the last place
 * every few calls, and not alike on all machines where they are intrinsic; C libraries are off in about one of a thousand.
 * So the value is computed to twice the digits, as the sum of two doubles, and rounded once.
 *
 * <p><i>Immutable.</i>
 */
final class Trigonometry {
    private static final MathContext DIGITS = new MathContext(60);
    private static final BigDecimal HALF_PI =
            new BigDecimal("1.57079632679489661923132169163975144209858469968755291048747229615390820314310449931");
    private static final Pair HALF_PI_LOW = Pair.of(HALF_PI.subtract(new BigDecimal(Math.PI / 2)));
    private static final int TERMS = 15;

    /** From this term on of a series, its sum is so small that a double has digits enough. */
    private static final int SMALL_TERMS = 8;

    private static final Pair[] SINE = series(1);
    private static final Pair[] COSINE = series(0);

    private Trigonometry() {}

    /** A number as the sum of two, the second one less than the last bit of the first. */
    private record Pair(double high, double low) {
        static Pair of(BigDecimal number) {
            double high = number.doubleValue();
            return new Pair(high, number.subtract(new BigDecimal(high)).doubleValue());
        }

        static Pair sum(double one, double other) {
            double sum = one + other;
            double added = sum - one;
            return new Pair(sum, one - (sum - added) + (other - added));
        }

        /** A sum of which the second part is known to be the smaller. */
        private static Pair normal(double large, double small) {
            double sum = large + small;
            return new Pair(sum, small - (sum - large));
        }

        Pair plus(Pair other) {
            Pair sum = sum(high, other.high);
            return normal(sum.high, sum.low + (low + other.low));
        }

        Pair times(Pair other) {
            double product = high * other.high;
            double rest = Math.fma(high, other.high, -product);
            return normal(product, rest + (high * other.low + low * other.high));
        }

        Pair negated() {
            return new Pair(-high, -low);
        }
    }

    /** Coefficients of the powers of a square: with alternating signs, one through the factorials from {@code first} on. */
    private static Pair[] series(int first) {
        Pair[] terms = new Pair[TERMS];
        BigDecimal factorial = BigDecimal.ONE;
        for (int i = 0; i < TERMS; i++) {
            Pair term = Pair.of(BigDecimal.ONE.divide(factorial, DIGITS));
            terms[i] = i % 2 == 0 ? term : term.negated();
            int last = 2 * i + first;
            factorial = factorial.multiply(BigDecimal.valueOf((last + 1L) * (last + 2L)));
        }
        return terms;
    }

    /** Sine of an angle of some circles at most. */
    static double sin(double radians) {
        return turned(radians, 0).high;
    }

    /** Cosine of an angle of some circles at most. */
    static double cos(double radians) {
        return turned(radians, 1).high;
    }

    /** Arc sine of a number from 0 to 1. */
    static double asin(double sine) {
        double near = StrictMath.asin(sine);
        Pair error = Pair.sum(sine, 0).plus(turned(near, 0).negated());
        return error.high == 0 ? near : near + error.high / cos(near);
    }

    /** Sine of an angle to which a quarter of a circle is added some times. */
    private static Pair turned(double radians, int quarters) {
        double nearest = Math.rint(radians / (Math.PI / 2));
        Pair rest = Pair.sum(radians - nearest * (Math.PI / 2), -nearest * HALF_PI_LOW.high);
        rest = rest.plus(new Pair(-nearest * HALF_PI_LOW.low, 0));
        int quarter = (int) nearest + quarters & 3;
        Pair square = rest.times(rest);
        Pair value = quarter % 2 == 0 ? rest.times(sum(SINE, square)) : sum(COSINE, square);
        return quarter < 2 ? value : value.negated();
    }

    private static Pair sum(Pair[] series, Pair square) {
        double small = 0;
        for (int i = TERMS - 1; i >= SMALL_TERMS; i--) {
            small = small * square.high + series[i].high;
        }
        Pair sum = new Pair(small, 0);
        for (int i = SMALL_TERMS - 1; i >= 0; i--) {
            sum = sum.times(square).plus(series[i]);
        }
        return sum;
    }
}
