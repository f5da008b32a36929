package io.cairn.snapshot.rdb;

import java.util.Arrays;

/**
 * A ziplist: many small strings and integers as one blob, as Redis wrote it up to 6.2.
 *
 * <pre>
 *   ziplist  := total tail count entry* FF    total: 4 bytes, of the whole blob; tail: 4 bytes, where the last entry
 *                                             begins; count: 2 bytes, FFFF = unknown
 *   entry    := previous data                 previous: length of the entry before, 1 byte or FE and 4 bytes
 *   data     := 00llllll byte{l}              string
 *             | 01llllll llllllll byte{l}     string, length high bits first
 *             | 80 length byte{length}        string, length of 4 bytes, high bits first
 *             | C0 2 bytes | D0 4 bytes | E0 8 bytes | F0 3 bytes | FE 1 byte     number, signed
 *             | F1 ... FD                     number 0 to 12
 * </pre>
 *
 * All little endian but where said otherwise.
 */
final class Ziplist implements Elements {
    private static final int HEADER = 10;
    private static final int END = 0xFF;
    private static final int LONG_PREVIOUS = 0xFE;
    private static final int UNKNOWN_COUNT = 0xFFFF;

    private final byte[] blob;
    private final int count;
    private int at = HEADER;

    Ziplist(byte[] blob) throws BadEncodingException {
        if (blob.length < HEADER + 1
                || LittleEndian.unsigned(blob, 0, 4) != blob.length
                || (blob[blob.length - 1] & 0xFF) != END) {
            throw new BadEncodingException("ziplist of " + blob.length + " bytes has no valid frame");
        }
        this.blob = blob;
        this.count = checkedCount();
    }

    private int checkedCount() throws BadEncodingException {
        int end = blob.length - 1;
        int entries = 0;
        int index = HEADER;
        int last = HEADER;
        long previous = 0;
        while (index < end) {
            int prefix = previousBytes(index);
            if (index + prefix >= end || previous(index) != previous) {
                throw new BadEncodingException("ziplist entry " + entries + " does not follow the one before");
            }
            long size = prefix + dataBytes(index + prefix, end);
            if (index + size > end) {
                throw new BadEncodingException("ziplist entry " + entries + " does not fit its place");
            }
            last = index;
            previous = size;
            index += (int) size;
            entries++;
        }
        long stated = LittleEndian.unsigned(blob, 8, 2);
        if (stated != UNKNOWN_COUNT && stated != entries || LittleEndian.unsigned(blob, 4, 4) != last) {
            throw new BadEncodingException("ziplist of " + entries + " entries says count=" + stated);
        }
        return entries;
    }

    private int previousBytes(int index) {
        return (blob[index] & 0xFF) == LONG_PREVIOUS ? 5 : 1;
    }

    private long previous(int index) {
        int first = blob[index] & 0xFF;
        return first == LONG_PREVIOUS ? LittleEndian.unsigned(blob, index + 1, 4) : first;
    }

    /** Length of an entry's data with its head, of which at least the first byte is before {@code end}. */
    private long dataBytes(int index, int end) throws BadEncodingException {
        int first = blob[index] & 0xFF;
        if (first < 0xC0) {
            int head = headBytes(first);
            if (head == 0 || index + head > end) {
                throw new BadEncodingException("ziplist entry begins with byte " + first);
            }
            return head + stringLength(index, first);
        }
        int width = numberBytes(first);
        if (width < 0) {
            throw new BadEncodingException("ziplist entry begins with byte " + first);
        }
        return 1L + width;
    }

    private static int headBytes(int first) {
        if (first < 0x40) {
            return 1;
        }
        if (first < 0x80) {
            return 2;
        }
        return first == 0x80 ? 5 : 0;
    }

    private long stringLength(int index, int first) {
        if (first < 0x40) {
            return first;
        }
        if (first < 0x80) {
            return (first & 0x3FL) << 8 | blob[index + 1] & 0xFF;
        }
        return (long) (blob[index + 1] & 0xFF) << 24
                | (blob[index + 2] & 0xFF) << 16
                | (blob[index + 3] & 0xFF) << 8
                | blob[index + 4] & 0xFF;
    }

    /** Width of a number behind its head, 0 if it stands in the head, -1 if there is no such head. */
    private static int numberBytes(int first) {
        return switch (first) {
            case 0xC0 -> 2;
            case 0xD0 -> 4;
            case 0xE0 -> 8;
            case 0xF0 -> 3;
            case 0xFE -> 1;
            default -> first > 0xF0 && first < 0xFE ? 0 : -1;
        };
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public byte[] next() {
        int index = at + previousBytes(at);
        int first = blob[index] & 0xFF;
        if (first < 0xC0) {
            int from = index + headBytes(first);
            at = from + (int) stringLength(index, first);
            return Arrays.copyOfRange(blob, from, at);
        }
        int width = numberBytes(first);
        at = index + 1 + width;
        return Decimal.text(width == 0 ? first - 0xF1 : LittleEndian.signed(blob, index + 1, width));
    }
}
