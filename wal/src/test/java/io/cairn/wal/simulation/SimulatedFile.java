package io.cairn.wal.simulation;

import io.cairn.wal.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;

/**
 * An open file of a {@link SimulatedDirectory}.
 *
 * <p><i>Thread-safe.</i>
 */
final class SimulatedFile implements LogFile {
    private final SimulatedDirectory directory;
    private final String name;
    private final Inode inode;
    private final int life;
    private volatile boolean closed;

    SimulatedFile(SimulatedDirectory directory, String name, Inode inode, int life) {
        this.directory = directory;
        this.name = name;
        this.inode = inode;
        this.life = life;
    }

    Inode inode() {
        return inode;
    }

    int life() {
        return life;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() throws IOException {
        requireOpen();
        return directory.size(this);
    }

    @Override
    public int read(ByteBuffer dst, long position) throws IOException {
        requireOpen();
        byte[] bytes = new byte[dst.remaining()];
        int n = directory.read(this, bytes, position);
        if (n > 0) {
            dst.put(bytes, 0, n);
        }
        return n;
    }

    @Override
    public void write(ByteBuffer src, long position) throws IOException {
        requireOpen();
        byte[] bytes = new byte[src.remaining()];
        src.get(bytes);
        directory.write(this, bytes, position);
    }

    @Override
    public void write(ByteBuffer first, ByteBuffer second, long position) throws IOException {
        ByteBuffer both = ByteBuffer.allocate(first.remaining() + second.remaining());
        write(both.put(first).put(second).flip(), position);
    }

    @Override
    public void truncate(long size) throws IOException {
        requireOpen();
        directory.truncate(this, size);
    }

    @Override
    public void sync() throws IOException {
        requireOpen();
        directory.sync(this);
    }

    @Override
    public FileChannel channel() {
        return new SimulatedChannel(this);
    }

    @Override
    public void close() {
        closed = true;
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }
}
