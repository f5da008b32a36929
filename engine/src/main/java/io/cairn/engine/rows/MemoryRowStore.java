package io.cairn.engine.rows;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A row store in memory: the same port as the store on disk, and nothing survives a restart.
 *
 * <p>Rows of META and ROWS are found by hash; keys are also in order, which only inserts and deletes touch, so that
 * overwriting a value costs one hash lookup. A whole namespace or version goes in constant time. Arrays are kept as they are handed in.
 *
 * <p>Single rows are atomic, a batch is not: a reader may see a part of one that is being written. Cursors are weakly
 * consistent (see {@link RowCursor}). A checkpoint is exact: while one is open, the writer saves a row as it was before it
 * first changes it.
 *
 * <p><i>Thread-safe.</i>
 */
public final class MemoryRowStore implements RowStore {
    /** What a row takes beside its bytes: node, two arrays, its places in order and index; where it has no index, less. */
    static final int INDEXED_ROW_BYTES = 112;

    private static final int ORDERED_ROW_BYTES = 72;

    private final MemoryTable[] tables =
            Arrays.stream(Family.values()).map(MemoryTable::new).toArray(MemoryTable[]::new);
    private final ReentrantLock writing = new ReentrantLock();
    private final Writer writer = new Writer();
    private volatile MemoryCheckpoint[] checkpoints = {};
    private final Usage usage = new Usage();
    private volatile long bytes;
    private volatile boolean closed;
    private int epoch;

    @Override
    public byte @Nullable [] get(Family family, byte[] key, ReadMode mode) {
        requireOpen();
        MemoryTable table = tables[family.ordinal()];
        Partition partition = table.partition(table.prefix(key));
        if (partition == null) {
            return null;
        }
        if (family != Family.ROWS) {
            return partition.find(key);
        }
        RowNode node = partition.index().find(RowHash.of(key), key);
        return node == null ? null : node.row;
    }

    @Override
    public byte @Nullable [] meta(int hash, int namespace, byte[] key, ReadMode mode) {
        requireOpen();
        Partition partition = tables[Family.META.ordinal()].partition(namespace & 0xFFFFFFFFL);
        if (partition == null) {
            return null;
        }
        RowNode node = partition.index().find(hash, key);
        if (node == null) {
            return null;
        }
        if (node instanceof KeyNode known) {
            known.usage = usage.clock.used(known.usage);
        }
        return node.row;
    }

    @Override
    public byte @Nullable [] peekMeta(int hash, int namespace, byte[] key, ReadMode mode) {
        requireOpen();
        RowNode node = node(hash, namespace, key);
        return node == null ? null : node.row;
    }

    private @Nullable RowNode node(int hash, int namespace, byte[] key) {
        Partition partition = tables[Family.META.ordinal()].partition(namespace & 0xFFFFFFFFL);
        return partition == null ? null : partition.index().find(hash, key);
    }

    @Override
    public KeyUsage usage() {
        return usage;
    }

    @Override
    public int touchMetas(int namespace, int[] hashes, int count) {
        Partition partition = tables[Family.META.ordinal()].partition(namespace & 0xFFFFFFFFL);
        return partition == null ? 0 : partition.index().touch(hashes, count);
    }

    @Override
    public int touchElements(long version, int[] hashes, int count) {
        Partition partition = tables[Family.ROWS.ordinal()].partition(version);
        return partition == null ? 0 : partition.index().touch(hashes, count);
    }

    @Override
    public byte @Nullable [] glance(int hash, int namespace, byte[] key, int most) {
        return peekMeta(hash, namespace, key, ReadMode.MEMORY);
    }

    @Override
    public RowCursor cursor(Family family, byte[] from, byte @Nullable [] to, ReadMode mode) {
        requireOpen();
        return new MemoryCursor(tables[family.ordinal()], null, from, to);
    }

    @Override
    public RowBatch newBatch() {
        return new MemoryBatch();
    }

    @Override
    public void write(RowBatch batch) {
        if (!(batch instanceof MemoryBatch changes)) {
            throw new IllegalArgumentException("batch of another store");
        }
        writing.lock();
        try {
            requireOpen();
            changes.visit(writer);
            bytes = writer.bytes;
        } finally {
            writing.unlock();
        }
    }

    @Override
    public RowView checkpoint(Path directory) {
        writing.lock();
        try {
            requireOpen();
            MemoryCheckpoint checkpoint = new MemoryCheckpoint(this, tables, epoch);
            epoch++;
            MemoryCheckpoint[] more = Arrays.copyOf(checkpoints, checkpoints.length + 1);
            more[more.length - 1] = checkpoint;
            checkpoints = more;
            return checkpoint;
        } finally {
            writing.unlock();
        }
    }

    void release(MemoryCheckpoint checkpoint) {
        writing.lock();
        try {
            checkpoints = Arrays.stream(checkpoints)
                    .filter(open -> open != checkpoint)
                    .toArray(MemoryCheckpoint[]::new);
        } finally {
            writing.unlock();
        }
    }

    /** Nothing: there is no disk that could know of it. */
    @Override
    public byte @Nullable [] persisted(Family family, byte[] key) {
        return null;
    }

    @Override
    public void flush() {
        requireOpen();
    }

    @Override
    public boolean durable() {
        return false;
    }

    @Override
    public Map<String, Long> stats() {
        Map<String, Long> stats = new LinkedHashMap<>();
        for (MemoryTable table : tables) {
            stats.put(table.family.columnFamily() + "_rows", table.rows());
        }
        stats.put("live_data_bytes", bytes); // with what it takes to keep them
        stats.put("checkpoints_open", (long) checkpoints.length);
        stats.put(
                "checkpoint_rows_kept",
                Arrays.stream(checkpoints).mapToLong(MemoryCheckpoint::rowsKept).sum());
        return stats;
    }

    @Override
    public void close() {
        closed = true;
    }

    private void requireOpen() {
        if (closed) {
            throw new StorageException("row store is closed");
        }
    }

    /** How keys are used, and the memory of all rows. */
    private final class Usage implements KeyUsage {
        private final UsageClock clock = new UsageClock(System.currentTimeMillis());

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public long bytesOf(long version) {
            long sum = 0;
            for (Family family : new Family[] {Family.ROWS, Family.SCORES}) {
                Partition partition = tables[family.ordinal()].partition(version);
                sum += partition == null ? 0 : partition.bytes;
            }
            return sum;
        }

        @Override
        public UsageClock clock() {
            return clock;
        }

        @Override
        public @Nullable Integer usage(int hash, int namespace, byte[] key) {
            return node(hash, namespace, key) instanceof KeyNode known ? Integer.valueOf(known.usage) : null;
        }

        @Override
        public void usage(int hash, int namespace, byte[] key, int next) {
            if (node(hash, namespace, key) instanceof KeyNode known) {
                known.usage = next;
            }
        }

        @Override
        public @Nullable Sample random(int namespace, RandomGenerator random) {
            Partition partition = tables[Family.META.ordinal()].partition(namespace & 0xFFFFFFFFL);
            RowNode node = partition == null ? null : partition.index().random(random);
            byte[] row = node == null ? null : node.row;
            if (row == null || !(node instanceof KeyNode known)) {
                return null;
            }
            byte[] key = Arrays.copyOfRange(known.fullKey, RowNode.NAMESPACE_BYTES, known.fullKey.length);
            return new Sample(key, row, known.usage);
        }
    }

    /** Applies changes one by one; used under the write lock. */
    private final class Writer implements MemoryBatch.Visitor {
        private final MemoryTable metas = tables[Family.META.ordinal()];
        long bytes;

        @Override
        public void putMeta(int hash, int namespace, byte[] key, byte[] row) {
            Partition partition = metas.partitionOrNew(namespace & 0xFFFFFFFFL, epoch);
            RowNode node = partition.index().find(hash, key);
            if (node != null) {
                overwrite(metas, partition, node, row);
            } else {
                byte[] fullKey = RowNode.fullKey(namespace, key);
                insert(metas, partition, new KeyNode(hash, fullKey, row, usage.clock.first()));
            }
        }

        @Override
        public void deleteMeta(int hash, int namespace, byte[] key) {
            Partition partition = metas.partition(namespace & 0xFFFFFFFFL);
            RowNode node = partition == null ? null : partition.index().find(hash, key);
            if (partition != null && node != null) {
                delete(metas, partition, node.fullKey);
            }
        }

        @Override
        public void put(Family family, byte[] key, byte[] value) {
            MemoryTable table = tables[family.ordinal()];
            Partition partition = table.partitionOrNew(table.prefix(key), epoch);
            if (table.isIndexed()) {
                int hash = RowHash.of(key);
                RowNode node = partition.index().find(hash, key);
                if (node != null) {
                    overwrite(table, partition, node, value);
                } else {
                    boolean isKey = table.family == Family.META;
                    insert(
                            table,
                            partition,
                            isKey ? new KeyNode(hash, key, value, usage.clock.first()) : new RowNode(hash, key, value));
                }
                return;
            }
            if (checkpoints.length > 0) {
                save(table, partition, key, partition.find(key));
            }
            byte[] before = Partition.row(partition.rows.put(key, value));
            account(
                    partition,
                    before == null ? ORDERED_ROW_BYTES + key.length + value.length : value.length - before.length);
        }

        private void overwrite(MemoryTable table, Partition partition, RowNode node, byte[] row) {
            byte[] before = node.row;
            save(table, partition, node.fullKey, before);
            node.row = row;
            account(partition, row.length - (before == null ? 0 : before.length));
        }

        private void insert(MemoryTable table, Partition partition, RowNode node) {
            byte[] row = node.row;
            save(table, partition, node.fullKey, null);
            partition.rows.put(node.fullKey, node);
            partition.index().add(node);
            account(partition, INDEXED_ROW_BYTES + node.fullKey.length + (row == null ? 0 : row.length));
        }

        @Override
        public void delete(Family family, byte[] key) {
            MemoryTable table = tables[family.ordinal()];
            Partition partition = table.partition(table.prefix(key));
            if (partition != null) {
                delete(table, partition, key);
            }
        }

        private void delete(MemoryTable table, Partition partition, byte[] key) {
            if (checkpoints.length > 0) {
                save(table, partition, key, partition.find(key));
            }
            Object removed = partition.rows.remove(key);
            byte[] row = Partition.row(removed);
            if (removed instanceof RowNode node) {
                node.row = null;
                partition.index().remove(node);
            }
            if (row != null) {
                account(
                        partition,
                        -(table.isIndexed() ? INDEXED_ROW_BYTES : ORDERED_ROW_BYTES) - key.length - row.length);
                if (table.dropsEmpty() && partition.rows.isEmpty()) {
                    drop(table, partition);
                }
            }
        }

        @Override
        public void deleteRange(Family family, byte[] from, byte[] to) {
            MemoryTable table = tables[family.ordinal()];
            long end = table.prefix(to);
            long prefix = table.prefix(from);
            boolean inclusive = true;
            while (true) {
                Map.Entry<Long, Partition> next = table.above(prefix, inclusive);
                if (next == null || Long.compareUnsigned(next.getKey(), end) > 0) {
                    return;
                }
                Partition partition = next.getValue();
                prefix = partition.prefix;
                inclusive = false;
                if (prefix != end && Arrays.compareUnsigned(from, table.leastKey(prefix)) <= 0) {
                    drop(table, partition);
                } else {
                    deleteRows(table, partition, from, to);
                }
            }
        }

        private void deleteRows(MemoryTable table, Partition partition, byte[] from, byte[] to) {
            Iterator<byte[]> keys =
                    partition.rows.subMap(from, true, to, false).keySet().iterator();
            while (keys.hasNext()) {
                delete(table, partition, keys.next());
            }
        }

        /** Takes a whole partition away. What it held is not touched again, so checkpoints may go on reading it. */
        private void drop(MemoryTable table, Partition partition) {
            for (MemoryCheckpoint checkpoint : checkpoints) {
                checkpoint.keep(table.family, partition);
            }
            table.remove(partition);
            bytes -= partition.bytes;
        }

        private void save(MemoryTable table, Partition partition, byte[] key, byte @Nullable [] row) {
            for (MemoryCheckpoint checkpoint : checkpoints) {
                checkpoint.keep(table.family, partition, key, row);
            }
        }

        private void account(Partition partition, long added) {
            partition.bytes += added;
            bytes += added;
        }
    }
}
