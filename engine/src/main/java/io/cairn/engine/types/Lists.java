package io.cairn.engine.types;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Encoding;
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
 * Lists: packed in the meta row while they are small, then one row a position.
 *
 * <pre>
 *   packed  := {@link Packed}, items head first
 *   in rows := version head count               8 bytes each, big endian; head: position of the first item
 *   ROWS    := version position -> item         position: 8 bytes, sign bit flipped, so that bytes sort as numbers
 * </pre>
 *
 * The items of a list in rows stand at the positions {@code head} to {@code head + count - 1}, without gaps. A new list
 * starts at position 0 and grows at both ends, so push, pop and access by index touch one row each; an insertion or a
 * removal inside moves the shorter side. A list that has gone to rows stays there; an empty list is no key.
 *
 * <p>Operations take the meta row as the turn gave it for reading or writing (of type LIST, see the caller) and indices
 * from 0; changes set the key's new row.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Lists {
    private static final int SIZE_CLASS_SMALLEST = 4096;
    private static final int SIZE_CLASSES = 5;
    /** Where the limit counts entries, a packed list of large ones must stay a small row all the same. */
    private static final int COUNTED_BYTES_MAX = 8192;

    private Lists() {}

    /** Number of items. */
    public static long size(byte[] row) {
        return MetaRow.inRows(row) ? ListRows.count(row) : packed(row).count();
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
            for (int i = first; i < items.length; i++) {
                rows.push(atHead, items[i]);
            }
            turn.set(db, key, rows.row());
            return rows.count();
        }
        byte[] before = row == null ? empty() : row;
        int count = packed(before).count() + items.length - first;
        int at = atHead ? bodyStart(before) : before.length;
        set(turn, db, key, splice(before, count, at, at, items, first, atHead));
        return count;
    }

    /** Removes up to {@code count} (at least one) items from an end and returns them, outermost first. */
    public static List<byte[]> pop(Turn turn, int db, byte[] key, byte[] row, boolean atHead, long count) {
        long size = size(row);
        if (count >= size) {
            List<byte[]> all = new ArrayList<>(range(turn, row, 0, size - 1));
            if (!atHead) {
                Collections.reverse(all);
            }
            turn.set(db, key, null);
            return all;
        }
        int taken = (int) count;
        if (MetaRow.inRows(row)) {
            ListRows rows = new ListRows(turn, row);
            List<byte[]> items = new ArrayList<>(taken);
            for (int i = 0; i < taken; i++) {
                items.add(rows.pop(atHead));
            }
            turn.set(db, key, rows.row());
            return items;
        }
        Packed items = packed(row);
        List<byte[]> popped = new ArrayList<>(taken);
        int left = items.count() - taken;
        if (atHead) {
            for (int i = 0; i < taken && items.next(); i++) {
                popped.add(items.copy());
            }
            turn.set(db, key, cut(row, left, bodyStart(row), items.end()));
        } else {
            int from = startOf(items, left, row.length);
            do {
                popped.add(items.copy());
            } while (items.next());
            Collections.reverse(popped);
            turn.set(db, key, cut(row, left, from, row.length));
        }
        return popped;
    }

    /** The item at an index from 0 to size - 1. */
    public static byte[] get(Turn turn, byte[] row, long index) {
        if (MetaRow.inRows(row)) {
            return new ListRows(turn, row).get(index);
        }
        Packed items = packed(row);
        startOf(items, (int) index, row.length);
        return items.copy();
    }

    /** Replaces the item at an index from 0 to size - 1. */
    public static void set(Turn turn, int db, byte[] key, byte[] row, long index, byte[] item) {
        if (MetaRow.inRows(row)) {
            new ListRows(turn, row).put(index, item);
            turn.touch(db, key);
            return;
        }
        Packed items = packed(row);
        int from = startOf(items, (int) index, row.length);
        set(turn, db, key, splice(row, items.count(), from, items.end(), new byte[][] {item}, 0, false));
    }

    /** The items from index {@code from} to {@code to}, both inclusive and within the list. */
    public static List<byte[]> range(Turn turn, byte[] row, long from, long to) {
        if (MetaRow.inRows(row)) {
            return new ListRows(turn, row).range(from, to);
        }
        Packed items = packed(row);
        List<byte[]> range = new ArrayList<>((int) (to - from + 1));
        startOf(items, (int) from, row.length);
        for (long index = from; index <= to; index++) {
            range.add(items.copy());
            items.next();
        }
        return range;
    }

    /** Keeps only the items from index {@code from} to {@code to}, both inclusive and within the list; none if crossed. */
    public static void trim(Turn turn, int db, byte[] key, byte[] row, long from, long to) {
        if (from > to) {
            turn.set(db, key, null);
            return;
        }
        if (MetaRow.inRows(row)) {
            ListRows rows = new ListRows(turn, row);
            rows.trim(from, to);
            turn.set(db, key, rows.row());
            return;
        }
        Packed items = packed(row);
        int start = startOf(items, (int) from, row.length);
        for (long index = from; index < to; index++) {
            items.next();
        }
        int count = (int) (to - from + 1);
        byte[] head = cut(row, count, items.end(), row.length);
        int body = bodyStart(head);
        turn.set(db, key, cut(head, count, body, body + start - bodyStart(row)));
    }

    /**
     * Removes items that equal {@code item}: at most {@code count} from the head, or {@code -count} from the tail if it
     * is negative, or all if it is 0.
     *
     * @return how many were removed
     */
    public static int remove(Turn turn, int db, byte[] key, byte[] row, byte[] item, long count) {
        long limit = count == 0 ? Long.MAX_VALUE : count == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(count);
        long[] found = positions(turn, row, item, count < 0, 0, limit, Long.MAX_VALUE);
        if (found.length == 0) {
            return 0;
        }
        if (found.length == size(row)) {
            turn.set(db, key, null);
            return found.length;
        }
        if (count < 0) {
            Arrays.sort(found);
        }
        if (MetaRow.inRows(row)) {
            ListRows rows = new ListRows(turn, row);
            rows.remove(found);
            turn.set(db, key, rows.row());
        } else {
            turn.set(db, key, without(row, found));
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
        Packed items = packed(row);
        int at = index == items.count() ? row.length : startOf(items, (int) index, row.length);
        set(turn, db, key, splice(row, items.count() + 1, at, at, new byte[][] {item}, 0, false));
        return items.count() + 1L;
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
            return matches.indices();
        }
        Packed items = packed(row);
        int count = items.count();
        if (!fromTail) {
            for (int index = 0; index < compareMax && !matches.enough() && items.next(); index++) {
                if (items.is(item)) {
                    matches.add(index);
                }
            }
            return matches.indices();
        }
        long first = Math.max(0, count - compareMax);
        int[] equal = new int[count];
        int found = 0;
        for (int index = 0; items.next(); index++) {
            if (index >= first && items.is(item)) {
                equal[found++] = index;
            }
        }
        while (found > 0 && !matches.enough()) {
            matches.add(equal[--found]);
        }
        return matches.indices();
    }

    /** Sends a stored list to a sink. */
    public static void drain(int db, byte[] key, byte[] row, RowView view, EntrySink sink) throws IOException {
        sink.begin(db, key, MetaRow.expireAtMillis(row), ValueType.LIST, size(row));
        if (MetaRow.inRows(row)) {
            ListRows.drain(row, view, sink);
        } else {
            Packed items = packed(row);
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

    /** Whether a packed payload of so many items and bytes may stay packed. */
    static boolean fits(Limits limits, long count, int payloadBytes) {
        int limit = limits.listMaxListpackSize();
        if (limit >= 0) {
            return count <= limit && payloadBytes <= COUNTED_BYTES_MAX;
        }
        int sizeClass = Math.min(-limit, SIZE_CLASSES);
        return payloadBytes <= SIZE_CLASS_SMALLEST << (sizeClass - 1);
    }

    /** Sets a packed row, or moves its items to rows if it has outgrown the limits. */
    private static void set(Turn turn, int db, byte[] key, byte[] row) {
        int count = packed(row).count();
        if (fits(turn.limits(), count, row.length - MetaRow.payloadStart(row))) {
            turn.set(db, key, row);
            return;
        }
        ListRows rows = ListRows.create(turn, MetaRow.expireAtMillis(row));
        Packed items = packed(row);
        while (items.next()) {
            rows.push(false, items.copy());
        }
        turn.set(db, key, rows.row());
    }

    private static byte[] empty() {
        return MetaRow.allocate(ValueType.LIST, Encoding.QUICKLIST, false, MetaRow.NO_EXPIRY, 1);
    }

    private static Packed packed(byte[] row) {
        return new Packed(row, MetaRow.payloadStart(row));
    }

    private static int bodyStart(byte[] row) {
        return MetaRow.payloadStart(row) + Packed.varintBytes(packed(row).count());
    }

    /** Moves to the item at {@code index}, which exists; returns where it starts, its length included. */
    private static int startOf(Packed items, int index, int end) {
        int start = end;
        items.rewind();
        for (int i = 0; i <= index && items.next(); i++) {
            start = items.start() - Packed.varintBytes(items.end() - items.start());
        }
        return start;
    }

    private static byte[] cut(byte[] row, int count, int from, int to) {
        return splice(row, count, from, to, new byte[0][], 0, false);
    }

    /** The row with {@code count} in front and the bytes from {@code from} to {@code to} replaced by items. */
    private static byte[] splice(
            byte[] row, int count, int from, int to, byte[][] items, int first, boolean lastItemFirst) {
        int body = bodyStart(row);
        int size = Packed.varintBytes(count) + (from - body) + (row.length - to);
        for (int i = first; i < items.length; i++) {
            size += Packed.elementBytes(items[i]);
        }
        byte[] next = MetaRow.allocate(ValueType.LIST, Encoding.QUICKLIST, false, MetaRow.expireAtMillis(row), size);
        int at = Packed.putVarint(next, MetaRow.payloadStart(next), count);
        System.arraycopy(row, body, next, at, from - body);
        at += from - body;
        for (int i = first; i < items.length; i++) {
            at = Packed.putElement(next, at, items[lastItemFirst ? items.length - 1 - i + first : i]);
        }
        System.arraycopy(row, to, next, at, row.length - to);
        return next;
    }

    private static byte[] without(byte[] row, long[] indices) {
        Packed items = packed(row);
        int count = items.count() - indices.length;
        byte[] body = new byte[row.length];
        int at = 0;
        int next = 0;
        int from = bodyStart(row);
        for (int index = 0; items.next(); index++) {
            int to = items.end();
            if (next < indices.length && indices[next] == index) {
                next++;
            } else {
                System.arraycopy(row, from, body, at, to - from);
                at += to - from;
            }
            from = to;
        }
        byte[] left = MetaRow.allocate(
                ValueType.LIST, Encoding.QUICKLIST, false, MetaRow.expireAtMillis(row), Packed.varintBytes(count) + at);
        int start = Packed.putVarint(left, MetaRow.payloadStart(left), count);
        System.arraycopy(body, 0, left, start, at);
        return left;
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
