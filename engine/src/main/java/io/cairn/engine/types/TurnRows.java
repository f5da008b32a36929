package io.cairn.engine.types;

import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowView;
import org.jspecify.annotations.Nullable;

/**
 * A turn's rows of elements, as those read them who drain and load whole values.
 *
 * <p>Keys themselves are no matter of it: their meta rows are read and set in the turn.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
final class TurnRows implements RowView, RowBatch {
    private final Turn turn;
    private final boolean keeping;
    private int changes;

    TurnRows(Turn turn) {
        this(turn, false);
    }

    private TurnRows(Turn turn, boolean keeping) {
        this.turn = turn;
        this.keeping = keeping;
    }

    /** Rows that further commands of the turn are likely to ask for. */
    static TurnRows keeping(Turn turn) {
        return new TurnRows(turn, true);
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key, ReadMode mode) {
        return keeping && family == Family.ROWS ? turn.keptRow(key, false) : turn.row(family, key);
    }

    @Override
    public byte @Nullable [] meta(int hash, int namespace, byte[] key, ReadMode mode) {
        throw noKeys();
    }

    @Override
    public RowCursor cursor(Family family, byte[] from, byte @Nullable [] to, ReadMode mode) {
        return turn.cursor(family, from, to);
    }

    @Override
    public void reading(Family family, byte[] key, byte[] last, boolean missed) {
        turn.reading(family, key, last, missed);
    }

    @Override
    public void putMeta(int hash, int namespace, byte[] key, byte[] row) {
        throw noKeys();
    }

    @Override
    public void deleteMeta(int hash, int namespace, byte[] key) {
        throw noKeys();
    }

    private static IllegalStateException noKeys() {
        return new IllegalStateException("keys are read and set in the turn, not here");
    }

    @Override
    public void put(Family family, byte[] key, byte[] value) {
        turn.putRow(family, key, value);
        changes++;
    }

    @Override
    public void delete(Family family, byte[] key) {
        turn.deleteRow(family, key);
        changes++;
    }

    @Override
    public void deleteRange(Family family, byte[] from, byte[] to) {
        throw new IllegalStateException("a new value has no rows to delete");
    }

    @Override
    public int size() {
        return changes;
    }

    @Override
    public void clear() {
        throw new IllegalStateException("a turn takes back by its marks");
    }

    @Override
    public void close() {}
}
