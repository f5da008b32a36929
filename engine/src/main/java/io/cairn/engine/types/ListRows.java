package io.cairn.engine.types;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowView;
import io.cairn.engine.rows.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A list whose items stand in rows, one a position (see {@link Lists} for the layout): reads and changes rows at once,
 * {@link #row()} gives the meta row that goes with them.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
final class ListRows {
    private static final int HEAD = 8;
    private static final int COUNT = 16;
    private static final int PAYLOAD = 24;

    private final Turn turn;
    private final long version;
    private final long expireAtMillis;
    private long head;
    private long count;

    ListRows(Turn turn, byte[] row) {
        this(
                turn,
                MetaRow.version(row),
                MetaRow.expireAtMillis(row),
                MetaRow.payloadLong(row, HEAD),
                MetaRow.payloadLong(row, COUNT));
    }

    private ListRows(Turn turn, long version, long expireAtMillis, long head, long count) {
        this.turn = turn;
        this.version = version;
        this.expireAtMillis = expireAtMillis;
        this.head = head;
        this.count = count;
    }

    static ListRows create(Turn turn, long expireAtMillis) {
        return new ListRows(turn, turn.newVersion(), expireAtMillis, 0, 0);
    }

    static long count(byte[] row) {
        return MetaRow.payloadLong(row, COUNT);
    }

    static byte[] row(long version, long expireAtMillis, long head, long count) {
        byte[] row = MetaRow.allocate(ValueType.LIST, Encoding.QUICKLIST, true, expireAtMillis, PAYLOAD);
        MetaRow.payloadLong(row, 0, version);
        MetaRow.payloadLong(row, HEAD, head);
        MetaRow.payloadLong(row, COUNT, count);
        return row;
    }

    static byte[] key(long version, long position) {
        return ByteBuffer.allocate(16)
                .putLong(version)
                .putLong(position ^ Long.MIN_VALUE)
                .array();
    }

    byte[] row() {
        return row(version, expireAtMillis, head, count);
    }

    long count() {
        return count;
    }

    void push(boolean atHead, byte[] item) {
        if (atHead) {
            head--;
        }
        count++;
        put(atHead ? 0 : count - 1, item);
    }

    byte[] pop(boolean atHead) {
        long index = atHead ? 0 : count - 1;
        byte[] item = get(index);
        delete(index);
        if (atHead) {
            head++;
        }
        count--;
        return item;
    }

    byte[] get(long index) {
        byte[] item = turn.row(Family.ROWS, key(version, head + index));
        if (item == null) {
            throw missing(version, head + index);
        }
        return item;
    }

    void put(long index, byte[] item) {
        turn.putRow(Family.ROWS, key(version, head + index), item);
    }

    private void delete(long index) {
        turn.deleteRow(Family.ROWS, key(version, head + index));
    }

    void visit(long from, long to, ItemVisitor visitor) {
        long visited = 0;
        try (RowCursor cursor = turn.cursor(Family.ROWS, key(version, head + from), key(version, head + to + 1))) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                byte[] item = cursor.value();
                visitor.visit(item, 0, item.length);
                visited++;
            }
        }
        if (visited != to - from + 1) {
            throw missing(version, head + from + visited);
        }
    }

    void trim(long from, long to) {
        for (long index = 0; index < from; index++) {
            delete(index);
        }
        for (long index = to + 1; index < count; index++) {
            delete(index);
        }
        head += from;
        count = to - from + 1;
    }

    void insert(long index, byte[] item) {
        if (index <= count / 2) {
            head--;
            for (long to = 0; to < index; to++) {
                put(to, get(to + 1));
            }
        } else {
            for (long from = count - 1; from >= index; from--) {
                put(from + 1, get(from));
            }
        }
        put(index, item);
        count++;
    }

    /** Removes the items at these indices, at least one, ascending, and closes the gaps from the shorter side. */
    void remove(long[] indices) {
        int removed = indices.length;
        long first = indices[0];
        long last = indices[removed - 1];
        if (last < count - 1 - first) {
            long to = last;
            int next = removed - 1;
            for (long from = last; from >= 0; from--) {
                if (next >= 0 && indices[next] == from) {
                    next--;
                } else {
                    put(to--, get(from));
                }
            }
            for (long index = 0; index < removed; index++) {
                delete(index);
            }
            head += removed;
        } else {
            long to = first;
            int next = 0;
            for (long from = first; from < count; from++) {
                if (next < removed && indices[next] == from) {
                    next++;
                } else {
                    put(to++, get(from));
                }
            }
            for (long index = count - removed; index < count; index++) {
                delete(index);
            }
        }
        count -= removed;
    }

    void search(byte[] item, boolean fromTail, long compareMax, Lists.Matches matches) {
        long compared = Math.min(count, compareMax);
        long from = fromTail ? count - compared : 0;
        try (RowCursor cursor =
                turn.cursor(Family.ROWS, key(version, head + from), key(version, head + from + compared))) {
            if (fromTail) {
                cursor.seekToLast();
            } else {
                cursor.seekToFirst();
            }
            for (long i = 0; i < compared && !matches.enough(); i++) {
                if (!cursor.valid()) {
                    throw missing(version, head + from + i);
                }
                if (Arrays.equals(cursor.value(), item)) {
                    matches.add(fromTail ? count - 1 - i : i);
                }
                if (fromTail) {
                    cursor.prev();
                } else {
                    cursor.next();
                }
            }
        }
    }

    static void drain(byte[] row, RowView view, EntrySink sink) throws IOException {
        long version = MetaRow.version(row);
        long head = MetaRow.payloadLong(row, HEAD);
        long count = count(row);
        long sent = 0;
        try (RowCursor cursor =
                view.cursor(Family.ROWS, key(version, head), key(version, head + count), ReadMode.DISK)) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                sink.element(cursor.value());
                sent++;
            }
        }
        if (sent != count) {
            throw missing(version, head + sent);
        }
    }

    private static StorageException missing(long version, long position) {
        return new StorageException("list of version " + version + " has no row at position " + position);
    }
}
