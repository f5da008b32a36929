package io.cairn.engine.rows;

/**
 * All rows of a collection from one key (inclusive) to another (exclusive), as they are now.
 *
 * <p><i>Guarded by its shard's lock.</i> Its rows may be read without: they are replaced, never changed.
 */
final class Stretch {
    private static final int OVERHEAD_BYTES = 224;

    final RangeShard shard;
    final long id;
    final byte[] from;
    final byte[] to;
    volatile RowBlock rows;
    boolean used = true;
    boolean gone;

    /** Batches that changed it since it was read, and the last of them. */
    int changes;

    long batch;

    /** In the list of its collection. */
    int place;

    Stretch(RangeShard shard, long id, byte[] from, byte[] to, RowBlock rows) {
        this.shard = shard;
        this.id = id;
        this.from = from;
        this.to = to;
        this.rows = rows;
    }

    /** Comes of another one. */
    void inherit(Stretch other) {
        used = other.used;
        changes = other.changes;
        batch = other.batch;
    }

    /** About the memory that it takes. */
    long heapBytes() {
        return OVERHEAD_BYTES + from.length + to.length + rows.heapBytes();
    }
}
