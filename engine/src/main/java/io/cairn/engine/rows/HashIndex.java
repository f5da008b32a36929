package io.cairn.engine.rows;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Finds a namespace's nodes by hash: open addressing with linear probing, for one writer and any number of readers that
 * never wait.
 *
 * <p>A table is only ever added to (deleted nodes are replaced by a mark, which keeps probe chains whole) until the writer
 * publishes a larger or cleaner copy. A reader on an old copy misses only what was inserted after it began. The table is
 * cut into segments so that no single copy holds up the writer for long.
 *
 * <p><i>Thread-safe.</i>
 */
final class HashIndex {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(MetaNode[].class);
    private static final MetaNode DELETED = new MetaNode(0, new byte[0], null);
    private static final int SEGMENT_BITS = 6;
    private static final int FIRST_SLOTS = 8;

    private static final class Segment {
        volatile @Nullable MetaNode[] slots = new MetaNode[FIRST_SLOTS];
        int live;
        int used;
    }

    private final Segment[] segments = new Segment[1 << SEGMENT_BITS];

    HashIndex() {
        for (int i = 0; i < segments.length; i++) {
            segments[i] = new Segment();
        }
    }

    @Nullable
    MetaNode find(int hash, byte[] key) {
        MetaNode[] slots = segment(hash).slots;
        int mask = slots.length - 1;
        for (int at = hash & mask; ; at = (at + 1) & mask) {
            MetaNode node = (MetaNode) SLOT.getAcquire(slots, at);
            if (node == null || node.isFor(hash, key)) {
                return node;
            }
        }
    }

    /** Adds a node whose key is not in the index. Writer only. */
    void add(MetaNode node) {
        Segment segment = segment(node.hash);
        if ((segment.used + 1) * 5 > segment.slots.length * 3) {
            rebuild(segment);
        }
        MetaNode[] slots = segment.slots;
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
    void remove(MetaNode node) {
        Segment segment = segment(node.hash);
        MetaNode[] slots = segment.slots;
        int mask = slots.length - 1;
        int at = node.hash & mask;
        while (slots[at] != node) {
            at = (at + 1) & mask;
        }
        segment.live--;
        SLOT.setRelease(slots, at, DELETED);
    }

    private static void rebuild(Segment segment) {
        int size = FIRST_SLOTS;
        while (size < (segment.live + 1) * 2.5) {
            size <<= 1;
        }
        MetaNode[] slots = new MetaNode[size];
        for (MetaNode node : segment.slots) {
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

    private Segment segment(int hash) {
        return segments[hash >>> -SEGMENT_BITS];
    }
}
