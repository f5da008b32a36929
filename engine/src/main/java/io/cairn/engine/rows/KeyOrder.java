package io.cairn.engine.rows;

import io.cairn.engine.rows.PendingTable.Entry;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Sorts entries as RocksDB orders their keys: by namespace, then by the key's bytes, unsigned.
 *
 * <p>Keys of an application have long beginnings in common, so it is the bytes behind the common beginning that are made
 * into numbers and sorted as such; what is still equal is sorted again in the same way.
 *
 * <p><i>Confined to one call.</i>
 */
final class KeyOrder {
    private static final Comparator<Entry> BY_KEY = KeyOrder::compare;
    private static final int FEW = 12;
    private static final int INDEX_BITS = 20;
    private static final int NAMESPACE_BYTES = 4;

    private final Entry[] entries;
    private final long[] numbers;
    private final Entry[] moved;

    private KeyOrder(Entry[] entries) {
        this.entries = entries;
        this.numbers = new long[entries.length];
        this.moved = new Entry[entries.length];
    }

    static void sort(Entry[] entries) {
        if (entries.length > 1 << INDEX_BITS) {
            Arrays.sort(entries, BY_KEY);
        } else {
            new KeyOrder(entries).sort(0, entries.length);
        }
    }

    static int compare(Entry one, Entry other) {
        int byNamespace = Integer.compareUnsigned(one.namespace, other.namespace);
        return byNamespace != 0 ? byNamespace : Arrays.compareUnsigned(one.key, other.key);
    }

    private void sort(int from, int to) {
        int count = to - from;
        if (count <= FEW) {
            insertionSort(from, to);
            return;
        }
        int common = common(from, to);
        for (int i = 0; i < count; i++) {
            // The sign is turned over: what is compared is unsigned.
            long number = number(entries[from + i], common) ^ Long.MIN_VALUE;
            numbers[i] = number >> INDEX_BITS << INDEX_BITS | i;
        }
        Arrays.sort(numbers, 0, count);
        int mask = (1 << INDEX_BITS) - 1;
        boolean[] equalToNext = new boolean[count];
        for (int i = 0; i < count; i++) {
            moved[i] = entries[from + ((int) numbers[i] & mask)];
            equalToNext[i] = i + 1 < count && numbers[i] >> INDEX_BITS == numbers[i + 1] >> INDEX_BITS;
        }
        System.arraycopy(moved, 0, entries, from, count);
        for (int first = 0; first < count; ) {
            int last = first;
            while (equalToNext[last]) {
                last++;
            }
            if (last - first + 1 == count) {
                Arrays.sort(entries, from, to, BY_KEY); // keys that differ only in how many zeros they end with
            } else if (last > first) {
                sort(from + first, from + last + 1);
            }
            first = last + 1;
        }
    }

    private void insertionSort(int from, int to) {
        for (int i = from + 1; i < to; i++) {
            Entry entry = entries[i];
            int at = i;
            while (at > from && compare(entries[at - 1], entry) > 0) {
                entries[at] = entries[at - 1];
                at--;
            }
            entries[at] = entry;
        }
    }

    /** Bytes that all keys, their namespaces before them, have in common. */
    private int common(int from, int to) {
        Entry first = entries[from];
        int common = first.key.length;
        for (int i = from + 1; i < to; i++) {
            Entry entry = entries[i];
            if (entry.namespace != first.namespace) {
                return 0;
            }
            int mismatch = Arrays.mismatch(first.key, 0, common, entry.key, 0, Math.min(common, entry.key.length));
            if (mismatch >= 0) {
                common = mismatch;
            }
        }
        return NAMESPACE_BYTES + common;
    }

    /** The eight bytes from {@code at} on, zeros behind the key's end. */
    private static long number(Entry entry, int at) {
        long number = 0;
        for (int i = at; i < at + Long.BYTES; i++) {
            int next;
            if (i < NAMESPACE_BYTES) {
                next = entry.namespace >>> 8 * (NAMESPACE_BYTES - 1 - i) & 0xFF;
            } else {
                next = i - NAMESPACE_BYTES < entry.key.length ? entry.key[i - NAMESPACE_BYTES] & 0xFF : 0;
            }
            number = number << 8 | next;
        }
        return number;
    }
}
