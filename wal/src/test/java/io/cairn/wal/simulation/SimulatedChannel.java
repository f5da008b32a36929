package io.cairn.wal.simulation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * The reading half of a file channel over a simulated file: what a sender of regions uses.
 *
 * <p><i>Thread-safe.</i>
 */
final class SimulatedChannel extends FileChannel {
    private final SimulatedFile file;

    SimulatedChannel(SimulatedFile file) {
        this.file = file;
    }

    @Override
    public int read(ByteBuffer dst, long position) throws IOException {
        return file.read(dst, position);
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(count, Math.max(0, size() - position)));
        file.readFully(bytes, position);
        return target.write(bytes.flip());
    }

    @Override
    protected void implCloseChannel() {
        file.close();
    }

    @Override
    public int read(ByteBuffer dst) {
        throw unsupported();
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) {
        throw unsupported();
    }

    @Override
    public int write(ByteBuffer src) {
        throw unsupported();
    }

    @Override
    public long write(ByteBuffer[] srcs, int offset, int length) {
        throw unsupported();
    }

    @Override
    public long position() {
        throw unsupported();
    }

    @Override
    public FileChannel position(long newPosition) {
        throw unsupported();
    }

    @Override
    public FileChannel truncate(long size) {
        throw unsupported();
    }

    @Override
    public void force(boolean metaData) {
        throw unsupported();
    }

    @Override
    public long transferFrom(ReadableByteChannel src, long position, long count) {
        throw unsupported();
    }

    @Override
    public int write(ByteBuffer src, long position) {
        throw unsupported();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw unsupported();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
        throw unsupported();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
        throw unsupported();
    }

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("a simulated channel is only read by position");
    }
}
