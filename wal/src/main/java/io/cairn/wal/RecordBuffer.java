package io.cairn.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A window over a segment's bytes that yields one record at a time, in order.
 *
 * <p><i>Confined to the thread that made it.</i>
 */
final class RecordBuffer {
    private static final int WINDOW_BYTES = 256 << 10;

    private final LogFile file;
    private final CRC32C crc = new CRC32C();
    private ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
    private long windowStart;
    private int windowLength;

    RecordBuffer(LogFile file) {
        this.file = file;
    }

    /** The bytes [start, start + length) of the file, backed by an array; null if the file ends before. */
    @Nullable
    ByteBuffer bytes(long start, int length) throws IOException {
        if (start < windowStart || start + length > windowStart + windowLength) {
            if (window.capacity() < length) {
                window = ByteBuffer.allocate(length);
            }
            window.clear();
            windowStart = start;
            windowLength = file.readFully(window, start);
            if (windowLength < length) {
                return null;
            }
        }
        return window.duplicate().limit((int) (start - windowStart) + length).position((int) (start - windowStart));
    }

    /** The checksum of those bytes. */
    int checksum(ByteBuffer bytes) {
        crc.reset();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }

    /** Whether the file holds the bytes [start, start + length), of any length, with that checksum. */
    Found find(long start, long length, int checksum) throws IOException {
        crc.reset();
        for (long at = start, left = length; left > 0; ) {
            int piece = (int) Math.min(left, WINDOW_BYTES);
            ByteBuffer bytes = bytes(at, piece);
            if (bytes == null) {
                return Found.CUT;
            }
            crc.update(bytes);
            at += piece;
            left -= piece;
        }
        return (int) crc.getValue() == checksum ? Found.GOOD : Found.DAMAGED;
    }

    /** What became of a record. */
    enum Found {
        GOOD,
        /** The file ends within it. */
        CUT,
        DAMAGED
    }
}
