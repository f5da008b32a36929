package io.cairn.replication.primary;

import io.cairn.wal.LogIdentity;

/**
 * The decision on a PSYNC: go on from the replica's position, or send everything, and why.
 *
 * <p><i>Immutable.</i>
 *
 * @param partial whether the replica continues
 * @param position where it continues; only if partial
 * @param reason why, as a code for logs and counters
 */
public record Resync(boolean partial, long position, Reason reason) {
    /** Why. */
    public enum Reason {
        /** The replica asked for everything. */
        REQUESTED,
        /** Same history, and the log holds what is missing. */
        SAME_ID,
        /** The history that this node's continues, up to where it does. */
        PREVIOUS_ID,
        /** A history that this node knows nothing of. */
        UNKNOWN_ID,
        /** The previous history, but beyond the position where this node's began. */
        BEYOND_PREVIOUS,
        /** What is missing is no longer in the log. */
        TOO_OLD,
        /** The replica has more than this node: bytes that were lost here. */
        AHEAD
    }

    /**
     * Decides.
     *
     * @param id replication id that the replica gave, "?" for none
     * @param offset the offset that it gave: the first byte that it wants, counted from 1
     * @param identity this node's ids
     * @param start oldest position that the log holds
     * @param end position after the log's last byte
     */
    public static Resync decide(String id, long offset, LogIdentity identity, long start, long end) {
        if (id.equals("?")) {
            return full(Reason.REQUESTED);
        }
        long position = offset - 1;
        Reason known;
        if (id.equalsIgnoreCase(identity.id())) {
            known = Reason.SAME_ID;
        } else if (id.equalsIgnoreCase(identity.previousId())) {
            if (position > identity.previousEnd()) {
                return full(Reason.BEYOND_PREVIOUS);
            }
            known = Reason.PREVIOUS_ID;
        } else {
            return full(Reason.UNKNOWN_ID);
        }
        if (position > end) {
            return full(Reason.AHEAD);
        }
        if (position < start) {
            return full(Reason.TOO_OLD);
        }
        return new Resync(true, position, known);
    }

    private static Resync full(Reason reason) {
        return new Resync(false, -1, reason);
    }
}
