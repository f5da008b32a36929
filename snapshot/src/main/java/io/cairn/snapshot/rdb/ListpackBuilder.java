package io.cairn.snapshot.rdb;

import java.util.Arrays;

/** Builds a listpack, see {@link Listpack}; numbers in canonical decimal form are kept as numbers, as Redis does. */
final class ListpackBuilder {
    private static final int HEADER = 6;
    private static final int UNKNOWN_COUNT = 0xFFFF;

    private byte[] blob = new byte[1024];
    private int at = HEADER;
    private int entries;

    /** Starts an empty one. */
    void clear() {
        at = HEADER;
        entries = 0;
    }

    /** Bytes so far. */
    int bytes() {
        return at + 1;
    }

    void add(byte[] text) {
        long number = text.length <= 11 ? Decimal.parse(text) : Decimal.NONE;
        if (number != Decimal.NONE) {
            add(number);
            return;
        }
        int length = text.length;
        room(length + 10);
        int from = at;
        if (length < 64) {
            blob[at++] = (byte) (0x80 | length);
        } else if (length < 4096) {
            blob[at++] = (byte) (0xE0 | length >>> 8);
            blob[at++] = (byte) length;
        } else {
            blob[at++] = (byte) 0xF0;
            little(length, 4);
        }
        System.arraycopy(text, 0, blob, at, length);
        at += length;
        back(at - from);
    }

    void add(long number) {
        room(10);
        int from = at;
        if (number >= 0 && number <= 127) {
            blob[at++] = (byte) number;
        } else if (number >= -4096 && number <= 4095) {
            blob[at++] = (byte) (0xC0 | number >>> 8 & 0x1F);
            blob[at++] = (byte) number;
        } else {
            int width = width(number);
            blob[at++] = (byte) (width == 8 ? 0xF4 : 0xEF + width);
            little(number, width);
        }
        back(at - from);
    }

    private static int width(long number) {
        if (number == (short) number) {
            return 2;
        }
        if (number >= -(1 << 23) && number < 1 << 23) {
            return 3;
        }
        return number == (int) number ? 4 : 8;
    }

    private void little(long number, int bytes) {
        for (int i = 0; i < bytes; i++) {
            blob[at++] = (byte) (number >>> 8 * i);
        }
    }

    private void back(int dataBytes) {
        int bytes = Listpack.backBytes(dataBytes);
        for (int i = bytes - 1; i >= 0; i--) {
            blob[at++] = (byte) (dataBytes >>> 7 * i & 0x7F | (i == bytes - 1 ? 0 : 0x80));
        }
        entries++;
    }

    private void room(int bytes) {
        if (blob.length - at < bytes + 1) {
            blob = Arrays.copyOf(blob, Math.max(blob.length * 2, at + bytes + 1));
        }
    }

    /** The listpack. */
    byte[] build() {
        int end = at;
        blob[end] = (byte) 0xFF;
        at = 0;
        little(end + 1L, 4);
        little(Math.min(entries, UNKNOWN_COUNT), 2);
        at = end;
        return Arrays.copyOf(blob, end + 1);
    }
}
