package io.cairn.engine.keyspace;

/**
 * Thresholds above which a value leaves its packed encoding, under the names of redis.conf.
 *
 * <p>Negative {@code listMaxListpackSize} is a size class as in Redis (-1 to -5: 4, 8, 16, 32, 64 KiB).
 *
 * <p><i>Immutable.</i>
 */
public record Limits(
        int hashMaxListpackEntries,
        int hashMaxListpackValue,
        int setMaxIntsetEntries,
        int zsetMaxListpackEntries,
        int zsetMaxListpackValue,
        int listMaxListpackSize,
        long hllSparseMaxBytes) {
    /** The defaults of Redis 7.0. */
    public static final Limits DEFAULT = new Limits(512, 64, 512, 128, 64, -2, 3000);

    /** Thresholds of collections, beside the default for HyperLogLogs. */
    public Limits(
            int hashMaxListpackEntries,
            int hashMaxListpackValue,
            int setMaxIntsetEntries,
            int zsetMaxListpackEntries,
            int zsetMaxListpackValue,
            int listMaxListpackSize) {
        this(
                hashMaxListpackEntries,
                hashMaxListpackValue,
                setMaxIntsetEntries,
                zsetMaxListpackEntries,
                zsetMaxListpackValue,
                listMaxListpackSize,
                3000);
    }
}
