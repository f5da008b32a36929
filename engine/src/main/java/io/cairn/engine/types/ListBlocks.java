package io.cairn.engine.types;

import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowView;
import io.cairn.engine.rows.WouldBlockException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of a range of a list's positions, in order from either side.
 *
 * <p>The first ones are read one by one, since a cursor costs as much as a dozen of them; who goes on gets a cursor.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class ListBlocks implements AutoCloseable {
    /** Bytes of a block's key; those of items in rows of their own are longer. */
    static final int KEY_BYTES = 16;

    private static final int SINGLE_READS = 16;

    private final RowView view;
    private final long version;
    private final long from;
    private final long to;
    private final boolean backward;
    private long number;
    private int read;
    private byte @Nullable [] block;
    private @Nullable RowCursor cursor;

    /** The blocks that hold the positions {@code from} to {@code to}, both inclusive; none if crossed. */
    ListBlocks(RowView view, long version, long from, long to, boolean backward) {
        this.view = view;
        this.version = version;
        this.from = from;
        this.to = to;
        this.backward = backward;
        this.number = backward ? ListBlock.number(to) + 1 : ListBlock.number(from) - 1;
    }

    /** Moves to the next block; false behind the last. */
    boolean next() {
        long following = backward ? number - 1 : number + 1;
        if (from > to || following < ListBlock.number(from) || following > ListBlock.number(to)) {
            return false;
        }
        number = following;
        read++;
        byte[] found = read <= SINGLE_READS ? single() : fromCursor();
        if (found == null) {
            throw ListRows.missing(version, first());
        }
        block = found;
        return true;
    }

    private byte @Nullable [] single() {
        byte[] key = ListRows.key(version, number);
        if (read == 1) {
            reading(key, false);
        }
        try {
            return view.get(Family.ROWS, key, ReadMode.DISK);
        } catch (WouldBlockException e) {
            reading(key, true);
            throw e;
        }
    }

    /** Who reads a range may go on behind it. */
    private void reading(byte[] key, boolean missed) {
        view.reading(Family.ROWS, key, ListRows.key(version, backward ? Long.MIN_VALUE : Long.MAX_VALUE), missed);
    }

    private byte @Nullable [] fromCursor() {
        RowCursor rows = cursor;
        byte[] key = ListRows.key(version, number);
        if (rows == null) {
            rows = open(key);
        } else {
            step(rows);
        }
        while (rows.valid() && rows.key().length > KEY_BYTES) {
            step(rows);
        }
        return rows.valid() && Arrays.equals(rows.key(), key) ? rows.value() : null;
    }

    private RowCursor open(byte[] key) {
        RowCursor rows = backward
                ? view.cursor(
                        Family.ROWS,
                        ListRows.key(version, ListBlock.number(from)),
                        ListRows.key(version, number + 1),
                        ReadMode.DISK)
                : view.cursor(Family.ROWS, key, ListRows.key(version, ListBlock.number(to) + 1), ReadMode.DISK);
        cursor = rows;
        if (backward) {
            rows.seekToLast();
        } else {
            rows.seekToFirst();
        }
        return rows;
    }

    private void step(RowCursor rows) {
        if (backward) {
            rows.prev();
        } else {
            rows.next();
        }
    }

    /** A reader of the block. */
    ListBlock block() {
        byte[] found = block;
        if (found == null) {
            throw new IllegalStateException("before the first block");
        }
        return new ListBlock(found);
    }

    /** First position of the range that is in the block. */
    long first() {
        return Math.max(from, ListBlock.position(number));
    }

    /** Last position of the range that is in the block. */
    long last() {
        return Math.min(to, ListBlock.position(number) + ListBlock.SLOTS - 1);
    }

    @Override
    public void close() {
        RowCursor open = cursor;
        if (open != null) {
            open.close();
        }
    }
}
