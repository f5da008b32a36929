package io.cairn.engine.entry;

/**
 * A part of a stream on its way through an {@link EntrySink}.
 *
 * <p>Order, which is that of an RDB too:
 *
 * <pre>
 *   stream   := [Head] Entry* State ( Group Pending* Consumers ( Consumer Claimed* )* )*
 * </pre>
 *
 * Entries, pending entries of a group and those of a consumer come in ascending order of ids. Each pending entry of a
 * group is claimed by exactly one of its consumers.
 *
 * <p><i>Immutable.</i>
 */
public sealed interface StreamPart {
    /**
     * What is known of it beforehand.
     *
     * @param widestBytes no entry's words have more bytes
     * @param plain whether nothing was ever deleted, and what groups have read follows from their last ids
     */
    record Head(int widestBytes, boolean plain) implements StreamPart {}

    /** An entry: fields and values in turn. */
    record Entry(StreamId id, byte[][] words) implements StreamPart {}

    /** What a stream knows of itself. {@code firstId} is zero without entries. */
    record State(long length, StreamId lastId, StreamId firstId, StreamId maxDeletedId, long entriesAdded, long groups)
            implements StreamPart {
        /** The count of entries that a group has read when it is not known. */
        public static final long UNKNOWN = -1;

        /** Whether an entry at {@code from} or behind may have been deleted, as far as is known. */
        public boolean isFragmentedFrom(StreamId from) {
            boolean inside = length > 0 && !maxDeletedId.isZero() && !firstId.isAfter(maxDeletedId);
            return inside && !maxDeletedId.isBefore(from);
        }

        /** How many entries were ever added up to the one with this id, or {@link #UNKNOWN}. */
        public long added(StreamId upTo) {
            if (entriesAdded == 0) {
                return 0;
            }
            if (length == 0 && !upTo.isAfter(lastId)) {
                return entriesAdded;
            }
            int toLast = upTo.compareTo(lastId);
            if (toLast >= 0) {
                return toLast == 0 ? entriesAdded : UNKNOWN;
            }
            if (maxDeletedId.isZero() || maxDeletedId.isBefore(firstId)) {
                int toFirst = upTo.compareTo(firstId);
                if (toFirst <= 0) {
                    return entriesAdded - length + (toFirst == 0 ? 1 : 0);
                }
            }
            return UNKNOWN;
        }
    }

    /**
     * A group of consumers.
     *
     * @param entriesRead how many of the entries ever added the group has read, or {@link State#UNKNOWN}
     * @param pending number of its pending entries
     */
    record Group(byte[] name, StreamId lastId, long entriesRead, long pending) implements StreamPart {}

    /** An entry that was delivered to a consumer of the group and not acknowledged. */
    record Pending(StreamId id, long deliveredMillis, long deliveries) implements StreamPart {}

    /** How many consumers the group has. */
    record Consumers(long count) implements StreamPart {}

    /** A consumer with the number of entries that are pending with it. */
    record Consumer(byte[] name, long seenMillis, long pending) implements StreamPart {}

    /** An entry that is pending with the consumer. */
    record Claimed(StreamId id) implements StreamPart {}
}
