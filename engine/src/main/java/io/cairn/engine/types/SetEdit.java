package io.cairn.engine.types;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A set while a command changes it: changes are collected and {@link #store()} makes them part of the turn.
 *
 * <p>A set that passes a threshold changes its encoding and its layout on the spot.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
public final class SetEdit {
    private static final int ROOM = 8;

    private final Turn turn;
    private final int db;
    private final byte[] key;
    private final long expireAtMillis;
    private final Limits limits;
    private Encoding encoding;
    private long @Nullable [] integers;
    private @Nullable PackedEdit packed;
    private long version;
    private long count;
    private boolean modified;

    SetEdit(Turn turn, int db, byte[] key, byte @Nullable [] row) {
        this.turn = turn;
        this.db = db;
        this.key = key;
        this.limits = turn.limits();
        this.expireAtMillis = row == null ? MetaRow.NO_EXPIRY : MetaRow.expireAtMillis(row);
        this.encoding = row == null ? Encoding.INTSET : MetaRow.encoding(row);
        if (row == null) {
            integers = new long[ROOM];
            return;
        }
        count = Sets.count(row);
        if (MetaRow.inRows(row)) {
            version = MetaRow.version(row);
        } else if (Sets.isIntegers(row)) {
            integers = Integers.values(row, ROOM);
        } else {
            packed = new PackedEdit(1, row, MetaRow.payloadStart(row));
        }
    }

    /** Number of members as changed. */
    public long count() {
        return count;
    }

    /** Adds a member; false if it was there. */
    public boolean add(byte[] member) {
        if (encoding == Encoding.INTSET && !Decimal.isCanonical(member)) {
            outgrow();
        }
        long[] values = integers;
        PackedEdit small = packed;
        boolean added;
        if (values != null) {
            added = addInteger(values, Decimal.parse(member));
        } else if (small != null) {
            added = small.find(member) < 0;
            if (added) {
                addWord(small, member);
            }
        } else {
            added = addRow(member);
        }
        if (added) {
            count++;
            modified = true;
            settle();
        }
        return added;
    }

    private boolean addInteger(long[] values, long value) {
        int size = (int) count;
        int found = Arrays.binarySearch(values, 0, size, value);
        if (found >= 0) {
            return false;
        }
        int at = -found - 1;
        long[] grown = size == values.length ? Arrays.copyOf(values, size * 2) : values;
        System.arraycopy(grown, at, grown, at + 1, size - at);
        grown[at] = value;
        integers = grown;
        return true;
    }

    private boolean addRow(byte[] member) {
        byte[] rowKey = ElementRows.key(version, member);
        if (turn.row(Family.ROWS, rowKey) != null) {
            return false;
        }
        turn.putNewRow(Family.ROWS, rowKey, Stub.value(member, ElementRows.NOTHING));
        return true;
    }

    /** Leaves the encoding, or only the layout, of integers once there are too many. */
    private void settle() {
        if (encoding == Encoding.INTSET && count > limits.setMaxIntsetEntries()) {
            outgrow();
        } else if (integers != null && count > Sets.PACKED_INTEGERS_MAX) {
            spellOut();
        }
    }

    /** The set is an intset no longer. */
    private void outgrow() {
        encoding = Encoding.HASHTABLE;
        spellOut();
    }

    /** Turns integers into words, or, if they still are the encoding, into rows. */
    private void spellOut() {
        long[] values = integers;
        if (values == null) {
            return;
        }
        integers = null;
        if (encoding == Encoding.HASHTABLE) {
            packed = new PackedEdit(1);
        } else {
            version = turn.newVersionOfElements();
        }
        for (int i = 0; i < count; i++) {
            byte[] member = Decimal.text(values[i]);
            PackedEdit small = packed;
            if (small != null) {
                addWord(small, member);
            } else {
                putRow(member);
            }
        }
    }

    /** Adds a word that is not there to the packed members, which may move to rows over it. */
    private void addWord(PackedEdit small, byte[] member) {
        if (Sets.fitsPacked(small, member)) {
            small.append(member);
            return;
        }
        version = turn.newVersionOfElements();
        Packed all = small.reader();
        while (all.next()) {
            putRow(all.copy());
        }
        putRow(member);
        packed = null;
    }

    private void putRow(byte[] member) {
        turn.putNewRow(Family.ROWS, ElementRows.key(version, member), Stub.value(member, ElementRows.NOTHING));
    }

    /** Removes a member; false if it was not there. */
    public boolean remove(byte[] member) {
        long[] values = integers;
        PackedEdit small = packed;
        boolean removed;
        if (values != null) {
            removed = Decimal.isCanonical(member) && removeInteger(values, Decimal.parse(member));
        } else if (small != null) {
            int at = small.find(member);
            removed = at >= 0;
            if (removed) {
                small.remove(at);
            }
        } else {
            byte[] rowKey = ElementRows.key(version, member);
            removed = turn.row(Family.ROWS, rowKey) != null;
            if (removed) {
                turn.deleteRow(Family.ROWS, rowKey);
            }
        }
        if (removed) {
            count--;
            modified = true;
        }
        return removed;
    }

    /** Removes a member that is known to be there, which need not be looked for. */
    public void take(byte[] member) {
        if (integers != null || packed != null) {
            remove(member);
            return;
        }
        turn.deleteRow(Family.ROWS, ElementRows.key(version, member));
        count--;
        modified = true;
    }

    private boolean removeInteger(long[] values, long value) {
        int size = (int) count;
        int at = Arrays.binarySearch(values, 0, size, value);
        if (at < 0) {
            return false;
        }
        System.arraycopy(values, at + 1, values, at, size - at - 1);
        return true;
    }

    /** Makes the changes part of the turn; an empty set deletes its key. Nothing if there were none. */
    public void store() {
        if (!modified) {
            return;
        }
        long[] values = integers;
        PackedEdit small = packed;
        if (count == 0) {
            turn.set(db, key, null);
        } else if (values != null) {
            turn.set(db, key, Integers.row(expireAtMillis, values, (int) count));
        } else if (small != null) {
            turn.set(db, key, Sets.packedRow(small, expireAtMillis));
        } else {
            turn.set(db, key, ElementRows.meta(ValueType.SET, encoding, expireAtMillis, version, count));
        }
    }
}
