package io.cairn.engine.keyspace;

/**
 * Thresholds above which a value leaves its packed encoding, and the longest string that commands may make, under the
 * names of redis.conf.
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
        long hllSparseMaxBytes,
        long stringMaxBytes) {
    private static final long STRING_MAX_BYTES = 512L << 20;

    /** The defaults of Redis 7.0. */
    public static final Limits DEFAULT = new Limits(512, 64, 512, 128, 64, -2, 3000, STRING_MAX_BYTES);

    /** Thresholds of collections, beside the defaults for HyperLogLogs and strings. */
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
                3000,
                STRING_MAX_BYTES);
    }
}
