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
 * <p>A hash that passes a threshold changes its encoding and moves to rows on the spot. Fields that have expired are
 * there like others until they are removed.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
public final class HashEdit {
    /** The expiry of a field that has none. */
    public static final long NEVER = FieldTimes.NEVER;

    private final Turn turn;
    private final int db;
    private final byte[] key;
    private final Limits limits;
    private long expireAtMillis;
    private Encoding encoding;
    private @Nullable PackedEdit packed;
    private long version;
    private long count;
    private boolean modified;
    private boolean metaChanged;
    private long firstMillis;
    private boolean timesChanged;

    HashEdit(Turn turn, int db, byte[] key, byte @Nullable [] row) {
        this.turn = turn;
        this.db = db;
        this.key = key;
        this.limits = turn.limits();
        this.expireAtMillis = row == null ? MetaRow.NO_EXPIRY : MetaRow.expireAtMillis(row);
        this.encoding = row == null ? Encoding.LISTPACK : MetaRow.encoding(row);
        this.firstMillis = row == null ? NEVER : MetaRow.fieldsExpireAtMillis(row);
        if (row == null) {
            packed = new PackedEdit(2);
        } else if (MetaRow.inRows(row)) {
            version = MetaRow.version(row);
            count = ElementRows.count(row);
        } else {
            packed = new PackedEdit(isTimed() ? PackedFields.STRIDE : 2, row, MetaRow.payloadStart(row));
        }
    }

    /** Whether packed fields have times behind them. */
    private boolean isTimed() {
        return encoding == Encoding.LISTPACKEX;
    }

    /** Whether fields in rows may have times. */
    private boolean hasTimes() {
        return firstMillis != NEVER || timesChanged;
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
            byte[] rowKey = ElementRows.key(version, field);
            byte[] value = turn.row(Family.ROWS, rowKey);
            return value == null ? null : ElementRows.own(rowKey, value);
        }
        int at = small.find(field);
        return at < 0 ? null : small.copy(small.valueOf(at));
    }

    /** Sets a field, which expires no more; true if it is new. */
    public boolean put(byte[] field, byte[] value) {
        return put(field, value, false);
    }

    /** Sets a field, which expires when it would have; true if it is new. */
    public boolean putKeepingExpiry(byte[] field, byte[] value) {
        return put(field, value, true);
    }

    private boolean put(byte[] field, byte[] value, boolean keepsTime) {
        modified = true;
        if (Math.max(field.length, value.length) > limits.hashMaxListpackValue()) {
            outgrow();
        }
        PackedEdit small = packed;
        boolean isNew = small == null ? putRow(field, value) : putPacked(small, field, value);
        if (!isNew && !keepsTime) {
            forgetTime(field);
        }
        if (count() > limits.hashMaxListpackEntries()) {
            outgrow();
        }
        return isNew;
    }

    private boolean putPacked(PackedEdit small, byte[] field, byte[] value) {
        int at = small.find(field);
        if (at >= 0) {
            small.replace(small.valueOf(at), value);
        } else {
            small.append(field);
            small.appendValue(value);
            if (isTimed()) {
                small.appendValue(ElementRows.NOTHING);
            }
        }
        return at < 0;
    }

    /** Past a threshold of {@link Limits}. */
    private void outgrow() {
        if (encoding != Encoding.HASHTABLE) {
            moveToRows();
            encoding = Encoding.HASHTABLE;
            metaChanged = true;
        }
    }

    private boolean putRow(byte[] field, byte[] value) {
        byte[] rowKey = ElementRows.key(version, field);
        boolean isNew = turn.row(Family.ROWS, rowKey) == null;
        if (!isNew) {
            turn.putRow(Family.ROWS, rowKey, Stub.value(field, value));
        } else {
            turn.putNewRow(Family.ROWS, rowKey, Stub.value(field, value));
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
            forgetTime(field);
            turn.deleteRow(Family.ROWS, rowKey);
            count--;
            metaChanged = true;
        }
        modified = true;
        return true;
    }

    // ---- fields that expire

    /** Removes the fields at the front of those of a hash in rows that expire, without a look at their rows. */
    void remove(FieldTimes.Front due) {
        for (FieldTimes.Due field : due.fields()) {
            turn.deleteRow(Family.SCORES, field.byTime());
            turn.deleteRow(Family.SCORES, field.byField(version));
            turn.deleteRow(Family.ROWS, field.rowKey(version));
        }
        count -= due.fields().size();
        byte[] next = due.next();
        firstMillis = next == null ? NEVER : FieldTimes.timeOf(next);
        metaChanged = true;
        modified = true;
    }

    /** When a field that the hash has expires, Unix milliseconds, or {@link #NEVER}. */
    public long expiry(byte[] field) {
        PackedEdit small = packed;
        if (small == null) {
            return hasTimes() ? FieldTimes.of(turn, version, field) : NEVER;
        }
        int at = isTimed() ? small.find(field) : -1;
        if (at < 0) {
            return NEVER;
        }
        byte[] time = small.copy(small.valueOf(small.valueOf(at)));
        return time.length == 0 ? NEVER : FieldTimes.at(time, 0);
    }

    /** Changes when a field that the hash has expires. */
    public void expiry(byte[] field, long dueMillis) {
        long before = expiry(field);
        if (before == dueMillis) {
            return;
        }
        PackedEdit small = packed;
        if (small == null) {
            FieldTimes.change(turn, version, field, before, dueMillis);
            if (encoding == Encoding.LISTPACK) {
                encoding = Encoding.LISTPACKEX;
                metaChanged = true;
            }
        } else {
            if (!isTimed()) {
                small = PackedFields.from(small);
                packed = small;
                encoding = Encoding.LISTPACKEX;
            }
            int at = small.find(field);
            small.replace(small.valueOf(small.valueOf(at)), PackedFields.element(dueMillis));
        }
        timesChanged = true;
        modified = true;
    }

    private void forgetTime(byte[] field) {
        if (isTimed() || packed == null && hasTimes()) {
            expiry(field, NEVER);
        }
    }

    /**
     * Removes a field if it has expired. With its last field goes the hash: what is put then is in a new one, without an
     * expiry.
     */
    public boolean removeIfDue(byte[] field, long nowMillis) {
        if (firstMillis == NEVER || firstMillis > nowMillis) {
            return false;
        }
        long due = expiry(field);
        if (due == NEVER || due > nowMillis || !remove(field)) {
            return false;
        }
        if (count() == 0) {
            expireAtMillis = MetaRow.NO_EXPIRY;
            encoding = Encoding.LISTPACK;
            packed = new PackedEdit(2);
            firstMillis = NEVER;
            timesChanged = false;
            metaChanged = true;
        }
        return true;
    }

    private void moveToRows() {
        PackedEdit small = packed;
        if (small == null) {
            return;
        }
        version = turn.newVersionOfElements();
        count = small.count();
        Packed all = small.reader();
        while (all.next()) {
            byte[] field = all.copy();
            all.next();
            turn.putNewRow(Family.ROWS, ElementRows.key(version, field), Stub.value(field, all.copy()));
            if (isTimed()) {
                all.next();
                FieldTimes.change(turn, version, field, NEVER, PackedFields.time(all));
                timesChanged = true;
            }
        }
        packed = null;
        metaChanged = true;
    }

    /** Makes the changes part of the turn; an empty hash deletes its key. Nothing if there were none. */
    public void store() {
        if (!modified) {
            return;
        }
        PackedEdit small = packed;
        if (small != null && small.payloadBytes() > ElementRows.PACKED_BYTES_MAX) {
            moveToRows();
            small = null;
        }
        if (count() == 0) {
            turn.set(db, key, null);
        } else if (small != null) {
            turn.set(db, key, isTimed() ? PackedFields.row(small, expireAtMillis) : packedRow(small, expireAtMillis));
        } else {
            storeRows();
        }
    }

    private void storeRows() {
        long first = timesChanged ? FieldTimes.first(turn, version) : firstMillis;
        if (metaChanged || first != firstMillis) {
            byte[] row = ElementRows.meta(ValueType.HASH, encoding, expireAtMillis, version, count);
            turn.set(db, key, first == NEVER ? row : MetaRow.withFieldsExpiry(row, first));
            firstMillis = first;
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
