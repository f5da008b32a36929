package io.cairn.engine.rows;

import org.jspecify.annotations.Nullable;

/**
 * Read access to rows: a live store, or a checkpoint of one.
 *
 * <p><i>Thread-safe.</i>
 */
public interface RowView extends AutoCloseable {
    /**
     * The value of a row, or null. The array must not be changed.
     *
     * @throws WouldBlockException in {@link ReadMode#MEMORY} when memory cannot tell
     */
    byte @Nullable [] get(Family family, byte[] key, ReadMode mode);

    /**
     * The row of a key in {@link Family#META}: the hot read. Same as {@code get(META, namespace ++ key, mode)}.
     *
     * @param hash {@link io.cairn.engine.keyspace.KeyHash} of namespace and key
     */
    byte @Nullable [] meta(int hash, int namespace, byte[] key, ReadMode mode);

    /**
     * A cursor over the rows of {@code family} from {@code from} (inclusive) to {@code to} (exclusive, null = end).
     * What it sees of later writes: {@link RowCursor}.
     */
    RowCursor cursor(Family family, byte[] from, byte @Nullable [] to, ReadMode mode);

    /**
     * A hint: somebody who reads rows of a collection one by one, in the order of their keys, is at {@code key} and goes on towards
     * {@code last}, which may lie before it. Both begin with the collection's version.
     *
     * @param missed whether the row was not in memory
     */
    default void reading(Family family, byte[] key, byte[] last, boolean missed) {}

    @Override
    void close();
}
