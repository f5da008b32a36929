package io.cairn.engine.rows;

import java.util.Arrays;

/**
 * Some rows in the order of their keys, packed into one array.
 *
 * <pre>
 *   bytes  := (key value)*            in any order, with gaps and some room behind
 *   places := (start lengths)*        in the order of keys; lengths: 16 bits of the key's, 16 of the value's
 * </pre>
 *
 * A block with a row more or less has places of its own and, mostly, the same bytes: one more is put into the room behind. So
 * only the newest of blocks that come from one another may be changed further.
 *
 * <p><i>Immutable.</i>
 */
final class RowBlock {
    /** In place of a key that is not there. */
    static final byte[] NO_KEY = new byte[0];

    static final RowBlock NONE = new RowBlock(NO_KEY, 0, 0, new int[0]);

    private static final byte[] NO_VALUE = new byte[0];
    private static final int OVERHEAD_BYTES = 64;
    private static final int LENGTH_BITS = 16;
    private static final int LENGTH_MASK = (1 << LENGTH_BITS) - 1;

    private final byte[] bytes;
    private final int used;
    private final int live;
    private final int[] places;

    private RowBlock(byte[] bytes, int used, int live, int[] places) {
        this.bytes = bytes;
        this.used = used;
        this.live = live;
        this.places = places;
    }

    /** Rows as they come, in the order of their keys or against it. */
    static final class Builder {
        private byte[] bytes;
        private int[] places;
        private int used;
        private int size;

        Builder(int rows, int bytes) {
            this.bytes = new byte[bytes];
            this.places = new int[2 * rows];
        }

        int size() {
            return size;
        }

        void add(byte[] key, byte[] value) {
            int end = used + key.length + value.length;
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
            }
            if (2 * size == places.length) {
                places = Arrays.copyOf(places, 4 * size + 2);
            }
            System.arraycopy(key, 0, bytes, used, key.length);
            System.arraycopy(value, 0, bytes, used + key.length, value.length);
            places[2 * size] = used;
            places[2 * size + 1] = lengths(key, value);
            used = end;
            size++;
        }

        /** Takes the rows' order for the one against which they came. */
        void reverse() {
            for (int low = 0, high = 2 * size - 2; low < high; low += 2, high -= 2) {
                int start = places[low];
                int lengths = places[low + 1];
                places[low] = places[high];
                places[low + 1] = places[high + 1];
                places[high] = start;
                places[high + 1] = lengths;
            }
        }

        /** The rows; nothing is added any more. */
        RowBlock block() {
            return new RowBlock(bytes, used, used, Arrays.copyOf(places, 2 * size));
        }
    }

    private static int lengths(byte[] key, byte[] value) {
        return key.length << LENGTH_BITS | value.length;
    }

    int size() {
        return places.length / 2;
    }

    /** Bytes of keys and values. */
    int bytes() {
        return live;
    }

    /** Bytes of key and value of a row. */
    int bytes(int row) {
        int lengths = places[2 * row + 1];
        return (lengths >>> LENGTH_BITS) + (lengths & LENGTH_MASK);
    }

    /** About the memory that it takes. */
    long heapBytes() {
        return OVERHEAD_BYTES + bytes.length + (long) Integer.BYTES * places.length;
    }

    private int start(int row) {
        return places[2 * row];
    }

    private int keyEnd(int row) {
        return places[2 * row] + (places[2 * row + 1] >>> LENGTH_BITS);
    }

    /** A copy of a row's key. */
    byte[] key(int row) {
        return Arrays.copyOfRange(bytes, start(row), keyEnd(row));
    }

    /** A copy of a row's value. */
    byte[] value(int row) {
        int length = places[2 * row + 1] & LENGTH_MASK;
        int from = keyEnd(row);
        return length == 0 ? NO_VALUE : Arrays.copyOfRange(bytes, from, from + length);
    }

    /** The first row whose key is not below {@code key}; the size if there is none. */
    int ceiling(byte[] key) {
        int low = 0;
        int high = size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Arrays.compareUnsigned(bytes, start(middle), keyEnd(middle), key, 0, key.length) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private boolean is(int row, byte[] key) {
        return row < size() && Arrays.equals(bytes, start(row), keyEnd(row), key, 0, key.length);
    }

    /** The rows with one more, or with another value for its key. */
    RowBlock with(byte[] key, byte[] value) {
        int length = key.length + value.length;
        if (used + length > bytes.length) {
            return packed(0, size(), length + live / 4).with(key, value);
        }
        int row = ceiling(key);
        boolean isThere = is(row, key);
        int[] changed = new int[isThere ? places.length : places.length + 2];
        System.arraycopy(places, 0, changed, 0, 2 * row);
        changed[2 * row] = used;
        changed[2 * row + 1] = lengths(key, value);
        int behind = isThere ? 2 * row + 2 : 2 * row;
        System.arraycopy(places, behind, changed, 2 * row + 2, places.length - behind);
        System.arraycopy(key, 0, bytes, used, key.length);
        System.arraycopy(value, 0, bytes, used + key.length, value.length);
        return new RowBlock(bytes, used + length, live + length - (isThere ? bytes(row) : 0), changed);
    }

    /** The rows without a key; the same block if it has none. */
    RowBlock without(byte[] key) {
        int row = ceiling(key);
        if (!is(row, key)) {
            return this;
        }
        int[] changed = new int[places.length - 2];
        System.arraycopy(places, 0, changed, 0, 2 * row);
        System.arraycopy(places, 2 * row + 2, changed, 2 * row, changed.length - 2 * row);
        RowBlock less = new RowBlock(bytes, used, live - bytes(row), changed);
        return less.live < bytes.length / 2 ? less.packed(0, less.size(), 0) : less;
    }

    /** The rows from one (inclusive) to another (exclusive), in bytes of their own. */
    RowBlock part(int from, int to) {
        return packed(from, to, 0);
    }

    private RowBlock packed(int from, int to, int room) {
        int length = 0;
        for (int row = from; row < to; row++) {
            length += bytes(row);
        }
        byte[] together = new byte[length + room];
        int[] moved = Arrays.copyOfRange(places, 2 * from, 2 * to);
        int at = 0;
        for (int i = 0; i < moved.length; i += 2) {
            int size = bytes(from + i / 2);
            System.arraycopy(bytes, moved[i], together, at, size);
            moved[i] = at;
            at += size;
        }
        return new RowBlock(together, length, length, moved);
    }

    /** These rows and those of another block that stand behind them, in bytes of their own. */
    RowBlock and(RowBlock other) {
        RowBlock all = packed(0, size(), other.live);
        RowBlock behind = other.packed(0, other.size(), 0);
        System.arraycopy(behind.bytes, 0, all.bytes, all.live, behind.live);
        int[] both = Arrays.copyOf(all.places, places.length + behind.places.length);
        for (int i = 0; i < behind.places.length; i += 2) {
            both[places.length + i] = behind.places[i] + all.live;
            both[places.length + i + 1] = behind.places[i + 1];
        }
        return new RowBlock(all.bytes, all.live + behind.live, all.live + behind.live, both);
    }
}
