package io.cairn.snapshot.rdb;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The bytes of an RDB stream as numbers, lengths and strings.
 *
 * <pre>
 *   length := 00llllll | 01llllll byte | 80 4 bytes | 81 8 bytes      big endian
 *   string := length byte*
 *           | C0 1 byte | C1 2 bytes | C2 4 bytes                     a number, little endian, in place of its text
 *           | C3 length length byte*                                  LZF: compressed length, length, compressed bytes
 * </pre>
 *
 * The buffer holds what was read from the input and not yet consumed. The checksum is taken over whole stretches of the
 * buffer, when it is filled anew and at the end. A string is allocated as its bytes arrive, so a length that is a lie
 * costs no more than twice the bytes received and {@link #FIRST_STEP}.
 */
final class RdbSource {
    /** Strings cannot be longer than an array. */
    static final int MAX_STRING = Integer.MAX_VALUE - 16;

    static final int FIRST_STEP = 1 << 20;

    private static final VarHandle INT_LE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT_BE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG_BE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final RdbInput input;
    private final boolean checksum;
    private final byte[] buffer;

    /** Bytes of the stream before the buffer. */
    private long base;

    private int at;
    private int limit;
    private int summedTo;
    private long crc;

    RdbSource(RdbInput input, boolean checksum, int bufferBytes) {
        this.input = input;
        this.checksum = checksum;
        this.buffer = new byte[bufferBytes];
    }

    /** Bytes consumed. */
    long position() {
        return base + at;
    }

    /** What was read from the input but not consumed. */
    ByteBuffer rest() {
        return ByteBuffer.wrap(buffer, at, limit - at).slice();
    }

    /** The checksum of all bytes consumed; 0 if none is wanted. */
    long crc() {
        sum();
        return crc;
    }

    private void sum() {
        if (checksum) {
            crc = Crc64.update(crc, buffer, summedTo, at - summedTo);
        }
        summedTo = at;
    }

    CorruptRdbException corrupt(String what) {
        return new CorruptRdbException("Corrupt RDB: " + what, position());
    }

    /** Makes {@code count} bytes available from {@link #at} on; {@code count} is not more than the buffer holds. */
    private void need(int count) throws IOException {
        if (limit - at < count) {
            fill(count);
        }
    }

    private void fill(int count) throws IOException {
        sum();
        System.arraycopy(buffer, at, buffer, 0, limit - at);
        base += at;
        limit -= at;
        at = 0;
        summedTo = 0;
        while (limit < count) {
            int received = input.read(ByteBuffer.wrap(buffer, limit, buffer.length - limit));
            if (received < 0) {
                at = limit;
                throw corrupt("the stream ends too early:");
            }
            if (received == 0) {
                throw new IOException("input returned without bytes");
            }
            limit += received;
        }
    }

    int unsignedByte() throws IOException {
        need(1);
        return buffer[at++] & 0xFF;
    }

    int intLittleEndian() throws IOException {
        need(Integer.BYTES);
        int value = (int) INT_LE.get(buffer, at);
        at += Integer.BYTES;
        return value;
    }

    private int intBigEndian() throws IOException {
        need(Integer.BYTES);
        int value = (int) INT_BE.get(buffer, at);
        at += Integer.BYTES;
        return value;
    }

    long longLittleEndian() throws IOException {
        need(Long.BYTES);
        long value = (long) LONG_LE.get(buffer, at);
        at += Long.BYTES;
        return value;
    }

    private long longBigEndian() throws IOException {
        need(Long.BYTES);
        long value = (long) LONG_BE.get(buffer, at);
        at += Long.BYTES;
        return value;
    }

    /** A count or length; never negative. */
    long length() throws IOException {
        return length(unsignedByte());
    }

    private long length(int first) throws IOException {
        if (first < 0x40) {
            return first;
        }
        if (first < 0x80) {
            return (first & 0x3FL) << 8 | unsignedByte();
        }
        if (first == RdbCodes.LENGTH_32_BIT) {
            return intBigEndian() & 0xFFFF_FFFFL;
        }
        if (first != RdbCodes.LENGTH_64_BIT) {
            throw corrupt("length begins with byte " + first);
        }
        long length = longBigEndian();
        if (length < 0) {
            throw corrupt("length=" + Long.toUnsignedString(length));
        }
        return length;
    }

    /** An unsigned number of 64 bits, written as lengths are. */
    long number() throws IOException {
        int first = unsignedByte();
        return first == RdbCodes.LENGTH_64_BIT ? longBigEndian() : length(first);
    }

    /** An unsigned number of 64 bits where the format holds lengths that are none, as in module data. */
    void skipNumber() throws IOException {
        int first = unsignedByte();
        if (first == RdbCodes.LENGTH_64_BIT) {
            skip(Long.BYTES);
        } else {
            length(first);
        }
    }

    /** A string in any of its encodings. */
    byte[] string() throws IOException {
        int first = unsignedByte();
        if (first < 0xC0) {
            return bytes(length(first));
        }
        switch (first & 0x3F) {
            case RdbCodes.STRING_INT8 -> {
                return Decimal.text((byte) unsignedByte());
            }
            case RdbCodes.STRING_INT16 -> {
                int low = unsignedByte();
                return Decimal.text((short) (low | unsignedByte() << 8));
            }
            case RdbCodes.STRING_INT32 -> {
                return Decimal.text(intLittleEndian());
            }
            case RdbCodes.STRING_LZF -> {
                return compressed();
            }
            default -> throw corrupt("string begins with byte " + first);
        }
    }

    private byte[] compressed() throws IOException {
        long compressedBytes = length();
        long length = length();
        byte[] bytes = bytes(compressedBytes);
        try {
            return Lzf.decompress(bytes, length);
        } catch (BadEncodingException e) {
            throw corrupt(e.what());
        }
    }

    /** Skips a string; returns the length of its text, or of its compressed text. */
    long skipString() throws IOException {
        int first = unsignedByte();
        long bytes;
        if (first < 0xC0) {
            bytes = length(first);
        } else {
            switch (first & 0x3F) {
                case RdbCodes.STRING_INT8 -> bytes = 1;
                case RdbCodes.STRING_INT16 -> bytes = 2;
                case RdbCodes.STRING_INT32 -> bytes = 4;
                case RdbCodes.STRING_LZF -> {
                    bytes = length();
                    length();
                }
                default -> throw corrupt("string begins with byte " + first);
            }
        }
        skip(bytes);
        return bytes;
    }

    /** Exactly {@code length} bytes. */
    byte[] bytes(long length) throws IOException {
        if (length <= limit - at) {
            byte[] bytes = Arrays.copyOfRange(buffer, at, at + (int) length);
            at += (int) length;
            return bytes;
        }
        if (length > MAX_STRING) {
            throw corrupt("string of " + length + " bytes");
        }
        byte[] bytes = new byte[(int) Math.min(length, FIRST_STEP)];
        int filled = 0;
        while (true) {
            while (filled < bytes.length) {
                need(1);
                int part = Math.min(bytes.length - filled, limit - at);
                System.arraycopy(buffer, at, bytes, filled, part);
                at += part;
                filled += part;
            }
            if (filled == length) {
                return bytes;
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * filled));
        }
    }

    void skip(long count) throws IOException {
        long left = count;
        while (left > 0) {
            need(1);
            int part = (int) Math.min(left, limit - at);
            at += part;
            left -= part;
        }
    }
}
