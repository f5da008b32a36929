package io.cairn.engine;

import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.stream.CommandExecutor;
import io.cairn.engine.stream.StreamApplier;
import io.cairn.wal.Wal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * Runs the log's records behind a keyspace's applied offset against its rows.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class Replay {
    private static final int REPLAY_BYTES = 1 << 20;

    private final KeyspaceHandle handle;
    private final CommandExecutor executor;
    private final LongSupplier wallMillis;

    Replay(KeyspaceHandle handle, CommandExecutor executor, LongSupplier wallMillis) {
        this.handle = handle;
        this.executor = executor;
        this.wallMillis = wallMillis;
    }

    /** Brings the rows up to the log's end; returns the bytes replayed. */
    long run(Keyspace keyspace) throws IOException {
        Wal wal = keyspace.wal();
        long from = keyspace.state().offset();
        if (wal == null || from == wal.end()) {
            return 0;
        }
        Turn turn = new Turn(handle, true);
        StreamApplier applier = new StreamApplier(turn, executor, () -> {}, wal.streamDbAt(from));
        Gathering gathering = new Gathering(applier, from);
        wal.replay(from, (start, bytes, streamDb, millis) -> gathering.add(bytes));
        gathering.apply();
        return gathering.position - from;
    }

    /** Records are gathered, so that many small ones share a commit. */
    private final class Gathering {
        private final StreamApplier applier;
        private ByteBuffer buffer = ByteBuffer.allocate(2 * REPLAY_BYTES);
        private long position;

        Gathering(StreamApplier applier, long from) {
            this.applier = applier;
            this.position = from;
        }

        void add(ByteBuffer record) throws IOException {
            if (record.remaining() > buffer.remaining()) {
                apply();
                if (record.remaining() > buffer.remaining()) {
                    buffer = ByteBuffer.allocate(record.remaining());
                }
            }
            buffer.put(record);
            if (buffer.position() >= REPLAY_BYTES) {
                apply();
            }
        }

        void apply() throws IOException {
            buffer.flip();
            int length = buffer.remaining();
            int applied = applier.replay(buffer, wallMillis.getAsLong(), position);
            if (applied != length) {
                throw new IOException(
                        "log position " + (position + applied) + ": a record ends within a command or a transaction");
            }
            position += applied;
            buffer.clear();
        }
    }
}
