package io.cairn.snapshot.rdb;

import io.cairn.snapshot.digest.Fingerprint;
import java.util.Arrays;

/**
 * Tells whether an element of one collection came before, by 128-bit hashes in an open table.
 *
 * <p>Only the first {@link #MAX_CHECKED} elements are kept, which bounds the table at 8 MiB however large a collection is.
 */
final class Duplicates {
    static final int MAX_CHECKED = 1 << 18;

    private static final int FIRST_SLOTS = 64;

    private final Fingerprint fingerprint = new Fingerprint();
    private long[] high = new long[FIRST_SLOTS];
    private long[] low = new long[FIRST_SLOTS];
    private int size;

    /** Forgets all elements. */
    void clear() {
        if (high.length > 16 * FIRST_SLOTS) {
            high = new long[FIRST_SLOTS];
            low = new long[FIRST_SLOTS];
        } else if (size > 0) {
            Arrays.fill(high, 0);
            Arrays.fill(low, 0);
        }
        size = 0;
    }

    /** Whether the element is new. */
    boolean add(byte[] element) {
        if (size == MAX_CHECKED) {
            return true;
        }
        fingerprint.reset(0).add(element).finish();
        // A low half of zero means a free slot.
        if (!insert(fingerprint.high(), fingerprint.low() | 1)) {
            return false;
        }
        size++;
        if (2 * size > high.length) {
            grow();
        }
        return true;
    }

    private boolean insert(long newHigh, long newLow) {
        int mask = high.length - 1;
        int slot = (int) (newHigh & mask);
        while (low[slot] != 0) {
            if (low[slot] == newLow && high[slot] == newHigh) {
                return false;
            }
            slot = slot + 1 & mask;
        }
        high[slot] = newHigh;
        low[slot] = newLow;
        return true;
    }

    private void grow() {
        long[] oldHigh = high;
        long[] oldLow = low;
        high = new long[2 * oldHigh.length];
        low = new long[2 * oldLow.length];
        for (int i = 0; i < oldLow.length; i++) {
            if (oldLow[i] != 0) {
                insert(oldHigh[i], oldLow[i]);
            }
        }
    }
}
