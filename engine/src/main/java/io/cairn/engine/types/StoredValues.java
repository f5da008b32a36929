package io.cairn.engine.types;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowView;
import java.io.IOException;
import java.util.function.LongSupplier;

/**
 * Values of whatever type as they are stored: out of a view into a sink, and in bulk into a batch.
 *
 * <p><i>Thread-safe.</i>
 */
public final class StoredValues {
    private StoredValues() {}

    /** Sends a key's value to the sink. */
    public static void drain(int db, byte[] key, byte[] row, RowView view, EntrySink sink) throws IOException {
        switch (MetaRow.type(row)) {
            case STRING -> Strings.drain(view, db, key, row, sink);
            case LIST -> Lists.drain(db, key, row, view, sink);
            case SET -> Sets.drain(db, key, row, view, sink);
            case ZSET -> SortedSets.drain(db, key, row, view, sink);
            case HASH -> Hashes.drain(db, key, row, view, sink);
            case STREAM -> StreamDrain.drain(db, key, row, view, sink);
        }
    }

    /** Sends a key's value to the sink, as the turn sees it; its stripe must be held if it is in rows. */
    public static void drain(Turn turn, int db, byte[] key, byte[] row, EntrySink sink) throws IOException {
        drain(db, key, row, new TurnRows(turn), sink);
    }

    /** The meta row of a string; chunks of a large one go to the batch. */
    public static byte[] string(long expireAtMillis, byte[] value, RowBatch batch, LongSupplier versions) {
        return Strings.load(batch, versions, expireAtMillis, value);
    }

    /** A loader of a collection with {@code count} elements. */
    public static CollectionLoader loader(
            ValueType type, long count, long expireAtMillis, Limits limits, RowBatch batch, LongSupplier versions) {
        return switch (type) {
            case STRING -> throw new IllegalArgumentException("a string is no collection");
            case LIST -> Lists.loader(count, expireAtMillis, limits, batch, versions);
            case SET -> Sets.loader(count, expireAtMillis, limits, batch, versions);
            case ZSET -> SortedSets.loader(count, expireAtMillis, limits, batch, versions);
            case HASH -> Hashes.loader(count, expireAtMillis, limits, batch, versions);
            case STREAM -> new StreamLoader(expireAtMillis, batch, versions.getAsLong());
        };
    }
}
