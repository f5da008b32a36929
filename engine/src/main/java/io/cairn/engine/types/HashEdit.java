package io.cairn.engine.types;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import org.jspecify.annotations.Nullable;

/**
 * A hash while a command changes it: changes are collected and {@link #store()} makes them part of the turn.
 *
 * <p>A hash that passes a threshold changes its encoding and moves to rows on the spot.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
public final class HashEdit {
    private final Turn turn;
    private final int db;
    private final byte[] key;
    private final long expireAtMillis;
    private final Limits limits;
    private Encoding encoding;
    private @Nullable PackedEdit packed;
    private long version;
    private long count;
    private boolean modified;
    private boolean metaChanged;

    HashEdit(Turn turn, int db, byte[] key, byte @Nullable [] row) {
        this.turn = turn;
        this.db = db;
        this.key = key;
        this.limits = turn.limits();
        this.expireAtMillis = row == null ? MetaRow.NO_EXPIRY : MetaRow.expireAtMillis(row);
        this.encoding = row == null ? Encoding.LISTPACK : MetaRow.encoding(row);
        if (row == null) {
            packed = new PackedEdit(2);
        } else if (MetaRow.inRows(row)) {
            version = MetaRow.version(row);
            count = ElementRows.count(row);
        } else {
            packed = new PackedEdit(2, row, MetaRow.payloadStart(row));
        }
    }

    /** Number of fields as changed. */
    public long count() {
        PackedEdit small = packed;
        return small == null ? count : small.count();
    }

    /** The value of a field as changed, or null. */
    public byte @Nullable [] get(byte[] field) {
        PackedEdit small = packed;
        if (small == null) {
            return turn.row(Family.ROWS, ElementRows.key(version, field));
        }
        int at = small.find(field);
        return at < 0 ? null : small.copy(small.valueOf(at));
    }

    /** Sets a field; true if it is new. */
    public boolean put(byte[] field, byte[] value) {
        modified = true;
        if (Math.max(field.length, value.length) > limits.hashMaxListpackValue()) {
            outgrow();
        }
        PackedEdit small = packed;
        boolean isNew = small == null ? putRow(field, value) : putPacked(small, field, value);
        if (count() > limits.hashMaxListpackEntries()) {
            outgrow();
        }
        return isNew;
    }

    private static boolean putPacked(PackedEdit small, byte[] field, byte[] value) {
        int at = small.find(field);
        if (at >= 0) {
            small.replace(small.valueOf(at), value);
        } else {
            small.append(field);
            small.appendValue(value);
        }
        return at < 0;
    }

    /** Past a threshold of {@link Limits}. */
    private void outgrow() {
        if (encoding == Encoding.LISTPACK) {
            encoding = Encoding.HASHTABLE;
            metaChanged = true;
            moveToRows();
        }
    }

    private boolean putRow(byte[] field, byte[] value) {
        byte[] rowKey = ElementRows.key(version, field);
        boolean isNew = turn.row(Family.ROWS, rowKey) == null;
        turn.putRow(Family.ROWS, rowKey, value);
        if (isNew) {
            count++;
            metaChanged = true;
        }
        return isNew;
    }

    /** Removes a field; false if it was not there. */
    public boolean remove(byte[] field) {
        PackedEdit small = packed;
        if (small != null) {
            int at = small.find(field);
            if (at < 0) {
                return false;
            }
            small.remove(at);
        } else {
            byte[] rowKey = ElementRows.key(version, field);
            if (turn.row(Family.ROWS, rowKey) == null) {
                return false;
            }
            turn.deleteRow(Family.ROWS, rowKey);
            count--;
            metaChanged = true;
        }
        modified = true;
        return true;
    }

    private void moveToRows() {
        PackedEdit small = packed;
        if (small == null) {
            return;
        }
        version = turn.newVersion();
        count = small.count();
        Packed all = small.reader();
        while (all.next()) {
            byte[] rowKey = ElementRows.key(version, all.copy());
            all.next();
            turn.putRow(Family.ROWS, rowKey, all.copy());
        }
        packed = null;
        metaChanged = true;
    }

    /** Makes the changes part of the turn; an empty hash deletes its key. Nothing if there were none. */
    public void store() {
        if (!modified) {
            return;
        }
        if (packed != null && packed.payloadBytes() > ElementRows.PACKED_BYTES_MAX) {
            moveToRows();
        }
        PackedEdit small = packed;
        if (count() == 0) {
            turn.set(db, key, null);
        } else if (small != null) {
            turn.set(db, key, packedRow(small, expireAtMillis));
        } else if (metaChanged) {
            turn.set(db, key, ElementRows.meta(ValueType.HASH, encoding, expireAtMillis, version, count));
        } else {
            turn.touch(db, key);
        }
    }

    static byte[] packedRow(PackedEdit fields, long expireAtMillis) {
        byte[] row = MetaRow.allocate(ValueType.HASH, Encoding.LISTPACK, false, expireAtMillis, fields.payloadBytes());
        fields.writeTo(row);
        return row;
    }
}
