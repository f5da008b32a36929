package io.cairn.engine.keyspace;

import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowLimits;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a turn has loaded for writing: an open-addressing table that also keeps them in order of loading.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
final class MetaOverlay {
    /** One key: what the store holds, and what the turn makes of it. */
    static final class Entry {
        final int hash;
        final int db;
        final int namespace;
        final byte[] key;
        final byte @Nullable [] original;
        byte @Nullable [] row;
        boolean touched;

        Entry(int hash, int db, int namespace, byte[] key, byte @Nullable [] original) {
            this.hash = hash;
            this.db = db;
            this.namespace = namespace;
            this.key = key;
            this.original = original;
            this.row = original;
        }

        boolean changed() {
            return row != original;
        }

        void become(byte @Nullable [] next) {
            if (next != null) {
                RowLimits.requireKey(key);
            }
            row = next;
            touched = true;
        }

        /** The change as rows: the meta row, and the index entry of its expiry. */
        void writeTo(RowBatch into) {
            if (row != null) {
                into.putMeta(hash, namespace, key, row);
            } else if (original != null) {
                into.deleteMeta(hash, namespace, key);
            }
            long dueBefore = expireAtMillis(original);
            long dueAfter = expireAtMillis(row);
            if (dueBefore != dueAfter) {
                if (dueBefore != MetaRow.NO_EXPIRY) {
                    into.delete(Family.EXPIRES, SystemRows.expiry(dueBefore, namespace, key));
                }
                if (dueAfter != MetaRow.NO_EXPIRY) {
                    into.put(Family.EXPIRES, SystemRows.expiry(dueAfter, namespace, key), SystemRows.EMPTY);
                }
            }
            writeFieldsDue(into);
        }

        private void writeFieldsDue(RowBatch into) {
            long before = original == null ? MetaRow.NO_EXPIRY : MetaRow.fieldsExpireAtMillis(original);
            long after = row == null ? MetaRow.NO_EXPIRY : MetaRow.fieldsExpireAtMillis(row);
            if (before == after) {
                return;
            }
            if (before != MetaRow.NO_EXPIRY) {
                into.delete(Family.EXPIRES, SystemRows.fieldsExpiry(before, namespace, key));
            }
            if (after != MetaRow.NO_EXPIRY) {
                into.put(Family.EXPIRES, SystemRows.fieldsExpiry(after, namespace, key), SystemRows.EMPTY);
            }
        }

        /** By how much the change changes the count of keys. */
        int addedKeys() {
            return (row != null ? 1 : 0) - (original != null ? 1 : 0);
        }

        /** By how much the change changes the count of keys that expire. */
        int addedExpires() {
            return (expireAtMillis(row) != MetaRow.NO_EXPIRY ? 1 : 0)
                    - (expireAtMillis(original) != MetaRow.NO_EXPIRY ? 1 : 0);
        }

        private static long expireAtMillis(byte @Nullable [] row) {
            return row == null ? MetaRow.NO_EXPIRY : MetaRow.expireAtMillis(row);
        }
    }

    private static final int INITIAL = 256;
    private static final int KEPT = 1 << 14;

    private @Nullable Entry[] table = new Entry[INITIAL];
    private Entry[] ordered = new Entry[INITIAL / 2];
    private int size;

    int size() {
        return size;
    }

    Entry entry(int index) {
        return ordered[index];
    }

    @Nullable
    Entry find(int hash, int namespace, byte[] key) {
        int mask = table.length - 1;
        for (int at = hash & mask; ; at = at + 1 & mask) {
            Entry entry = table[at];
            if (entry == null) {
                return null;
            }
            if (entry.hash == hash && entry.namespace == namespace && Arrays.equals(entry.key, key)) {
                return entry;
            }
        }
    }

    void add(Entry entry) {
        if (size == ordered.length) {
            grow();
        }
        ordered[size++] = entry;
        place(entry);
    }

    /** What changed, in key order, as rows of META from {@code from} to {@code to}. */
    NavigableMap<byte[], byte[]> changes(byte[] from, byte @Nullable [] to) {
        NavigableMap<byte[], byte[]> changes = new TreeMap<>(Arrays::compareUnsigned);
        for (int i = 0; i < size; i++) {
            Entry entry = ordered[i];
            if (entry.changed()) {
                byte[] row = entry.row;
                changes.put(SystemRows.meta(entry.namespace, entry.key), row == null ? RowOverlay.TOMBSTONE : row);
            }
        }
        return to == null ? changes.tailMap(from, true) : changes.subMap(from, true, to, false);
    }

    /** Tells the listener, if it listens, of every key that was touched. */
    void tell(ChangeListener listener) {
        if (!listener.listens()) {
            return;
        }
        for (int i = 0; i < size; i++) {
            if (ordered[i].touched) {
                listener.changed(ordered[i].db, ordered[i].key);
            }
        }
    }

    private void place(Entry entry) {
        int mask = table.length - 1;
        int at = entry.hash & mask;
        while (table[at] != null) {
            at = at + 1 & mask;
        }
        table[at] = entry;
    }

    private void grow() {
        ordered = Arrays.copyOf(ordered, ordered.length * 2);
        table = new Entry[table.length * 2];
        for (int i = 0; i < size; i++) {
            place(ordered[i]);
        }
    }

    @SuppressWarnings("NullAway") // slots past size are dead: cleared so that the entries can be collected
    void clear() {
        if (table.length > KEPT) {
            table = new Entry[INITIAL];
            ordered = new Entry[INITIAL / 2];
        } else {
            Arrays.fill(table, null);
            Arrays.fill(ordered, 0, size, null);
        }
        size = 0;
    }

    /** Writes what changed, but for keys of databases that were emptied after. */
    void writeTo(RowBatch into, Trash trash, Predicate<Entry> isFlushed) {
        for (int i = 0; i < size; i++) {
            Entry entry = ordered[i];
            if (entry.changed() && !isFlushed.test(entry)) {
                trash.replaced(entry.original, entry.row);
                entry.writeTo(into);
            }
        }
    }

    /** Adds how many keys are more or less; {@code swapped} if a namespace may belong to another database by now. */
    void countInto(AppliedState state, boolean swapped, Predicate<Entry> isFlushed) {
        for (int i = 0; i < size; i++) {
            Entry entry = ordered[i];
            if (entry.changed() && !isFlushed.test(entry)) {
                int db = swapped ? state.database(entry.namespace) : entry.db;
                state.count(db, entry.addedKeys(), entry.addedExpires());
            }
        }
    }

    /** By how many keys a namespace has grown. */
    long addedKeys(int namespace) {
        long added = 0;
        for (int i = 0; i < size(); i++) {
            Entry entry = entry(i);
            if (entry.namespace == namespace) {
                added += (entry.row != null ? 1 : 0) - (entry.original != null ? 1 : 0);
            }
        }
        return added;
    }

    boolean isGone(int namespace, byte[] key) {
        Entry entry = find(KeyHash.of(namespace, key), namespace, key);
        return entry != null && entry.row == null;
    }

    boolean anyChanged() {
        for (int i = 0; i < size; i++) {
            if (ordered[i].changed()) {
                return true;
            }
        }
        return false;
    }

    /** Tells the watchers, if there are any, of keys that were modified. */
    void tell(Watches watches) {
        if (watches.none()) {
            return;
        }
        for (int i = 0; i < size; i++) {
            if (ordered[i].touched) {
                watches.modified(ordered[i].db, ordered[i].key);
            }
        }
    }
}
