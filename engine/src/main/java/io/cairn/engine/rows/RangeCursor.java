package io.cairn.engine.rows;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over rows of one collection that reads what a {@link RangeCache} knows from there, and has it learn the rest.
 *
 * <p>Behind the cache a cursor is opened when it is needed first, and used from then on. Of a walk only the beginning is
 * added; behind that, and at a row that is too large to be kept, the cursor goes on behind the cache until it is moved elsewhere.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class RangeCursor implements RowCursor {
    private static final int WALK_MAX = 2 << 10;
    private static final int ROW_BYTES = 40;

    /** The same range behind the cache. */
    interface Behind {
        /** Opens a cursor over it. */
        RowCursor open();

        /** A hint, see {@link RowView#reading}. */
        void reading(byte[] key, byte[] last, boolean missed);
    }

    private final RangeCache cache;
    private final RangeShard shard;
    private final long id;
    private final byte[] from;
    private final byte[] to;
    private final Behind behind;
    private @Nullable RowCursor stored;
    private int stamp;
    private boolean direct;
    private boolean valid;
    private int added;

    // Rows of a range, which may reach beyond the bounds; those from first to end lie within.
    private RowBlock rows = RowBlock.NONE;
    private byte[] rangeFrom = RowBlock.NO_KEY;
    private byte[] rangeTo = RowBlock.NO_KEY;
    private int first;
    private int end;
    private int at;

    RangeCursor(RangeCache cache, RangeShard shard, long id, byte[] from, byte[] to, Behind behind) {
        this.cache = cache;
        this.shard = shard;
        this.id = id;
        this.from = from;
        this.to = to;
        this.behind = behind;
    }

    // ---- movement

    @Override
    public void seek(byte[] key) {
        added = 0;
        forward(Arrays.compareUnsigned(key, from) < 0 ? from : key);
    }

    @Override
    public void seekToFirst() {
        added = 0;
        forward(from);
    }

    @Override
    public void seekToLast() {
        added = 0;
        backward(to);
    }

    @Override
    public void seekForPrev(byte[] key) {
        added = 0;
        backward(Arrays.compareUnsigned(key, to) >= 0 ? to : successor(key));
    }

    @Override
    public boolean valid() {
        return valid;
    }

    @Override
    public void next() {
        requireValid();
        if (direct) {
            RowCursor cursor = stored();
            valid = false;
            cursor.next();
            valid = cursor.valid();
        } else if (++at >= end) {
            forward(rangeTo);
        }
    }

    @Override
    public void prev() {
        requireValid();
        if (direct) {
            RowCursor cursor = stored();
            valid = false;
            cursor.prev();
            valid = cursor.valid();
        } else if (--at < first) {
            backward(rangeFrom);
        }
    }

    @Override
    public Pick pick(byte[] low, byte[] high, int index, int most) {
        seek(low);
        byte[] key = RowBlock.NO_KEY;
        byte[] value = RowBlock.NO_KEY;
        int count = 0;
        while (valid && count < most) {
            if (direct) {
                return RowCursor.super.pick(low, high, index, most);
            }
            int beyond = Arrays.compareUnsigned(rangeTo, high);
            int stop = beyond > 0 ? rows.ceiling(high) : end;
            int picked = at + index - count;
            if (picked >= at && picked < stop) {
                key = rows.key(picked);
                value = rows.value(picked);
            }
            count += stop - at;
            if (beyond >= 0) {
                break;
            }
            forward(rangeTo);
        }
        return new Pick(Math.min(count, most), key, value);
    }

    /** Moves to the first row at or after a key. */
    private void forward(byte[] key) {
        valid = false;
        direct = false;
        byte[] next = key;
        while (Arrays.compareUnsigned(next, to) < 0) {
            if (!isKnown(shard.at(id, next)) && !readUp(next)) {
                direct = true;
                RowCursor cursor = stored();
                cursor.seek(next);
                valid = cursor.valid();
                return;
            }
            at = rows.ceiling(next);
            if (at < end) {
                valid = true;
                return;
            }
            next = rangeTo;
        }
    }

    /** Moves to the last row before a key. */
    private void backward(byte[] key) {
        valid = false;
        direct = false;
        byte[] before = key;
        while (Arrays.compareUnsigned(before, from) > 0) {
            if (!isKnown(shard.before(id, before)) && !readDown(before)) {
                direct = true;
                RowCursor cursor = stored();
                seekBefore(cursor, before);
                valid = cursor.valid();
                return;
            }
            at = rows.ceiling(before) - 1;
            if (at >= first) {
                valid = true;
                return;
            }
            before = rangeFrom;
        }
    }

    private boolean isKnown(@Nullable Stretch stretch) {
        if (stretch == null) {
            cache.missed();
            return false;
        }
        cache.hit();
        know(stretch.rows, stretch.from, stretch.to);
        return true;
    }

    private void know(RowBlock block, byte[] start, byte[] stop) {
        rows = block;
        rangeFrom = start;
        rangeTo = stop;
        first = Arrays.compareUnsigned(start, from) < 0 ? block.ceiling(from) : 0;
        end = Arrays.compareUnsigned(stop, to) > 0 ? block.ceiling(to) : block.size();
    }

    // ---- what is not known

    /** Reads from a key up, and adds it; false if the row there is not to be kept. */
    private boolean readUp(byte[] key) {
        if (added >= WALK_MAX) {
            return false;
        }
        int ahead = shard.rowsToRead(id, key);
        int most = Math.min(ahead, WALK_MAX - added);
        byte[] limit = shard.startAbove(id, key, to);
        byte[] stop = limit;
        RowBlock.Builder read = new RowBlock.Builder(most, ROW_BYTES * most);
        RowCursor cursor = stored();
        moveTo(key, to, ahead, () -> cursor.seek(key));
        while (cursor.valid()) {
            byte[] next = cursor.key();
            if (Arrays.compareUnsigned(next, limit) >= 0) {
                break;
            }
            if (read.size() == most || !isTaken(cursor, next, read)) {
                stop = next;
                break;
            }
            try {
                cursor.next();
            } catch (WouldBlockException e) {
                goesOn(next, to, ahead, true);
                stop = successor(next);
                break;
            }
        }
        return learn(read.block(), key, stop);
    }

    /** Reads from right before a key down, and adds it; false if the row there is not to be kept. */
    private boolean readDown(byte[] key) {
        if (added >= WALK_MAX) {
            return false;
        }
        int ahead = shard.rowsToRead(id, key);
        int most = Math.min(ahead, WALK_MAX - added);
        byte[] limit = shard.endBelow(id, key, from);
        byte[] start = limit;
        RowBlock.Builder read = new RowBlock.Builder(most, ROW_BYTES * most);
        RowCursor cursor = stored();
        moveTo(key, from, ahead, () -> seekBefore(cursor, key));
        while (cursor.valid()) {
            byte[] next = cursor.key();
            if (Arrays.compareUnsigned(next, limit) < 0) {
                break;
            }
            if (read.size() == most || !isTaken(cursor, next, read)) {
                start = successor(next);
                break;
            }
            try {
                cursor.prev();
            } catch (WouldBlockException e) {
                goesOn(next, from, ahead, true);
                start = next;
                break;
            }
        }
        read.reverse();
        return learn(read.block(), start, key);
    }

    private void moveTo(byte[] key, byte[] last, int ahead, Runnable movement) {
        try {
            movement.run();
        } catch (WouldBlockException e) {
            goesOn(key, last, ahead, true);
            throw e;
        }
        goesOn(key, last, ahead, false);
    }

    /** Says where somebody is who reads one range after the other. */
    private void goesOn(byte[] key, byte[] last, int ahead, boolean missed) {
        if (ahead > RangeShard.ROWS_MADE) {
            behind.reading(key, last, missed);
        }
    }

    private static boolean isTaken(RowCursor cursor, byte[] key, RowBlock.Builder into) {
        if (RangeCache.isLarge(key, cursor.valueBytes())) {
            return false;
        }
        into.add(key, cursor.value());
        return true;
    }

    private boolean learn(RowBlock read, byte[] start, byte[] stop) {
        if (Arrays.equals(start, stop)) {
            return false;
        }
        added += read.size();
        shard.add(id, stamp, start, stop, read);
        cache.evict();
        know(read, start, stop);
        return true;
    }

    private RowCursor stored() {
        RowCursor cursor = stored;
        if (cursor == null) {
            stamp = shard.stamp(id);
            cursor = behind.open();
            stored = cursor;
        }
        return cursor;
    }

    private static void seekBefore(RowCursor cursor, byte[] key) {
        cursor.seekForPrev(key);
        if (cursor.valid() && Arrays.equals(cursor.key(), key)) {
            cursor.prev();
        }
    }

    /** The next key that can be. */
    private static byte[] successor(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    // ---- what it is on

    @Override
    public byte[] key() {
        requireValid();
        return direct ? stored().key() : rows.key(at);
    }

    @Override
    public byte[] value() {
        requireValid();
        return direct ? stored().value() : rows.value(at);
    }

    @Override
    public int valueBytes() {
        requireValid();
        return direct ? stored().valueBytes() : rows.value(at).length;
    }

    private void requireValid() {
        if (!valid) {
            throw new IllegalStateException("cursor is on no row");
        }
    }

    @Override
    public void close() {
        RowCursor cursor = stored;
        if (cursor != null) {
            cursor.close();
        }
    }
}
