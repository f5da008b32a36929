package io.cairn.engine.rows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.RocksDBException;

/**
 * Makes a row store of rows that come once each, in any order.
 *
 * <p>Rows are gathered in {@link Run}s, one a family; a run that is large enough is sorted and becomes a file of RocksDB's
 * on a thread of its own, while the next is gathered. The files become the store at the end. Rows that came in order lie
 * where RocksDB would have merged them to; others are merged once the store is in use, or here if they are so many that
 * the first writes would have to wait for it.
 *
 * <p>Life: {@link #begin}, batches, {@link #finish}; then {@link RocksRowStore#open} opens the directory. If it is closed
 * or dies before, the directory is worth nothing.
 *
 * <p><i>Confined to the loading thread.</i>
 */
public final class BulkLoad implements RowSink, AutoCloseable {
    private static final int FILES_UNMERGED_MAX = 12;
    private static final int WRITERS_MAX = 4;
    private static final int FIRST_RUN_SHARE = 8;

    /** Values from this length on must not stay in blocks, which are read and kept in memory as a whole. */
    private static final int HUGE_BYTES = 8 << 20;

    private final Path directory;
    private final RocksDatabase database;
    private final long runBytesMost;
    private final RunWriters writers;
    private final Map<Family, Run> gathered = new EnumMap<>(Family.class);
    private final RowBatch batch = new Rows();
    private final List<byte[]> huge = new ArrayList<>();
    /** Size of the next run: the first are small, so that the writers have something to do from early on. */
    private long runBytes;

    private long gatheredBytes;
    private boolean closed;

    private BulkLoad(Path directory, RocksDatabase database, RocksOptions options) {
        this.directory = directory;
        this.database = database;
        this.runBytesMost = Math.min(128 << 20, 2 * options.writeBufferBytes());
        this.runBytes = runBytesMost / FIRST_RUN_SHARE;
        int threads = Math.max(1, Math.min(WRITERS_MAX, options.backgroundJobs() / 2));
        this.writers = new RunWriters(directory, database.tuning(), threads);
    }

    /** Begins in a new or empty directory. */
    public static BulkLoad begin(Path directory, RocksOptions options) {
        RocksTuning tuning = new RocksTuning(options, RocksTuning.Purpose.BULK_LOAD);
        return new BulkLoad(directory, RocksDatabase.open(directory, tuning, false), options);
    }

    @Override
    public RowBatch newBatch() {
        return batch;
    }

    /** Does nothing but tell of failures: rows are taken as they are put into the batch. */
    @Override
    public void write(RowBatch rows) {
        writers.requireNoFailure();
        rows.clear();
    }

    private Run gathering(Family family) {
        Run run = gathered.get(family);
        if (run == null) {
            run = new Run(writers);
            gathered.put(family, run);
        }
        return run;
    }

    private void gathered(Run run, long bytesBefore) {
        gatheredBytes += run.bytes() - bytesBefore;
        if (gatheredBytes >= runBytes || run.isFull()) {
            handOverLargest();
            runBytes = Math.min(runBytesMost, 2 * runBytes);
        }
    }

    private void handOverLargest() {
        Family largest = Family.SYSTEM;
        long bytes = -1;
        for (Map.Entry<Family, Run> entry : gathered.entrySet()) {
            if (entry.getValue().bytes() > bytes) {
                bytes = entry.getValue().bytes();
                largest = entry.getKey();
            }
        }
        Run run = gathered.remove(largest);
        if (run != null) {
            gatheredBytes -= run.bytes();
            writers.write(largest, run);
        }
    }

    /** Makes the store of what was taken, durably, and closes. */
    public void finish() {
        if (closed) {
            throw new StorageException("bulk load is closed");
        }
        try {
            while (!gathered.isEmpty()) {
                handOverLargest();
            }
            for (Map.Entry<Family, List<String>> files : writers.finish().entrySet()) {
                ingest(database.handle(files.getKey()), files.getValue());
            }
            moveHuge();
        } catch (RocksDBException e) {
            throw RocksFailures.of("take what was loaded into " + directory, e);
        } finally {
            close();
        }
    }

    /** A file that is taken in has its rows in blocks, however long; what merges it takes long ones out of them. */
    private void moveHuge() throws RocksDBException {
        try (CompactRangeOptions all = new CompactRangeOptions()
                .setBottommostLevelCompaction(CompactRangeOptions.BottommostLevelCompaction.kForce)) {
            for (byte[] key : huge) {
                database.db().compactRange(database.handle(Family.ROWS), key, Arrays.copyOf(key, key.length + 1), all);
            }
        }
    }

    private void ingest(ColumnFamilyHandle family, List<String> files) throws RocksDBException {
        try (IngestExternalFileOptions moving = new IngestExternalFileOptions().setMoveFiles(true)) {
            database.db().ingestExternalFile(family, files, moving);
        }
        String unmerged = database.db().getProperty(family, "rocksdb.num-files-at-level0");
        if (Integer.parseInt(unmerged) > FILES_UNMERGED_MAX) {
            database.db().compactRange(family);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            writers.close();
            database.close();
        }
    }

    /** Rows on their way into the runs. */
    private final class Rows implements RowBatch {
        private int size;

        @Override
        public void putMeta(int hash, int namespace, byte[] key, byte[] row) {
            RowLimits.requireKey(key);
            Run run = gathering(Family.META);
            long before = run.bytes();
            run.add(namespace, key, row);
            size++;
            gathered(run, before);
        }

        @Override
        public void put(Family family, byte[] key, byte[] value) {
            MemoryBatch.requireNotMeta(family);
            RowLimits.requireKey(key);
            Run run = gathering(family);
            long before = run.bytes();
            run.add(key, value);
            size++;
            if (value.length >= HUGE_BYTES && family == Family.ROWS) {
                huge.add(key);
            }
            gathered(run, before);
        }

        @Override
        public void deleteMeta(int hash, int namespace, byte[] key) {
            throw new UnsupportedOperationException("a bulk load only adds");
        }

        @Override
        public void delete(Family family, byte[] key) {
            throw new UnsupportedOperationException("a bulk load only adds");
        }

        @Override
        public void deleteRange(Family family, byte[] from, byte[] to) {
            throw new UnsupportedOperationException("a bulk load only adds");
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public void clear() {
            size = 0;
        }
    }
}
