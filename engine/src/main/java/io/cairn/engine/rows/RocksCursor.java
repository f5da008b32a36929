package io.cairn.engine.rows;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.ReadTier;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * A cursor over RocksDB, whose bounds RocksDB knows: it reads no block beyond them.
 *
 * <p>A valid iterator has no error, so the status is asked only where the iterator has come to an end.
 *
 * <p><i>Confined to the calling thread.</i> Only {@link #free()} comes from another, when no call is under way.
 */
final class RocksCursor implements RowCursor {
    private static final int BUFFER_BYTES = 512;
    private static final byte[] NOTHING = new byte[0];

    private final RocksDatabase database;
    private final ReadOptions options;
    private final @Nullable Slice lower;
    private final @Nullable Slice upper;
    private final RocksIterator iterator;
    private final AtomicBoolean freed = new AtomicBoolean();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private boolean valid;

    RocksCursor(RocksDatabase database, ColumnFamilyHandle handle, byte[] from, byte @Nullable [] to, ReadMode mode) {
        this.database = database;
        this.options = new ReadOptions();
        if (mode == ReadMode.MEMORY) {
            options.setReadTier(ReadTier.BLOCK_CACHE_TIER);
        }
        this.lower = from.length == 0 ? null : new Slice(from);
        this.upper = to == null ? null : new Slice(to);
        if (lower != null) {
            options.setIterateLowerBound(lower);
        }
        if (upper != null) {
            options.setIterateUpperBound(upper);
        }
        this.iterator = database.db().newIterator(handle, options);
    }

    private interface Movement {
        void of(RocksIterator iterator);
    }

    @Override
    public void seek(byte[] key) {
        move(at -> at.seek(key));
    }

    @Override
    public void seekToFirst() {
        move(RocksIterator::seekToFirst);
    }

    @Override
    public void seekToLast() {
        move(RocksIterator::seekToLast);
    }

    @Override
    public void seekForPrev(byte[] key) {
        move(at -> at.seekForPrev(key));
    }

    @Override
    public boolean valid() {
        return valid;
    }

    @Override
    public void next() {
        requireValid();
        move(RocksIterator::next);
    }

    @Override
    public void prev() {
        requireValid();
        move(RocksIterator::prev);
    }

    private void move(Movement movement) {
        int stripe = database.gate.enter();
        try {
            requireOpen();
            valid = false;
            movement.of(iterator);
            valid = iterator.isValid();
            if (!valid) {
                iterator.status();
            }
        } catch (RocksDBException e) {
            throw RocksFailures.ofRead(e);
        } finally {
            database.gate.leave(stripe);
        }
    }

    @Override
    public byte[] key() {
        requireValid();
        int stripe = database.gate.enter();
        try {
            requireOpen();
            int length = iterator.key(buffer);
            return length <= BUFFER_BYTES ? Arrays.copyOf(buffer, length) : iterator.key();
        } finally {
            database.gate.leave(stripe);
        }
    }

    @Override
    public byte[] value() {
        requireValid();
        int stripe = database.gate.enter();
        try {
            requireOpen();
            int length = iterator.value(buffer);
            return length <= BUFFER_BYTES ? Arrays.copyOf(buffer, length) : iterator.value();
        } finally {
            database.gate.leave(stripe);
        }
    }

    /** Bytes of the row's key and value, which are not copied. */
    int rowBytes() {
        requireValid();
        int stripe = database.gate.enter();
        try {
            requireOpen();
            return iterator.key(NOTHING) + iterator.value(NOTHING);
        } finally {
            database.gate.leave(stripe);
        }
    }

    @Override
    public int valueBytes() {
        requireValid();
        int stripe = database.gate.enter();
        try {
            requireOpen();
            return iterator.value(NOTHING);
        } finally {
            database.gate.leave(stripe);
        }
    }

    private void requireValid() {
        if (!valid) {
            throw new IllegalStateException("cursor is on no row");
        }
    }

    private void requireOpen() {
        if (freed.get()) {
            throw new IllegalStateException("cursor is closed");
        }
    }

    /** Harmless after the database was closed, which closes its cursors itself. */
    @Override
    public void close() {
        if (database.gate.isClosed()) {
            return;
        }
        int stripe;
        try {
            stripe = database.gate.enter();
        } catch (StorageException e) {
            return;
        }
        try {
            free();
            database.forget(this);
        } finally {
            database.gate.leave(stripe);
        }
    }

    void free() {
        if (freed.compareAndSet(false, true)) {
            iterator.close();
            options.close();
            RocksTuning.closeQuietly(lower);
            RocksTuning.closeQuietly(upper);
        }
    }
}
