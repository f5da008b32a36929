package io.cairn.engine.keyspace;

import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowBatch;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Uncommitted rows of one family in key order; a tombstone stands for a deleted row.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
final class RowOverlay {
    /** Stands for a deleted row; compared by identity. */
    static final byte[] TOMBSTONE = new byte[0];

    private final Family family;
    private final TreeMap<byte[], byte[]> rows = new TreeMap<>(Arrays::compareUnsigned);

    RowOverlay(Family family) {
        this.family = family;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    byte @Nullable [] find(byte[] key) {
        return rows.isEmpty() ? null : rows.get(key);
    }

    /** Sets the row (or {@link #TOMBSTONE}); returns what stood here before, null if nothing did. */
    byte @Nullable [] put(byte[] key, byte[] value) {
        return rows.put(key, value);
    }

    void forget(byte[] key) {
        rows.remove(key);
    }

    NavigableMap<byte[], byte[]> range(byte[] from, byte @Nullable [] to) {
        return to == null ? rows.tailMap(from, true) : rows.subMap(from, true, to, false);
    }

    void drainTo(RowBatch batch) {
        for (Map.Entry<byte[], byte[]> row : rows.entrySet()) {
            if (row.getValue() == TOMBSTONE) {
                batch.delete(family, row.getKey());
            } else {
                batch.put(family, row.getKey(), row.getValue());
            }
        }
    }

    void clear() {
        rows.clear();
    }
}
