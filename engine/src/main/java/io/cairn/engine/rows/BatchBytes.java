package io.cairn.engine.rows;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * RocksDB's serialised write batch, so that changes cross into native code once.
 *
 * <pre>
 *   sequence(8) = 0, count(4), little endian, then count records:
 *   put           0x05 family(varint) key value        delete        0x04 family(varint) key
 *   delete range  0x0E family(varint) from to          each key and value: length(varint) bytes
 * </pre>
 *
 * <p><i>Confined to the thread that writes it.</i>
 */
final class BatchBytes {
    private static final VarHandle LITTLE_INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG_INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int HEADER_BYTES = 12;
    private static final int COUNT_AT = 8;
    private static final int NAMESPACE_BYTES = 4;
    private static final int VARINT_MAX = 5;
    private static final byte DELETE = 0x04;
    private static final byte PUT = 0x05;
    private static final byte DELETE_RANGE = 0x0E;
    private static final int ARRAY_MAX = Integer.MAX_VALUE - 16;

    private byte[] bytes;
    private int end = HEADER_BYTES;
    private int count;

    BatchBytes(int capacity) {
        bytes = new byte[Math.max(HEADER_BYTES, capacity)];
    }

    /** Bytes before the first change. */
    static int headerBytes() {
        return HEADER_BYTES;
    }

    /** So many bytes stand for that change. */
    static long sizeOf(Family family, byte[] key, byte[] row) {
        int keyBytes = family == Family.META ? NAMESPACE_BYTES + key.length : key.length;
        long size = 2 + varintBytes(keyBytes) + (long) keyBytes;
        return row == RowChanges.DELETED ? size : size + varintBytes(row.length) + row.length;
    }

    private static int varintBytes(int value) {
        return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
    }

    /** At most so many bytes stand for a change of a key and a row of these lengths. */
    static int bound(int keyBytes, int rowBytes) {
        return 2 + 2 * VARINT_MAX + NAMESPACE_BYTES + keyBytes + rowBytes;
    }

    /** Sets or ({@link RowChanges#DELETED}) deletes a row; the namespace counts for META alone. */
    void change(Family family, int namespace, byte[] key, byte[] row) {
        boolean deleted = row == RowChanges.DELETED;
        ensure((int) Math.min(ARRAY_MAX, sizeOf(family, key, row)));
        begin(deleted ? DELETE : PUT, family);
        if (family == Family.META) {
            appendVarint(NAMESPACE_BYTES + key.length);
            BIG_INT.set(bytes, end, namespace);
            end += NAMESPACE_BYTES;
            System.arraycopy(key, 0, bytes, end, key.length);
            end += key.length;
        } else {
            append(key);
        }
        if (!deleted) {
            append(row);
        }
    }

    void deleteRange(Family family, byte[] from, byte[] to) {
        ensure(bound(from.length, to.length));
        begin(DELETE_RANGE, family);
        append(from);
        append(to);
    }

    private void begin(byte type, Family family) {
        count++;
        bytes[end++] = type;
        bytes[end++] = (byte) family.id();
    }

    private void append(byte[] part) {
        appendVarint(part.length);
        System.arraycopy(part, 0, bytes, end, part.length);
        end += part.length;
    }

    private void appendVarint(int value) {
        int rest = value;
        while (rest >= 0x80) {
            bytes[end++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[end++] = (byte) rest;
    }

    private void ensure(int more) {
        if (bytes.length - end < more) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(ARRAY_MAX, Math.max(2L * bytes.length, (long) end + more)));
        }
    }

    /** The batch as RocksDB takes it. */
    byte[] finished() {
        LITTLE_INT.set(bytes, COUNT_AT, count);
        return end == bytes.length ? bytes : Arrays.copyOf(bytes, end);
    }
}
