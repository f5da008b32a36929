package io.cairn.snapshot.rdb;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A listpack: many small strings and integers as one blob, as Redis writes it since 7.0.
 *
 * <pre>
 *   listpack := total count entry* FF         total: 4 bytes, of the whole blob; count: 2 bytes, FFFF = unknown
 *   entry    := data back                     back: length of data, 7 bits a byte, high bits first, all but the first
 *                                             byte with the high bit set
 *   data     := 0nnnnnnn                      number 0 to 127
 *             | 10llllll byte{l}              string
 *             | 110nnnnn nnnnnnnn             number of 13 bits, signed, high bits first
 *             | 1110llll llllllll byte{l}     string, length high bits first
 *             | F0 length byte{length}        string, length of 4 bytes
 *             | F1 2 bytes | F2 3 bytes | F3 4 bytes | F4 8 bytes     number, signed
 * </pre>
 *
 * All little endian but where said otherwise.
 */
final class Listpack implements Elements {
    private static final int HEADER = 6;
    private static final int END = 0xFF;
    private static final int UNKNOWN_COUNT = 0xFFFF;

    private final byte[] blob;
    private final int count;
    private int at = HEADER;
    private int read;

    Listpack(byte[] blob) throws BadEncodingException {
        if (blob.length < HEADER + 1
                || LittleEndian.unsigned(blob, 0, 4) != blob.length
                || (blob[blob.length - 1] & 0xFF) != END) {
            throw new BadEncodingException("listpack of " + blob.length + " bytes has no valid frame");
        }
        this.blob = blob;
        this.count = checkedCount();
    }

    private int checkedCount() throws BadEncodingException {
        int end = blob.length - 1;
        int entries = 0;
        int index = HEADER;
        while (index < end) {
            long size = dataBytes(index, end);
            long next = index + size + backBytes(size);
            if (next > end || !isBack(index + (int) size, size)) {
                throw new BadEncodingException("listpack entry " + entries + " does not fit its place");
            }
            index = (int) next;
            entries++;
        }
        long stated = LittleEndian.unsigned(blob, 4, 2);
        if (stated != UNKNOWN_COUNT && stated != entries) {
            throw new BadEncodingException("listpack of " + entries + " entries says count=" + stated);
        }
        return entries;
    }

    /** Length of an entry's data with its head, of which at least the first byte is before {@code end}. */
    private long dataBytes(int index, int end) throws BadEncodingException {
        int first = blob[index] & 0xFF;
        if (first < 0x80) {
            return 1;
        }
        if (first < 0xC0) {
            return 1L + (first & 0x3F);
        }
        if (first < 0xE0) {
            return 2;
        }
        int head = first < 0xF0 ? 2 : 5;
        if (first <= 0xF0) {
            if (index + head > end) {
                throw new BadEncodingException("listpack entry is cut off");
            }
            return head + stringLength(index, first);
        }
        return switch (first) {
            case 0xF1 -> 3;
            case 0xF2 -> 4;
            case 0xF3 -> 5;
            case 0xF4 -> 9;
            default -> throw new BadEncodingException("listpack entry begins with byte " + first);
        };
    }

    private long stringLength(int index, int first) {
        return first == 0xF0 ? LittleEndian.unsigned(blob, index + 1, 4) : (first & 0x0F) << 8 | blob[index + 1] & 0xFF;
    }

    /** Length of the length behind an entry. The steps are one short of the powers of two, as Redis has them. */
    static int backBytes(long dataBytes) {
        if (dataBytes <= 127) {
            return 1;
        }
        if (dataBytes < 16383) {
            return 2;
        }
        if (dataBytes < 2097151) {
            return 3;
        }
        return dataBytes < 268435455 ? 4 : 5;
    }

    private boolean isBack(int index, long dataBytes) {
        int bytes = backBytes(dataBytes);
        for (int i = 0; i < bytes; i++) {
            long digit = dataBytes >>> 7 * (bytes - 1 - i) & 0x7F | (i == 0 ? 0 : 0x80);
            if ((blob[index + i] & 0xFF) != digit) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int count() {
        return count;
    }

    /** How many have not been read. */
    int left() {
        return count - read;
    }

    /** As {@link #next}, where the number of elements is not known beforehand. */
    byte[] nextElement() throws BadEncodingException {
        requireOne();
        return next();
    }

    /** The next element as a number. */
    long nextNumber() throws BadEncodingException {
        requireOne();
        byte[] text = next();
        try {
            return Long.parseLong(new String(text, StandardCharsets.ISO_8859_1));
        } catch (NumberFormatException e) {
            throw new BadEncodingException("listpack holds a text where a number belongs");
        }
    }

    private void requireOne() throws BadEncodingException {
        if (read == count) {
            throw new BadEncodingException("listpack ends within an entry");
        }
    }

    @Override
    public byte[] next() {
        read++;
        int first = blob[at] & 0xFF;
        if (first < 0x80) {
            return number(first, 1);
        }
        if (first < 0xC0) {
            return string(1, first & 0x3F);
        }
        if (first < 0xE0) {
            int bits = (first & 0x1F) << 8 | blob[at + 1] & 0xFF;
            return number(bits << 19 >> 19, 2);
        }
        if (first <= 0xF0) {
            return string(first == 0xF0 ? 5 : 2, (int) stringLength(at, first));
        }
        int width = first == 0xF4 ? 8 : first - 0xEF;
        return number(LittleEndian.signed(blob, at + 1, width), 1 + width);
    }

    private byte[] number(long value, int dataBytes) {
        at += dataBytes + backBytes(dataBytes);
        return Decimal.text(value);
    }

    private byte[] string(int head, int length) {
        byte[] text = Arrays.copyOfRange(blob, at + head, at + head + length);
        at += head + length + backBytes(head + length);
        return text;
    }
}
