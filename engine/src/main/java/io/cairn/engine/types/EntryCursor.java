package io.cairn.engine.types;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.rows.RowCursor;
import org.jspecify.annotations.Nullable;

/**
 * Goes over entries of a stream in the order of their ids, or against it.
 *
 * <p>{@link #next()} moves on, then {@link #id()} and {@link #words()} are of the entry that the cursor is on. Must be
 * closed. Entries behind the cursor may be deleted meanwhile.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public final class EntryCursor implements AutoCloseable {
    private final @Nullable RowCursor rows;
    private final boolean reverse;
    private boolean begun;

    EntryCursor(@Nullable RowCursor rows, boolean reverse) {
        this.rows = rows;
        this.reverse = reverse;
    }

    /** Moves to the next entry; false behind the last. */
    public boolean next() {
        RowCursor cursor = rows;
        if (cursor == null) {
            return false;
        }
        if (!begun) {
            begun = true;
            if (reverse) {
                cursor.seekToLast();
            } else {
                cursor.seekToFirst();
            }
        } else if (reverse) {
            cursor.prev();
        } else {
            cursor.next();
        }
        return cursor.valid();
    }

    /** The entry's id. */
    public StreamId id() {
        return StreamRows.id(on().key());
    }

    /** The entry's fields and values in turn, to be read once. */
    public Packed words() {
        return new Packed(on().value(), 0);
    }

    byte[] key() {
        return on().key();
    }

    private RowCursor on() {
        RowCursor cursor = rows;
        if (cursor == null) {
            throw new IllegalStateException("cursor is on no entry");
        }
        return cursor;
    }

    @Override
    public void close() {
        RowCursor cursor = rows;
        if (cursor != null) {
            cursor.close();
        }
    }
}
