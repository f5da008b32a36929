package io.cairn.engine.types;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.MetaRow;

/**
 * A packed hash of which fields expire, or once did: behind each field and value stands when, as eight bytes, or nothing.
 *
 * <p>Its encoding is {@code listpackex}, which it keeps when its last field with an expiry has gone.
 *
 * <p><i>Immutable.</i>
 */
final class PackedFields {
    /** Packed elements a field. */
    static final int STRIDE = 3;

    private PackedFields() {}

    /** Whether a packed hash is one of these. */
    static boolean is(byte[] row) {
        return MetaRow.encoding(row) == Encoding.LISTPACKEX;
    }

    /** The time that the current element of a reader is. */
    static long time(Packed time) {
        return time.start() == time.end() ? FieldTimes.NEVER : FieldTimes.at(time.bytes(), time.start());
    }

    /** A time as an element. */
    static byte[] element(long dueMillis) {
        return dueMillis == FieldTimes.NEVER ? ElementRows.NOTHING : FieldTimes.bytes(dueMillis);
    }

    /** The hash without times as one with them. */
    static PackedEdit from(PackedEdit pairs) {
        PackedEdit fields = new PackedEdit(STRIDE);
        Packed all = pairs.reader();
        while (all.next()) {
            fields.append(all.copy());
            all.next();
            fields.appendValue(all.copy());
            fields.appendValue(ElementRows.NOTHING);
        }
        return fields;
    }

    /** When the first field expires. */
    static long first(PackedEdit fields) {
        long first = FieldTimes.NEVER;
        Packed all = fields.reader();
        while (all.next()) {
            all.next();
            all.next();
            long time = time(all);
            if (time != FieldTimes.NEVER && (first == FieldTimes.NEVER || time < first)) {
                first = time;
            }
        }
        return first;
    }

    /** The meta row. */
    static byte[] row(PackedEdit fields, long expireAtMillis) {
        byte[] row =
                MetaRow.allocate(ValueType.HASH, Encoding.LISTPACKEX, false, expireAtMillis, fields.payloadBytes());
        fields.writeTo(row);
        long first = first(fields);
        return first == FieldTimes.NEVER ? row : MetaRow.withFieldsExpiry(row, first);
    }
}
