package io.cairn.engine.types;

import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.StorageException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When the fields of a hash in rows expire: two rows of SCORES for each field that does, under the hash's version.
 *
 * <pre>
 *   SCORES key   := version(8) 00 hash(4) name       value := due(8)      in the order of the fields' own rows
 *   SCORES key   := version(8) 01 due(8) name        value empty; hash(4) if the name is a {@link Stub}; in the order of time
 * </pre>
 *
 * Integers are big endian, times Unix milliseconds. Fields without an expiry have none of this.
 *
 * <p><i>Immutable.</i>
 */
final class FieldTimes {
    /** The time of a field that does not expire. */
    static final long NEVER = MetaRow.NO_EXPIRY;

    private static final byte BY_FIELD = 0;
    private static final byte BY_TIME = 1;
    private static final int KIND_AT = 8;
    private static final int TIME_AT = 9;
    private static final int FIELD_AT = 17;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private FieldTimes() {}

    /** Key of the row that tells when a field expires. */
    static byte[] byField(long version, byte[] field) {
        return byField(version, MemberHash.of(field), Stub.name(field));
    }

    private static byte[] byField(long version, int hash, byte[] name) {
        return ByteBuffer.allocate(13 + name.length)
                .putLong(version)
                .put(BY_FIELD)
                .putInt(hash)
                .put(name)
                .array();
    }

    /** Key of the row that stands for a field in the order of time. */
    static byte[] byTime(long version, long dueMillis, byte[] field) {
        byte[] name = Stub.name(field);
        return ByteBuffer.allocate(FIELD_AT + name.length)
                .putLong(version)
                .put(BY_TIME)
                .putLong(dueMillis)
                .put(name)
                .array();
    }

    /** Value of the row that stands for a field in the order of time: what it takes to find the field's own row. */
    static byte[] mark(byte[] field) {
        return Stub.isFor(field)
                ? ByteBuffer.allocate(Integer.BYTES)
                        .putInt(MemberHash.of(field))
                        .array()
                : ElementRows.NOTHING;
    }

    /** Where the rows that are ordered as the fields begin. */
    static byte[] fieldsStart(long version) {
        return ByteBuffer.allocate(TIME_AT).putLong(version).put(BY_FIELD).array();
    }

    /** Where the rows that are ordered by time begin, and those that are ordered as the fields end. */
    static byte[] timesStart(long version) {
        return ByteBuffer.allocate(TIME_AT).putLong(version).put(BY_TIME).array();
    }

    /** The time in the key of a row that is ordered by time. */
    static long timeOf(byte[] byTime) {
        return at(byTime, TIME_AT);
    }

    /** A time as the value of a row, or as what stands behind a packed field's value. */
    static byte[] bytes(long dueMillis) {
        byte[] bytes = new byte[Long.BYTES];
        LONG.set(bytes, 0, dueMillis);
        return bytes;
    }

    /** The time in an array from an index on. */
    static long at(byte[] bytes, int index) {
        return (long) LONG.get(bytes, index);
    }

    /** When a field expires. */
    static long of(Turn turn, long version, byte[] field) {
        byte[] value = turn.row(Family.SCORES, byField(version, field));
        return value == null ? NEVER : at(value, 0);
    }

    /** Changes when a field expires. */
    static void change(Turn turn, long version, byte[] field, long beforeMillis, long afterMillis) {
        if (beforeMillis == afterMillis) {
            return;
        }
        if (beforeMillis != NEVER) {
            turn.deleteRow(Family.SCORES, byTime(version, beforeMillis, field));
        }
        if (afterMillis == NEVER) {
            turn.deleteRow(Family.SCORES, byField(version, field));
        } else {
            turn.putRow(Family.SCORES, byField(version, field), bytes(afterMillis));
            turn.putRow(Family.SCORES, byTime(version, afterMillis, field), mark(field));
        }
    }

    /** When the first field expires. */
    static long first(Turn turn, long version) {
        try (RowCursor cursor = turn.cursor(Family.SCORES, timesStart(version), ElementRows.end(version))) {
            cursor.seekToFirst();
            return cursor.valid() ? timeOf(cursor.key()) : NEVER;
        }
    }

    /** A row ordered by time, and the hash of its field. */
    record Due(byte[] byTime, int hash) {
        byte[] byField(long version) {
            return FieldTimes.byField(version, hash, name());
        }

        byte[] rowKey(long version) {
            return ElementRows.key(version, hash, name());
        }

        private byte[] name() {
            return Arrays.copyOfRange(byTime, FIELD_AT, byTime.length);
        }
    }

    /**
     * Rows ordered by time, the earliest first; a long field alone.
     *
     * @param next the key behind them, or null if there is none
     */
    record Front(List<Due> fields, byte @Nullable [] next) {}

    /**
     * Some fields that are due.
     *
     * @param from where to look from: no row ordered by time stands before it
     */
    static Front due(Turn turn, long version, byte[] from, long nowMillis, int most) {
        List<Due> fields = new ArrayList<>();
        try (RowCursor cursor = turn.cursor(Family.SCORES, from, ElementRows.end(version))) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                byte[] key = cursor.key();
                if (fields.size() == most || timeOf(key) > nowMillis || isStub(key) && !fields.isEmpty()) {
                    return new Front(fields, key);
                }
                fields.add(new Due(
                        key, isStub(key) ? ByteBuffer.wrap(cursor.value()).getInt() : hashOf(key)));
            }
        }
        return new Front(fields, null);
    }

    private static boolean isStub(byte[] byTime) {
        return Stub.isIn(byTime, FIELD_AT);
    }

    private static int hashOf(byte[] byTime) {
        return MemberHash.of(byTime, FIELD_AT, byTime.length);
    }

    /** The field that is due; if it is long, its own row is read. */
    static byte[] fieldOf(Turn turn, long version, Due due) {
        if (!isStub(due.byTime)) {
            return due.name();
        }
        byte[] rowKey = due.rowKey(version);
        byte[] value = turn.row(Family.ROWS, rowKey);
        if (value == null) {
            throw new StorageException("a field that expires is not in its hash");
        }
        return Stub.member(rowKey, ElementRows.MEMBER_START, value);
    }

    /** Number of fields that are due. */
    static long countDue(Turn turn, long version, long nowMillis) {
        long count = 0;
        try (RowCursor cursor =
                turn.cursor(Family.SCORES, timesStart(version), byTime(version, nowMillis + 1, ElementRows.NOTHING))) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                count++;
            }
        }
        return count;
    }

    /** Whether of the fields that expire all are due. */
    static boolean isLastDue(Turn turn, long version, long nowMillis) {
        try (RowCursor cursor = turn.cursor(Family.SCORES, timesStart(version), ElementRows.end(version))) {
            cursor.seekToLast();
            return cursor.valid() && at(cursor.key(), TIME_AT) <= nowMillis;
        }
    }

    /** The names of all fields that are due. */
    static Set<ByteBuffer> allDue(Turn turn, long version, long nowMillis) {
        Set<ByteBuffer> due = new HashSet<>();
        try (RowCursor cursor =
                turn.cursor(Family.SCORES, timesStart(version), byTime(version, nowMillis + 1, ElementRows.NOTHING))) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                byte[] key = cursor.key();
                due.add(ByteBuffer.wrap(key, FIELD_AT, key.length - FIELD_AT));
            }
        }
        return due;
    }

    /** Whether a row that tells when a field expires is about the field whose own row has the key. */
    static boolean isOf(byte[] byFieldKey, byte[] rowKey) {
        return Arrays.equals(byFieldKey, KIND_AT + 1, byFieldKey.length, rowKey, KIND_AT, rowKey.length);
    }
}
