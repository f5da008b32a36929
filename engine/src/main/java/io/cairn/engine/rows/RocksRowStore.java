package io.cairn.engine.rows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.TickerType;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The row store on disk: RocksDB without a log of its own, behind caches of hot rows of META and ROWS.
 *
 * <ul>
 *   <li>Every {@link Family} is a column family whose id is its ordinal; a directory where that is not so is refused.
 *   <li>Rows are applied to RocksDB a little after they are written, see {@link PendingRows}; readers do not notice.
 *   <li>Memtables of all families are flushed together, so a crash takes whole batches, never a part of one. What was not
 *       flushed is gone: close does not flush either. See {@link #persisted}.
 *   <li>A directory with missing or damaged files is refused and left as it is.
 * </ul>
 *
 * <p>Life cycle: {@link #open}, use, close; a {@link BulkLoad} makes the files of a whole one. Close waits for reads under way; everything after
 * it throws.
 *
 * <p><i>Thread-safe.</i>
 */
public final class RocksRowStore implements RowStore {
    /** Of the row cache's memory, one part in so many is for elements of collections. */
    private static final int ELEMENTS_SHARE = 4;

    /** And one in so many for nodes of indexes. */
    private static final int NODES_SHARE = 16;

    /** One part in so many, as much again in the heap, is for ranges that cursors have read. */
    private static final int RANGES_SHARE = 8;

    private static final long RECLAIMED_BYTES_LEAST = 8 << 20;
    private static final long PENDING_BYTES_MAX = 16 << 20;
    private static final long AHEAD_BYTES_MAX = 4 << 20;

    /** What is read ahead at a time takes at most one part in so many of the block cache. */
    private static final int AHEAD_SHARE = 16;

    private final RocksDatabase database;
    private final RocksOptions options;
    private final @Nullable RowCache metas;
    private final @Nullable RowCache elements;
    private final @Nullable RowCache nodes;
    private final @Nullable RangeCache ranges;
    private final WriteOptions unlogged = new WriteOptions().setDisableWAL(true);
    private final FlushOptions flushing =
            new FlushOptions().setWaitForFlush(true).setAllowWriteStall(true);
    private final ReentrantLock writing = new ReentrantLock();

    /** Null where rows are applied as they are written: under a bulk load. */
    private final PendingRows pending;

    private final ReadAhead ahead;

    private RocksRowStore(RocksDatabase database, RocksOptions options) {
        this.database = database;
        this.options = options;
        long cacheBytes = options.rowCacheBytes();
        long elementsBytes = cacheBytes / ELEMENTS_SHARE;
        long nodesBytes = cacheBytes / NODES_SHARE;
        this.metas = cache(RowCache.Kind.METAS, cacheBytes - elementsBytes - nodesBytes);
        this.elements = cache(RowCache.Kind.ELEMENTS, elementsBytes);
        this.nodes = cache(RowCache.Kind.NODES, nodesBytes);
        this.ranges = cacheBytes > 0 ? new RangeCache(cacheBytes / RANGES_SHARE) : null;
        this.ahead = new ReadAhead(database::warm, Math.min(AHEAD_BYTES_MAX, options.blockCacheBytes() / AHEAD_SHARE));
        PendingRows.Target target = new PendingRows.Target() {
            @Override
            public void write(byte[] batch) {
                writeRows(batch);
            }

            @Override
            public void flush() {
                flushRows();
            }
        };
        this.pending = new PendingRows(target, Math.min(PENDING_BYTES_MAX, options.writeBufferBytes() / 2));
    }

    private static @Nullable RowCache cache(RowCache.Kind kind, long bytes) {
        return bytes > 0 ? new RowCache(kind, bytes) : null;
    }

    /**
     * Opens the store in a directory, which is created if it does not exist.
     *
     * @throws CorruptStoreException if files are missing or damaged
     */
    public static RocksRowStore open(Path directory, RocksOptions options) {
        requireWhole(directory);
        RocksTuning tuning = new RocksTuning(options, RocksTuning.Purpose.LIVE);
        return new RocksRowStore(RocksDatabase.open(directory, tuning, false), options);
    }

    /**
     * Opens the store in a directory for looking at it; nothing is changed.
     *
     * @throws CorruptStoreException if files are missing or damaged
     */
    public static RowView look(Path directory, RocksOptions options) {
        requireWhole(directory);
        RocksTuning tuning = new RocksTuning(options, RocksTuning.Purpose.CHECKPOINT);
        return new RocksCheckpoint(RocksDatabase.open(directory, tuning, true), directory, false);
    }

    /** For tests. */
    RocksDB db() {
        return database.db();
    }

    /** A directory that RocksDB would take for a new one, or whose families it does not know, must not be touched. */
    private static void requireWhole(Path directory) {
        if (!Files.exists(directory)) {
            createDirectories(directory);
            return;
        }
        if (!Files.exists(directory.resolve("CURRENT"))) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "{*.sst,MANIFEST-*}")) {
                for (Path file : files) {
                    throw new CorruptStoreException("row store " + directory + " has " + file.getFileName()
                            + " but no file CURRENT, which names the manifest: restore the directory from a backup, or"
                            + " remove it and resynchronize from another node");
                }
            } catch (IOException e) {
                throw new StorageException("row store directory could not be read: " + directory, e);
            }
            return;
        }
        requireKnownFamilies(directory);
    }

    private static void requireKnownFamilies(Path directory) {
        RocksDB.loadLibrary();
        Set<String> unknown = new TreeSet<>();
        try (Options plain = new Options()) {
            for (byte[] name : RocksDB.listColumnFamilies(plain, directory.toString())) {
                unknown.add(new String(name, StandardCharsets.UTF_8));
            }
        } catch (RocksDBException e) {
            throw RocksFailures.of("open " + directory, e);
        }
        for (Family family : Family.values()) {
            unknown.remove(family.columnFamily());
        }
        if (!unknown.isEmpty()) {
            throw new StorageException(
                    "row store " + directory + " has column families that this version does not know: " + unknown
                            + "; use the newer version that made them");
        }
    }

    private static void createDirectories(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new StorageException("row store directory could not be made: " + directory, e);
        }
    }

    // ---- reads

    @Override
    public byte @Nullable [] get(Family family, byte[] key, ReadMode mode) {
        if (family == Family.META) {
            pending.drain(); // who asks like this does not know the hash under which the row waits
            return database.get(family, key, mode);
        }
        RowCache cache = family == Family.ROWS ? elements : family == Family.SCORES ? nodes : null;
        return find(cache, family, RowHash.of(key), 0, key, mode);
    }

    @Override
    public byte @Nullable [] element(byte[] key, ReadMode mode, boolean passing) {
        if (!passing || elements == null) {
            return get(Family.ROWS, key, mode);
        }
        int hash = RowHash.of(key);
        byte[] cached = elements.find(hash, 0, key);
        return cached == RowCache.MISS ? behindCache(Family.ROWS, hash, 0, key, mode) : known(cached);
    }

    @Override
    public byte @Nullable [] meta(int hash, int namespace, byte[] key, ReadMode mode) {
        return find(metas, Family.META, hash, namespace, key, mode);
    }

    @Override
    public int touchMetas(int namespace, int[] hashes, int count) {
        return metas == null ? 0 : metas.touch(hashes, count);
    }

    @Override
    public int touchElements(long version, int[] hashes, int count) {
        return elements == null ? 0 : elements.touch(hashes, count);
    }

    @Override
    public byte @Nullable [] glance(int hash, int namespace, byte[] key, int most) {
        return metas == null ? null : metas.glance(hash, namespace, key, most);
    }

    /** Looks where the newest rows are first: cache, rows that wait, RocksDB. */
    private byte @Nullable [] find(
            @Nullable RowCache cache, Family family, int hash, int namespace, byte[] key, ReadMode mode) {
        if (cache == null) {
            return behindCache(family, hash, namespace, key, mode);
        }
        byte[] cached = cache.find(hash, namespace, key);
        if (cached != RowCache.MISS) {
            return known(cached);
        }
        long stamp = cache.stamp(hash);
        byte[] row = behindCache(family, hash, namespace, key, mode);
        cache.fill(hash, namespace, key, row, stamp);
        return row;
    }

    private byte @Nullable [] behindCache(Family family, int hash, int namespace, byte[] key, ReadMode mode) {
        byte[] row = pending.find(family, hash, namespace, key);
        if (row != null) {
            return row == RowChanges.DELETED ? null : row;
        }
        return database.get(family, family == Family.META ? RowNode.fullKey(namespace, key) : key, mode);
    }

    private byte @Nullable [] known(byte[] cached) {
        requireOpen();
        return cached == RowCache.ABSENT ? null : cached;
    }

    @Override
    public RowCursor cursor(Family family, byte[] from, byte @Nullable [] to, ReadMode mode) {
        if (family != Family.ROWS && family != Family.SCORES) {
            pending.settle(family, from, to, mode);
            return database.cursor(family, from, to, mode);
        }
        RangeCache known = ranges;
        if (known != null && to != null) {
            requireOpen();
            RowCursor cursor = known.cursor(family, from, to, new BehindRanges(family, from, to, mode));
            if (cursor != null) {
                return cursor;
            }
        }
        return behindRanges(family, from, to, mode);
    }

    @Override
    public RowCursor.@Nullable Pick random(
            Family family, byte[] from, byte[] to, long count, ReadMode mode, RandomGenerator random) {
        requireOpen();
        RangeCache known = ranges;
        return known == null
                ? null
                : known.random(family, from, to, count, random, new BehindRanges(family, from, to, mode));
    }

    private final class BehindRanges implements RangeCursor.Behind {
        private final Family family;
        private final byte[] from;
        private final byte[] to;
        private final ReadMode mode;

        BehindRanges(Family family, byte[] from, byte[] to, ReadMode mode) {
            this.family = family;
            this.from = from;
            this.to = to;
            this.mode = mode;
        }

        @Override
        public RowCursor open() {
            return behindRanges(family, from, to, mode);
        }

        @Override
        public void reading(byte[] key, byte[] last, boolean missed) {
            ahead.reading(family, key, last, missed);
        }
    }

    private RowCursor behindRanges(Family family, byte[] from, byte @Nullable [] to, ReadMode mode) {
        List<PendingRuns.Part> waiting = pending.parts(family, from, to, mode);
        RowCursor applied = database.cursor(family, from, to, mode);
        return waiting.isEmpty() ? applied : new PendingCursor(applied, waiting);
    }

    @Override
    public void reading(Family family, byte[] key, byte[] last, boolean missed) {
        ahead.reading(family, key, last, missed);
    }

    @Override
    public byte @Nullable [] persisted(Family family, byte[] key) {
        return database.persisted(family, key);
    }

    // ---- writes

    @Override
    public RowBatch newBatch() {
        return new RocksBatch();
    }

    @Override
    public void write(RowBatch batch) {
        if (!(batch instanceof RocksBatch changes)) {
            throw new IllegalArgumentException("batch of another store");
        }
        writing.lock();
        try {
            if (changes.anyRange()) {
                pending.drainAnd(() -> writeRows(changes.serialised()));
            } else {
                requireOpen();
                pending.add(changes);
            }
            if (elements != null) {
                changes.tellVersions(elements);
            }
            apply(changes.of(Family.META), metas);
            apply(changes.of(Family.ROWS), elements);
            apply(changes.of(Family.SCORES), nodes);
            RangeCache known = ranges;
            if (known != null) {
                known.apply(Family.ROWS, changes.of(Family.ROWS));
                known.apply(Family.SCORES, changes.of(Family.SCORES));
                changes.tellEnded(known);
            }
        } finally {
            writing.unlock();
        }
    }

    private void requireOpen() {
        if (database.gate.isClosed()) {
            throw new StorageException("row store is closed");
        }
    }

    private static void apply(RowChanges changes, @Nullable RowCache cache) {
        if (cache != null && !changes.isEmpty()) {
            cache.apply(changes);
        }
    }

    private void writeRows(byte[] serialised) {
        int stripe = database.gate.enter();
        try (WriteBatch batch = new WriteBatch(serialised)) {
            database.db().write(unlogged, batch);
        } catch (RocksDBException e) {
            throw RocksFailures.of("write", e);
        } finally {
            database.gate.leave(stripe);
        }
    }

    @Override
    public void flush() {
        pending.drain();
        flushRows();
    }

    private void flushRows() {
        int stripe = database.gate.enter();
        try {
            database.db().flush(flushing, database.handles());
        } catch (RocksDBException e) {
            throw RocksFailures.of("flush", e);
        } finally {
            database.gate.leave(stripe);
        }
    }

    /**
     * Deletes whole files of the range. They are gone at once, whatever is flushed, so the deletion is made durable first: else
     * a crash would bring back a collection that lacks rows, and the log would be replayed on it.
     */
    @Override
    public void reclaim(Family family, byte[] from, byte[] to, long bytesAtLeast) {
        // What RocksDB tells of a range is without the values that stand in files of their own.
        if (bytesAtLeast >= RECLAIMED_BYTES_LEAST || database.bytes(family, from, to) >= RECLAIMED_BYTES_LEAST) {
            flush();
            database.deleteFiles(family, from, to);
        }
    }

    @Override
    public RowView checkpoint(Path directory) {
        pending.drain();
        int stripe = database.gate.enter();
        try (Checkpoint maker = Checkpoint.create(database.db())) {
            maker.createCheckpoint(directory.toString());
        } catch (RocksDBException e) {
            throw RocksFailures.of("make checkpoint " + directory, e);
        } finally {
            database.gate.leave(stripe);
        }
        RocksTuning tuning = new RocksTuning(options, RocksTuning.Purpose.CHECKPOINT);
        try {
            return new RocksCheckpoint(RocksDatabase.open(directory, tuning, true), directory, true);
        } catch (StorageException e) {
            RocksCheckpoint.remove(directory);
            throw e;
        }
    }

    /**
     * Reads everything that is on disk and compares checksums; takes as long as reading takes.
     *
     * @throws CorruptStoreException naming the damaged file
     */
    public void verify() {
        int stripe = database.gate.enter();
        try {
            database.db().verifyChecksum();
        } catch (RocksDBException e) {
            throw RocksFailures.of("verify", e);
        } finally {
            database.gate.leave(stripe);
        }
    }

    @Override
    public boolean durable() {
        return true;
    }

    // ---- figures

    @Override
    public Map<String, Long> stats() {
        Map<String, Long> stats = new LinkedHashMap<>();
        int stripe = database.gate.enter();
        try {
            RocksDB db = database.db();
            property(db, stats, "memtable_bytes", "rocksdb.cur-size-all-mem-tables");
            property(db, stats, "sst_bytes", "rocksdb.total-sst-files-size");
            property(db, stats, "live_data_bytes", "rocksdb.estimate-live-data-size");
            property(db, stats, "pending_compaction_bytes", "rocksdb.estimate-pending-compaction-bytes");
            property(db, stats, "estimated_rows", "rocksdb.estimate-num-keys");
            property(db, stats, "table_reader_bytes", "rocksdb.estimate-table-readers-mem");
            stats.put("running_flushes", db.getLongProperty("rocksdb.num-running-flushes"));
            stats.put("running_compactions", db.getLongProperty("rocksdb.num-running-compactions"));
            stats.put("write_stopped", db.getLongProperty("rocksdb.is-write-stopped"));
            stats.put("delayed_write_bytes_per_second", db.getLongProperty("rocksdb.actual-delayed-write-rate"));
            stats.put("background_errors", db.getLongProperty("rocksdb.background-errors"));
            stats.put("block_cache_bytes", database.tuning().cache().getUsage());
            stats.put("block_cache_capacity_bytes", options.blockCacheBytes());
            for (Map.Entry<String, TickerType> ticker : TICKERS.entrySet()) {
                stats.put(ticker.getKey(), database.tuning().statistics().getTickerCount(ticker.getValue()));
            }
        } catch (RocksDBException e) {
            throw RocksFailures.of("read its figures", e);
        } finally {
            database.gate.leave(stripe);
        }
        stats.put("pending_rows", (long) pending.rows());
        ahead.stats(stats);
        if (metas != null && elements != null && nodes != null) {
            metas.stats("row_cache", stats);
            elements.stats("element_cache", stats);
            nodes.stats("index_cache", stats);
        }
        if (ranges != null) {
            ranges.stats(stats);
        }
        return stats;
    }

    private static final Map<String, TickerType> TICKERS = tickers();

    private static Map<String, TickerType> tickers() {
        Map<String, TickerType> names = new LinkedHashMap<>();
        names.put("block_cache_hits", TickerType.BLOCK_CACHE_HIT);
        names.put("block_cache_misses", TickerType.BLOCK_CACHE_MISS);
        names.put("memtable_hits", TickerType.MEMTABLE_HIT);
        names.put("filter_useful", TickerType.BLOOM_FILTER_USEFUL);
        names.put("stall_micros", TickerType.STALL_MICROS);
        names.put("flush_written_bytes", TickerType.FLUSH_WRITE_BYTES);
        names.put("compaction_read_bytes", TickerType.COMPACT_READ_BYTES);
        names.put("compaction_written_bytes", TickerType.COMPACT_WRITE_BYTES);
        return names;
    }

    private void property(RocksDB db, Map<String, Long> stats, String name, String property) throws RocksDBException {
        stats.put(name, db.getAggregatedLongProperty(property));
    }

    @Override
    public void close() {
        pending.close();
        ahead.close();
        writing.lock();
        try {
            if (database.close()) {
                unlogged.close();
                flushing.close();
            }
        } finally {
            writing.unlock();
        }
    }
}
