package io.cairn.engine.keyspace;

/**
 * Thresholds above which a value leaves its packed encoding, and the longest string that commands may make, under the
 * names of redis.conf.
 *
 * <p>Negative {@code listMaxListpackSize} is a size class as in Redis (-1 to -5: 4, 8, 16, 32, 64 KiB).
 * {@code streamNodeMaxEntries} are the entries of a stream that an approximate trimming takes together.
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
        long stringMaxBytes,
        int streamNodeMaxEntries) {
    private static final long STRING_MAX_BYTES = 512L << 20;

    /** The defaults of Redis 7.0. */
    public static final Limits DEFAULT = new Limits(512, 64, 512, 128, 64, -2, 3000, STRING_MAX_BYTES, 100);

    /** Thresholds of collections, beside the defaults for HyperLogLogs, strings and streams. */
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
                STRING_MAX_BYTES,
                100);
    }

    /** The same with other blocks of entries. */
    public Limits withStreamNodeMaxEntries(int entries) {
        return new Limits(
                hashMaxListpackEntries,
                hashMaxListpackValue,
                setMaxIntsetEntries,
                zsetMaxListpackEntries,
                zsetMaxListpackValue,
                listMaxListpackSize,
                hllSparseMaxBytes,
                stringMaxBytes,
                entries);
    }
}
