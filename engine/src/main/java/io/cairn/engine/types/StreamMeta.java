package io.cairn.engine.types;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.MetaRow;

/**
 * The meta row of a stream, whose rows stand under its version (see {@link StreamRows}).
 *
 * <pre>
 *   payload := version(8) length(8) last(16) first(16) deleted(16) added(8) groups(8) widest(4)
 * </pre>
 *
 * {@code last}: the id that was given last; {@code first}: the first entry's, zero if there is none; {@code deleted}: the
 * greatest id that XDEL ever took; {@code added}: how many entries there ever were; {@code widest}: bytes of the longest
 * value that an entry ever had, which tells a snapshot how many entries it may put together.
 *
 * <p>{@code first} spares a cursor the rows that were deleted in front of it: a stream that is trimmed for ever stays as
 * quick as it was.
 *
 * <p><i>Immutable.</i>
 */
final class StreamMeta {
    private static final int LENGTH = 8;
    private static final int LAST = 16;
    private static final int FIRST = 32;
    private static final int DELETED = 48;
    private static final int ADDED = 64;
    private static final int GROUPS = 72;
    private static final int WIDEST = 80;
    private static final int PAYLOAD = 84;

    private StreamMeta() {}

    static byte[] row(long version, long expireAtMillis, StreamPart.State state, int widestBytes) {
        byte[] row = MetaRow.allocate(ValueType.STREAM, Encoding.STREAM, true, expireAtMillis, PAYLOAD);
        MetaRow.payloadLong(row, 0, version);
        MetaRow.payloadLong(row, LENGTH, state.length());
        put(row, LAST, state.lastId());
        put(row, FIRST, state.firstId());
        put(row, DELETED, state.maxDeletedId());
        MetaRow.payloadLong(row, ADDED, state.entriesAdded());
        MetaRow.payloadLong(row, GROUPS, state.groups());
        int at = MetaRow.payloadStart(row) + WIDEST;
        for (int i = 0; i < Integer.BYTES; i++) {
            row[at + i] = (byte) (widestBytes >>> 24 - 8 * i);
        }
        return row;
    }

    static StreamPart.State state(byte[] row) {
        return new StreamPart.State(
                MetaRow.payloadLong(row, LENGTH),
                id(row, LAST),
                id(row, FIRST),
                id(row, DELETED),
                MetaRow.payloadLong(row, ADDED),
                MetaRow.payloadLong(row, GROUPS));
    }

    static int widestBytes(byte[] row) {
        return (int) MetaRow.payloadLong(row, WIDEST - Integer.BYTES);
    }

    private static StreamId id(byte[] row, int at) {
        return new StreamId(MetaRow.payloadLong(row, at), MetaRow.payloadLong(row, at + Long.BYTES));
    }

    private static void put(byte[] row, int at, StreamId id) {
        MetaRow.payloadLong(row, at, id.millis());
        MetaRow.payloadLong(row, at + Long.BYTES, id.sequence());
    }
}
