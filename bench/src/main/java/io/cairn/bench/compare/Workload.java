package io.cairn.bench.compare;

/**
 * A test of {@code redis-benchmark} with a depth of pipelining.
 *
 * <p><i>Immutable.</i>
 */
record Workload(String test, int pipeline) {
    @Override
    public String toString() {
        return test.toUpperCase(java.util.Locale.ROOT) + " P=" + pipeline;
    }
}
