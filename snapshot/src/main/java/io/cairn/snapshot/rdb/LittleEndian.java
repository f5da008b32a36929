package io.cairn.snapshot.rdb;

/** Numbers in blobs, at any index, low byte first. The caller has made sure that the bytes are there. */
final class LittleEndian {
    private LittleEndian() {}

    /** A signed number of {@code size} bytes, 1 to 8. */
    static long signed(byte[] bytes, int at, int size) {
        long value = bytes[at + size - 1];
        for (int i = size - 2; i >= 0; i--) {
            value = value << 8 | bytes[at + i] & 0xFF;
        }
        return value;
    }

    /** An unsigned number of {@code size} bytes, 1 to 7. */
    static long unsigned(byte[] bytes, int at, int size) {
        return signed(bytes, at, size) & (1L << 8 * size) - 1;
    }
}
