package io.cairn.snapshot.rdb;

/**
 * How a writer writes.
 *
 * <p><i>Immutable.</i>
 *
 * @param checksum whether a CRC64 stands at the end (the directive is {@code rdbchecksum yes}); else zero, which readers take as none
 * @param compression whether long strings are compressed (the directive is {@code rdbcompression yes}); costs more than it saves on a fast
 *     network
 * @param bufferBytes size of the buffers that the output gets
 */
public record RdbWriteOptions(boolean checksum, boolean compression, int bufferBytes) {
    /** For sockets: checksum, no compression. */
    public static final RdbWriteOptions STREAM = new RdbWriteOptions(true, false, 128 << 10);

    /** For files: checksum and compression, as Redis by default. */
    public static final RdbWriteOptions FILE = new RdbWriteOptions(true, true, 128 << 10);

    /** Checks the range. */
    public RdbWriteOptions {
        if (bufferBytes < 64) {
            throw new IllegalArgumentException("bufferBytes=" + bufferBytes);
        }
    }

    /** The same with or without a checksum. */
    public RdbWriteOptions withChecksum(boolean write) {
        return new RdbWriteOptions(write, compression, bufferBytes);
    }

    /** The same with or without compression. */
    public RdbWriteOptions withCompression(boolean compress) {
        return new RdbWriteOptions(checksum, compress, bufferBytes);
    }

    /** The same with another size of buffers. */
    public RdbWriteOptions withBufferBytes(int bytes) {
        return new RdbWriteOptions(checksum, compression, bytes);
    }
}
