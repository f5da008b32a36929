package io.cairn.wal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bytes of a log from a position on, and goes on as more are appended.
 *
 * <p>It holds the segment it stands in, so retention never takes bytes from under it there; to be sure of what follows,
 * its owner holds a {@link Pin}. Bytes are not checked against checksums here: that is what {@link Wal#replay} and
 * {@link Wal#verify} do.
 *
 * <p><i>Confined to the feeder's thread.</i>
 */
public final class WalReader implements Closeable {
    private final Wal wal;
    private final ReadLimit limit;
    private long position;
    private @Nullable Segment segment;
    private @Nullable LogFile file;

    WalReader(Wal wal, long position, ReadLimit limit) throws IOException {
        this.wal = wal;
        this.limit = limit;
        this.position = position;
        enter();
    }

    /** Position of the next byte to read. */
    public long position() {
        return position;
    }

    /** Bytes that can be read now. */
    public long available() {
        return Math.max(0, limitPosition() - position);
    }

    private long limitPosition() {
        return switch (limit) {
            case APPENDED -> wal.end();
            case DURABLE -> wal.durable();
            case REPLICABLE -> wal.replicable();
        };
    }

    /** Reads what is there into {@code dst}; returns the number of bytes, 0 if nothing is new. */
    public int read(ByteBuffer dst) throws IOException {
        int total = 0;
        while (dst.hasRemaining()) {
            int length = stretch(dst.remaining());
            if (length == 0) {
                break;
            }
            int whole = dst.limit();
            dst.limit(dst.position() + length);
            try {
                int n = file().readFully(dst, position - segment().base());
                if (n < length) {
                    throw new CorruptLogException(file().name(), position, "segment file is shorter than the log");
                }
            } finally {
                dst.limit(whole);
            }
            position += length;
            total += length;
        }
        return total;
    }

    /**
     * The next stretch of at most {@code maxBytes} as a file region, which the caller releases; null if nothing is new.
     */
    public @Nullable Region next(int maxBytes) throws IOException {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes " + maxBytes + " is not positive");
        }
        int length = stretch(maxBytes);
        if (length == 0) {
            return null;
        }
        Segment current = segment();
        current.acquireAgain();
        Region region = new Region(current, file(), position, length);
        position += length;
        return region;
    }

    /** Length of what can be read now in one piece, moving on to the next segment where one ends. */
    private int stretch(int maxBytes) throws IOException {
        long upTo = limitPosition();
        if (position >= upTo) {
            return 0;
        }
        if (position >= segment().end()) {
            leave();
            enter();
        }
        return (int) Math.min(maxBytes, Math.min(upTo, segment().end()) - position);
    }

    /** Goes on at another position; the same errors as {@link Wal#reader}. */
    public void seek(long next) throws IOException {
        wal.lookup().check(next);
        leave();
        position = next;
        enter();
    }

    private void enter() throws IOException {
        Segment holder = wal.lookup().holder(position);
        LogFile opened = holder.acquire();
        if (opened == null) {
            throw new LogTruncatedException(position, wal.start());
        }
        segment = holder;
        file = opened;
    }

    private void leave() throws IOException {
        Segment left = segment;
        segment = null;
        file = null;
        if (left != null) {
            left.release();
        }
    }

    private Segment segment() throws IOException {
        if (segment == null) {
            throw new IOException("The reader is closed");
        }
        return segment;
    }

    private LogFile file() throws IOException {
        if (file == null) {
            throw new IOException("The reader is closed");
        }
        return file;
    }

    @Override
    public void close() throws IOException {
        leave();
    }
}
