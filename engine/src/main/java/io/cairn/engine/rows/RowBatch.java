package io.cairn.engine.rows;

/**
 * Changes that a store writes as one atomic unit, in the order in which they were added.
 *
 * <p>Made by {@link RowStore#newBatch()} and only good for that store; reusable after {@link #clear()}. The arrays
 * handed in must not be changed afterwards.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
public interface RowBatch {
    /** Sets the row of a key in {@link Family#META}. */
    void putMeta(int hash, int namespace, byte[] key, byte[] row);

    /** Deletes the row of a key in {@link Family#META}. */
    void deleteMeta(int hash, int namespace, byte[] key);

    /** Sets a row of any family but META. */
    void put(Family family, byte[] key, byte[] value);

    /** Sets a row of any family but META that the store does not have: that it is new may save work later. */
    default void putNew(Family family, byte[] key, byte[] value) {
        put(family, key, value);
    }

    /** Deletes a row of any family but META. */
    void delete(Family family, byte[] key);

    /** Deletes the rows from {@code from} (inclusive) to {@code to} (exclusive); META too (no cached row may lie there). */
    void deleteRange(Family family, byte[] from, byte[] to);

    /**
     * Says that a version begins: all rows of ROWS that it ever has are put by this batch and by later ones. To know that may save
     * work later.
     */
    default void begins(long version) {}

    /** Says that a version has ended: nobody asks for its rows any more. */
    default void ends(long version) {}

    /** Number of changes. */
    int size();

    /** Forgets all changes. */
    void clear();
}
