package io.cairn.engine.rows;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link RangeCache} knows of some collections, and the lock that guards it.
 *
 * <p>Each change of a collection advances its stamp: rows that were read before are not added behind it.
 *
 * <p><i>Thread-safe.</i>
 */
final class RangeShard {
    /** Rows of a stretch when it is made. */
    static final int ROWS_MADE = 64;

    /** Rows of a stretch at most. */
    static final int ROWS_MOST = 2 * ROWS_MADE;

    private static final int BYTES_MADE = 8 << 10;
    private static final int ROWS_FEW = 24;
    private static final int READ_MOST = 1 << 9;
    private static final int STAMPS = 1 << 8;
    private static final int COLLECTION_BYTES = 256;
    private static final int ROW_BYTES = 40;
    private static final int UNREAD_CHANGES_MAX = 2;

    private final RangeCache cache;
    private final Map<Long, CollectionRanges> collections = new HashMap<>();
    private final int[] stamps = new int[STAMPS];

    RangeShard(RangeCache cache) {
        this.cache = cache;
    }

    // ---- reads

    /** The stretch in which a key lies, or null. */
    synchronized @Nullable Stretch at(long id, byte[] key) {
        CollectionRanges ranges = collections.get(id);
        return ranges == null ? null : used(ranges.at(key));
    }

    /** The stretch in which what is right before a key lies, or null. */
    synchronized @Nullable Stretch before(long id, byte[] key) {
        CollectionRanges ranges = collections.get(id);
        Stretch below = ranges == null ? null : ranges.below(key);
        return below == null || Arrays.compareUnsigned(below.to, key) < 0 ? null : used(below);
    }

    private static @Nullable Stretch used(@Nullable Stretch stretch) {
        if (stretch != null) {
            stretch.used = true;
            stretch.changes = 0;
        }
        return stretch;
    }

    /** The key of a row drawn from all of a range, each with the same probability; null if they are not all known. */
    synchronized RowCursor.@Nullable Pick random(long id, byte[] from, byte[] to, RandomGenerator random) {
        CollectionRanges ranges = collections.get(id);
        Stretch stretch = ranges == null || !ranges.isAll(from, to) ? null : used(ranges.random(random));
        if (stretch == null) {
            return null;
        }
        RowBlock rows = stretch.rows;
        int row = random.nextInt(rows.size());
        return new RowCursor.Pick(1, rows.key(row), rows.value(row));
    }

    /** A key of a range that lies in no stretch; null if rows take more memory than so much each, or no such key was found. */
    synchronized byte @Nullable [] gap(long id, byte[] from, byte[] to, long rowBytesMax) {
        CollectionRanges ranges = collections.get(id);
        if (ranges == null || ranges.isEmpty()) {
            return rowBytesMax < ROW_BYTES ? null : from;
        }
        return ranges.rowBytes() > rowBytesMax ? null : ranges.gap(from, to);
    }

    /** Where the next stretch above a key starts, or {@code most} if that is lower. */
    synchronized byte[] startAbove(long id, byte[] key, byte[] most) {
        CollectionRanges ranges = collections.get(id);
        Stretch above = ranges == null ? null : ranges.above(key);
        return above == null || Arrays.compareUnsigned(above.from, most) > 0 ? most : above.from;
    }

    /** Where the next stretch below a key ends, or {@code least} if that is higher; the key itself if it lies within by now. */
    synchronized byte[] endBelow(long id, byte[] key, byte[] least) {
        CollectionRanges ranges = collections.get(id);
        Stretch below = ranges == null ? null : ranges.below(key);
        if (below == null || Arrays.compareUnsigned(below.to, least) < 0) {
            return least;
        }
        return Arrays.compareUnsigned(below.to, key) > 0 ? key : below.to;
    }

    /** How many rows to read from a key on, up or down: twice as many as before where that reading goes on. */
    synchronized int rowsToRead(long id, byte[] key) {
        CollectionRanges ranges = collections.get(id);
        return ranges == null ? ROWS_MADE : rowsToRead(ranges, key, key);
    }

    private static int rowsToRead(CollectionRanges ranges, byte[] from, byte[] to) {
        return Arrays.equals(ranges.readTo, from) || Arrays.equals(ranges.readFrom, to)
                ? Math.min(2 * ranges.readRows, READ_MOST)
                : ROWS_MADE;
    }

    // ---- what was read is added

    /** To be asked before rows are read that are to be added. */
    synchronized int stamp(long id) {
        return stamps[place(id)];
    }

    private static int place(long id) {
        return (int) (id >>> 6) & STAMPS - 1;
    }

    /** Adds all rows of a range, unless the collection may have changed since they were read, or others were added. */
    synchronized void add(long id, int stamp, byte[] from, byte[] to, RowBlock rows) {
        if (stamp != stamps[place(id)]) {
            return;
        }
        CollectionRanges ranges = collections.get(id);
        if (ranges == null) {
            ranges = new CollectionRanges();
            collections.put(id, ranges);
            cache.grew(COLLECTION_BYTES);
        }
        Stretch below = ranges.below(to);
        if (below != null && Arrays.compareUnsigned(below.to, from) > 0) {
            return;
        }
        ranges.readRows = rowsToRead(ranges, from, to);
        ranges.readFrom = from;
        ranges.readTo = to;
        byte[] start = from;
        int row = 0;
        do {
            int end = pieceEnd(rows, row);
            byte[] stop = end == rows.size() ? to : rows.key(end);
            join(ranges, put(ranges, id, start, stop, rows.part(row, end)));
            start = stop;
            row = end;
        } while (row < rows.size());
        Stretch next = ranges.from(to);
        if (next != null) {
            join(ranges, next);
        }
    }

    private static int pieceEnd(RowBlock rows, int from) {
        int end = from;
        for (int bytes = 0; end < rows.size() && end - from < ROWS_MADE && bytes < BYTES_MADE; end++) {
            bytes += rows.bytes(end);
        }
        return end;
    }

    private Stretch put(CollectionRanges ranges, long id, byte[] from, byte[] to, RowBlock rows) {
        Stretch stretch = new Stretch(this, id, from, to, rows);
        ranges.add(stretch);
        cache.came(stretch);
        return stretch;
    }

    /** Joins a stretch with the one right before it if that makes none too large. */
    private void join(CollectionRanges ranges, Stretch stretch) {
        Stretch before = ranges.below(stretch.from);
        if (before != null
                && Arrays.equals(before.to, stretch.from)
                && before.rows.size() + stretch.rows.size() <= ROWS_MADE
                && before.rows.bytes() + stretch.rows.bytes() <= BYTES_MADE) {
            remove(ranges, before);
            remove(ranges, stretch);
            put(ranges, stretch.id, before.from, stretch.to, before.rows.and(stretch.rows))
                    .inherit(stretch);
        }
    }

    private void remove(CollectionRanges ranges, Stretch stretch) {
        ranges.remove(stretch);
        stretch.gone = true;
        cache.went(stretch);
    }

    // ---- changes

    /** A row was written by a batch. */
    synchronized void put(long id, long batch, byte[] key, byte[] value) {
        stamps[place(id)]++;
        CollectionRanges ranges = collections.get(id);
        Stretch stretch = ranges == null ? null : ranges.at(key);
        if (ranges == null || stretch == null) {
            return;
        }
        if (RangeCache.isLarge(key, value.length)) {
            letGo(ranges, stretch);
        } else if (isWorthKeeping(ranges, stretch, batch)) {
            change(ranges, stretch, stretch.rows.with(key, value));
            int size = stretch.rows.size();
            if (size == ROWS_MOST || size > 1 && stretch.rows.bytes() > 2 * BYTES_MADE) {
                split(ranges, stretch);
            }
        }
    }

    /** A row was deleted by a batch. */
    synchronized void delete(long id, long batch, byte[] key) {
        stamps[place(id)]++;
        CollectionRanges ranges = collections.get(id);
        Stretch stretch = ranges == null ? null : ranges.at(key);
        if (ranges != null && stretch != null && isWorthKeeping(ranges, stretch, batch)) {
            change(ranges, stretch, stretch.rows.without(key));
            if (stretch.rows.size() < ROWS_FEW) {
                join(ranges, stretch);
            }
        }
    }

    /** A stretch that many batches in a row have changed, and nobody has read, costs more than reading it again. */
    private boolean isWorthKeeping(CollectionRanges ranges, Stretch stretch, long batch) {
        if (stretch.batch != batch) {
            stretch.batch = batch;
            stretch.changes++;
        }
        if (stretch.changes <= UNREAD_CHANGES_MAX) {
            return true;
        }
        letGo(ranges, stretch);
        return false;
    }

    private void change(CollectionRanges ranges, Stretch stretch, RowBlock rows) {
        cache.grew(rows.heapBytes() - stretch.rows.heapBytes());
        stretch.rows = rows;
        ranges.resized(stretch);
    }

    private void split(CollectionRanges ranges, Stretch stretch) {
        RowBlock rows = stretch.rows;
        int middle = rows.size() / 2;
        byte[] start = rows.key(middle);
        remove(ranges, stretch);
        put(ranges, stretch.id, stretch.from, start, rows.part(0, middle)).inherit(stretch);
        put(ranges, stretch.id, start, stretch.to, rows.part(middle, rows.size()))
                .inherit(stretch);
    }

    /** Rows of a collection were deleted as a range. */
    synchronized void drop(long id) {
        stamps[place(id)]++;
        CollectionRanges ranges = collections.remove(id);
        if (ranges != null) {
            cache.grew(-COLLECTION_BYTES);
            for (Stretch stretch : ranges.all()) {
                stretch.gone = true;
                cache.went(stretch);
            }
        }
    }

    /** Rows of all collections from one id to another, both inclusive and unsigned, were deleted. */
    synchronized void dropAll(long first, long last) {
        for (int i = 0; i < STAMPS; i++) {
            stamps[i]++;
        }
        for (Long id : collections.keySet().toArray(Long[]::new)) {
            if (Long.compareUnsigned(id, first) >= 0 && Long.compareUnsigned(id, last) <= 0) {
                drop(id);
            }
        }
    }

    /** Lets go of a stretch that was not used since it was asked for last. */
    synchronized void evict(Stretch stretch) {
        CollectionRanges ranges = collections.get(stretch.id);
        if (stretch.gone || ranges == null) {
            return;
        }
        if (stretch.used) {
            stretch.used = false;
            return;
        }
        letGo(ranges, stretch);
    }

    /** Removes a stretch, and with its last one a collection: nothing else would. */
    private void letGo(CollectionRanges ranges, Stretch stretch) {
        remove(ranges, stretch);
        if (ranges.isEmpty()) {
            collections.remove(stretch.id);
            cache.grew(-COLLECTION_BYTES);
        }
    }
}
