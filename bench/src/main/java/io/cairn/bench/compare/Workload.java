package io.cairn.bench.compare;

import java.util.Locale;

/**
 * A test with a depth of pipelining, on collections of so many elements; 0 is the form that {@code redis-benchmark} gives
 * the test.
 *
 * <p><i>Immutable.</i>
 */
record Workload(String test, int pipeline, long elements) {
    @Override
    public String toString() {
        String name = test.toUpperCase(Locale.ROOT) + " P=" + pipeline;
        return elements == 0 ? name : String.format(Locale.ROOT, "%s %,d", name, elements);
    }
}
