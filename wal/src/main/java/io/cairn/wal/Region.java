package io.cairn.wal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A stretch of one segment file, for sendfile.
 *
 * <p>It keeps the file open until {@link #release}, be the segment deleted or the reader closed meanwhile; that is
 * called once.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Region {
    private final Segment segment;
    private final LogFile file;
    private final long position;
    private final int length;
    private final AtomicBoolean released = new AtomicBoolean();

    Region(Segment segment, LogFile file, long position, int length) {
        this.segment = segment;
        this.file = file;
        this.position = position;
        this.length = length;
    }

    /** The segment file. */
    public FileChannel channel() {
        return file.channel();
    }

    /** Where in the file it begins. */
    public long filePosition() {
        return position - segment.base();
    }

    /** Log position of its first byte. */
    public long position() {
        return position;
    }

    /** Its length in bytes, at least 1. */
    public int length() {
        return length;
    }

    /** Gives the file up; a second call does nothing. */
    public void release() throws IOException {
        if (released.compareAndSet(false, true)) {
            segment.release();
        }
    }
}
