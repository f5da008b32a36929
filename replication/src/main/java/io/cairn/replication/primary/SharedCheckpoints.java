package io.cairn.replication.primary;

import io.cairn.engine.Checkpoint;
import io.cairn.engine.Engine;
import java.io.IOException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoint from which snapshots are sent: one at a time, shared by all replicas that ask while it is in use.
 *
 * <p>It pins the log until its last user is online and holds a pin of its own. Then it is closed, which means closing a
 * database and deleting its files: by a task of its own, since the last user may be an event loop.
 *
 * <p><i>Thread-safe.</i>
 */
final class SharedCheckpoints {
    /** One user's hold on a checkpoint. */
    final class Lease implements AutoCloseable {
        private final Shared shared;
        private boolean closed;

        private Lease(Shared shared) {
            this.shared = shared;
        }

        Checkpoint checkpoint() {
            return shared.checkpoint;
        }

        @Override
        public void close() {
            release(this);
        }
    }

    private static final class Shared {
        final Checkpoint checkpoint;
        int users;

        Shared(Checkpoint checkpoint) {
            this.checkpoint = checkpoint;
        }
    }

    private final Engine engine;
    private final Executor tasks;
    private @Nullable Shared current;

    SharedCheckpoints(Engine engine, Executor tasks) {
        this.engine = engine;
        this.tasks = tasks;
    }

    /** The checkpoint in use, if it is of the present history; else a new one. */
    synchronized Lease acquire() throws IOException {
        Shared shared = current;
        if (shared == null
                || !shared.checkpoint.state().identity().equals(engine.identity())
                || shared.checkpoint.state().offset() > engine.offset()) {
            shared = new Shared(engine.checkpoint("snapshot"));
            current = shared;
        }
        shared.users++;
        return new Lease(shared);
    }

    private synchronized void release(Lease lease) {
        if (lease.closed) {
            return;
        }
        lease.closed = true;
        Shared shared = lease.shared;
        if (--shared.users == 0) {
            if (current == shared) {
                current = null;
            }
            tasks.execute(shared.checkpoint::close);
        }
    }
}
