package io.cairn.engine.types;

import io.cairn.engine.entry.StreamPart;

/**
 * Builds one collection in bulk, for loads into a store that nobody else reads: packed if it stays within the
 * thresholds, else as rows that go straight to the batch it was made with.
 *
 * <p>Elements come in the order of {@link io.cairn.engine.entry.EntrySink}; then {@link #row} gives the meta row.
 *
 * <p><i>Confined to the loading thread.</i>
 */
public interface CollectionLoader {
    /** Adds a list item (at the tail) or a set member. */
    default void element(byte[] element) {
        throw new IllegalStateException("not a list or a set");
    }

    /** Adds a hash field with its value. */
    default void pair(byte[] field, byte[] value) {
        throw new IllegalStateException("not a hash");
    }

    /** Adds a hash field with its value and its expiry, Unix milliseconds, or -1 for none. */
    default void timedPair(byte[] field, byte[] value, long fieldExpireAtMillis) {
        throw new IllegalStateException("not a hash");
    }

    /** Adds a sorted set member with its score. */
    default void scored(byte[] member, double score) {
        throw new IllegalStateException("not a sorted set");
    }

    /** Adds a part of a stream. */
    default void part(StreamPart part) {
        throw new IllegalStateException("not a stream");
    }

    /** The meta row of the finished collection. */
    byte[] row();
}
