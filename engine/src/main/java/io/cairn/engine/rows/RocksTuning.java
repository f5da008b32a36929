package io.cairn.engine.rows;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.ConfigOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Env;
import org.rocksdb.HistogramType;
import org.rocksdb.HyperClockCache;
import org.rocksdb.Options;
import org.rocksdb.Priority;
import org.rocksdb.RateLimiter;
import org.rocksdb.RocksDB;
import org.rocksdb.Statistics;
import org.rocksdb.StatsLevel;
import org.rocksdb.WriteBufferManager;

/**
 * RocksDB's options for one open database, and the native objects behind them.
 *
 * <p>Written in RocksDB's own names, so that the operator's options can overrule ours. What must not be overruled, because
 * atomicity and the detection of damage rest on it, is set last. Closed after the database.
 *
 * <p><i>Confined to the opening thread.</i>
 */
final class RocksTuning implements AutoCloseable {
    private static final long CHECKPOINT_CACHE_BYTES = 16 << 20;
    private static final int WRITE_BUFFERS = 4;
    private static final double BLOOM_BITS = 10;
    private static final int LEVELS = 7;

    /** Values of ROWS from this length on stand in files of their own, and not in blocks. */
    private static final int BLOB_BYTES_LEAST = 256 << 10;

    /** What the database is opened for. */
    enum Purpose {
        LIVE,
        CHECKPOINT,
        BULK_LOAD
    }

    private final RocksOptions options;
    private final Purpose purpose;
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private final Cache cache;
    private final Statistics statistics;
    private final DBOptions database;
    private final List<ColumnFamilyDescriptor> families = new ArrayList<>();

    RocksTuning(RocksOptions options, Purpose purpose) {
        RocksDB.loadLibrary();
        this.options = options;
        this.purpose = purpose;
        long cacheBytes = purpose == Purpose.LIVE ? options.blockCacheBytes() : CHECKPOINT_CACHE_BYTES;
        this.cache = own(new HyperClockCache(Math.min(cacheBytes, options.blockCacheBytes()), 0, -1, false));
        // Histograms would ask for the time twice an operation.
        this.statistics = own(new Statistics(EnumSet.allOf(HistogramType.class)));
        this.statistics.setStatsLevel(StatsLevel.EXCEPT_DETAILED_TIMERS);
        try {
            this.database = database();
            for (Family family : Family.values()) {
                byte[] name = family.columnFamily().getBytes(StandardCharsets.UTF_8);
                families.add(new ColumnFamilyDescriptor(name, family(family)));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    DBOptions databaseOptions() {
        return database;
    }

    List<ColumnFamilyDescriptor> families() {
        return families;
    }

    /**
     * Options of a file that is written beside the database to be taken into it.
     *
     * @param merged whether the file needs no merging: then it is compressed as the oldest level is, else not at all
     */
    Options fileOptions(Family family, boolean merged) {
        Options made = new Options(database, families.get(family.ordinal()).getOptions());
        if (!merged) {
            made.setCompressionPerLevel(List.of());
            made.setCompressionType(CompressionType.NO_COMPRESSION);
        }
        return made;
    }

    Cache cache() {
        return cache;
    }

    Statistics statistics() {
        return statistics;
    }

    private DBOptions database() {
        Properties names = new Properties();
        set(names, "max_background_jobs", options.backgroundJobs());
        set(names, "max_open_files", options.maxOpenFiles());
        set(names, "use_direct_reads", options.directReads());
        set(names, "bytes_per_sync", 1 << 20);
        set(names, "compaction_readahead_size", 2 << 20);
        set(names, "keep_log_file_num", 4);
        set(names, "max_log_file_size", 16 << 20);
        set(names, "info_log_level", purpose == Purpose.LIVE ? "INFO_LEVEL" : "WARN_LEVEL");
        set(names, "stats_persist_period_sec", 0);
        // One writer at a time, so the cheaper memtable inserts will do.
        set(names, "allow_concurrent_memtable_write", false);
        set(names, "enable_write_thread_adaptive_yield", false);
        if (purpose == Purpose.BULK_LOAD) {
            set(names, "max_background_jobs", Math.max(8, options.backgroundJobs()));
            set(names, "max_subcompactions", options.backgroundJobs());
        }
        addTo(names, options.databaseOptions());
        DBOptions made;
        try (ConfigOptions strict = new ConfigOptions()) {
            strict.setIgnoreUnknownOptions(false);
            made = DBOptions.getDBOptionsFromProps(strict, names);
        }
        if (made == null) {
            throw new IllegalArgumentException("RocksDB refuses these database options: " + options.databaseOptions());
        }
        own(made);
        made.setCreateIfMissing(purpose != Purpose.CHECKPOINT);
        made.setCreateMissingColumnFamilies(purpose != Purpose.CHECKPOINT);
        made.setErrorIfExists(purpose == Purpose.BULK_LOAD);
        made.setAtomicFlush(true);
        made.setParanoidChecks(true);
        made.setOpenFilesAsync(false);
        // What is not flushed is in the write-ahead log: closing need not wait for a flush.
        made.setAvoidFlushDuringShutdown(true);
        made.setStatistics(statistics);
        if (purpose == Purpose.LIVE) {
            made.setWriteBufferManager(
                    own(new WriteBufferManager(WRITE_BUFFERS * options.writeBufferBytes(), cache, false)));
        }
        // Compactions give way to commands. Flushes, in the other pool, do not: writes wait for them.
        Env.getDefault().lowerThreadPoolCPUPriority(Priority.LOW);
        if (options.backgroundBytesPerSecond() > 0) {
            made.setRateLimiter(own(new RateLimiter(options.backgroundBytesPerSecond())));
        }
        return made;
    }

    private ColumnFamilyOptions family(Family family) {
        Properties names = new Properties();
        set(names, "write_buffer_size", options.writeBufferBytes());
        set(names, "max_write_buffer_number", WRITE_BUFFERS);
        set(names, "level_compaction_dynamic_level_bytes", true);
        set(names, "target_file_size_base", 64 << 20);
        set(names, "max_bytes_for_level_base", Math.max(64 << 20, 4 * options.writeBufferBytes()));
        // Half as much compaction as with the usual four, for a few more filters to ask.
        set(names, "level0_file_num_compaction_trigger", 8);
        set(names, "level0_slowdown_writes_trigger", 24);
        set(names, "level0_stop_writes_trigger", 40);
        set(names, "compression_per_level", compressionPerLevel());
        // Every range deletion in a memtable slows its reads down; so many and it is flushed.
        set(names, "memtable_max_range_deletions", 500);
        // Rows are applied in the order of their keys: where one went in tells where the next belongs. All keys of a
        // family that are alike in their first byte share the place, which is nearly all.
        set(names, "memtable_insert_with_hint_prefix_extractor", "fixed:1");
        if (hasPointReads(family)) {
            set(names, "memtable_whole_key_filtering", true);
            set(names, "memtable_prefix_bloom_size_ratio", 0.05);
        }
        if (family == Family.ROWS) {
            // A value of hundreds of megabytes would be a block of its own: read, cached and merged as one.
            set(names, "enable_blob_files", true);
            set(names, "min_blob_size", BLOB_BYTES_LEAST);
            set(names, "blob_compression_type", compressionName());
            set(names, "enable_blob_garbage_collection", true);
            set(names, "blob_garbage_collection_age_cutoff", 1.0);
            set(names, "blob_garbage_collection_force_threshold", 0.5);
        }
        if (purpose == Purpose.BULK_LOAD) {
            set(names, "disable_auto_compactions", true);
        }
        addTo(names, options.familyOptions());
        ColumnFamilyOptions made;
        try (ConfigOptions strict = new ConfigOptions()) {
            strict.setIgnoreUnknownOptions(false);
            made = ColumnFamilyOptions.getColumnFamilyOptionsFromProps(strict, names);
        }
        if (made == null) {
            throw new IllegalArgumentException("RocksDB refuses these family options: " + options.familyOptions());
        }
        own(made);
        made.setTableFormatConfig(table(family));
        return made;
    }

    private BlockBasedTableConfig table(Family family) {
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setBlockSize(options.blockBytes())
                .setFormatVersion(6)
                .setCacheIndexAndFilterBlocks(purpose == Purpose.LIVE)
                .setCacheIndexAndFilterBlocksWithHighPriority(true)
                .setPinL0FilterAndIndexBlocksInCache(true);
        if (hasPointReads(family)) {
            table.setFilterPolicy(own(new BloomFilter(BLOOM_BITS))).setOptimizeFiltersForMemory(true);
        }
        return table;
    }

    /** SCORES and EXPIRES are only ever walked through. */
    private static boolean hasPointReads(Family family) {
        return family != Family.SCORES && family != Family.EXPIRES;
    }

    private String compressionName() {
        return switch (options.compression()) {
            case NONE -> "kNoCompression";
            case LZ4 -> "kLZ4Compression";
            case ZSTD -> "kZSTD";
        };
    }

    private String compressionPerLevel() {
        String name = compressionName();
        StringBuilder levels = new StringBuilder("kNoCompression:kNoCompression");
        for (int level = 2; level < LEVELS; level++) {
            levels.append(':').append(name);
        }
        return levels.toString();
    }

    private static void set(Properties names, String name, Object value) {
        names.setProperty(name, value.toString());
    }

    private static void addTo(Properties names, String text) {
        for (String part : text.split(";", -1)) {
            if (part.isBlank()) {
                continue;
            }
            int equals = part.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("not name=value: " + part);
            }
            names.setProperty(
                    part.substring(0, equals).trim(), part.substring(equals + 1).trim());
        }
    }

    private <T extends AutoCloseable> T own(T made) {
        owned.push(made);
        return made;
    }

    @Override
    public void close() {
        for (AutoCloseable each = owned.poll(); each != null; each = owned.poll()) {
            closeQuietly(each);
        }
    }

    /** Closes a native object, whose close declares an exception only because AutoCloseable does. */
    static void closeQuietly(@Nullable AutoCloseable closeable) {
        if (closeable == null) {
            return;
        }
        try {
            closeable.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new StorageException("native object could not be released", e);
        }
    }
}
