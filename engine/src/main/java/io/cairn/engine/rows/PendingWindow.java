package io.cairn.engine.rows;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows of all families that were written one batch after the other and are applied as one: each key's newest.
 *
 * <p><i>Thread-safe for one writer and any readers.</i>
 */
final class PendingWindow {
    private static final Family[] FAMILIES = Family.values();

    private final PendingTable[] tables = new PendingTable[FAMILIES.length];
    private final Adding[] adding = new Adding[FAMILIES.length];
    private long bytes;

    PendingWindow() {
        Arrays.setAll(tables, family -> new PendingTable());
        Arrays.setAll(adding, family -> new Adding(tables[family]));
    }

    /** Takes a batch, which deletes no ranges. */
    void add(RocksBatch batch) {
        for (Family family : FAMILIES) {
            batch.of(family).visit(adding[family.ordinal()]);
        }
    }

    private final class Adding implements RowChanges.Visitor {
        private final PendingTable table;

        Adding(PendingTable table) {
            this.table = table;
        }

        @Override
        public void put(int hash, int namespace, byte[] key, byte[] row) {
            bytes += table.put(hash, namespace, key, row, false);
        }

        @Override
        public void putNew(int hash, int namespace, byte[] key, byte[] row) {
            bytes += table.put(hash, namespace, key, row, true);
        }

        @Override
        public void delete(int hash, int namespace, byte[] key) {
            bytes += table.put(hash, namespace, key, RowChanges.DELETED, false);
        }

        @Override
        public void deleteRange(byte[] from, byte[] to) {
            throw new IllegalArgumentException("ranges are not deleted in passing");
        }
    }

    /** The key's row, {@link RowChanges#DELETED}, or null if the window does not know. */
    byte @Nullable [] find(Family family, int hash, int namespace, byte[] key) {
        return tables[family.ordinal()].find(hash, namespace, key);
    }

    /** Whether rows of a range may wait here. */
    boolean mayHave(Family family, byte[] from, byte @Nullable [] to) {
        PendingTable table = tables[family.ordinal()];
        // Keys of META stand here without their namespace.
        return family == Family.META ? table.size() > 0 : table.mayHave(from, to);
    }

    /** The table of a family. */
    PendingTable table(Family family) {
        return tables[family.ordinal()];
    }

    int rows() {
        int rows = 0;
        for (PendingTable table : tables) {
            rows += table.size();
        }
        return rows;
    }

    /** About the bytes that stand for the rows. For the writer. */
    long bytes() {
        return bytes;
    }

    /** All rows in the order of their keys, as RocksDB takes them, when nothing is added any more. */
    byte[] serialised() {
        PendingTable.Entry[][] sorted = new PendingTable.Entry[FAMILIES.length][];
        long size = BatchBytes.headerBytes();
        for (Family family : FAMILIES) {
            sorted[family.ordinal()] = tables[family.ordinal()].sorted();
            for (PendingTable.Entry entry : sorted[family.ordinal()]) {
                size += BatchBytes.sizeOf(family, entry.key, entry.row());
            }
        }
        // To the byte: a window may hold a value of hundreds of megabytes, which is not to be copied once more.
        BatchBytes batch = new BatchBytes(Math.toIntExact(size));
        for (Family family : FAMILIES) {
            for (PendingTable.Entry entry : sorted[family.ordinal()]) {
                batch.change(family, entry.namespace, entry.key, entry.row());
            }
        }
        return batch.finished();
    }
}
