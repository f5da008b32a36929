package io.cairn.engine.types;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.MetaRow;

/**
 * The layout of small sets of integers inside a meta row.
 *
 * <pre>
 *   integers := width value*       width: 1 byte, 2, 4 or 8
 *   value    := big-endian two's complement integer of width bytes; ascending, each once
 * </pre>
 *
 * The width is the least that all values fit.
 *
 * <p><i>Immutable.</i>
 */
final class Integers {
    private Integers() {}

    /** The meta row of the first {@code count} of {@code values}, ascending. */
    static byte[] row(long expireAtMillis, long[] values, int count) {
        int width = count == 0 ? 2 : Math.max(width(values[0]), width(values[count - 1]));
        byte[] row = MetaRow.allocate(ValueType.SET, Encoding.INTSET, false, expireAtMillis, 1 + width * count);
        int at = MetaRow.payloadStart(row);
        row[at++] = (byte) width;
        for (int i = 0; i < count; i++) {
            for (int shift = (width - 1) * 8; shift >= 0; shift -= 8) {
                row[at++] = (byte) (values[i] >> shift);
            }
        }
        return row;
    }

    private static int width(long value) {
        return value == (short) value ? 2 : value == (int) value ? 4 : 8;
    }

    /** Number of values. */
    static int count(byte[] row) {
        int start = MetaRow.payloadStart(row);
        return (row.length - start - 1) / row[start];
    }

    /** The value at {@code index}, counted from the least. */
    static long at(byte[] row, int index) {
        int start = MetaRow.payloadStart(row);
        int width = row[start];
        int at = start + 1 + index * width;
        long value = row[at];
        for (int i = 1; i < width; i++) {
            value = value << 8 | (row[at + i] & 0xFF);
        }
        return value;
    }

    /** Whether the value is there. */
    static boolean contains(byte[] row, long value) {
        int low = 0;
        int high = count(row) - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long found = at(row, middle);
            if (found == value) {
                return true;
            }
            if (found < value) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return false;
    }

    /** All values, ascending, in an array with {@code room} to spare. */
    static long[] values(byte[] row, int room) {
        int count = count(row);
        long[] values = new long[count + room];
        for (int i = 0; i < count; i++) {
            values[i] = at(row, i);
        }
        return values;
    }
}
