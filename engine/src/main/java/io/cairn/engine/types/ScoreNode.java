package io.cairn.engine.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A node of a sorted set's index, read in place from its row.
 *
 * <pre>
 *   value     := level(1) next(8) entries(2) entry{entries} start{entries}
 *   entry     := count(4) end(4)               in leaves, level 0: the members of a segment
 *              | count(8) child(8) end(4)      above: the members below a node, and its number
 * </pre>
 *
 * Integers are big endian. {@code start} is a key in SCORES without its version, cut off where it still tells the members
 * of its entry from those before: at or above it the entry's members begin. {@code end} is where a start ends behind the
 * first one. The first entry's start is empty: it begins where the node does. {@code next} is, in the root, the number of the
 * next node to be made.
 *
 * <p><i>Immutable.</i>
 */
final class ScoreNode {
    /** Entries of a node at most. */
    static final int ENTRIES_MAX = 64;

    private static final int VERSION_BYTES = 8;
    private static final int NEXT_AT = 1;
    private static final int ENTRIES_AT = 9;
    private static final int FIRST_ENTRY_AT = 11;
    private static final int LEAF_ENTRY_BYTES = 8;
    private static final int INNER_ENTRY_BYTES = 20;
    private static final int CHILD_AT = 8;
    private static final int END_BYTES = 4;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    /** An entry on its own; {@code child} is of no meaning in a leaf. */
    record Entry(byte[] start, long count, long child) {
        Entry startingAt(byte[] other) {
            return new Entry(other, count, child);
        }
    }

    private final byte[] row;
    private final int entryBytes;
    private final int entries;

    ScoreNode(byte[] row) {
        this.row = row;
        this.entryBytes = row[0] == 0 ? LEAF_ENTRY_BYTES : INNER_ENTRY_BYTES;
        this.entries = (short) SHORT.get(row, ENTRIES_AT);
    }

    /** The row of a node. */
    static byte[] row(int level, long next, List<Entry> entries) {
        int entryBytes = level == 0 ? LEAF_ENTRY_BYTES : INNER_ENTRY_BYTES;
        int size = FIRST_ENTRY_AT + entryBytes * entries.size();
        int at = size;
        for (Entry entry : entries) {
            size += entry.start.length;
        }
        byte[] row = new byte[size];
        row[0] = (byte) level;
        LONG.set(row, NEXT_AT, next);
        SHORT.set(row, ENTRIES_AT, (short) entries.size());
        int startsAt = at;
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            int entryAt = FIRST_ENTRY_AT + i * entryBytes;
            if (level == 0) {
                INT.set(row, entryAt, Math.toIntExact(entry.count));
            } else {
                LONG.set(row, entryAt, entry.count);
                LONG.set(row, entryAt + CHILD_AT, entry.child);
            }
            System.arraycopy(entry.start, 0, row, at, entry.start.length);
            at += entry.start.length;
            INT.set(row, entryAt + entryBytes - END_BYTES, at - startsAt);
        }
        return row;
    }

    boolean isLeaf() {
        return row[0] == 0;
    }

    int level() {
        return row[0];
    }

    long next() {
        return (long) LONG.get(row, NEXT_AT);
    }

    int entries() {
        return entries;
    }

    long count(int entry) {
        int at = FIRST_ENTRY_AT + entry * entryBytes;
        return isLeaf() ? (int) INT.get(row, at) : (long) LONG.get(row, at);
    }

    long child(int entry) {
        return (long) LONG.get(row, FIRST_ENTRY_AT + entry * entryBytes + CHILD_AT);
    }

    /** Members below the node. */
    long total() {
        return before(entries);
    }

    /** Members of the entries before one. */
    long before(int entry) {
        long sum = 0;
        for (int i = 0; i < entry; i++) {
            sum += count(i);
        }
        return sum;
    }

    byte[] start(int entry) {
        return Arrays.copyOfRange(row, startAt(entry), startAt(entry + 1));
    }

    /** Where the start of an entry stands in the row; the end of the last one for the entry behind it. */
    private int startAt(int entry) {
        int startsAt = FIRST_ENTRY_AT + entries * entryBytes;
        return entry == 0 ? startsAt : startsAt + (int) INT.get(row, FIRST_ENTRY_AT + entry * entryBytes - END_BYTES);
    }

    /** Whether an entry starts behind a key in SCORES, or there is no such entry. */
    boolean startsBehind(int entry, byte[] key) {
        return entry >= entries
                || Arrays.compareUnsigned(row, startAt(entry), startAt(entry + 1), key, VERSION_BYTES, key.length) > 0;
    }

    /** The entry to which a key in SCORES belongs. */
    int entryOf(byte[] key) {
        int low = 0;
        int high = entries;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (startsBehind(middle, key)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return low;
    }

    /** The row with the counts of some entries raised: pairs of an entry and by how much. */
    byte[] raised(long[] changes, int size) {
        byte[] changed = row.clone();
        for (int i = 0; i < size; i += 2) {
            int at = FIRST_ENTRY_AT + (int) changes[i] * entryBytes;
            if (isLeaf()) {
                INT.set(changed, at, Math.toIntExact((int) INT.get(changed, at) + changes[i + 1]));
            } else {
                LONG.set(changed, at, (long) LONG.get(changed, at) + changes[i + 1]);
            }
        }
        return changed;
    }

    /** All entries, a fresh list. */
    List<Entry> list() {
        List<Entry> list = new java.util.ArrayList<>(entries + 1);
        for (int i = 0; i < entries; i++) {
            list.add(new Entry(start(i), count(i), isLeaf() ? 0 : child(i)));
        }
        return list;
    }

    /** The shortest start that tells a key in SCORES from one below it. */
    static byte[] startBetween(byte[] below, byte[] key) {
        int common = Arrays.mismatch(below, key);
        return Arrays.copyOfRange(key, VERSION_BYTES, common + 1);
    }
}
