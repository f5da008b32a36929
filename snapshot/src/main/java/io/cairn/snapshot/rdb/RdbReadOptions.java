package io.cairn.snapshot.rdb;

/**
 * What a reader accepts.
 *
 * <p><i>Immutable.</i>
 *
 * @param databases indexes of databases are below this
 * @param checksum whether the checksum at the end is verified (a stream that carries none passes)
 * @param bufferBytes size of the read buffer
 */
public record RdbReadOptions(int databases, boolean checksum, int bufferBytes) {
    /** 16 databases, checksum verified. */
    public static final RdbReadOptions DEFAULT = new RdbReadOptions(16, true, 256 << 10);

    /** Checks the ranges. */
    public RdbReadOptions {
        if (databases < 1 || bufferBytes < 64) {
            throw new IllegalArgumentException("databases=" + databases + " bufferBytes=" + bufferBytes);
        }
    }

    /** The same with another number of databases. */
    public RdbReadOptions withDatabases(int count) {
        return new RdbReadOptions(count, checksum, bufferBytes);
    }

    /** The same with the checksum verified or not. */
    public RdbReadOptions withChecksum(boolean verify) {
        return new RdbReadOptions(databases, verify, bufferBytes);
    }

    /** The same with another size of the read buffer. */
    public RdbReadOptions withBufferBytes(int bytes) {
        return new RdbReadOptions(databases, checksum, bytes);
    }
}
