package io.cairn.wal;

/**
 * How far a reader may read.
 *
 * <p><i>Immutable.</i>
 */
public enum ReadLimit {
    /** All that is appended. */
    APPENDED,
    /** Only what is proven durable. */
    DURABLE,
    /**
     * What a replica may see under the sync policy of the moment: durable bytes under {@code always}, else all that is
     * appended.
     */
    REPLICABLE
}
