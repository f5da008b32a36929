package io.cairn.engine.rows;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Finds a partition's nodes by hash: open addressing with linear probing, for one writer and any number of readers that
 * never wait.
 *
 * <p>A table is only ever added to (deleted nodes are replaced by a mark, which keeps probe chains whole) until the writer
 * publishes a larger or cleaner copy. A reader on an old copy misses only what was inserted after it began. Once there are
 * many nodes, the table is cut into segments so that no single copy holds up the writer for long.
 *
 * <p><i>Thread-safe.</i>
 */
final class HashIndex {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(RowNode[].class);
    private static final RowNode DELETED = new RowNode(0, new byte[0], null);
    private static final int SEGMENT_BITS = 6;
    private static final int FIRST_SLOTS = 8;
    private static final int UNCUT_MAX = 2048;

    private static final class Segment {
        volatile @Nullable RowNode[] slots = new RowNode[FIRST_SLOTS];
        int live;
        int used;
    }

    /** Bytes of full keys that come before the part by which nodes are found. */
    private final int skip;

    private volatile Segment[] segments = {new Segment()};

    HashIndex(int skip) {
        this.skip = skip;
    }

    @Nullable
    RowNode find(int hash, byte[] key) {
        RowNode[] slots = segment(segments, hash).slots;
        int mask = slots.length - 1;
        for (int at = hash & mask; ; at = (at + 1) & mask) {
            RowNode node = (RowNode) SLOT.getAcquire(slots, at);
            if (node == null || node != DELETED && node.isFor(hash, key, skip)) {
                return node;
            }
        }
    }

    /** Looks at the first place, the node there, its key and its row, each for all hashes before the next. */
    int touch(int[] hashes, int count) {
        Segment[] parts = segments;
        int seen = 0;
        for (int i = 0; i < count; i++) {
            seen += first(parts, hashes[i]) == null ? 0 : 1;
        }
        for (int i = 0; i < count; i++) {
            RowNode node = first(parts, hashes[i]);
            seen += node == null ? 0 : node.hash;
        }
        for (int i = 0; i < count; i++) {
            RowNode node = first(parts, hashes[i]);
            if (node != null) {
                byte[] row = node.row;
                seen += node.fullKey.length + (row == null ? 0 : row.length);
            }
        }
        return seen;
    }

    /** A node drawn at random; null if none was found near the places that were drawn. */
    @Nullable
    RowNode random(RandomGenerator random) {
        Segment[] parts = segments;
        int part = random.nextInt(parts.length);
        for (int i = 0; i < parts.length; i++) {
            RowNode[] slots = parts[(part + i) % parts.length].slots;
            int mask = slots.length - 1;
            int from = random.nextInt(slots.length);
            for (int step = 0; step < slots.length; step++) {
                RowNode node = (RowNode) SLOT.getAcquire(slots, (from + step) & mask);
                if (node != null && node != DELETED && node.row != null) {
                    return node;
                }
            }
        }
        return null;
    }

    private static @Nullable RowNode first(Segment[] parts, int hash) {
        RowNode[] slots = segment(parts, hash).slots;
        return (RowNode) SLOT.getAcquire(slots, hash & slots.length - 1);
    }

    /** Adds a node whose key is not in the index. Writer only. */
    void add(RowNode node) {
        Segment segment = segment(segments, node.hash);
        if (segment.live >= UNCUT_MAX && segments.length == 1) {
            segments = cut(segment);
            segment = segment(segments, node.hash);
        }
        makeRoom(segment);
        place(segment, node);
    }

    private static void place(Segment segment, RowNode node) {
        RowNode[] slots = segment.slots;
        int mask = slots.length - 1;
        int at = node.hash & mask;
        while (slots[at] != null && slots[at] != DELETED) {
            at = (at + 1) & mask;
        }
        if (slots[at] == null) {
            segment.used++;
        }
        segment.live++;
        SLOT.setRelease(slots, at, node);
    }

    /** Removes a node that is in the index. Writer only. */
    void remove(RowNode node) {
        Segment segment = segment(segments, node.hash);
        RowNode[] slots = segment.slots;
        int mask = slots.length - 1;
        int at = node.hash & mask;
        while (slots[at] != node) {
            at = (at + 1) & mask;
        }
        segment.live--;
        SLOT.setRelease(slots, at, DELETED);
    }

    private static Segment[] cut(Segment whole) {
        Segment[] parts = new Segment[1 << SEGMENT_BITS];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = new Segment();
        }
        for (RowNode node : whole.slots) {
            if (node != null && node != DELETED) {
                Segment part = segment(parts, node.hash);
                makeRoom(part);
                place(part, node);
            }
        }
        return parts;
    }

    private static void makeRoom(Segment segment) {
        if ((segment.used + 1) * 5 > segment.slots.length * 3) {
            rebuild(segment);
        }
    }

    private static void rebuild(Segment segment) {
        int size = FIRST_SLOTS;
        while (size < (segment.live + 1) * 2.5) {
            size <<= 1;
        }
        RowNode[] slots = new RowNode[size];
        for (RowNode node : segment.slots) {
            if (node != null && node != DELETED) {
                int at = node.hash & (size - 1);
                while (slots[at] != null) {
                    at = (at + 1) & (size - 1);
                }
                slots[at] = node;
            }
        }
        segment.used = segment.live;
        segment.slots = slots;
    }

    private static Segment segment(Segment[] segments, int hash) {
        return segments.length == 1 ? segments[0] : segments[hash >>> -SEGMENT_BITS];
    }
}
