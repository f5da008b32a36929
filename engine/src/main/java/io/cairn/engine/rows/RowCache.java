package io.cairn.engine.rows;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hot rows of a family, and keys known to be absent, in front of RocksDB: bounded in bytes, outside the heap.
 *
 * <p>Reads take no lock. Coherence rests on this order:
 *
 * <ul>
 *   <li>The writer first makes its rows readable behind the cache: they wait to be applied, or RocksDB has them. Then,
 *       under the lock, it advances the stamp of every key that it changed and changes (or adds, or drops) the cached row.
 *   <li>A reader that misses notes the key's stamp, reads behind the cache, and under the lock adds what it found only if
 *       the stamp is still the same. If it read the old row, either the writer comes later and changes what was added, or it has
 *       come and nothing is added.
 * </ul>
 *
 * So once a write has returned, every read that begins finds its rows, and while it runs a read finds either.
 *
 * <p>Of a version that began while the cache was there it may have every row ({@link WholeVersions}). What it lacks of such a
 * version is not there: nobody need ask RocksDB, which knows least quickly what it does not have.
 *
 * <p>A range that is a whole namespace or version is not searched for its rows: it is noted that none of them counts that
 * was added before, until the log has let go of the last of those.
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
    private static final int NAMESPACE_BYTES = 4;
    private static final int DROPPED_MAX = 10_000;

    /** What rows a cache is for. */
    enum Kind {
        /** META: every row that is written is kept, since the next write to its key needs it. */
        METAS(NAMESPACE_BYTES, true, RowLog.RECORD_MAX, RowIndex.WAYS, 96, 8),
        /**
         * ROWS: what was read is kept, and what was new when it was written, since it had been looked for; many other rows are
         * written once and read in long walks, if at all.
         */
        ELEMENTS(8, false, 9 << 10, RowIndex.WAYS_TO_KEEP_ALL, 44, 6),
        /** SCORES, but only rows that are read by their keys, nodes of indexes, which have FF bytes for a score. */
        NODES(8, true, RowLog.RECORD_MAX, RowIndex.WAYS, 96, 8) {
            @Override
            boolean holds(byte[] key) {
                for (int i = SCORE_AT; i < SCORE_END; i++) {
                    if (i >= key.length || key[i] != -1) {
                        return false;
                    }
                }
                return true;
            }
        };

        private static final int SCORE_AT = 8;
        private static final int SCORE_END = 16;

        /** Bytes at the front of full keys that rows of one namespace or version have in common. */
        private final int prefixBytes;

        private final boolean keepsWritten;
        private final int recordMax;
        private final int ways;

        /** For each slot of the index, at its largest. */
        private final int bytesPerSlot;

        /** One part in so many of the memory is for the index. */
        private final int indexShare;

        Kind(int prefixBytes, boolean keepsWritten, int recordMax, int ways, int bytesPerSlot, int indexShare) {
            this.prefixBytes = prefixBytes;
            this.keepsWritten = keepsWritten;
            this.recordMax = recordMax;
            this.ways = ways;
            this.bytesPerSlot = bytesPerSlot;
            this.indexShare = indexShare;
        }

        /** Whether rows of a key are kept at all. */
        boolean holds(byte[] key) {
            return true;
        }
    }

    private record Contents(RowLog log, RowIndex index) {}

    private final Kind kind;
    private final long bytes;
    private final ReentrantLock changing = new ReentrantLock();
    private final AtomicIntegerArray stamps = new AtomicIntegerArray(STAMPS);
    private final Applier applier = new Applier();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    /** Prefixes whose rows do not count if they stand before a position of the log. */
    private final ConcurrentHashMap<Long, Long> dropped = new ConcurrentHashMap<>();

    /** Behind all of them. */
    private volatile long droppedTo;

    private final WholeVersions whole = new WholeVersions();
    private final AtomicInteger ranges = new AtomicInteger();
    private volatile Contents contents;
    private long live;
    private long evicted;

    RowCache(Kind kind, long bytes) {
        this.kind = kind;
        this.bytes = bytes;
        this.contents = newContents();
    }

    private Contents newContents() {
        RowLog log = new RowLog(bytes - Math.max(bytes / kind.indexShare, RowIndex.bytesLeast(kind.ways)));
        return new Contents(log, new RowIndex(kind.ways, log.capacityBytes() / kind.bytesPerSlot));
    }

    // ---- readers

    /** The key's row, {@link #ABSENT} or {@link #MISS}. */
    byte[] find(int hash, int namespace, byte[] key) {
        Contents now = contents;
        RowIndex.Table table = now.index.table(hash);
        boolean seenAll = true;
        for (int slot = table.bucket(hash), end = table.bucketEnd(hash); slot < end; slot++) {
            long position = table.position(slot, hash);
            if (position == 0 || position < droppedTo && isDropped(namespace, key, position)) {
                continue;
            }
            // A slot is freed before it is forgotten why: unchanged, it was not among those that do not count.
            byte[] row =
                    table.position(slot, hash) == position ? now.log.read(position, hash, namespace, key) : RowLog.TORN;
            if (row == RowLog.OTHER) {
                continue;
            }
            if (row == RowLog.TORN) {
                seenAll = false;
                break;
            }
            if (table.referenced[slot] == 0) {
                table.referenced[slot] = 1;
            }
            hits.increment();
            return row;
        }
        // Asked last: a row that was there when this began is found, or its version does not count by now.
        if (seenAll && whole.has(key)) {
            hits.increment();
            return ABSENT;
        }
        misses.increment();
        return MISS;
    }

    /** The first bytes of the key's row, if that is here; no use of it that counts. */
    byte @Nullable [] glance(int hash, int namespace, byte[] key, int most) {
        Contents now = contents;
        RowIndex.Table table = now.index.table(hash);
        for (int slot = table.bucket(hash), end = table.bucketEnd(hash); slot < end; slot++) {
            long position = table.position(slot, hash);
            byte[] row = position == 0 ? RowLog.OTHER : now.log.read(position, hash, namespace, key, most);
            if (row != RowLog.OTHER) {
                return row == RowLog.TORN || row == ABSENT ? null : row;
            }
        }
        return null;
    }

    /** Looks at the records of these hashes, first at all places in the index, so that none waits for the one before. */
    int touch(int[] hashes, int count) {
        Contents now = contents;
        int seen = 0;
        for (int i = 0; i < count; i++) {
            RowIndex.Table table = now.index.table(hashes[i]);
            for (int slot = table.bucket(hashes[i]), end = table.bucketEnd(hashes[i]);
                    slot < end;
                    slot += RowIndex.WAYS) {
                seen += (int) table.slots[slot];
            }
        }
        for (int i = 0; i < count; i++) {
            RowIndex.Table table = now.index.table(hashes[i]);
            for (int slot = table.bucket(hashes[i]), end = table.bucketEnd(hashes[i]); slot < end; slot++) {
                long position = table.position(slot, hashes[i]);
                if (position != 0) {
                    seen += (kind == Kind.ELEMENTS ? now.log.touchMore(position) : now.log.touch(position))
                            + table.referenced[slot];
                }
            }
        }
        return seen;
    }

    /** To be noted before what is behind the cache is read for {@link #fill}. */
    long stamp(int hash) {
        return (long) ranges.get() << 32 | stamps.get(hash & (STAMPS - 1)) & 0xFFFFFFFFL;
    }

    /** Adds what was read behind the cache, unless the key may have been written since the stamp, or another thread is at work here. */
    void fill(int hash, int namespace, byte[] key, byte @Nullable [] row, long stamp) {
        if (!kind.holds(key) || RowLog.recordBytes(key, row) > kind.recordMax || !changing.tryLock()) {
            return;
        }
        try {
            if (stamp(hash) == stamp && locate(hash, namespace, key) < 0) {
                insert(hash, namespace, key, row, false);
            }
        } finally {
            changing.unlock();
        }
    }

    // ---- the writer

    /** Takes over a batch that can be read behind the cache. */
    void apply(RowChanges changes) {
        changing.lock();
        try {
            changes.visit(applier);
        } catch (RuntimeException | Error e) {
            whole.giveUp(); // who knows what is missing now
            throw e;
        } finally {
            changing.unlock();
        }
    }

    /** A version begins, all of whose rows will be seen here. */
    void begins(long version) {
        changing.lock();
        try {
            whole.born(version);
        } finally {
            changing.unlock();
        }
    }

    /** A version's rows are of no interest any more. */
    void ends(long version) {
        changing.lock();
        try {
            whole.lost(version);
        } finally {
            changing.unlock();
        }
    }

    private final class Applier implements RowChanges.Visitor {
        @Override
        public void put(int hash, int namespace, byte[] key, byte[] row) {
            put(hash, namespace, key, row, kind.keepsWritten);
        }

        @Override
        public void putNew(int hash, int namespace, byte[] key, byte[] row) {
            put(hash, namespace, key, row, kind.keepsWritten || whole.has(key));
        }

        private void put(int hash, int namespace, byte[] key, byte[] row, boolean keeps) {
            if (!kind.holds(key)) {
                return;
            }
            advance(hash);
            int slot = locate(hash, namespace, key);
            if (slot >= 0 && replaced(hash, slot, key, row)) {
                return;
            }
            if ((slot >= 0 || keeps) && RowLog.recordBytes(key, row) <= kind.recordMax) {
                insert(hash, namespace, key, row, slot >= 0);
                return;
            }
            whole.lost(key);
            if (slot >= 0) {
                drop(contents.index.table(hash), slot);
            }
        }

        @Override
        public void delete(int hash, int namespace, byte[] key) {
            if (!kind.holds(key)) {
                return;
            }
            advance(hash);
            int slot = locate(hash, namespace, key);
            if (slot >= 0) {
                replaced(hash, slot, key, null);
            }
        }

        @Override
        public void deleteRange(byte[] from, byte[] to) {
            ranges.incrementAndGet();
            if (from.length == kind.prefixBytes && to.length == kind.prefixBytes && prefix(to) == prefix(from) + 1) {
                long head = contents.log.headPosition();
                dropped.put(prefix(from), head);
                droppedTo = head;
            } else {
                dropRange(from, to);
            }
            if (dropped.size() > DROPPED_MAX) {
                dropDropped();
            }
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
        for (int slot = table.bucket(hash), end = table.bucketEnd(hash); slot < end; slot++) {
            long position = table.position(slot, hash);
            if (position != 0 && now.log.holds(position, hash, namespace, key)) {
                if (position < droppedTo && isDropped(namespace, key, position)) {
                    drop(table, slot);
                    return -1;
                }
                return slot;
            }
        }
        return -1;
    }

    /** @param replaces whether the key has a record, whose place in the index is taken at once: nobody must miss both */
    private void insert(int hash, int namespace, byte[] key, byte @Nullable [] row, boolean replaces) {
        int size = RowLog.recordBytes(key, row);
        reserve(size);
        Contents now = contents;
        int slot = replaces ? locate(hash, namespace, key) : -1; // making room may have let go of it
        RowIndex.Table table = now.index.table(hash);
        if (slot < 0) {
            table = now.index.tableForInsert(hash);
            slot = victim(table, hash);
            if (table.position(slot) != 0) {
                evict(table, slot);
            }
        } else {
            live -= now.log.size(table.position(slot));
        }
        table.set(slot, hash, now.log.append(hash, namespace, key, row));
        live += size;
    }

    /** The slot for a new row; in a full bucket, if it can be, that of a row which does not count any more. */
    private int victim(RowIndex.Table table, int hash) {
        int victim = table.victim(hash);
        if (droppedTo > 0 && table.position(victim) != 0) {
            for (int slot = table.bucket(hash), end = table.bucketEnd(hash); slot < end; slot++) {
                long position = table.position(slot);
                if (position < droppedTo && isDropped(key(position), position)) {
                    return slot;
                }
            }
        }
        return victim;
    }

    /** Lets go of a row that somebody may still ask for. */
    private void evict(RowIndex.Table table, int slot) {
        long position = table.position(slot);
        if (whole.any() && !contents.log.isAbsent(position)) {
            byte[] key = contents.log.key(position);
            if (!isDropped(key, position)) {
                whole.lost(key);
            }
        }
        drop(table, slot);
        evicted++;
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
            whole.giveUp();
            contents = newContents();
            live = 0;
            forgetDropped(Long.MAX_VALUE);
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
            if (position < droppedTo && isDropped(key(position), position)) {
                drop(table, slot);
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
                evict(table, slot);
            }
        }
        log.releaseOldest();
        forgetDropped(log.oldest());
    }

    private static int slotOf(RowIndex.Table table, int hash, long position) {
        for (int slot = table.bucket(hash), end = table.bucketEnd(hash); slot < end; slot++) {
            if (table.position(slot, hash) == position) {
                return slot;
            }
        }
        return -1;
    }

    // ---- ranges

    private boolean isDropped(int namespace, byte[] key, long position) {
        long prefix = kind == Kind.METAS ? namespace & 0xFFFFFFFFL : prefix(key);
        Long before = dropped.get(prefix);
        return before != null && position < before;
    }

    private boolean isDropped(byte[] key, long position) {
        Long before = dropped.get(prefix(key));
        return before != null && position < before;
    }

    /** The first bytes of a key as a number; a key too short for a prefix is in no range that has one. */
    private long prefix(byte[] key) {
        long prefix = 0;
        for (int i = 0; i < kind.prefixBytes; i++) {
            prefix = prefix << 8 | (i < key.length ? key[i] & 0xFF : 0);
        }
        return prefix;
    }

    private void forgetDropped(long position) {
        if (droppedTo > 0) {
            dropped.values().removeIf(before -> before <= position);
            droppedTo = dropped.isEmpty() ? 0 : droppedTo;
        }
    }

    /** Searches after all for everything that does not count. */
    private void dropDropped() {
        eachKey((table, slot, key, position) -> {
            if (isDropped(key, position)) {
                drop(table, slot);
            }
        });
        forgetDropped(Long.MAX_VALUE);
    }

    private interface KeyVisitor {
        void visit(RowIndex.Table table, int slot, byte[] key, long position);
    }

    private void dropRange(byte[] from, byte[] to) {
        eachKey((table, slot, key, position) -> {
            if (Arrays.compareUnsigned(key, from) >= 0 && Arrays.compareUnsigned(key, to) < 0) {
                drop(table, slot);
            }
        });
    }

    /** The key as the family has it. */
    private byte[] key(long position) {
        return kind == Kind.METAS ? contents.log.fullKey(position) : contents.log.key(position);
    }

    /** Visits all cached keys. */
    private void eachKey(KeyVisitor visitor) {
        Contents now = contents;
        for (int i = 0; i < now.index.tables(); i++) {
            RowIndex.Table table = now.index.tableAt(i);
            for (int slot = 0; slot < table.slots.length; slot++) {
                long position = table.position(slot);
                if (position != 0) {
                    visitor.visit(table, slot, key(position), position);
                }
            }
        }
    }

    // ---- figures

    void stats(String name, Map<String, Long> stats) {
        stats.put(name + "_hits", hits.sum());
        stats.put(name + "_misses", misses.sum());
        changing.lock();
        try {
            stats.put(name + "_rows", contents.index.used());
            stats.put(name + "_live_bytes", live);
            stats.put(name + "_bytes", contents.log.allocatedBytes() + contents.index.bytes());
            stats.put(name + "_evictions", evicted);
        } finally {
            changing.unlock();
        }
        stats.put(name + "_capacity_bytes", bytes);
        stats.put(name + "_whole_versions", whole.size());
    }
}
