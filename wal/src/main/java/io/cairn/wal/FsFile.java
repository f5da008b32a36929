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
        return channel.read(dst, position);
    }

    @Override
    public void write(ByteBuffer src, long position) throws IOException {
        long at = position;
        while (src.hasRemaining()) {
            at += channel.write(src, at);
        }
    }

    @Override
    public void write(ByteBuffer first, ByteBuffer second, long position) throws IOException {
        if (!first.hasRemaining()) {
            write(second, position);
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
