package io.cairn.engine;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.SystemRows;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowView;
import io.cairn.engine.types.Libraries;
import io.cairn.engine.types.StoredValues;
import io.cairn.wal.Pin;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The whole keyspace, frozen at a known log position, while writes go on.
 *
 * <p>It pins the log from that position until it is closed: whoever is sent its contents can go on with the log from
 * there. Close it only when its last consumer holds a pin of its own.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Checkpoint implements Closeable {
    private final RowView view;
    private final AppliedState state;
    private final @Nullable Pin pin;

    Checkpoint(RowView view, AppliedState state, @Nullable Pin pin) {
        this.view = view;
        this.state = state;
        this.pin = pin;
    }

    /** Ids, offset, selected database and counts as of the checkpoint. */
    public AppliedState state() {
        return state;
    }

    /** Number of keys in all databases. */
    public long keys() {
        long keys = 0;
        for (int db = 0; db < state.databases(); db++) {
            keys += state.keys(db);
        }
        return keys;
    }

    /** Sends every library of functions to the sink. */
    public void drainLibraries(EntrySink sink) throws IOException {
        Libraries.drain(view, sink);
    }

    /**
     * Sends every library, and then every key, to the sink, database by database in order of keys; those that are due but
     * not deleted too.
     */
    public void drain(EntrySink sink) throws IOException {
        drainLibraries(sink);
        for (int db = 0; db < state.databases(); db++) {
            if (state.keys(db) > 0) {
                drain(db, sink);
            }
        }
    }

    /** Sends every key of a database to the sink. */
    public void drain(int db, EntrySink sink) throws IOException {
        int namespace = state.namespace(db);
        byte[] from = SystemRows.namespaceStart(namespace);
        byte[] to = SystemRows.namespaceStart(namespace + 1);
        try (RowCursor cursor = view.cursor(Family.META, from, to, ReadMode.DISK)) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                byte[] metaKey = cursor.key();
                byte[] key = Arrays.copyOfRange(metaKey, from.length, metaKey.length);
                StoredValues.drain(db, key, cursor.value(), view, sink);
            }
        }
    }

    @Override
    public void close() {
        try {
            view.close();
        } finally {
            Pin held = pin;
            if (held != null) {
                held.close();
            }
        }
    }
}
