package io.cairn.engine.types;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import org.jspecify.annotations.Nullable;

/**
 * Builds one value of whatever type within a turn: RESTORE, results that are stored as new keys.
 *
 * <p>Takes one key by the grammar of {@link EntrySink}, whatever its name and expiry; then {@link #row} is its meta row,
 * for the turn to set. Rows of its own are in the turn by then, under a new version.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
public final class ValueBuilder implements EntrySink {
    private final Turn turn;
    private final TurnRows rows;
    private @Nullable CollectionLoader open;
    private byte @Nullable [] row;

    /** A builder in a turn. */
    public ValueBuilder(Turn turn) {
        this.turn = turn;
        this.rows = new TurnRows(turn);
    }

    @Override
    public void string(int db, byte[] key, long expireAtMillis, byte[] value) {
        row = StoredValues.string(MetaRow.NO_EXPIRY, value, rows, turn::newVersion);
    }

    @Override
    public void begin(int db, byte[] key, long expireAtMillis, ValueType type, long count) {
        begin(type, count);
    }

    /** Opens a collection of {@code count} elements. */
    public void begin(ValueType type, long count) {
        open = StoredValues.loader(type, count, MetaRow.NO_EXPIRY, turn.limits(), rows, turn::newVersion);
    }

    @Override
    public void element(byte[] element) {
        current().element(element);
    }

    @Override
    public void pair(byte[] field, byte[] value) {
        current().pair(field, value);
    }

    @Override
    public void timedPair(byte[] field, byte[] value, long fieldExpireAtMillis) {
        current().timedPair(field, value, fieldExpireAtMillis);
    }

    @Override
    public void scored(byte[] member, double score) {
        current().scored(member, score);
    }

    @Override
    public void part(StreamPart part) {
        current().part(part);
    }

    @Override
    public void end() {
        row = current().row();
        open = null;
    }

    private CollectionLoader current() {
        CollectionLoader loader = open;
        if (loader == null) {
            throw new IllegalStateException("no collection was begun");
        }
        return loader;
    }

    /** The meta row of the value, without an expiry, or null if there came none. */
    public byte @Nullable [] row() {
        return row;
    }
}
