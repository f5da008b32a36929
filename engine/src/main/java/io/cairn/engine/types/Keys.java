package io.cairn.engine.types;

import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.SystemRows;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowCursor;
import java.nio.ByteBuffer;

/**
 * Operations on keys that are the same for every type of value.
 *
 * <p>They rely on one rule of layouts: what a value keeps outside its meta row stands in ROWS and SCORES under keys that
 * begin with its version, and nothing else refers to that version than the first eight bytes of the meta payload.
 *
 * <p><i>Immutable.</i>
 */
public final class Keys {
    private Keys() {}

    /** The meta row of a copy of the value behind {@code row}; rows of its own are copied under a new version. */
    public static byte[] copy(Turn turn, byte[] row) {
        if (!MetaRow.inRows(row)) {
            return row.clone();
        }
        long from = MetaRow.version(row);
        long to = turn.newVersion();
        copyRows(turn, Family.ROWS, from, to);
        copyRows(turn, Family.SCORES, from, to);
        byte[] copy = row.clone();
        MetaRow.payloadLong(copy, 0, to);
        return copy;
    }

    private static void copyRows(Turn turn, Family family, long from, long to) {
        try (RowCursor cursor = turn.cursor(family, SystemRows.versionStart(from), SystemRows.versionStart(from + 1))) {
            // The new rows go to the turn's own uncommitted rows, which a cursor may read while they change: beside it,
            // since all of them come behind the range (versions only grow).
            long copies = 0;
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                turn.expectRows(++copies);
                byte[] copied = cursor.key().clone();
                ByteBuffer.wrap(copied).putLong(0, to);
                turn.putNewRow(family, copied, cursor.value());
            }
        }
    }
}
