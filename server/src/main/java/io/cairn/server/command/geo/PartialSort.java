package io.cairn.server.command.geo;

import java.util.Collections;
import java.util.List;

/**
 * Quicksort that leaves out the parts behind the items wanted: Bentley and McIlroy's ("Engineering a Sort Function",
 * 1993), with a median of three or nine and a partition that gathers what is equal to the pivot at both ends.
 *
 * <p>It is not stable. The order in which it leaves equal items is part of what clients of Redis see, so every step of it
 * has to be the published one.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class PartialSort {
    private static final int INSERTION_BELOW = 7;
    private static final int NINTHER_ABOVE = 40;

    private final List<Found> items;
    private final int wanted;
    private final boolean descending;

    /** Sorts the {@code wanted} (at least one) first items. */
    PartialSort(List<Found> items, int wanted, boolean descending) {
        this.items = items;
        this.wanted = wanted;
        this.descending = descending;
    }

    void run() {
        sort(0, items.size());
    }

    private void sort(int from, int end) {
        int start = from;
        int size = end - start;
        while (size >= INSERTION_BELOW) {
            Collections.swap(items, start, pivot(start, size));
            int equalLow = start + 1;
            int low = equalLow;
            int high = start + size - 1;
            int equalHigh = high;
            while (true) {
                for (int order; low <= high && (order = compare(low, start)) <= 0; low++) {
                    if (order == 0) {
                        Collections.swap(items, equalLow++, low);
                    }
                }
                for (int order; low <= high && (order = compare(high, start)) >= 0; high--) {
                    if (order == 0) {
                        Collections.swap(items, high, equalHigh--);
                    }
                }
                if (low > high) {
                    break;
                }
                Collections.swap(items, low++, high--);
            }
            int behind = start + size;
            int below = low - equalLow;
            int above = equalHigh - high;
            swapRuns(start, low, Math.min(equalLow - start, below));
            swapRuns(low, behind, Math.min(above, behind - equalHigh - 1));
            if (below > 1 && start < wanted) {
                sort(start, start + below);
            }
            if (above <= 1 || behind - above >= wanted) {
                return;
            }
            start = behind - above;
            size = above;
        }
        for (int next = start + 1; next < start + size; next++) {
            for (int at = next; at > start && compare(at - 1, at) > 0; at--) {
                Collections.swap(items, at, at - 1);
            }
        }
    }

    private int pivot(int start, int size) {
        int middle = start + size / 2;
        if (size == INSERTION_BELOW) {
            return middle;
        }
        int first = start;
        int last = start + size - 1;
        if (size > NINTHER_ABOVE) {
            int eighth = size / 8;
            first = median(first, first + eighth, first + 2 * eighth);
            middle = median(middle - eighth, middle, middle + eighth);
            last = median(last - 2 * eighth, last - eighth, last);
        }
        return median(first, middle, last);
    }

    private int median(int one, int two, int three) {
        if (compare(one, two) < 0) {
            return compare(two, three) < 0 ? two : compare(one, three) < 0 ? three : one;
        }
        return compare(two, three) > 0 ? two : compare(one, three) < 0 ? one : three;
    }

    /** Swaps the {@code count} items from {@code first} on with those in front of {@code end}. */
    private void swapRuns(int first, int end, int count) {
        for (int i = 0; i < count; i++) {
            Collections.swap(items, first + i, end - count + i);
        }
    }

    private int compare(int one, int other) {
        return Found.compare(items.get(one), items.get(other), descending);
    }
}
