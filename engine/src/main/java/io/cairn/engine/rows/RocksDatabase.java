package io.cairn.engine.rows;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.KeyMayExist;
import org.rocksdb.Range;
import org.rocksdb.ReadOptions;
import org.rocksdb.ReadTier;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SizeApproximationFlag;
import org.rocksdb.Slice;

/**
 * An open RocksDB and its column families: reads, cursors, and a close that no thread can be surprised by.
 *
 * <p>Whoever enters native code does so through the gate, so nothing native is freed under a reader. Cursors register
 * themselves and are closed with the database.
 *
 * <p><i>Thread-safe.</i>
 */
final class RocksDatabase {
    private static final int KEY_BUFFER_BYTES = 1 << 10;
    private static final int VALUE_BUFFER_BYTES = 16 << 10;

    /** Buffers of one thread for crossing into native code and back. */
    private static final class Buffers {
        final byte[] value = new byte[VALUE_BUFFER_BYTES];
        final ByteBuffer directKey = ByteBuffer.allocateDirect(KEY_BUFFER_BYTES);
        final ByteBuffer directValue = ByteBuffer.allocateDirect(VALUE_BUFFER_BYTES);
    }

    private static final ThreadLocal<Buffers> BUFFERS = ThreadLocal.withInitial(Buffers::new);

    final Gate gate;
    private final RocksDB db;
    private final RocksTuning tuning;
    private final ColumnFamilyHandle[] handles;
    private final ReadOptions diskReads = new ReadOptions();
    private final ReadOptions memoryReads = new ReadOptions().setReadTier(ReadTier.BLOCK_CACHE_TIER);
    private final ReadOptions persistedReads = new ReadOptions().setReadTier(ReadTier.PERSISTED_TIER);
    private final Set<RocksCursor> cursors = ConcurrentHashMap.newKeySet();

    private RocksDatabase(String what, RocksDB db, RocksTuning tuning, List<ColumnFamilyHandle> handles) {
        this.gate = new Gate(what);
        this.db = db;
        this.tuning = tuning;
        this.handles = handles.toArray(ColumnFamilyHandle[]::new);
    }

    /** Opens (for a checkpoint: read-only) the database in a directory; the tuning is closed with it, or if it fails. */
    static RocksDatabase open(Path directory, RocksTuning tuning, boolean readOnly) {
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        RocksDB db;
        try {
            db = readOnly
                    ? RocksDB.openReadOnly(tuning.databaseOptions(), directory.toString(), tuning.families(), handles)
                    : RocksDB.open(tuning.databaseOptions(), directory.toString(), tuning.families(), handles);
        } catch (RocksDBException e) {
            tuning.close();
            throw RocksFailures.of("open " + directory, e);
        }
        RocksDatabase database = new RocksDatabase(readOnly ? "checkpoint" : "row store", db, tuning, handles);
        try {
            requireIds(directory, handles);
            requireBlobs(directory, db);
        } catch (StorageException e) {
            database.close();
            throw e;
        }
        return database;
    }

    private static void requireIds(Path directory, List<ColumnFamilyHandle> handles) {
        for (Family family : Family.values()) {
            int id = handles.get(family.ordinal()).getID();
            if (id != family.id()) {
                throw new CorruptStoreException("column family " + family.columnFamily() + " of " + directory
                        + " has id " + id + " where " + family.id()
                        + " is expected: the directory was not made by this program, use another one");
            }
        }
    }

    /** Of files of long values RocksDB only finds out when it reads them. */
    private static void requireBlobs(Path directory, RocksDB db) {
        try {
            for (String file : db.getLiveFiles(false).files) {
                String name = file.substring(file.lastIndexOf('/') + 1);
                if (name.endsWith(".blob") && !Files.exists(directory.resolve(name))) {
                    throw new CorruptStoreException(
                            "row store " + directory + " has lost " + name
                                    + ": restore the directory from a backup, or remove it and resynchronize from another node");
                }
            }
        } catch (RocksDBException e) {
            throw RocksFailures.of("list the files of " + directory, e);
        }
    }

    RocksDB db() {
        return db;
    }

    RocksTuning tuning() {
        return tuning;
    }

    ColumnFamilyHandle handle(Family family) {
        return handles[family.ordinal()];
    }

    List<ColumnFamilyHandle> handles() {
        return Arrays.asList(handles);
    }

    byte @Nullable [] get(Family family, byte[] key, ReadMode mode) {
        int stripe = gate.enter();
        try {
            return mode == ReadMode.DISK ? read(family, key, diskReads) : readMemory(family, key);
        } catch (RocksDBException e) {
            throw RocksFailures.ofRead(e);
        } finally {
            gate.leave(stripe);
        }
    }

    byte @Nullable [] persisted(Family family, byte[] key) {
        int stripe = gate.enter();
        try {
            return read(family, key, persistedReads);
        } catch (RocksDBException e) {
            throw RocksFailures.ofRead(e);
        } finally {
            gate.leave(stripe);
        }
    }

    private byte @Nullable [] read(Family family, byte[] key, ReadOptions how) throws RocksDBException {
        byte[] buffer = BUFFERS.get().value;
        ColumnFamilyHandle handle = handles[family.ordinal()];
        int length = db.get(handle, how, key, buffer);
        if (length == RocksDB.NOT_FOUND) {
            return null;
        }
        return length <= buffer.length ? Arrays.copyOf(buffer, length) : db.get(handle, how, key);
    }

    /**
     * Asks {@code keyMayExist}, which says that memory cannot tell without making an exception. Where not even the index
     * of a file is in memory it claims to have found an empty value, so those are looked at once more.
     */
    private byte @Nullable [] readMemory(Family family, byte[] key) throws RocksDBException {
        Buffers buffers = BUFFERS.get();
        ColumnFamilyHandle handle = handles[family.ordinal()];
        if (key.length == 0 || key.length > KEY_BUFFER_BYTES) {
            return db.get(handle, memoryReads, key);
        }
        ByteBuffer directKey = buffers.directKey.clear().put(key).flip();
        ByteBuffer directValue = buffers.directValue.clear();
        KeyMayExist found = db.keyMayExist(handle, memoryReads, directKey, directValue);
        switch (found.exists) {
            case kNotExist -> {
                return null;
            }
            case kExistsWithValue -> {
                int length = found.valueLength;
                if (length == 0 && family == Family.META) {
                    // No key's row is empty.
                    throw WouldBlockException.INSTANCE;
                }
                if (length == 0 || length > VALUE_BUFFER_BYTES) {
                    return db.get(handle, memoryReads, key);
                }
                byte[] value = new byte[length];
                directValue.get(0, value);
                return value;
            }
            default -> throw WouldBlockException.INSTANCE;
        }
    }

    RowCursor cursor(Family family, byte[] from, byte @Nullable [] to, ReadMode mode) {
        int stripe = gate.enter();
        try {
            RocksCursor cursor = new RocksCursor(this, handles[family.ordinal()], from, to, mode);
            cursors.add(cursor);
            return cursor;
        } finally {
            gate.leave(stripe);
        }
    }

    /** Reads rows from one to another, either way, into the cache of blocks, until they are so many bytes. */
    ReadAhead.Reach warm(Family family, byte[] from, byte[] last, long bytes) {
        boolean backward = Arrays.compareUnsigned(from, last) > 0;
        byte[] low = backward ? last : from;
        byte[] high = Arrays.copyOf(backward ? from : last, (backward ? from : last).length + 1); // the next key
        byte[] middle = from;
        boolean half = false;
        long seen = 0;
        try (RocksCursor cursor = (RocksCursor) cursor(family, low, high, ReadMode.DISK)) {
            if (backward) {
                cursor.seekToLast();
            } else {
                cursor.seekToFirst();
            }
            while (cursor.valid()) {
                seen += cursor.rowBytes();
                if (seen >= bytes) {
                    return new ReadAhead.Reach(middle, cursor.key());
                }
                if (!half && seen >= bytes / 2) {
                    half = true;
                    middle = cursor.key();
                }
                if (backward) {
                    cursor.prev();
                } else {
                    cursor.next();
                }
            }
        }
        return new ReadAhead.Reach(middle, null);
    }

    /** About the bytes of a range in files. */
    long bytes(Family family, byte[] from, byte[] to) {
        int stripe = gate.enter();
        try (Slice first = new Slice(from);
                Slice end = new Slice(to)) {
            Range range = new Range(first, end);
            return db.getApproximateSizes(
                            handles[family.ordinal()], List.of(range), SizeApproximationFlag.INCLUDE_FILES)[0];
        } finally {
            gate.leave(stripe);
        }
    }

    /** Deletes the files that have rows of a deleted range alone, and compacts those that have others too. */
    void deleteFiles(Family family, byte[] from, byte[] to) {
        int stripe = gate.enter();
        try (CompactRangeOptions compaction = new CompactRangeOptions().setExclusiveManualCompaction(false)) {
            ColumnFamilyHandle handle = handles[family.ordinal()];
            db.deleteFilesInRanges(handle, List.of(from, to), false);
            db.compactRange(handle, from, to, compaction);
        } catch (RocksDBException e) {
            throw RocksFailures.of("delete files", e);
        } finally {
            gate.leave(stripe);
        }
    }

    void forget(RocksCursor cursor) {
        cursors.remove(cursor);
    }

    /** Waits until no thread is inside, then frees everything, open cursors too; false if another call did. */
    boolean close() {
        if (!gate.close()) {
            return false;
        }
        for (RocksCursor cursor : cursors) {
            cursor.free();
        }
        cursors.clear();
        for (ColumnFamilyHandle handle : handles) {
            handle.close();
        }
        diskReads.close();
        memoryReads.close();
        persistedReads.close();
        try {
            db.closeE();
        } catch (RocksDBException e) {
            throw RocksFailures.of("close", e);
        } finally {
            tuning.close();
        }
        return true;
    }
}
