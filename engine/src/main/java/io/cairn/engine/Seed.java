package io.cairn.engine;

import io.cairn.engine.entry.EntrySink;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where an in-memory keyspace begins after a restart: a snapshot file with the log position it stands at.
 *
 * <p><i>Thread-safe.</i>
 */
public interface Seed {
    /** No snapshot. */
    Seed NONE = sink -> null;

    /**
     * A position in a history.
     *
     * @param id replication id
     * @param offset position
     * @param streamDb database that the stream has selected there, -1 for none
     */
    record Position(String id, long offset, int streamDb) {}

    /** Sends all keys to {@code sink}; the position of the snapshot, or null if there is none (nothing was sent then). */
    @Nullable
    Position load(EntrySink sink) throws IOException;
}
