package io.cairn.engine.rows;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Finds the row cache's records: buckets of eight or sixteen slots, in sixteen tables that grow one at a time.
 *
 * <pre>
 *   slot  = bits 8..27 of the hash(20), position / 8 (44); 0 = free
 *   hash  = table(4) tag and bucket(28); buckets are taken from the low bits, so a slot knows where it goes when its
 *           table doubles
 * </pre>
 *
 * <p>One thread at a time writes, under the cache's lock. Readers take none: a slot that they read just before it changes
 * leads to a record that was right when they began.
 *
 * <p><i>Thread-safe.</i>
 */
final class RowIndex {
    /** Slots of a bucket where rows come and go. */
    static final int WAYS = 8;

    /** Slots of a bucket where no row should go while there is room: at a quarter of the slots one in a million has to. */
    static final int WAYS_TO_KEEP_ALL = 16;

    /** Positions that a slot can tell apart. */
    static final long POSITIONS = 1L << 47;

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int TABLE_BITS = 4;
    private static final int FIRST_BUCKET_BITS = 8;
    private static final int TAG_SHIFT = 44;
    private static final int TAG_MASK = 0xFFFFF;
    private static final int GROW_EIGHTHS = 5;

    /** At half of its slots, four of a hundred buckets are full, and would have to let go of rows. */
    private static final int GROW_EIGHTHS_IF_BUCKET_IS_FULL = 2;

    private static final int SLOT_BYTES = 9;

    /** Memory of the smallest index. */
    static long bytesLeast(int ways) {
        return (long) SLOT_BYTES * ways << (FIRST_BUCKET_BITS + TABLE_BITS);
    }

    /** Slots, and beside them whether their rows were read since the clock's hand last passed. */
    static final class Table {
        final long[] slots;
        final byte[] referenced;
        private final int ways;
        private final int bucketBits;
        private int used;

        Table(int ways, int bucketBits) {
            this.ways = ways;
            this.bucketBits = bucketBits;
            slots = new long[ways << bucketBits];
            referenced = new byte[ways << bucketBits];
        }

        /** First slot of a hash's bucket. */
        int bucket(int hash) {
            return (hash & ((1 << bucketBits) - 1)) * ways;
        }

        /** The slot behind a hash's bucket. */
        int bucketEnd(int hash) {
            return bucket(hash) + ways;
        }

        /** Position in a slot, if the slot may be the hash's; else 0. */
        long position(int slot, int hash) {
            long content = (long) SLOT.getAcquire(slots, slot);
            return (content >>> TAG_SHIFT) == tag(hash) ? positionOf(content) : 0;
        }

        /** Position in a slot, 0 if it is free. */
        long position(int slot) {
            return positionOf((long) SLOT.getAcquire(slots, slot));
        }

        void set(int slot, int hash, long position) {
            if (slots[slot] == 0) {
                used++;
            }
            SLOT.setRelease(slots, slot, (long) tag(hash) << TAG_SHIFT | position >>> 3);
        }

        void free(int slot) {
            if (slots[slot] != 0) {
                used--;
                referenced[slot] = 0;
                SLOT.setRelease(slots, slot, 0L);
            }
        }

        /** The bucket's slot that is free, or whose row has not been read for longest, roughly; it may have to be freed. */
        int victim(int hash) {
            int first = bucket(hash);
            for (int slot = first; slot < first + ways; slot++) {
                if (slots[slot] == 0) {
                    return slot;
                }
            }
            int start = used & (ways - 1);
            for (int i = 0; i < ways; i++) {
                int slot = first + ((start + i) & (ways - 1));
                if (referenced[slot] == 0) {
                    return slot;
                }
                referenced[slot] = 0;
            }
            return first + start;
        }

        private boolean isUsedBeyond(int eighths) {
            return used * 8L > (long) slots.length * eighths;
        }

        private boolean isBucketFull(int hash) {
            int first = bucket(hash);
            for (int slot = first; slot < first + ways; slot++) {
                if (slots[slot] == 0) {
                    return false;
                }
            }
            return true;
        }

        private Table doubled() {
            Table larger = new Table(ways, bucketBits + 1);
            larger.used = used;
            for (int slot = 0; slot < slots.length; slot++) {
                long content = slots[slot];
                if (content != 0) {
                    int nextBit = (int) (content >>> (TAG_SHIFT + bucketBits - FIRST_BUCKET_BITS)) & 1;
                    int to = slot + (nextBit << bucketBits) * ways;
                    larger.slots[to] = content;
                    larger.referenced[to] = referenced[slot];
                }
            }
            return larger;
        }
    }

    private final AtomicReferenceArray<Table> tables = new AtomicReferenceArray<>(1 << TABLE_BITS);
    private final int bucketBitsMax;

    RowIndex(int ways, long slotsMax) {
        int bits = FIRST_BUCKET_BITS;
        while (bits < 27 && (long) ways << (bits + 1 + TABLE_BITS) <= slotsMax) {
            bits++;
        }
        bucketBitsMax = bits;
        for (int i = 0; i < tables.length(); i++) {
            tables.set(i, new Table(ways, FIRST_BUCKET_BITS));
        }
    }

    private static int tag(int hash) {
        return hash >>> FIRST_BUCKET_BITS & TAG_MASK;
    }

    private static long positionOf(long content) {
        return (content & ((1L << TAG_SHIFT) - 1)) << 3;
    }

    Table table(int hash) {
        return tables.get(hash >>> -TABLE_BITS);
    }

    /** The hash's table, doubled before if it may and has filled up, or only the hash's bucket has. Writer only. */
    Table tableForInsert(int hash) {
        Table table = table(hash);
        if (table.bucketBits < bucketBitsMax
                && (table.isUsedBeyond(GROW_EIGHTHS)
                        || table.isUsedBeyond(GROW_EIGHTHS_IF_BUCKET_IS_FULL) && table.isBucketFull(hash))) {
            table = table.doubled();
            tables.set(hash >>> -TABLE_BITS, table);
        }
        return table;
    }

    Table tableAt(int index) {
        return tables.get(index);
    }

    int tables() {
        return tables.length();
    }

    long used() {
        long used = 0;
        for (int i = 0; i < tables.length(); i++) {
            used += tables.get(i).used;
        }
        return used;
    }

    long bytes() {
        long bytes = 0;
        for (int i = 0; i < tables.length(); i++) {
            bytes += (long) SLOT_BYTES * tables.get(i).slots.length;
        }
        return bytes;
    }
}
