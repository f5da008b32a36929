package io.cairn.snapshot.rdb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The checksum at the end of an RDB: CRC-64 with the Jones polynomial, reflected, initial value 0, no final inversion.
 *
 * <p>The CRC of the ASCII bytes {@code 123456789} is {@code e9c6d914c4b8d9ca}. Sixteen bytes are taken at a time, with a
 * table for each of the sixteen distances a byte can have from the end of its group.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Crc64 {
    /** The polynomial ad93d23594c935a9, bits reversed. */
    private static final long POLYNOMIAL = 0x95AC9329AC4BC9B5L;

    private static final int STRIDE = 16;
    private static final long[] TABLE = table();
    private static final VarHandle ARRAY_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Crc64() {}

    private static long[] table() {
        long[] table = new long[STRIDE * 256];
        for (int i = 0; i < 256; i++) {
            long crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ POLYNOMIAL : crc >>> 1;
            }
            table[i] = crc;
        }
        for (int i = 256; i < table.length; i++) {
            long nearer = table[i - 256];
            table[i] = nearer >>> 8 ^ table[(int) (nearer & 0xFF)];
        }
        return table;
    }

    /** Continues {@code crc} (0 at the start) over a part of an array. */
    public static long update(long crc, byte[] bytes, int from, int length) {
        Objects.checkFromIndexSize(from, length, bytes.length);
        int at = from;
        int end = from + length;
        long sum = crc;
        for (int last = end - STRIDE; at <= last; at += STRIDE) {
            sum = group(sum ^ (long) ARRAY_LONG.get(bytes, at), (long) ARRAY_LONG.get(bytes, at + 8));
        }
        for (; at < end; at++) {
            sum = sum >>> 8 ^ TABLE[(int) (sum ^ bytes[at]) & 0xFF];
        }
        return sum;
    }

    /** Continues {@code crc} over what stands between position and limit; neither moves. */
    public static long update(long crc, ByteBuffer bytes) {
        if (bytes.hasArray()) {
            return update(crc, bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        }
        ByteBuffer view = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int at = view.position();
        int end = view.limit();
        long sum = crc;
        for (int last = end - STRIDE; at <= last; at += STRIDE) {
            sum = group(sum ^ view.getLong(at), view.getLong(at + 8));
        }
        for (; at < end; at++) {
            sum = sum >>> 8 ^ TABLE[(int) (sum ^ view.get(at)) & 0xFF];
        }
        return sum;
    }

    private static long group(long first, long second) {
        return farther(first) ^ nearer(second);
    }

    private static long farther(long word) {
        return TABLE[0xF00 + (int) (word & 0xFF)]
                ^ TABLE[0xE00 + (int) (word >>> 8 & 0xFF)]
                ^ TABLE[0xD00 + (int) (word >>> 16 & 0xFF)]
                ^ TABLE[0xC00 + (int) (word >>> 24 & 0xFF)]
                ^ TABLE[0xB00 + (int) (word >>> 32 & 0xFF)]
                ^ TABLE[0xA00 + (int) (word >>> 40 & 0xFF)]
                ^ TABLE[0x900 + (int) (word >>> 48 & 0xFF)]
                ^ TABLE[0x800 + (int) (word >>> 56)];
    }

    private static long nearer(long word) {
        return TABLE[0x700 + (int) (word & 0xFF)]
                ^ TABLE[0x600 + (int) (word >>> 8 & 0xFF)]
                ^ TABLE[0x500 + (int) (word >>> 16 & 0xFF)]
                ^ TABLE[0x400 + (int) (word >>> 24 & 0xFF)]
                ^ TABLE[0x300 + (int) (word >>> 32 & 0xFF)]
                ^ TABLE[0x200 + (int) (word >>> 40 & 0xFF)]
                ^ TABLE[0x100 + (int) (word >>> 48 & 0xFF)]
                ^ TABLE[(int) (word >>> 56)];
    }
}
