package io.cairn.engine.types;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowView;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Hashes: packed in their meta row up to {@link ElementRows#PACKED_BYTES_MAX} bytes, one row a field past them.
 *
 * <p>The encoding follows the thresholds of {@link Limits} alone: {@code listpack} (packed, or in rows for its bytes) up
 * to them, {@code hashtable} (in rows) past them. Neither ever goes back. Packed fields keep the order in which they were
 * added. Reads take the meta row that {@link Turn#read} gave; changes
 * go through a {@link HashEdit}.
 *
 * <p><i>Immutable.</i>
 */
public final class Hashes {
    private static final int STRIDE = 2;

    private Hashes() {}

    /** Number of fields. */
    public static long count(byte[] row) {
        return MetaRow.inRows(row) ? ElementRows.count(row) : new Packed(row, MetaRow.payloadStart(row)).count();
    }

    /** The value of a field, or null. */
    public static byte @Nullable [] get(Turn turn, byte[] row, byte[] field) {
        if (MetaRow.inRows(row)) {
            return turn.row(Family.ROWS, ElementRows.key(MetaRow.version(row), field));
        }
        Packed packed = new Packed(row, MetaRow.payloadStart(row));
        while (packed.next()) {
            boolean found = packed.is(field);
            packed.next();
            if (found) {
                return packed.copy();
            }
        }
        return null;
    }

    /** A cursor over all fields. */
    public static ElementCursor cursor(Turn turn, byte[] row) {
        return MetaRow.inRows(row) ? ElementCursor.rows(turn, row) : ElementCursor.packed(row, STRIDE);
    }

    /**
     * Visits at least {@code count} fields, a packed hash whole.
     *
     * @param cursor 0, or what the last call returned
     * @return where to go on, 0 at the end
     */
    public static long scan(Turn turn, byte[] row, long cursor, long count, ElementVisitor visitor) {
        if (MetaRow.inRows(row)) {
            return ElementRows.scan(turn, row, cursor, count, visitor);
        }
        try (ElementCursor all = cursor(turn, row)) {
            while (all.next()) {
                visitor.visit(all.element());
            }
        }
        return 0;
    }

    /** Starts to change the hash whose meta row {@link Turn#write} gave, null for one that is not there yet. */
    public static HashEdit edit(Turn turn, int db, byte[] key, byte @Nullable [] row) {
        return new HashEdit(turn, db, key, row);
    }

    /** Sends a stored hash to the sink. */
    public static void drain(int db, byte[] key, byte[] row, RowView view, EntrySink sink) throws IOException {
        sink.begin(db, key, MetaRow.expireAtMillis(row), ValueType.HASH, count(row));
        if (MetaRow.inRows(row)) {
            long version = MetaRow.version(row);
            try (RowCursor rows =
                    view.cursor(Family.ROWS, ElementRows.bound(version, 0), ElementRows.end(version), ReadMode.DISK)) {
                for (rows.seekToFirst(); rows.valid(); rows.next()) {
                    sink.pair(ElementRows.member(rows.key()), rows.value());
                }
            }
        } else {
            Packed packed = new Packed(row, MetaRow.payloadStart(row));
            while (packed.next()) {
                byte[] field = packed.copy();
                packed.next();
                sink.pair(field, packed.copy());
            }
        }
        sink.end();
    }

    /**
     * A loader of one hash.
     *
     * @param count number of fields to come, which decides on the encoding as if Redis loaded them
     * @param versions gives versions for collections in rows
     */
    public static CollectionLoader loader(
            long count, long expireAtMillis, Limits limits, RowBatch batch, LongSupplier versions) {
        return new HashLoader(batch, versions, expireAtMillis, count, limits);
    }
}
