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
 * @param fieldExpiry whether hashes of which fields expire are written with these times, in a type that Redis loads since
 *     7.4; else as any hash
 */
public record RdbWriteOptions(boolean checksum, boolean compression, int bufferBytes, boolean fieldExpiry) {
    /** For sockets: checksum, no compression; fields without their expiry, since any peer may listen. */
    public static final RdbWriteOptions STREAM = new RdbWriteOptions(true, false, 128 << 10, false);

    /** For files: checksum and compression, as Redis by default. */
    public static final RdbWriteOptions FILE = new RdbWriteOptions(true, true, 128 << 10, true);

    /** Checks the range. */
    public RdbWriteOptions {
        if (bufferBytes < 64) {
            throw new IllegalArgumentException("bufferBytes=" + bufferBytes);
        }
    }

    /** The same with or without a checksum. */
    public RdbWriteOptions withChecksum(boolean write) {
        return new RdbWriteOptions(write, compression, bufferBytes, fieldExpiry);
    }

    /** The same with or without compression. */
    public RdbWriteOptions withCompression(boolean compress) {
        return new RdbWriteOptions(checksum, compress, bufferBytes, fieldExpiry);
    }

    /** The same with another size of buffers. */
    public RdbWriteOptions withBufferBytes(int bytes) {
        return new RdbWriteOptions(checksum, compression, bytes, fieldExpiry);
    }

    /** The same with or without the times at which fields of hashes expire. */
    public RdbWriteOptions withFieldExpiry(boolean write) {
        return new RdbWriteOptions(checksum, compression, bufferBytes, write);
    }
}
