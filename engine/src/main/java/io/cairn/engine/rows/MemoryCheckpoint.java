package io.cairn.engine.rows;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The memory store as it was at one moment: its live rows, overruled by what the writer saved before it changed them.
 *
 * <p>The writer saves first and changes then; readers look at the live row first and at the saved one then. So a reader
 * that saw a changed row finds what was there before. Partitions younger than the checkpoint are not seen; those that were
 * dropped since are kept whole.
 *
 * <p><i>Thread-safe.</i>
 */
final class MemoryCheckpoint implements RowView {
    /** Saved where there was no row; compared by identity. */
    static final byte[] ABSENT = new byte[0];

    private final MemoryRowStore store;
    private final MemoryTable[] tables;
    private final int epoch;
    private final Saved[] saved;
    private volatile boolean closed;

    private static final class Saved {
        final ConcurrentSkipListMap<byte[], byte[]> rows = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
        final ConcurrentSkipListMap<Long, Partition> dropped = new ConcurrentSkipListMap<>(Long::compareUnsigned);
    }

    MemoryCheckpoint(MemoryRowStore store, MemoryTable[] tables, int epoch) {
        this.store = store;
        this.tables = tables;
        this.epoch = epoch;
        this.saved = new Saved[tables.length];
        for (int i = 0; i < saved.length; i++) {
            saved[i] = new Saved();
        }
    }

    // ---- for the writer

    void keep(Family family, Partition partition, byte[] key, byte @Nullable [] row) {
        if (sees(partition)) {
            saved[family.ordinal()].rows.putIfAbsent(key, row == null ? ABSENT : row);
        }
    }

    void keep(Family family, Partition partition) {
        if (sees(partition)) {
            saved[family.ordinal()].dropped.put(partition.prefix, partition);
        }
    }

    // ---- for readers

    boolean sees(Partition partition) {
        return partition.birth <= epoch;
    }

    /** The saved row nearest to {@code edge} (null: to the partition's own edge), perhaps of another partition. */
    Map.@Nullable Entry<byte[], byte[]> nearest(
            MemoryTable table, long prefix, byte @Nullable [] edge, boolean inclusive, boolean upwards) {
        ConcurrentSkipListMap<byte[], byte[]> rows = saved[table.family.ordinal()].rows;
        if (upwards) {
            byte[] above = edge == null ? table.leastKey(prefix) : edge;
            return inclusive || edge == null ? rows.ceilingEntry(above) : rows.higherEntry(above);
        }
        byte[] below = edge == null ? table.leastKeyBeyond(prefix) : edge;
        if (below == null) {
            return rows.lastEntry();
        }
        return inclusive && edge != null ? rows.floorEntry(below) : rows.lowerEntry(below);
    }

    ConcurrentSkipListMap<Long, Partition> dropped(Family family) {
        return saved[family.ordinal()].dropped;
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key, ReadMode mode) {
        requireOpen();
        MemoryTable table = tables[family.ordinal()];
        long prefix = table.prefix(key);
        Partition live = table.partition(prefix);
        byte[] row = live == null || !sees(live) ? null : live.find(key);
        Saved before = saved[family.ordinal()];
        Partition dropped = before.dropped.get(prefix);
        if (dropped != null) {
            row = dropped.find(key);
        }
        byte[] overruling = before.rows.get(key);
        if (overruling == null) {
            return row;
        }
        return overruling == ABSENT ? null : overruling;
    }

    @Override
    public byte @Nullable [] meta(int hash, int namespace, byte[] key, ReadMode mode) {
        return get(Family.META, RowNode.fullKey(namespace, key), mode);
    }

    @Override
    public RowCursor cursor(Family family, byte[] from, byte @Nullable [] to, ReadMode mode) {
        requireOpen();
        return new MemoryCursor(tables[family.ordinal()], this, from, to);
    }

    long rowsKept() {
        return Arrays.stream(saved).mapToLong(family -> family.rows.size()).sum();
    }

    @Override
    public void close() {
        closed = true;
        store.release(this);
    }

    private void requireOpen() {
        if (closed) {
            throw new StorageException("checkpoint is closed");
        }
    }
}
