package io.cairn.engine.rows;

import io.cairn.engine.rows.PendingTable.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The order of a table's entries, made as far as cursors ask for it: sorted runs, each at least twice as long as the next.
 *
 * <p>What came since the last cursor is sorted into a run of its own, and runs of like length are merged. So each entry
 * is sorted once and merged a few times, however often cursors come; a table that no cursor asks is not sorted before it is
 * applied.
 *
 * <p><i>Thread-safe.</i>
 */
final class PendingRuns {
    /** Entries of one run that lie in a range, ascending. */
    record Part(Entry[] run, int from, int to) {}

    private final List<Entry[]> runs = new ArrayList<>();
    private int sorted;

    /** Entries that the next call of {@link #parts} would have to sort, of so many in all. */
    synchronized int unsorted(int size) {
        return size - sorted;
    }

    /**
     * Adds the parts of all runs that lie in a range.
     *
     * @param entries all entries in the order in which they came, of which the first {@code size} count
     */
    synchronized void parts(Entry[] entries, int size, byte[] from, byte @Nullable [] to, List<Part> into) {
        if (size > sorted) {
            Entry[] run = Arrays.copyOfRange(entries, sorted, size);
            KeyOrder.sort(run);
            while (!runs.isEmpty() && runs.get(runs.size() - 1).length < 2 * run.length) {
                run = merged(runs.remove(runs.size() - 1), run);
            }
            runs.add(run);
            sorted = size;
        }
        for (Entry[] run : runs) {
            int first = ceiling(run, 0, run.length, from);
            int end = to == null ? run.length : ceiling(run, first, run.length, to);
            if (first < end) {
                into.add(new Part(run, first, end));
            }
        }
    }

    private static Entry[] merged(Entry[] one, Entry[] other) {
        Entry[] all = new Entry[one.length + other.length];
        int left = 0;
        int right = 0;
        for (int i = 0; i < all.length; i++) {
            boolean ofOne = right == other.length
                    || left < one.length && Arrays.compareUnsigned(one[left].key, other[right].key) < 0;
            all[i] = ofOne ? one[left++] : other[right++];
        }
        return all;
    }

    /** Index of the first entry from {@code low} to {@code high} whose key is not below {@code key}. */
    static int ceiling(Entry[] run, int low, int high, byte[] key) {
        int from = low;
        int to = high;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (Arrays.compareUnsigned(run[middle].key, key) < 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }
}
