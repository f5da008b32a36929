package io.cairn.engine.types;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lists: packed in the meta row while they are small, then in blocks, a row for 32 positions.
 *
 * <pre>
 *   packed  := {@link Packed}, items head first
 *   in rows := version head count               8 bytes each, big endian; head: position of the first item
 *   ROWS    := version block -> {@link ListBlock}
 *                                               block: 8 bytes, position / 32, sign bit flipped, so that bytes sort as numbers
 *            | version block slot -> item       an item that is too long for a block; slot: 1 byte
 * </pre>
 *
 * The items of a list in rows stand at the positions {@code head} to {@code head + count - 1}, without gaps. A new list
 * starts at position 0 and grows at both ends, so push, pop and access by index touch one or two rows each; an insertion or
 * a removal inside moves the shorter side. A list that has gone to rows stays there; an empty list is no key.
 *
 * <p>Operations take the meta row as the turn gave it for reading or writing (of type LIST, see the caller) and indices
 * from 0; changes set the key's new row.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Lists {
    private static final int RANGE_EXPECTED_MAX = 1 << 16;

    private Lists() {}

    /** Number of items. */
    public static long size(byte[] row) {
        return MetaRow.inRows(row) ? ListRows.count(row) : PackedList.count(row);
    }

    /**
     * Pushes {@code items} from index {@code first} on, one after another, so that the last one ends up outermost.
     *
     * @param row the meta row, or null for a new list
     * @return the new number of items
     */
    public static long push(
            Turn turn, int db, byte[] key, byte @Nullable [] row, boolean atHead, byte[][] items, int first) {
        if (row != null && MetaRow.inRows(row)) {
            ListRows rows = new ListRows(turn, row);
            rows.push(atHead, Arrays.asList(items).subList(first, items.length));
            turn.set(db, key, rows.row());
            return rows.count();
        }
        byte[] pushed = PackedList.push(row == null ? PackedList.empty() : row, atHead, items, first);
        set(turn, db, key, pushed);
        return PackedList.count(pushed);
    }

    /** Removes up to {@code count} (at least one) items from an end and returns them, outermost first. */
    public static List<byte[]> pop(Turn turn, int db, byte[] key, byte[] row, boolean atHead, long count) {
        long size = size(row);
        if (count < size && MetaRow.inRows(row)) {
            ListRows rows = new ListRows(turn, row);
            List<byte[]> items = new ArrayList<>((int) count);
            for (long i = 0; i < count; i++) {
                items.add(rows.pop(atHead));
            }
            turn.set(db, key, rows.row());
            return items;
        }
        long taken = Math.min(count, size);
        long from = atHead ? 0 : size - taken;
        List<byte[]> items = range(turn, row, from, from + taken - 1);
        if (!atHead) {
            Collections.reverse(items);
        }
        if (taken == size) {
            turn.set(db, key, null);
        } else {
            int left = (int) (size - taken);
            turn.set(
                    db,
                    key,
                    atHead ? PackedList.keep(row, (int) taken, (int) size - 1) : PackedList.keep(row, 0, left - 1));
        }
        return items;
    }

    /** The item at an index from 0 to size - 1. */
    public static byte[] get(Turn turn, byte[] row, long index) {
        return MetaRow.inRows(row) ? new ListRows(turn, row).get(index) : PackedList.get(row, (int) index);
    }

    /** Replaces the item at an index from 0 to size - 1. */
    public static void set(Turn turn, int db, byte[] key, byte[] row, long index, byte[] item) {
        if (MetaRow.inRows(row)) {
            new ListRows(turn, row).put(index, item);
            turn.touch(db, key);
        } else {
            set(turn, db, key, PackedList.set(row, (int) index, item));
        }
    }

    /** Shows the items from index {@code from} to {@code to}, both inclusive and within the list. */
    public static void visit(Turn turn, byte[] row, long from, long to, ItemVisitor visitor) {
        if (MetaRow.inRows(row)) {
            new ListRows(turn, row).visit(from, to, visitor);
        } else {
            PackedList.visit(row, (int) from, (int) to, visitor);
        }
    }

    /** The items from index {@code from} to {@code to}, both inclusive and within the list. */
    public static List<byte[]> range(Turn turn, byte[] row, long from, long to) {
        List<byte[]> range = new ArrayList<>((int) Math.min(to - from + 1, RANGE_EXPECTED_MAX));
        visit(turn, row, from, to, (bytes, start, end) -> range.add(Arrays.copyOfRange(bytes, start, end)));
        return range;
    }

    /** Keeps only the items from index {@code from} to {@code to}, both inclusive and within the list; none if crossed. */
    public static void trim(Turn turn, int db, byte[] key, byte[] row, long from, long to) {
        if (from > to) {
            turn.set(db, key, null);
        } else if (MetaRow.inRows(row)) {
            ListRows rows = new ListRows(turn, row);
            rows.trim(from, to);
            turn.set(db, key, rows.row());
        } else {
            turn.set(db, key, PackedList.keep(row, (int) from, (int) to));
        }
    }

    /**
     * Removes items that equal {@code item}: at most {@code count} from the head, or {@code -count} from the tail if it
     * is negative, or all if it is 0.
     *
     * @return how many were removed
     */
    public static int remove(Turn turn, int db, byte[] key, byte[] row, byte[] item, long count) {
        long limit = count == 0 || count == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(count);
        long[] found = positions(turn, row, item, count < 0, 0, limit, Long.MAX_VALUE);
        if (found.length == 0) {
            return 0;
        }
        if (count < 0) {
            Arrays.sort(found);
        }
        if (found.length == size(row)) {
            turn.set(db, key, null);
        } else if (MetaRow.inRows(row)) {
            ListRows rows = new ListRows(turn, row);
            rows.remove(found);
            turn.set(db, key, rows.row());
        } else {
            turn.set(db, key, PackedList.without(row, found));
        }
        return found.length;
    }

    /**
     * Inserts {@code item} beside the first item that equals {@code pivot}.
     *
     * @return the new number of items, or -1 if there is no such item
     */
    public static long insert(Turn turn, int db, byte[] key, byte[] row, boolean before, byte[] pivot, byte[] item) {
        long[] found = positions(turn, row, pivot, false, 0, 1, Long.MAX_VALUE);
        if (found.length == 0) {
            return -1;
        }
        long index = before ? found[0] : found[0] + 1;
        if (MetaRow.inRows(row)) {
            ListRows rows = new ListRows(turn, row);
            rows.insert(index, item);
            turn.set(db, key, rows.row());
            return rows.count();
        }
        set(turn, db, key, PackedList.insert(row, (int) index, item));
        return size(row) + 1;
    }

    /**
     * Indices of items that equal {@code item}, in the order in which the search meets them.
     *
     * @param fromTail search from the tail to the head
     * @param skip number of matches to pass over
     * @param limit number of matches to return at most
     * @param compareMax number of items to look at at most
     */
    public static long[] positions(
            Turn turn, byte[] row, byte[] item, boolean fromTail, long skip, long limit, long compareMax) {
        Matches matches = new Matches(skip, limit);
        if (MetaRow.inRows(row)) {
            new ListRows(turn, row).search(item, fromTail, compareMax, matches);
        } else {
            PackedList.search(row, item, fromTail, compareMax, matches);
        }
        return matches.indices();
    }

    /** Sends a stored list to a sink. */
    public static void drain(int db, byte[] key, byte[] row, RowView view, EntrySink sink) throws IOException {
        sink.begin(db, key, MetaRow.expireAtMillis(row), ValueType.LIST, size(row));
        if (MetaRow.inRows(row)) {
            ListRows.drain(row, view, sink);
        } else {
            Packed items = PackedList.items(row);
            while (items.next()) {
                sink.element(items.copy());
            }
        }
        sink.end();
    }

    /**
     * Builds a list in bulk.
     *
     * @param count number of items that will come
     * @param batch takes the rows
     * @param versions gives the version of a list that goes to rows
     */
    public static CollectionLoader loader(
            long count, long expireAtMillis, Limits limits, RowBatch batch, LongSupplier versions) {
        return new ListLoader(expireAtMillis, limits, versions, batch);
    }

    /**
     * Whether a packed payload of so many items and bytes may stay packed. All size classes of Redis's directive allow
     * more bytes than we do.
     */
    static boolean fits(Limits limits, long count, int payloadBytes) {
        int limit = limits.listMaxListpackSize();
        return payloadBytes <= ElementRows.PACKED_BYTES_MAX && (limit < 0 || count <= limit);
    }

    /** Sets a packed row, or moves its items to rows if it has outgrown the limits. */
    private static void set(Turn turn, int db, byte[] key, byte[] row) {
        int count = PackedList.count(row);
        if (fits(turn.limits(), count, row.length - MetaRow.payloadStart(row))) {
            turn.set(db, key, row);
            return;
        }
        ListRows rows = ListRows.create(turn, MetaRow.expireAtMillis(row));
        Packed packed = PackedList.items(row);
        List<byte[]> items = new ArrayList<>(count);
        while (packed.next()) {
            items.add(packed.copy());
        }
        rows.push(false, items);
        turn.set(db, key, rows.row());
    }

    /** Matches of a search: passes over the first ones, keeps as many as asked for. */
    static final class Matches {
        private long skip;
        private final long limit;
        private long[] found = new long[1];
        private int count;

        Matches(long skip, long limit) {
            this.skip = skip;
            this.limit = limit;
        }

        void add(long index) {
            if (skip > 0) {
                skip--;
                return;
            }
            if (count == found.length) {
                found = Arrays.copyOf(found, count * 2);
            }
            found[count++] = index;
        }

        boolean enough() {
            return count >= limit;
        }

        long[] indices() {
            return Arrays.copyOf(found, count);
        }
    }
}
