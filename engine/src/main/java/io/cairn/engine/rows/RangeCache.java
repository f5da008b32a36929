package io.cairn.engine.rows;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What cursors have read of ROWS and SCORES, as ranges of which every row is known: bounded in bytes, in the heap.
 *
 * <p>A cursor that finds a range here does not go to RocksDB, whose cursors are dear to open and step over all rows that were
 * deleted; nor does it ask what waits to be applied. What is not here it reads from there, some rows further than it was asked,
 * and adds it. A {@link Stretch} says of its range what rows there are and that there are no others, so writes must be
 * followed, which rests on the order that {@link RowCache} explains: the writer makes its rows readable behind the cache, then
 * changes the stretch and its collection's stamp; a reader notes the stamp, reads, and adds only if it is still the same.
 *
 * <p>Not kept are rows longer than {@link #ROW_MAX}, and what a long walk reads. Eviction is a clock: a stretch that was used
 * since its last turn gets another one.
 *
 * <p><i>Thread-safe.</i>
 */
final class RangeCache {
    private static final int ROW_MAX = 2 << 10;
    private static final int SHARDS = 1 << 6;
    private static final int VERSION_BYTES = 8;
    private static final List<Family> OF_COLLECTIONS = List.of(Family.ROWS, Family.SCORES);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final long bytesMax;
    private final RangeShard[] shards = new RangeShard[SHARDS];
    private final Set<Stretch> turns = new LinkedHashSet<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong stretches = new AtomicLong();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final Following ofRows = new Following(Family.ROWS);
    private long batch;
    private final Following ofScores = new Following(Family.SCORES);

    RangeCache(long bytesMax) {
        this.bytesMax = bytesMax;
        Arrays.setAll(shards, shard -> new RangeShard(this));
    }

    // ---- reads

    /**
     * A cursor over a range of rows of one collection.
     *
     * @param behind opens a cursor over the same range behind the cache
     * @return null if the range is not of one collection
     */
    @Nullable
    RangeCursor cursor(Family family, byte[] from, byte @Nullable [] to, RangeCursor.Behind behind) {
        long version = version(from, to);
        if (version < 0 || to == null) {
            return null;
        }
        long id = id(family, version);
        return new RangeCursor(this, shard(id), id, from, to, behind);
    }

    /** See {@link RowStore#random}. */
    RowCursor.@Nullable Pick random(
            Family family, byte[] from, byte[] to, long count, RandomGenerator random, RangeCursor.Behind behind) {
        long version = version(from, to);
        if (version < 0) {
            return null;
        }
        long id = id(family, version);
        RangeShard shard = shard(id);
        RowCursor.Pick drawn = shard.random(id, from, to, random);
        if (drawn == null) {
            byte[] gap = shard.gap(id, from, to, bytesMax / 2 / Math.max(1, count));
            if (gap != null) {
                try (RangeCursor cursor = new RangeCursor(this, shard, id, from, to, behind)) {
                    cursor.seek(gap);
                }
            }
        }
        return drawn;
    }

    /** The version of all rows of a range, -1 if there are others. */
    private static long version(byte[] from, byte @Nullable [] to) {
        if (to == null || from.length < VERSION_BYTES || to.length < VERSION_BYTES) {
            return -1;
        }
        long version = version(from);
        long end = version(to);
        return end == version || end == version + 1 && to.length == VERSION_BYTES ? version : -1;
    }

    void hit() {
        hits.increment();
    }

    void missed() {
        misses.increment();
    }

    static boolean isLarge(byte[] key, int valueBytes) {
        return valueBytes > ROW_MAX - key.length;
    }

    private static long version(byte[] key) {
        return (long) LONG.get(key, 0);
    }

    /** Two collections of rows may have the same version: members and scores of a sorted set. */
    private static long id(Family family, long version) {
        return version << 1 | (family == Family.SCORES ? 1 : 0);
    }

    private RangeShard shard(long id) {
        return shards[(int) id & SHARDS - 1];
    }

    // ---- changes

    /** Follows rows that were written; they can be read behind the cache. One writer at a time. */
    void apply(Family family, RowChanges changes) {
        if (!changes.isEmpty()) {
            batch++;
            changes.visit(family == Family.SCORES ? ofScores : ofRows);
            evict();
        }
    }

    /** A version's rows are of no interest any more: who deleted them has read them, which is no reason to keep anything. */
    void ends(long version) {
        if (version >= 0) {
            for (Family family : OF_COLLECTIONS) {
                long id = id(family, version);
                shard(id).drop(id);
            }
        }
    }

    private final class Following implements RowChanges.Visitor {
        private final Family family;

        Following(Family family) {
            this.family = family;
        }

        @Override
        public void put(int hash, int namespace, byte[] key, byte[] row) {
            if (key.length >= VERSION_BYTES) {
                long id = id(family, version(key));
                shard(id).put(id, batch, key, row);
            }
        }

        @Override
        public void delete(int hash, int namespace, byte[] key) {
            if (key.length >= VERSION_BYTES) {
                long id = id(family, version(key));
                shard(id).delete(id, batch, key);
            }
        }

        @Override
        public void deleteRange(byte[] from, byte[] to) {
            long start = from.length < VERSION_BYTES ? 0 : version(from);
            if (start < 0) {
                return; // of such versions nothing is kept
            }
            long first = id(family, start);
            boolean ends = to.length >= VERSION_BYTES && version(to) >= 0;
            long last = ends ? id(family, version(to) - (to.length == VERSION_BYTES ? 1 : 0)) : -1; // unsigned
            if (first == last) {
                shard(first).drop(first);
            } else {
                for (RangeShard shard : shards) {
                    shard.dropAll(first, last);
                }
            }
        }
    }

    // ---- memory

    /** A stretch is there from now on; its shard is locked. */
    void came(Stretch stretch) {
        bytes.addAndGet(stretch.heapBytes());
        stretches.incrementAndGet();
        synchronized (turns) {
            turns.add(stretch);
        }
    }

    /** A stretch is there no longer; its shard is locked. */
    void went(Stretch stretch) {
        bytes.addAndGet(-stretch.heapBytes());
        stretches.decrementAndGet();
        synchronized (turns) {
            turns.remove(stretch);
        }
    }

    void grew(long by) {
        bytes.addAndGet(by);
    }

    /** Lets go of what is used least until the rest is small enough; no lock is held. */
    void evict() {
        for (long left = 2 * stretches.get(); left > 0 && bytes.get() > bytesMax; left--) {
            Stretch next;
            synchronized (turns) {
                Iterator<Stretch> first = turns.iterator();
                if (!first.hasNext()) {
                    return;
                }
                next = first.next();
                first.remove();
                turns.add(next);
            }
            next.shard.evict(next);
        }
    }

    void stats(Map<String, Long> stats) {
        stats.put("range_cache_hits", hits.sum());
        stats.put("range_cache_misses", misses.sum());
        stats.put("range_cache_ranges", stretches.get());
        stats.put("range_cache_bytes", bytes.get());
        stats.put("range_cache_capacity_bytes", bytesMax);
    }
}
