package io.cairn.server.command.hyperloglog;

/**
 * How many elements a HyperLogLog has seen, estimated from how many of its registers have each value.
 *
 * <p>The estimator of Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017), algorithm 6, in
 * the order of operations in which Redis computes it, so that the last bit is the same.
 *
 * <p><i>Immutable.</i>
 */
final class Estimate {
    /** 0.5 / ln 2. */
    private static final double ALPHA_INFINITE = 0.7213475204444817;

    /** Bits of a hash behind those that choose the register. */
    private static final int RANK_BITS = 50;

    private Estimate() {}

    static long of(int[] histogram) {
        double m = Sketch.REGISTERS;
        double z = m * tau((m - histogram[RANK_BITS + 1]) / m);
        for (int value = RANK_BITS; value >= 1; value--) {
            z += histogram[value];
            z *= 0.5;
        }
        z += m * sigma(histogram[0] / m);
        return rounded(ALPHA_INFINITE * m * m / z);
    }

    /** To the nearest integer, halves up; what is too large (only registers that no hash gives) is the smallest long. */
    private static long rounded(double estimate) {
        if (!(estimate < 0x1p63)) {
            return Long.MIN_VALUE;
        }
        double floor = Math.floor(estimate);
        return (long) (estimate - floor >= 0.5 ? floor + 1 : floor);
    }

    private static double sigma(double fraction) {
        if (fraction == 1) {
            return Double.POSITIVE_INFINITY;
        }
        double x = fraction;
        double y = 1;
        double z = x;
        double before;
        do {
            x *= x;
            before = z;
            z += x * y;
            y += y;
        } while (before != z);
        return z;
    }

    private static double tau(double fraction) {
        if (fraction == 0 || fraction == 1) {
            return 0;
        }
        double x = fraction;
        double y = 1;
        double z = 1 - x;
        double before;
        do {
            x = Math.sqrt(x);
            before = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
        } while (before != z);
        return z / 3;
    }
}
