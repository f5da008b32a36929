package io.cairn.engine.rows;

import java.util.Arrays;

/**
 * A position in the rows of one family, in unsigned byte order, within bounds fixed at creation.
 *
 * <p>Over a checkpoint it shows the rows as of its creation. Over a live store it is weakly consistent: rows that stay as
 * they are while it is open are shown once and in order, rows written meanwhile are shown as they were or as they become. Who needs more keeps writers away from those rows, as a turn does
 * with a collection whose stripe it holds.
 *
 * <p>Starts on no row: call one of the seeks first. In {@link ReadMode#MEMORY} every movement may throw {@link
 * WouldBlockException}. Must be closed.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public interface RowCursor extends AutoCloseable {
    /** Moves to the first row whose key is at or after {@code key} and within the bounds. */
    void seek(byte[] key);

    /** Moves to the first row within the bounds. */
    void seekToFirst();

    /** Moves to the last row within the bounds. */
    void seekToLast();

    /** Moves to the last row whose key is at or before {@code key} and within the bounds. */
    void seekForPrev(byte[] key);

    /** Whether the cursor is on a row. */
    boolean valid();

    /** Moves to the next row; only when {@link #valid()}. */
    void next();

    /** Moves to the previous row; only when {@link #valid()}. */
    void prev();

    /** The row's key, a fresh array. */
    byte[] key();

    /** The row's value, an array that the caller must not change. */
    byte[] value();

    /**
     * The row of a range that has {@code index} rows before it there.
     *
     * @param count rows of the range, {@code most} if there are more
     * @param key empty if there are not so many rows
     */
    record Pick(int count, byte[] key, byte[] value) {
        /** In place of a key or a value that is not there. */
        static final byte[] NONE = new byte[0];
    }

    /**
     * Counts the rows from one key (inclusive) to another (exclusive), and picks one of them. The cursor has to be moved by a seek
     * afterwards.
     *
     * @param index rows before the one that is wanted
     * @param most more are not counted; above {@code index}
     */
    default Pick pick(byte[] low, byte[] high, int index, int most) {
        byte[] pickedKey = Pick.NONE;
        byte[] pickedValue = Pick.NONE;
        int count = 0;
        for (seek(low); valid() && count < most; next()) {
            byte[] key = key();
            if (Arrays.compareUnsigned(key, high) >= 0) {
                break;
            }
            if (count == index) {
                pickedKey = key;
                pickedValue = value();
            }
            count++;
        }
        return new Pick(count, pickedKey, pickedValue);
    }

    /** Length of the row's value. */
    default int valueBytes() {
        return value().length;
    }

    @Override
    void close();
}
