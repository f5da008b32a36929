package io.cairn.engine.rows;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one family that wait for being applied: each key's newest, found by hash.
 *
 * <p><i>Thread-safe for one writer and any readers: a row that was put before a reader began is found.</i>
 */
final class PendingTable {
    /** A key and its newest row. */
    static final class Entry {
        final int hash;
        final int namespace;
        final byte[] key;
        private final boolean isNew;
        private volatile byte[] row;

        Entry(int hash, int namespace, byte[] key, byte[] row, boolean isNew) {
            this.hash = hash;
            this.namespace = namespace;
            this.key = key;
            this.row = row;
            this.isNew = isNew;
        }

        /** Whether the row came and went: what is behind the window never had one. */
        boolean isNothing() {
            return isNew && row == RowChanges.DELETED;
        }

        /** The row, {@link RowChanges#DELETED} if the key has none. */
        byte[] row() {
            return row;
        }

        private boolean isIn(byte[] from, byte @Nullable [] to) {
            return Arrays.compareUnsigned(key, from) >= 0 && (to == null || Arrays.compareUnsigned(key, to) < 0);
        }

        boolean isOf(int ofHash, int ofNamespace, byte[] ofKey) {
            return hash == ofHash && namespace == ofNamespace && Arrays.equals(key, ofKey);
        }
    }

    private static final int INITIAL = 64;
    private static final int FEW = 32;

    private volatile AtomicReferenceArray<Entry> slots = new AtomicReferenceArray<>(2 * INITIAL);
    private volatile Entry[] entries = new Entry[INITIAL]; // a larger one is published with what it holds
    private volatile int size;
    private final PendingRuns runs = new PendingRuns();

    /** Keys. */
    int size() {
        return size;
    }

    /** Whether a key from {@code from} (inclusive) to {@code to} (exclusive; null for no end) may be among them. */
    boolean mayHave(byte[] from, byte @Nullable [] to) {
        int known = size;
        if (known == 0 || known > FEW) {
            return known > 0;
        }
        AtomicReferenceArray<Entry> table = slots;
        for (int at = 0; at < table.length(); at++) {
            Entry entry = table.getAcquire(at);
            if (entry != null && entry.isIn(from, to)) {
                return true;
            }
        }
        return false;
    }

    /** Entries that have no order yet. */
    int unsorted() {
        return runs.unsorted(size);
    }

    /** Adds the entries of a range, as far as they were put before the call, in ascending parts. */
    void parts(byte[] from, byte @Nullable [] to, List<PendingRuns.Part> into) {
        int known = size; // read before the entries: those are there
        if (known > 0) {
            runs.parts(entries, known, from, to, into);
        }
    }

    /** The key's row, {@link RowChanges#DELETED}, or null if nothing waits for the key. */
    byte @Nullable [] find(int hash, int namespace, byte[] key) {
        if (size == 0) {
            return null;
        }
        AtomicReferenceArray<Entry> table = slots;
        Entry entry = table.getAcquire(place(table, hash, namespace, key));
        return entry == null ? null : entry.row;
    }

    /**
     * Puts a row over what the key had; returns by how many bytes the waiting rows grew.
     *
     * @param isNew no row of the key can be read before
     */
    long put(int hash, int namespace, byte[] key, byte[] row, boolean isNew) {
        AtomicReferenceArray<Entry> table = slots;
        int at = place(table, hash, namespace, key);
        Entry known = table.getPlain(at);
        if (known != null) {
            long more = (long) row.length - known.row.length;
            known.row = row;
            return more;
        }
        int count = size;
        if (count == entries.length) {
            grow();
            table = slots;
            at = place(table, hash, namespace, key);
        }
        Entry entry = new Entry(hash, namespace, key, row, isNew);
        entries[count] = entry;
        table.setRelease(at, entry);
        size = count + 1;
        return BatchBytes.bound(key.length, row.length);
    }

    /** Slot of the key, or the free one where it belongs. */
    private static int place(AtomicReferenceArray<Entry> table, int hash, int namespace, byte[] key) {
        int mask = table.length() - 1;
        int at = hash & mask;
        for (Entry entry = table.getAcquire(at);
                entry != null && !entry.isOf(hash, namespace, key);
                entry = table.getAcquire(at)) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void grow() {
        AtomicReferenceArray<Entry> larger = new AtomicReferenceArray<>(2 * slots.length());
        int mask = larger.length() - 1;
        for (Entry entry : entries) {
            int at = entry.hash & mask;
            while (larger.getPlain(at) != null) {
                at = at + 1 & mask;
            }
            larger.setPlain(at, entry);
        }
        entries = Arrays.copyOf(entries, 2 * entries.length);
        slots = larger;
    }

    /** All entries that change anything, in the order of their keys, when nothing is put any more. */
    Entry[] sorted() {
        Entry[] all = new Entry[size];
        int count = 0;
        for (int i = 0; i < all.length; i++) {
            if (!entries[i].isNothing()) {
                all[count++] = entries[i];
            }
        }
        all = Arrays.copyOf(all, count);
        KeyOrder.sort(all);
        return all;
    }
}
