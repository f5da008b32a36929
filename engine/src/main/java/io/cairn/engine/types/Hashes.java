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
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
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
 * <p>A hash of which fields expire says in its meta row when the first does ({@link MetaRow#fieldsExpireAtMillis}): up to
 * then it is read as any other. The times stand behind packed fields ({@link PackedFields}), or in rows of their own
 * ({@link FieldTimes}). Reads do not see what has expired; only a primary deletes it.
 *
 * <p><i>Immutable.</i>
 */
public final class Hashes {
    private static final int STRIDE = 2;

    private Hashes() {}

    /** Number of fields, those that have expired and are not deleted yet included. */
    public static long count(byte[] row) {
        return MetaRow.inRows(row) ? ElementRows.count(row) : new Packed(row, MetaRow.payloadStart(row)).count();
    }

    /** Whether fields have expired that are not deleted yet: reads do not see them. */
    static boolean hides(Turn turn, byte[] row) {
        long first = MetaRow.fieldsExpireAtMillis(row);
        return first != MetaRow.NO_EXPIRY && first <= turn.nowMillis() && !turn.isStreaming();
    }

    /** The value of a field, or null. */
    public static byte @Nullable [] get(Turn turn, byte[] row, byte[] field) {
        if (MetaRow.inRows(row)) {
            byte[] rowKey = ElementRows.key(MetaRow.version(row), field);
            byte[] value = turn.row(Family.ROWS, rowKey);
            return value == null || hides(turn, row) && isDue(turn, expiry(turn, row, field))
                    ? null
                    : ElementRows.own(rowKey, value);
        }
        Packed packed = new Packed(row, MetaRow.payloadStart(row));
        int skipped = PackedFields.is(row) ? 1 : 0;
        while (packed.next()) {
            boolean found = packed.is(field);
            packed.next();
            if (found) {
                byte[] value = packed.copy();
                return skipped > 0 && packed.next() && hides(turn, row) && isDue(turn, PackedFields.time(packed))
                        ? null
                        : value;
            }
            if (skipped > 0) {
                packed.next();
            }
        }
        return null;
    }

    private static boolean isDue(Turn turn, long dueMillis) {
        return dueMillis != FieldTimes.NEVER && dueMillis <= turn.nowMillis();
    }

    /** When a field that the hash has expires, Unix milliseconds, or {@link HashEdit#NEVER}. */
    public static long expiry(Turn turn, byte[] row, byte[] field) {
        if (MetaRow.fieldsExpireAtMillis(row) == MetaRow.NO_EXPIRY) {
            return FieldTimes.NEVER;
        }
        return MetaRow.inRows(row)
                ? FieldTimes.of(turn, MetaRow.version(row), field)
                : new HashEdit(turn, 0, field, row).expiry(field);
    }

    /** A cursor over all fields. */
    public static ElementCursor cursor(Turn turn, byte[] row) {
        if (MetaRow.inRows(row)) {
            ElementCursor all = ElementCursor.rows(turn, row);
            return hides(turn, row) ? ElementCursor.without(due(turn, row), all) : all;
        }
        if (!PackedFields.is(row)) {
            return ElementCursor.packed(row, STRIDE);
        }
        return ElementCursor.timed(row, turn.isStreaming() ? Long.MIN_VALUE : turn.nowMillis());
    }

    /** A cursor over all fields, those that have expired too. */
    public static ElementCursor cursorOverAll(Turn turn, byte[] row) {
        if (MetaRow.inRows(row)) {
            return ElementCursor.rows(turn, row);
        }
        return PackedFields.is(row) ? ElementCursor.timed(row, Long.MIN_VALUE) : ElementCursor.packed(row, STRIDE);
    }

    private static Set<ByteBuffer> due(Turn turn, byte[] row) {
        return FieldTimes.allDue(turn, MetaRow.version(row), turn.nowMillis());
    }

    /** Number of fields that reads see; goes over all of them if some have expired. */
    static long visible(Turn turn, byte[] row) {
        if (!hides(turn, row)) {
            return count(row);
        }
        if (MetaRow.inRows(row)) {
            return count(row) - FieldTimes.countDue(turn, MetaRow.version(row), turn.nowMillis());
        }
        long visible = 0;
        try (ElementCursor all = cursor(turn, row)) {
            while (all.next()) {
                visible++;
            }
        }
        return visible;
    }

    /**
     * Visits at least {@code count} fields, a packed hash whole.
     *
     * @param cursor 0, or what the last call returned
     * @return where to go on, 0 at the end
     */
    public static long scan(Turn turn, byte[] row, long cursor, long count, ElementVisitor visitor) {
        if (MetaRow.inRows(row)) {
            boolean hides = hides(turn, row);
            return ElementRows.scan(turn, row, cursor, count, element -> {
                byte[] field = hides ? Arrays.copyOfRange(element.bytes(), element.start(), element.end()) : null;
                if (field == null || !isDue(turn, FieldTimes.of(turn, MetaRow.version(row), field))) {
                    visitor.visit(element);
                }
            });
        }
        try (ElementCursor all = cursor(turn, row)) {
            while (all.next()) {
                visitor.visit(all.element());
            }
        }
        return 0;
    }

    /** Whether all fields of a hash in rows are due. */
    public static boolean areAllDue(Turn turn, byte[] row, long nowMillis) {
        long version = MetaRow.version(row);
        return FieldTimes.isLastDue(turn, version, nowMillis)
                && FieldTimes.countDue(turn, version, nowMillis) == count(row);
    }

    /**
     * Fields that were removed because they were due.
     *
     * @param upTo where the next ones are looked for; null if that is the start
     */
    public record Removed(List<byte[]> fields, byte @Nullable [] upTo) {}

    /**
     * Removes fields that are due, some at a time; those that are left are then due later, or it is called again.
     *
     * @param from {@code upTo} of the call before, or null: what was deleted before need not be passed over again
     */
    public static Removed removeDue(
            Turn turn, int db, byte[] key, byte[] row, long nowMillis, int most, byte @Nullable [] from) {
        HashEdit hash = edit(turn, db, key, row);
        if (!MetaRow.inRows(row)) {
            List<byte[]> fields = packedDue(row, nowMillis, most);
            fields.forEach(hash::remove);
            hash.store();
            return new Removed(fields, null);
        }
        long version = MetaRow.version(row);
        boolean goesOn = from != null && FieldTimes.timeOf(from) <= MetaRow.fieldsExpireAtMillis(row);
        byte[] start = from != null && goesOn ? from : FieldTimes.timesStart(version);
        FieldTimes.Front due = FieldTimes.due(turn, version, start, nowMillis, most);
        List<byte[]> fields = due.fields().stream()
                .map(field -> FieldTimes.fieldOf(turn, version, field))
                .toList();
        hash.remove(due);
        hash.store();
        return new Removed(fields, due.next());
    }

    private static List<byte[]> packedDue(byte[] row, long nowMillis, int most) {
        List<byte[]> due = new ArrayList<>();
        Packed packed = new Packed(row, MetaRow.payloadStart(row));
        while (PackedFields.is(row) && packed.next() && due.size() < most) {
            byte[] field = packed.copy();
            packed.next();
            packed.next();
            long time = PackedFields.time(packed);
            if (time != FieldTimes.NEVER && time <= nowMillis) {
                due.add(field);
            }
        }
        return due;
    }

    /** Starts to change the hash whose meta row {@link Turn#write} gave, null for one that is not there yet. */
    public static HashEdit edit(Turn turn, int db, byte[] key, byte @Nullable [] row) {
        return new HashEdit(turn, db, key, row);
    }

    /** Sends a stored hash to the sink, fields that have expired too. */
    public static void drain(int db, byte[] key, byte[] row, RowView view, EntrySink sink) throws IOException {
        long first = MetaRow.fieldsExpireAtMillis(row);
        if (first != MetaRow.NO_EXPIRY) {
            sink.beginTimedHash(db, key, MetaRow.expireAtMillis(row), count(row), first);
        } else {
            sink.begin(db, key, MetaRow.expireAtMillis(row), ValueType.HASH, count(row));
        }
        if (!MetaRow.inRows(row)) {
            drainPacked(row, first != MetaRow.NO_EXPIRY, sink);
        } else if (first == MetaRow.NO_EXPIRY) {
            try (RowCursor rows = rows(row, view)) {
                for (rows.seekToFirst(); rows.valid(); rows.next()) {
                    Element pair = ElementRows.element(rows.key(), rows.value());
                    sink.pair(pair.member(), pair.value());
                }
            }
        } else {
            drainTimed(row, view, sink);
        }
        sink.end();
    }

    private static RowCursor rows(byte[] row, RowView view) {
        long version = MetaRow.version(row);
        return view.cursor(Family.ROWS, ElementRows.bound(version, 0), ElementRows.end(version), ReadMode.DISK);
    }

    private static void drainPacked(byte[] row, boolean timed, EntrySink sink) throws IOException {
        boolean hasTimes = PackedFields.is(row);
        Packed packed = new Packed(row, MetaRow.payloadStart(row));
        while (packed.next()) {
            byte[] field = packed.copy();
            packed.next();
            byte[] value = packed.copy();
            if (hasTimes) {
                packed.next();
            }
            if (timed) {
                sink.timedPair(field, value, PackedFields.time(packed));
            } else {
                sink.pair(field, value);
            }
        }
    }

    /** Goes over fields and times side by side: both are in the order of the fields' hashes. */
    private static void drainTimed(byte[] row, RowView view, EntrySink sink) throws IOException {
        long version = MetaRow.version(row);
        try (RowCursor rows = rows(row, view);
                RowCursor times = view.cursor(
                        Family.SCORES,
                        FieldTimes.fieldsStart(version),
                        FieldTimes.timesStart(version),
                        ReadMode.DISK)) {
            times.seekToFirst();
            for (rows.seekToFirst(); rows.valid(); rows.next()) {
                long time = FieldTimes.NEVER;
                if (times.valid() && FieldTimes.isOf(times.key(), rows.key())) {
                    time = FieldTimes.at(times.value(), 0);
                    times.next();
                }
                Element pair = ElementRows.element(rows.key(), rows.value());
                sink.timedPair(pair.member(), pair.value(), time);
            }
        }
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
