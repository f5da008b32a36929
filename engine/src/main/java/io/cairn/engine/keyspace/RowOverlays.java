package io.cairn.engine.keyspace;

import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowBatch;
import org.jspecify.annotations.Nullable;

/**
 * A turn's uncommitted rows of all families that have some: elements, scores, and, in exclusive turns, libraries of
 * functions.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
final class RowOverlays {
    private final RowOverlay rows = new RowOverlay(Family.ROWS);
    private final RowOverlay scores = new RowOverlay(Family.SCORES);
    private final RowOverlay system = new RowOverlay(Family.SYSTEM);
    private final KeptRows kept = new KeptRows();

    RowOverlay of(Family family) {
        return switch (family) {
            case ROWS -> rows;
            case SCORES -> scores;
            case SYSTEM -> system;
            default -> throw new IllegalArgumentException("no uncommitted rows in " + family);
        };
    }

    /** The row of an element as the turn has changed it or kept it, or null if it has not. */
    byte @Nullable [] element(byte[] key) {
        byte[] own = rows.find(key);
        return own == null ? kept.find(key) : own;
    }

    /** Keeps an element's stored row, if there is one. */
    byte @Nullable [] keep(byte[] key, byte @Nullable [] row) {
        if (row != null) {
            kept.keep(key, row);
        }
        return row;
    }

    boolean isEmpty() {
        return rows.isEmpty() && scores.isEmpty() && system.isEmpty();
    }

    void clear() {
        rows.clear();
        scores.clear();
        system.clear();
        kept.clear();
    }

    void drainTo(RowBatch batch) {
        rows.drainTo(batch);
        scores.drainTo(batch);
        system.drainTo(batch);
    }
}
