package io.cairn.engine.types;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.MetaRow;

/**
 * Lists packed in their meta row: reads in place, and changes that make a new row.
 *
 * <p>Indices are within the list, ranges inclusive.
 *
 * <p><i>Immutable.</i>
 */
final class PackedList {
    private PackedList() {}

    /** The row of a list without items, to push to. */
    static byte[] empty() {
        return MetaRow.allocate(ValueType.LIST, Encoding.QUICKLIST, false, MetaRow.NO_EXPIRY, 1);
    }

    static Packed items(byte[] row) {
        return new Packed(row, MetaRow.payloadStart(row));
    }

    static int count(byte[] row) {
        return items(row).count();
    }

    static byte[] get(byte[] row, int index) {
        Packed items = items(row);
        startOf(items, index);
        return items.copy();
    }

    static void visit(byte[] row, int from, int to, ItemVisitor visitor) {
        Packed items = items(row);
        startOf(items, from);
        for (int index = from; index <= to; index++) {
            visitor.visit(row, items.start(), items.end());
            items.next();
        }
    }

    static void search(byte[] row, byte[] item, boolean fromTail, long compareMax, Lists.Matches matches) {
        Packed items = items(row);
        if (!fromTail) {
            for (int index = 0; index < compareMax && !matches.enough() && items.next(); index++) {
                if (items.is(item)) {
                    matches.add(index);
                }
            }
            return;
        }
        long first = Math.max(0, items.count() - compareMax);
        int[] equal = new int[items.count()];
        int found = 0;
        for (int index = 0; items.next(); index++) {
            if (index >= first && items.is(item)) {
                equal[found++] = index;
            }
        }
        while (found > 0 && !matches.enough()) {
            matches.add(equal[--found]);
        }
    }

    /** Items from {@code first} on, pushed one after another, so that the last ends up outermost. */
    static byte[] push(byte[] row, boolean atHead, byte[][] items, int first) {
        int at = atHead ? bodyStart(row) : row.length;
        return splice(row, count(row) + items.length - first, at, at, items, first, atHead);
    }

    static byte[] set(byte[] row, int index, byte[] item) {
        Packed items = items(row);
        int start = startOf(items, index);
        return splice(row, items.count(), start, items.end(), new byte[][] {item}, 0, false);
    }

    /** With an item put in front of the one at {@code index}, or behind the last. */
    static byte[] insert(byte[] row, int index, byte[] item) {
        Packed items = items(row);
        int at = index == items.count() ? row.length : startOf(items, index);
        return splice(row, items.count() + 1, at, at, new byte[][] {item}, 0, false);
    }

    /** With only the items from one index to another. */
    static byte[] keep(byte[] row, int from, int to) {
        Packed items = items(row);
        int start = startOf(items, from);
        for (int index = from; index < to; index++) {
            items.next();
        }
        int count = to - from + 1;
        byte[] head = splice(row, count, items.end(), row.length, new byte[0][], 0, false);
        int body = bodyStart(head);
        return start == bodyStart(row)
                ? head
                : splice(head, count, body, body + start - bodyStart(row), new byte[0][], 0, false);
    }

    /** Without the items at these indices, ascending. */
    static byte[] without(byte[] row, long[] indices) {
        Packed items = items(row);
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
        byte[] left = allocate(row, Packed.varintBytes(count) + at);
        int start = Packed.putVarint(left, MetaRow.payloadStart(left), count);
        System.arraycopy(body, 0, left, start, at);
        return left;
    }

    private static int bodyStart(byte[] row) {
        return MetaRow.payloadStart(row) + Packed.varintBytes(count(row));
    }

    /** Moves to the item at {@code index}, which exists; returns where it starts, its length included. */
    private static int startOf(Packed items, int index) {
        items.rewind();
        for (int i = 0; i <= index; i++) {
            items.next();
        }
        return items.start() - Packed.varintBytes(items.end() - items.start());
    }

    private static byte[] allocate(byte[] like, int payloadBytes) {
        return MetaRow.allocate(ValueType.LIST, Encoding.QUICKLIST, false, MetaRow.expireAtMillis(like), payloadBytes);
    }

    /** The row with {@code count} in front and the bytes from {@code from} to {@code to} replaced by items. */
    private static byte[] splice(
            byte[] row, int count, int from, int to, byte[][] items, int first, boolean lastItemFirst) {
        int body = bodyStart(row);
        int size = Packed.varintBytes(count) + (from - body) + (row.length - to);
        for (int i = first; i < items.length; i++) {
            size += Packed.elementBytes(items[i]);
        }
        byte[] next = allocate(row, size);
        int at = Packed.putVarint(next, MetaRow.payloadStart(next), count);
        System.arraycopy(row, body, next, at, from - body);
        at += from - body;
        for (int i = first; i < items.length; i++) {
            at = Packed.putElement(next, at, items[lastItemFirst ? items.length - 1 - i + first : i]);
        }
        System.arraycopy(row, to, next, at, row.length - to);
        return next;
    }
}
