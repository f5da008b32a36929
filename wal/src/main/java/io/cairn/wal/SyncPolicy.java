package io.cairn.wal;

/**
 * When appended bytes are forced to stable storage: the values of the directive {@code appendfsync}.
 *
 * <p><i>Immutable.</i>
 */
public enum SyncPolicy {
    /** A reply, and a byte to a replica, waits for the group fsync that covers it. */
    ALWAYS,
    /** One fsync a second while there is something to sync: a power cut loses about a second. */
    EVERYSEC,
    /** The kernel decides; only full segments are synced, when they are sealed. */
    NO
}
