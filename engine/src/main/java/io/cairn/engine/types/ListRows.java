package io.cairn.engine.types;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowView;
import io.cairn.engine.rows.StorageException;
import io.cairn.engine.rows.WouldBlockException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list whose items stand in rows, 32 positions a row (see {@link Lists} for the layout): reads and changes rows at once,
 * {@link #row()} gives the meta row that goes with them.
 *
 * <p>Taking an item from an end leaves its block as it is, until it was the block's last.
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

    /** Key of a block. */
    static byte[] key(long version, long number) {
        return ByteBuffer.allocate(ListBlocks.KEY_BYTES)
                .putLong(version)
                .putLong(number ^ Long.MIN_VALUE)
                .array();
    }

    /** Key of an item that stands in a row of its own: right behind its block's. */
    static byte[] outsideKey(long version, long position) {
        return ByteBuffer.allocate(ListBlocks.KEY_BYTES + 1)
                .putLong(version)
                .putLong(ListBlock.number(position) ^ Long.MIN_VALUE)
                .put((byte) ListBlock.slot(position))
                .array();
    }

    byte[] row() {
        return row(version, expireAtMillis, head, count);
    }

    long count() {
        return count;
    }

    /** Pushes items one after another, so that the last one ends up outermost. */
    void push(boolean atHead, List<byte[]> items) {
        if (items.size() == 1) {
            push(atHead, items.get(0));
            return;
        }
        List<byte[]> inOrder = new ArrayList<>(items);
        long start = head + count;
        if (atHead) {
            Collections.reverse(inOrder);
            start = head - items.size();
        }
        write(start, inOrder, atHead ? start : head, count + items.size());
    }

    private void push(boolean atHead, byte[] item) {
        long position = atHead ? head - 1 : head + count;
        long number = ListBlock.number(position);
        boolean known = ListBlock.number(atHead ? head : position - 1) == number;
        byte[] before = known ? block(number) : null;
        byte @Nullable [] inline = ListBlock.fits(item) ? item : null;
        put(number, before == null, ListBlock.pushed(before, atHead, ListBlock.slot(position), inline));
        if (inline == null) {
            turn.putRow(Family.ROWS, outsideKey(version, position), item);
        }
        head = atHead ? position : head;
        count++;
    }

    byte[] pop(boolean atHead) {
        long position = atHead ? head : head + count - 1;
        byte[] item = takeInOrder(position, atHead);
        if (atHead) {
            head++;
        }
        count--;
        if (ListBlock.slot(atHead ? position + 1 : position) == 0) {
            turn.deleteRow(Family.ROWS, key(version, ListBlock.number(position)));
        }
        return item;
    }

    /**
     * Says where pops are, once a block, and when a block is not in memory: others follow, and had better be there. The one
     * who comes to a block first is often followed by those who empty it in the same turn.
     */
    private byte[] takeInOrder(long position, boolean atHead) {
        boolean isFirst = ListBlock.slot(atHead ? position : position + 1) == 0;
        if (isFirst) {
            reading(position, atHead, false);
        }
        try {
            return take(position, isFirst);
        } catch (WouldBlockException e) {
            reading(position, atHead, true);
            throw e;
        }
    }

    private void reading(long position, boolean forward, boolean missed) {
        turn.reading(
                Family.ROWS,
                key(version, ListBlock.number(position)),
                key(version, ListBlock.number(forward ? head + count - 1 : head)),
                missed);
    }

    private byte[] take(long position, boolean passing) {
        ListBlock block = at(new ListBlock(block(ListBlock.number(position), passing)), position);
        if (!block.isOutside()) {
            return block.copy();
        }
        byte[] item = outside(turn.row(Family.ROWS, outsideKey(version, position)), version, position);
        turn.deleteRow(Family.ROWS, outsideKey(version, position));
        return item;
    }

    byte[] get(long index) {
        ListBlock block = seek(head + index);
        return block.isOutside()
                ? outside(turn.row(Family.ROWS, outsideKey(version, head + index)), version, head + index)
                : block.copy();
    }

    private ListBlock seek(long position) {
        return at(new ListBlock(block(ListBlock.number(position))), position);
    }

    private byte[] block(long number) {
        return block(number, false);
    }

    private byte[] block(long number, boolean passing) {
        byte[] block = turn.keptRow(key(version, number), passing);
        if (block == null) {
            throw missing(version, ListBlock.position(number));
        }
        return block;
    }

    void put(long index, byte[] item) {
        write(head + index, List.of(item), head, count);
    }

    void visit(long from, long to, ItemVisitor visitor) {
        try (ListBlocks blocks = blocks(head + from, head + to, false)) {
            while (blocks.next()) {
                ListBlock block = blocks.block();
                for (long position = blocks.first(); position <= blocks.last(); position++) {
                    show(block, position, visitor);
                }
            }
        }
    }

    private void show(ListBlock block, long position, ItemVisitor visitor) {
        at(block, position);
        if (block.isOutside()) {
            byte[] item = outside(turn.row(Family.ROWS, outsideKey(version, position)), version, position);
            visitor.visit(item, 0, item.length);
        } else {
            visitor.visit(block.bytes(), block.start(), block.end());
        }
    }

    private ListBlocks blocks(long from, long to, boolean backward) {
        return new ListBlocks(TurnRows.keeping(turn), version, from, to, backward);
    }

    void trim(long from, long to) {
        drop(head, head + from - 1, head + from, head + to);
        drop(head + to + 1, head + count - 1, head + from, head + to);
        head += from;
        count = to - from + 1;
    }

    /** Deletes what belongs to positions that the list loses, but blocks only where it keeps no position of them. */
    private void drop(long from, long to, long keptFrom, long keptTo) {
        if (from > to) {
            return;
        }
        try (ListBlocks blocks = blocks(from, to, false)) {
            while (blocks.next()) {
                ListBlock block = blocks.block();
                for (long position = blocks.first(); position <= blocks.last(); position++) {
                    if (block.seek(ListBlock.slot(position)) && block.isOutside()) {
                        turn.deleteRow(Family.ROWS, outsideKey(version, position));
                    }
                }
                long number = ListBlock.number(blocks.first());
                if (ListBlock.number(keptFrom) > number || ListBlock.number(keptTo) < number) {
                    turn.deleteRow(Family.ROWS, key(version, number));
                }
            }
        }
    }

    void insert(long index, byte[] item) {
        List<byte[]> moved = new ArrayList<>();
        if (index <= count / 2) {
            collect(0, index - 1, moved);
            moved.add(item);
            write(head - 1, moved, head - 1, count + 1);
        } else {
            moved.add(item);
            collect(index, count - 1, moved);
            write(head + index, moved, head, count + 1);
        }
    }

    private void collect(long from, long to, List<byte[]> into) {
        if (from <= to) {
            visit(from, to, (bytes, start, end) -> into.add(Arrays.copyOfRange(bytes, start, end)));
        }
    }

    /** Removes the items at these indices, at least one, ascending, and closes the gaps from the shorter side. */
    void remove(long[] indices) {
        int removed = indices.length;
        long first = indices[0];
        long last = indices[removed - 1];
        boolean fromHead = last < count - 1 - first;
        long from = fromHead ? 0 : first;
        List<byte[]> moved = new ArrayList<>();
        Gaps gaps = new Gaps(indices, from);
        visit(from, fromHead ? last : count - 1, (bytes, start, end) -> {
            if (gaps.keepsNext()) {
                moved.add(Arrays.copyOfRange(bytes, start, end));
            }
        });
        if (fromHead) {
            write(head + removed, moved, head, count);
            trim(removed, count - 1);
        } else {
            write(head + from, moved, head, count);
            trim(0, count - 1 - removed);
        }
    }

    /** Tells for index after index whether it is among those to leave out. */
    private static final class Gaps {
        private final long[] indices;
        private long index;
        private int next;

        Gaps(long[] indices, long from) {
            this.indices = indices;
            this.index = from;
        }

        boolean keepsNext() {
            if (next < indices.length && indices[next] == index++) {
                next++;
                return false;
            }
            return true;
        }
    }

    /**
     * Puts items at consecutive positions, and takes the new extent.
     *
     * @param start position of the first of them; they lie within the new extent, which they touch or overlap the old one in
     */
    private void write(long start, List<byte[]> items, long newHead, long newCount) {
        long oldHead = head;
        long oldEnd = head + count;
        long end = start + items.size();
        head = newHead;
        count = newCount;
        for (long number = ListBlock.number(start); ListBlock.position(number) < end; number++) {
            long blockStart = ListBlock.position(number);
            long blockEnd = blockStart + ListBlock.SLOTS;
            boolean known = blockEnd > oldHead && blockStart < oldEnd;
            ListBlock before = known ? new ListBlock(block(number)) : null;
            long from = Math.max(blockStart, newHead);
            long to = Math.min(blockEnd, newHead + newCount);
            ListBlock.Writer writer =
                    new ListBlock.Writer(ListBlock.slot(from), expectedBytes(before, items, start, from, to));
            for (long position = from; position < to; position++) {
                boolean isOld = position >= oldHead && position < oldEnd;
                ListBlock old = isOld ? at(before, position) : null;
                if (position >= start && position < end) {
                    put(writer, position, items.get((int) (position - start)), old != null && old.isOutside());
                } else if (old == null || old.isOutside()) {
                    writer.outside();
                } else {
                    writer.inline(old.bytes(), old.start(), old.end());
                }
            }
            put(number, before == null, writer.block());
        }
    }

    /** A block that the list reaches only now is new: one that it left was deleted. */
    private void put(long number, boolean isNew, byte[] block) {
        if (isNew) {
            turn.putNewRow(Family.ROWS, key(version, number), block);
        } else {
            turn.putRow(Family.ROWS, key(version, number), block);
        }
    }

    private ListBlock at(@Nullable ListBlock block, long position) {
        if (block == null || !block.seek(ListBlock.slot(position))) {
            throw missing(version, position);
        }
        return block;
    }

    private static int expectedBytes(
            @Nullable ListBlock before, List<byte[]> items, long start, long blockFrom, long blockTo) {
        int bytes = before == null ? 0 : before.bytes().length;
        long to = Math.min(blockTo, start + items.size());
        for (long position = Math.max(blockFrom, start); position < to; position++) {
            byte[] item = items.get((int) (position - start));
            bytes += ListBlock.fits(item) ? ListBlock.Writer.bytes(item) : 1;
        }
        return bytes;
    }

    private void put(ListBlock.Writer writer, long position, byte[] item, boolean wasOutside) {
        if (ListBlock.fits(item)) {
            writer.inline(item, 0, item.length);
            if (wasOutside) {
                turn.deleteRow(Family.ROWS, outsideKey(version, position));
            }
        } else {
            writer.outside();
            turn.putRow(Family.ROWS, outsideKey(version, position), item);
        }
    }

    void search(byte[] item, boolean fromTail, long compareMax, Lists.Matches matches) {
        long compared = Math.min(count, compareMax);
        long from = head + (fromTail ? count - compared : 0);
        boolean[] equal = new boolean[ListBlock.SLOTS];
        try (ListBlocks blocks = blocks(from, from + compared - 1, fromTail)) {
            while (!matches.enough() && blocks.next()) {
                ListBlock block = blocks.block();
                long first = blocks.first();
                int slots = (int) (blocks.last() - first) + 1;
                for (int i = 0; i < slots; i++) {
                    equal[i] = equals(block, first + i, item);
                }
                for (int i = 0; i < slots && !matches.enough(); i++) {
                    int slot = fromTail ? slots - 1 - i : i;
                    if (equal[slot]) {
                        matches.add(first + slot - head);
                    }
                }
            }
        }
    }

    private boolean equals(ListBlock block, long position, byte[] item) {
        at(block, position);
        if (block.isOutside()) {
            return !ListBlock.fits(item)
                    && Arrays.equals(
                            item, outside(turn.row(Family.ROWS, outsideKey(version, position)), version, position));
        }
        return block.is(item);
    }

    static void drain(byte[] row, RowView view, EntrySink sink) throws IOException {
        long version = MetaRow.version(row);
        long head = MetaRow.payloadLong(row, HEAD);
        try (ListBlocks blocks = new ListBlocks(view, version, head, head + count(row) - 1, false)) {
            while (blocks.next()) {
                ListBlock block = blocks.block();
                for (long position = blocks.first(); position <= blocks.last(); position++) {
                    if (!block.seek(ListBlock.slot(position))) {
                        throw missing(version, position);
                    }
                    sink.element(
                            block.isOutside()
                                    ? outside(
                                            view.get(Family.ROWS, outsideKey(version, position), ReadMode.DISK),
                                            version,
                                            position)
                                    : block.copy());
                }
            }
        }
    }

    private static byte[] outside(byte @Nullable [] item, long version, long position) {
        if (item == null) {
            throw missing(version, position);
        }
        return item;
    }

    static StorageException missing(long version, long position) {
        return new StorageException("list of version " + version + " has no item at position " + position);
    }
}
