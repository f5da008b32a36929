package io.cairn.engine.rows;

import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * How a {@link RocksRowStore} uses memory, disk and processors.
 *
 * <p><i>Immutable.</i>
 *
 * @param blockCacheBytes memory for blocks of rows, their indexes and filters; memtables count towards it
 * @param rowCacheBytes memory, outside the heap, for hot rows of META and ROWS; 0 for none
 * @param writeBufferBytes size at which a memtable is flushed. Bounds what recovery has to replay: at most a few of them
 * @param backgroundJobs threads for flushes and compactions together
 * @param backgroundBytesPerSecond limit of what they write, 0 for none
 * @param blockBytes size of a block of rows before compression
 * @param compression of all levels but the youngest two
 * @param directReads whether reads bypass the page cache
 * @param maxOpenFiles SST files kept open, -1 for all
 * @param familyOptions further options for every column family in RocksDB's own words ({@code name=value;name=value})
 * @param databaseOptions further options for the database in RocksDB's own words
 */
public record RocksOptions(
        long blockCacheBytes,
        long rowCacheBytes,
        long writeBufferBytes,
        int backgroundJobs,
        long backgroundBytesPerSecond,
        int blockBytes,
        Compression compression,
        boolean directReads,
        int maxOpenFiles,
        String familyOptions,
        String databaseOptions) {

    private static final long MIB = 1 << 20;

    /** Compression of rows on disk. */
    public enum Compression {
        /** None. */
        NONE,
        /** LZ4: fast. */
        LZ4,
        /** Zstandard: small. */
        ZSTD;

        /** By its name, in any case. */
        public static Compression named(String name) {
            return valueOf(name.toUpperCase(Locale.ROOT));
        }
    }

    /** Checks the ranges. */
    public RocksOptions {
        require(blockCacheBytes >= MIB, "block cache must have 1 MiB at least");
        require(rowCacheBytes >= 0, "row cache size must not be negative");
        require(writeBufferBytes >= 64 << 10, "write buffer must have 64 KiB at least");
        require(backgroundJobs >= 1, "at least one background job is needed");
        require(backgroundBytesPerSecond >= 0, "background rate must not be negative");
        require(blockBytes >= 1 << 10 && blockBytes <= 1 << 20, "block size must be between 1 KiB and 1 MiB");
        require(maxOpenFiles == -1 || maxOpenFiles >= 64, "64 open files are the least, -1 means all");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Defaults for this machine: its memory (or its container's), its processors, its limit of open files. */
    public static RocksOptions defaults() {
        long machine = Long.MAX_VALUE;
        int files = -1;
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.UnixOperatingSystemMXBean system) {
            machine = system.getTotalMemorySize();
            long limit = system.getMaxFileDescriptorCount();
            files = limit >= 1 << 16 ? -1 : (int) Math.max(64, limit / 2);
        }
        Runtime runtime = Runtime.getRuntime();
        return defaults(machine, runtime.maxMemory(), runtime.availableProcessors(), files);
    }

    static RocksOptions defaults(long machineBytes, long heapBytes, int processors, int maxOpenFiles) {
        long besideHeap = Math.max(0, machineBytes - heapBytes);
        return new RocksOptions(
                clamp(besideHeap / 3, 32 * MIB, 1_048_576 * MIB),
                clamp(Math.min(machineBytes / 8, heapBytes / 3), 8 * MIB, 8192 * MIB),
                clamp(machineBytes / 64, 8 * MIB, 32 * MIB),
                Math.max(2, processors),
                0,
                16 << 10,
                Compression.LZ4,
                false,
                maxOpenFiles,
                "",
                "");
    }

    /** A store of a few megabytes of memory, for tests and tools. */
    public static RocksOptions small() {
        return new RocksOptions(8 * MIB, 2 * MIB, MIB, 2, 0, 16 << 10, Compression.LZ4, false, 256, "", "");
    }

    /** These options with another row cache. */
    public RocksOptions withRowCacheBytes(long bytes) {
        return new RocksOptions(
                blockCacheBytes,
                bytes,
                writeBufferBytes,
                backgroundJobs,
                backgroundBytesPerSecond,
                blockBytes,
                compression,
                directReads,
                maxOpenFiles,
                familyOptions,
                databaseOptions);
    }

    private static long clamp(long value, long least, long most) {
        return Math.max(least, Math.min(most, value));
    }
}
