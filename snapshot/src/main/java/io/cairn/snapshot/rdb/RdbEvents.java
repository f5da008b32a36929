package io.cairn.snapshot.rdb;

/**
 * Hears of what an RDB stream carries beside keys.
 *
 * <p><i>Confined to the reading thread.</i>
 */
public interface RdbEvents {
    /** Hears nothing. */
    RdbEvents NONE = new RdbEvents() {};

    /** The RDB version of the stream, before anything else. */
    default void version(int version) {}

    /** An auxiliary field, such as {@code redis-ver} or {@code repl-id}; names are ASCII in practice. */
    default void aux(String name, byte[] value) {}

    /**
     * How many keys the producer says to send for a database and how many of them expire. A hint: it may be wrong in a
     * damaged stream, so nothing is to be allocated by it without a bound.
     */
    default void databaseSize(int db, long keys, long expires) {}
}
