package io.cairn.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A {@link LogFile} over a {@link FileChannel}.
 *
 * <p>Like every file channel it is closed when a thread that uses it is interrupted; threads of a log are stopped by a
 * flag, never by an interrupt.
 *
 * <p><i>Thread-safe.</i>
 */
final class FsFile implements LogFile {
    /** Bytes that pass at once: a thread keeps a buffer outside the heap as large as what ever passed at once. */
    private static final int SLICE_BYTES = 1 << 20;

    private final String name;
    private final FileChannel channel;
    private final ByteBuffer[] gather = new ByteBuffer[2]; // used by the one writer only

    FsFile(String name, FileChannel channel) {
        this.name = name;
        this.channel = channel;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public int read(ByteBuffer dst, long position) throws IOException {
        int limit = dst.limit();
        dst.limit(sliceEnd(dst));
        try {
            return channel.read(dst, position);
        } finally {
            dst.limit(limit);
        }
    }

    @Override
    public void write(ByteBuffer src, long position) throws IOException {
        long at = position;
        int limit = src.limit();
        try {
            while (src.position() < limit) {
                src.limit(limit);
                src.limit(sliceEnd(src));
                at += channel.write(src, at);
            }
        } finally {
            src.limit(limit);
        }
    }

    private static int sliceEnd(ByteBuffer bytes) {
        return bytes.position() + Math.min(bytes.remaining(), SLICE_BYTES);
    }

    @Override
    public void write(ByteBuffer first, ByteBuffer second, long position) throws IOException {
        if (!first.hasRemaining() || second.remaining() > SLICE_BYTES) {
            int prefix = first.remaining();
            write(first, position);
            write(second, position + prefix);
            return;
        }
        channel.position(position);
        gather[0] = first;
        gather[1] = second;
        try {
            while (second.hasRemaining() || first.hasRemaining()) {
                channel.write(gather);
            }
        } finally {
            gather[0] = null;
            gather[1] = null;
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public void sync() throws IOException {
        channel.force(false);
    }

    @Override
    public FileChannel channel() {
        return channel;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
