package io.cairn.engine.rows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Changes by family, as references: RocksDB's form of them is made when they are applied.
 *
 * <p>That form is one array, so a batch that would not fit into one beside what waits already is refused here: while it is
 * made, before anything of it is logged. Later it could only end in a log that the rows can never follow.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
final class RocksBatch implements RowBatch {
    private static final int INITIAL_CHANGES = 64;
    private static final Family[] FAMILIES = Family.values();

    /** An array's bytes less two full windows of waiting rows. */
    private static final long BYTES_MAX = Integer.MAX_VALUE - (64L << 20);

    private final RowChanges[] changes = new RowChanges[FAMILIES.length];
    private final long bytesMax;
    private final List<Long> begun = new ArrayList<>(0);
    private final List<Long> ended = new ArrayList<>(0);
    private long bytes;

    RocksBatch() {
        this(BYTES_MAX);
    }

    RocksBatch(long bytesMax) {
        this.bytesMax = bytesMax;
        Arrays.setAll(changes, family -> new RowChanges(INITIAL_CHANGES));
    }

    @Override
    public void putMeta(int hash, int namespace, byte[] key, byte[] row) {
        change(Family.META, hash, namespace, key, row);
    }

    @Override
    public void deleteMeta(int hash, int namespace, byte[] key) {
        change(Family.META, hash, namespace, key, RowChanges.DELETED);
    }

    @Override
    public void put(Family family, byte[] key, byte[] value) {
        MemoryBatch.requireNotMeta(family);
        change(family, RowHash.of(key), 0, key, value);
    }

    @Override
    public void putNew(Family family, byte[] key, byte[] value) {
        put(family, key, value);
        of(family).lastIsNew();
    }

    @Override
    public void delete(Family family, byte[] key) {
        MemoryBatch.requireNotMeta(family);
        change(family, RowHash.of(key), 0, key, RowChanges.DELETED);
    }

    @Override
    public void deleteRange(Family family, byte[] from, byte[] to) {
        if (Arrays.compareUnsigned(from, to) < 0) {
            of(family).addRange(from, to);
        }
    }

    @Override
    public void begins(long version) {
        begun.add(version);
    }

    @Override
    public void ends(long version) {
        ended.add(version);
    }

    /** Tells which versions begin and end; before the rows. */
    void tellVersions(RowCache cache) {
        begun.forEach(cache::begins);
        ended.forEach(cache::ends);
    }

    /** Tells which versions end; after the rows. */
    void tellEnded(RangeCache cache) {
        ended.forEach(cache::ends);
    }

    private void change(Family family, int hash, int namespace, byte[] key, byte[] row) {
        bytes += BatchBytes.sizeOf(family, key, row);
        // The small rows of SYSTEM come when the log has the rest.
        if (bytes > bytesMax && family != Family.SYSTEM) {
            clear();
            throw new StorageException("ERR too much is changed at once: the rows of one commit would have more than "
                    + (bytesMax >> 20) + " MB");
        }
        of(family).add(hash, namespace, key, row);
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
        bytes = 0;
        begun.clear();
        ended.clear();
        for (int i = 0; i < changes.length; i++) {
            changes[i] = changes[i].cleared(INITIAL_CHANGES);
        }
    }
}
