package io.cairn.engine.types;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A row of a list: the items of 32 positions, or those of them that the list has or once had.
 *
 * <pre>
 *   block := first slot*       first: 1 byte, number of the slot that the first item is in, 0 to 31
 *   slot  := length item       length: varint, bytes of the item and 1
 *          | 00                the item stands in a row of its own
 * </pre>
 *
 * Slots outside of the list, as a pop leaves them, mean nothing. A reader is a cursor over bytes that stay as they are.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class ListBlock {
    /** Positions of a block. */
    static final int SLOTS = 32;

    /** Longest item within a block: a push copies the block, and it must fit the cache of rows. */
    static final int INLINE_MAX = 256;

    private static final int SHIFT = 5;

    private final byte[] bytes;
    private int at = 1;
    private int slot;
    private int start;
    private int end;

    /** A reader in front of the first slot. */
    ListBlock(byte[] bytes) {
        this.bytes = bytes;
        this.slot = bytes[0] - 1;
    }

    /** Number of the block that a position is in. */
    static long number(long position) {
        return position >> SHIFT;
    }

    /** Number of a position's slot. */
    static int slot(long position) {
        return (int) position & SLOTS - 1;
    }

    /** Position of a block's first slot. */
    static long position(long number) {
        return number << SHIFT;
    }

    static boolean fits(byte[] item) {
        return item.length <= INLINE_MAX;
    }

    /**
     * The block with an item in a slot that is outside of the list so far, and those on the list's side of it.
     *
     * @param block null for a new one
     * @param isFirst whether the slots behind it stay; else those in front of it do
     * @param item null if it stands in a row of its own
     */
    static byte[] pushed(byte @Nullable [] block, boolean isFirst, int slot, byte @Nullable [] item) {
        int from = 0;
        int to = 0;
        int first = slot;
        if (block != null) {
            ListBlock reader = new ListBlock(block);
            reader.seek(isFirst ? slot : slot - 1);
            from = isFirst ? reader.at : 1;
            to = isFirst ? block.length : reader.at;
            first = isFirst ? slot : block[0];
        }
        int length = item == null ? 0 : item.length + 1;
        int itemBytes = item == null ? 1 : Packed.varintBytes(length) + item.length;
        byte[] next = new byte[1 + itemBytes + to - from];
        next[0] = (byte) first;
        int at = 1;
        if (!isFirst && block != null) {
            System.arraycopy(block, from, next, at, to - from);
            at += to - from;
        }
        at = Packed.putVarint(next, at, length);
        if (item != null) {
            System.arraycopy(item, 0, next, at, item.length);
            at += item.length;
        }
        if (isFirst && block != null) {
            System.arraycopy(block, from, next, at, to - from);
        }
        return next;
    }

    /** Moves to a slot behind the current one; false if the block does not have it. */
    boolean seek(int wanted) {
        while (slot < wanted) {
            if (at >= bytes.length) {
                return false;
            }
            int length = 0;
            byte b;
            int shift = 0;
            do {
                b = bytes[at++];
                length |= (b & 0x7F) << shift;
                shift += 7;
            } while (b < 0);
            start = at;
            end = at + length - 1;
            at = Math.max(at, end);
            slot++;
        }
        return slot == wanted;
    }

    /** Whether the slot's item stands in a row of its own. */
    boolean isOutside() {
        return end < start;
    }

    byte[] bytes() {
        return bytes;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    byte[] copy() {
        return Arrays.copyOfRange(bytes, start, end);
    }

    boolean is(byte[] item) {
        return Arrays.equals(bytes, start, end, item, 0, item.length);
    }

    /** Makes a block, slot by slot without gaps. */
    static final class Writer {
        private byte[] into;
        private int size;

        Writer(int firstSlot, int expectedBytes) {
            into = new byte[expectedBytes + 1];
            into[0] = (byte) firstSlot;
            size = 1;
        }

        /** Bytes that an item of a block takes at most. */
        static int bytes(byte[] item) {
            return item.length + 2;
        }

        void inline(byte[] from, int start, int end) {
            room(end - start + 2);
            size = Packed.putVarint(into, size, end - start + 1);
            System.arraycopy(from, start, into, size, end - start);
            size += end - start;
        }

        void outside() {
            room(1);
            into[size++] = 0;
        }

        private void room(int more) {
            if (size + more > into.length) {
                into = Arrays.copyOf(into, Math.max(into.length * 2, size + more));
            }
        }

        byte[] block() {
            return size == into.length ? into : Arrays.copyOf(into, size);
        }
    }
}
