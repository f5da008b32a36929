package io.cairn.wal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * An open file of a {@link Directory}; every access names its position.
 *
 * <p>Reads may run beside one writer. After a failed write any prefix of the bytes may be in the file.
 *
 * <p><i>Thread-safe.</i>
 */
public interface LogFile extends Closeable {
    /** The name it was opened under. */
    String name();

    /** Its length in bytes. */
    long size() throws IOException;

    /** Reads up to {@code dst.remaining()} bytes; -1 at or past the end. */
    int read(ByteBuffer dst, long position) throws IOException;

    /** Writes all remaining bytes of {@code src}. */
    void write(ByteBuffer src, long position) throws IOException;

    /**
     * Writes all remaining bytes of {@code first}, then of {@code second}, as one gathering write where possible.
     */
    void write(ByteBuffer first, ByteBuffer second, long position) throws IOException;

    /** Cuts the file to {@code size} bytes; no effect if it is not longer. */
    void truncate(long size) throws IOException;

    /** Makes the content, length included, durable. */
    void sync() throws IOException;

    /**
     * The channel behind this file, for sendfile.
     *
     * @throws UnsupportedOperationException if the file is not a real one
     */
    FileChannel channel();

    /** Reads until {@code dst} is full or the file ends; returns the bytes read. */
    default int readFully(ByteBuffer dst, long position) throws IOException {
        int total = 0;
        while (dst.hasRemaining()) {
            int n = read(dst, position + total);
            if (n < 0) {
                break;
            }
            total += n;
        }
        return total;
    }
}
