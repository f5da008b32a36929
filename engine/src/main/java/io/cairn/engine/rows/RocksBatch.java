package io.cairn.engine.rows;

import java.util.Arrays;

/**
 * Changes by family, as references: RocksDB's form of them is made when they are applied.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
final class RocksBatch implements RowBatch {
    private static final int INITIAL_CHANGES = 64;
    private static final Family[] FAMILIES = Family.values();

    private final RowChanges[] changes = new RowChanges[FAMILIES.length];

    RocksBatch() {
        Arrays.setAll(changes, family -> new RowChanges(INITIAL_CHANGES));
    }

    @Override
    public void putMeta(int hash, int namespace, byte[] key, byte[] row) {
        of(Family.META).add(hash, namespace, key, row);
    }

    @Override
    public void deleteMeta(int hash, int namespace, byte[] key) {
        of(Family.META).add(hash, namespace, key, RowChanges.DELETED);
    }

    @Override
    public void put(Family family, byte[] key, byte[] value) {
        MemoryBatch.requireNotMeta(family);
        of(family).add(RowHash.of(key), 0, key, value);
    }

    @Override
    public void delete(Family family, byte[] key) {
        MemoryBatch.requireNotMeta(family);
        of(family).add(RowHash.of(key), 0, key, RowChanges.DELETED);
    }

    @Override
    public void deleteRange(Family family, byte[] from, byte[] to) {
        if (Arrays.compareUnsigned(from, to) < 0) {
            of(family).addRange(from, to);
        }
    }

    /** The changes of a family. */
    RowChanges of(Family family) {
        return changes[family.ordinal()];
    }

    /** Whether ranges are deleted, of any family. */
    boolean anyRange() {
        for (RowChanges ofFamily : changes) {
            if (ofFamily.anyRange()) {
                return true;
            }
        }
        return false;
    }

    /** The batch as RocksDB takes it. */
    byte[] serialised() {
        BatchBytes bytes = new BatchBytes(1 << 12);
        for (Family family : FAMILIES) {
            of(family).visit(new RowChanges.Visitor() {
                @Override
                public void put(int hash, int namespace, byte[] key, byte[] row) {
                    bytes.change(family, namespace, key, row);
                }

                @Override
                public void delete(int hash, int namespace, byte[] key) {
                    bytes.change(family, namespace, key, RowChanges.DELETED);
                }

                @Override
                public void deleteRange(byte[] from, byte[] to) {
                    bytes.deleteRange(family, from, to);
                }
            });
        }
        return bytes.finished();
    }

    @Override
    public int size() {
        int size = 0;
        for (RowChanges ofFamily : changes) {
            size += ofFamily.size();
        }
        return size;
    }

    @Override
    public void clear() {
        for (int i = 0; i < changes.length; i++) {
            changes[i] = changes[i].cleared(INITIAL_CHANGES);
        }
    }
}
