package io.cairn.bench.report;

import java.util.Arrays;
import java.util.Collection;

/**
 * The median of several measurements with the lowest and the highest.
 *
 * <p><i>Immutable.</i>
 */
public record Spread(double median, double min, double max) {
    /** Of at least one value. */
    public static Spread of(Collection<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no values");
        }
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /** Of at least one value. */
    public static Spread of(double... values) {
        return of(Arrays.stream(values).boxed().toList());
    }
}
