package io.cairn.engine.rows;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hot rows of META, and keys known to be absent, in front of RocksDB: bounded in bytes, outside the heap.
 *
 * <p>Reads take no lock. Coherence rests on this order:
 *
 * <ul>
 *   <li>The writer writes to RocksDB first. Then, under the lock, it advances the stamp of every key that it changed and
 *       changes (or adds, or drops) the cached row.
 *   <li>A reader that misses notes the key's stamp, reads RocksDB, and under the lock adds what it found only if the stamp
 *       is still the same. If it read the old row, either the writer comes later and changes what was added, or it has
 *       come and nothing is added.
 * </ul>
 *
 * So once a write has returned, every read that begins finds its rows, and while it runs a read finds either.
 *
 * <p>Eviction is a clock over the log: when its oldest segment must make room, rows read since the last round move to the
 * front, and so do others while there is more waste than data; the rest goes. A bucket that is full lets go of one row in
 * the same way.
 *
 * <p><i>Thread-safe.</i>
 */
final class RowCache {
    /** Found instead of a row: the key is known to be absent. By identity. */
    static final byte[] ABSENT = new byte[0];

    /** Found instead of a row: nothing is known. By identity. */
    static final byte[] MISS = new byte[0];

    private static final int STAMPS = 1 << 16;
    private static final int BYTES_PER_SLOT = 96;
    private static final int NAMESPACE_BYTES = 4;

    private record Contents(RowLog log, RowIndex index) {}

    private final long bytes;
    private final ReentrantLock changing = new ReentrantLock();
    private final AtomicIntegerArray stamps = new AtomicIntegerArray(STAMPS);
    private final Applier applier = new Applier();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private volatile Contents contents;
    private long live;
    private long evicted;

    RowCache(long bytes) {
        this.bytes = bytes;
        this.contents = newContents();
    }

    private Contents newContents() {
        RowLog log = new RowLog(bytes - Math.max(bytes / 8, RowIndex.BYTES_LEAST));
        return new Contents(log, new RowIndex(log.capacityBytes() / BYTES_PER_SLOT));
    }

    // ---- readers

    /** The key's row, {@link #ABSENT} or {@link #MISS}. */
    byte[] find(int hash, int namespace, byte[] key) {
        Contents now = contents;
        RowIndex.Table table = now.index.table(hash);
        int first = table.bucket(hash);
        for (int slot = first; slot < first + RowIndex.WAYS; slot++) {
            long position = table.position(slot, hash);
            if (position == 0) {
                continue;
            }
            byte[] row = now.log.read(position, hash, namespace, key);
            if (row == RowLog.OTHER) {
                continue;
            }
            if (row == RowLog.TORN) {
                break;
            }
            if (table.referenced[slot] == 0) {
                table.referenced[slot] = 1;
            }
            hits.increment();
            return row;
        }
        misses.increment();
        return MISS;
    }

    /** To be noted before RocksDB is read for {@link #fill}. */
    int stamp(int hash) {
        return stamps.get(hash & (STAMPS - 1));
    }

    /** Adds what RocksDB holds, unless the key may have been written since the stamp, or another thread is at work here. */
    void fill(int hash, int namespace, byte[] key, byte @Nullable [] row, int stamp) {
        if (RowLog.recordBytes(key, row) > RowLog.RECORD_MAX || !changing.tryLock()) {
            return;
        }
        try {
            if (stamp(hash) == stamp && locate(hash, namespace, key) < 0) {
                insert(hash, namespace, key, row);
            }
        } finally {
            changing.unlock();
        }
    }

    // ---- the writer

    /** Takes over a batch that RocksDB has. */
    void apply(MetaChanges changes) {
        changing.lock();
        try {
            changes.visit(applier);
        } finally {
            changing.unlock();
        }
    }

    private final class Applier implements MetaChanges.Visitor {
        @Override
        public void put(int hash, int namespace, byte[] key, byte[] row) {
            advance(hash);
            int slot = locate(hash, namespace, key);
            if (slot >= 0 && replaced(hash, slot, key, row)) {
                return;
            }
            if (slot >= 0) {
                drop(contents.index.table(hash), slot);
            }
            if (RowLog.recordBytes(key, row) <= RowLog.RECORD_MAX) {
                insert(hash, namespace, key, row);
            }
        }

        @Override
        public void delete(int hash, int namespace, byte[] key) {
            advance(hash);
            int slot = locate(hash, namespace, key);
            if (slot >= 0) {
                replaced(hash, slot, key, null);
            }
        }

        @Override
        public void deleteRange(byte[] from, byte[] to) {
            for (int i = 0; i < STAMPS; i++) {
                stamps.lazySet(i, stamps.get(i) + 1);
            }
            dropRange(from, to);
        }
    }

    private void advance(int hash) {
        int at = hash & (STAMPS - 1);
        stamps.lazySet(at, stamps.get(at) + 1);
    }

    private boolean replaced(int hash, int slot, byte[] key, byte @Nullable [] row) {
        Contents now = contents;
        return now.log.replace(now.index.table(hash).position(slot), key, row);
    }

    /** The key's slot in its table, or -1. Under the lock. */
    private int locate(int hash, int namespace, byte[] key) {
        Contents now = contents;
        RowIndex.Table table = now.index.table(hash);
        int first = table.bucket(hash);
        for (int slot = first; slot < first + RowIndex.WAYS; slot++) {
            long position = table.position(slot, hash);
            if (position != 0 && now.log.holds(position, hash, namespace, key)) {
                return slot;
            }
        }
        return -1;
    }

    private void insert(int hash, int namespace, byte[] key, byte @Nullable [] row) {
        int size = RowLog.recordBytes(key, row);
        reserve(size);
        Contents now = contents;
        RowIndex.Table table = now.index.tableForInsert(hash);
        int slot = table.victim(hash);
        if (table.position(slot) != 0) {
            drop(table, slot);
            evicted++;
        }
        table.set(slot, hash, now.log.append(hash, namespace, key, row));
        live += size;
    }

    private void drop(RowIndex.Table table, int slot) {
        live -= contents.log.size(table.position(slot));
        table.free(slot);
    }

    // ---- room

    private void reserve(int size) {
        RowLog log = contents.log;
        if (log.hasRoom(size)) {
            return;
        }
        if (log.isExhausted()) {
            contents = newContents();
            live = 0;
            return;
        }
        log.nextSegment();
        if (log.isFull()) {
            clean();
            if (!log.hasRoom(size)) {
                throw new IllegalStateException("no room after cleaning");
            }
        }
    }

    /** Empties the oldest segment into the newest, which is empty; leaves room there for the largest record. */
    private void clean() {
        RowLog log = contents.log;
        boolean wasteful = live < log.capacityBytes() * 7 / 10;
        int kept = 0;
        int size;
        for (long position = log.oldest(); position < log.oldestEnd(); position += size) {
            size = log.size(position);
            int hash = log.hash(position);
            RowIndex.Table table = contents.index.table(hash);
            int slot = slotOf(table, hash, position);
            if (slot < 0) {
                continue;
            }
            int limit = wasteful
                    ? RowLog.SEGMENT_BYTES - RowLog.RECORD_MAX
                    : table.referenced[slot] != 0 ? RowLog.SEGMENT_BYTES / 2 : 0;
            if (kept + size <= limit) {
                table.set(slot, hash, log.copy(position));
                table.referenced[slot] = 0;
                kept += size;
            } else {
                drop(table, slot);
                evicted++;
            }
        }
        log.releaseOldest();
    }

    private static int slotOf(RowIndex.Table table, int hash, long position) {
        int first = table.bucket(hash);
        for (int slot = first; slot < first + RowIndex.WAYS; slot++) {
            if (table.position(slot, hash) == position) {
                return slot;
            }
        }
        return -1;
    }

    private void dropRange(byte[] from, byte[] to) {
        byte[] first = Arrays.copyOf(from, NAMESPACE_BYTES);
        byte[] last = Arrays.copyOf(to, NAMESPACE_BYTES);
        int firstNamespace = ByteBuffer.wrap(first).getInt();
        int lastNamespace = ByteBuffer.wrap(last).getInt();
        Contents now = contents;
        for (int i = 0; i < now.index.tables(); i++) {
            RowIndex.Table table = now.index.tableAt(i);
            for (int slot = 0; slot < table.slots.length; slot++) {
                long position = table.position(slot);
                if (position == 0) {
                    continue;
                }
                int namespace = now.log.namespace(position);
                if (Integer.compareUnsigned(namespace, firstNamespace) < 0
                        || Integer.compareUnsigned(namespace, lastNamespace) > 0) {
                    continue;
                }
                byte[] key = now.log.fullKey(position);
                if (Arrays.compareUnsigned(key, from) >= 0 && Arrays.compareUnsigned(key, to) < 0) {
                    drop(table, slot);
                }
            }
        }
    }

    // ---- figures

    void stats(Map<String, Long> stats) {
        stats.put("row_cache_hits", hits.sum());
        stats.put("row_cache_misses", misses.sum());
        changing.lock();
        try {
            stats.put("row_cache_rows", contents.index.used());
            stats.put("row_cache_live_bytes", live);
            stats.put("row_cache_bytes", contents.log.allocatedBytes() + contents.index.bytes());
            stats.put("row_cache_evictions", evicted);
        } finally {
            changing.unlock();
        }
        stats.put("row_cache_capacity_bytes", bytes);
    }
}
