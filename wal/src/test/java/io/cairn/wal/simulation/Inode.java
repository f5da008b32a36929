package io.cairn.wal.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A file's content as a process sees it, as it is on the disk, and the changes between the two.
 *
 * <p><i>Guarded by the directory.</i>
 */
final class Inode {
    private byte[] content = new byte[0];
    private int size;
    private byte[] durable = new byte[0];
    private final List<Change> pending = new ArrayList<>();

    /** A write, or with {@code bytes} null a truncation to {@code position}. */
    private record Change(int position, byte[] bytes) {}

    private static final byte[] TRUNCATION = {};

    int size() {
        return size;
    }

    byte[] bytes() {
        return Arrays.copyOf(content, size);
    }

    void set(byte[] bytes) {
        content = bytes.clone();
        size = bytes.length;
        sync();
    }

    int read(byte[] target, int position, int length) {
        int n = Math.min(length, size - position);
        if (n > 0) {
            System.arraycopy(content, position, target, 0, n);
        }
        return n;
    }

    void write(int position, byte[] bytes) {
        if (bytes.length > 0) {
            put(position, bytes, 0, bytes.length);
            pending.add(new Change(position, bytes));
        }
    }

    private void put(int position, byte[] bytes, int from, int to) {
        int end = position + to;
        if (end > content.length) {
            content = Arrays.copyOf(content, Math.max(end, content.length * 2));
        }
        System.arraycopy(bytes, from, content, position + from, to - from);
        size = Math.max(size, end);
    }

    void truncate(int to) {
        if (to < size) {
            cut(to);
            pending.add(new Change(to, TRUNCATION));
        }
    }

    private void cut(int to) {
        if (to < size) {
            Arrays.fill(content, to, size, (byte) 0);
            size = to;
        }
    }

    void sync() {
        durable = bytes();
        pending.clear();
    }

    /** What a failed sync does: the kernel takes the changes for written, the disk has them not. */
    void forgetPending() {
        pending.clear();
    }

    /** The content becomes what the disk has after each sector of each pending change was written, or not. */
    void losePower(SplittableRandom random, double survival, int sectorBytes) {
        content = durable.clone();
        size = durable.length;
        for (Change change : pending) {
            if (change.bytes == TRUNCATION) {
                if (random.nextDouble() < survival) {
                    cut(change.position);
                }
                continue;
            }
            int from = 0;
            while (from < change.bytes.length) {
                int rest = sectorBytes - (change.position + from) % sectorBytes;
                int to = Math.min(change.bytes.length, from + rest);
                if (random.nextDouble() < survival) {
                    put(change.position, change.bytes, from, to);
                }
                from = to;
            }
        }
        sync();
    }

    Inode copy() {
        Inode copy = new Inode();
        copy.set(bytes());
        return copy;
    }
}
