package io.cairn.engine.rows;

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

    @Override
    void close();
}
