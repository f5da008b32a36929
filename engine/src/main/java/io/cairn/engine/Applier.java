package io.cairn.engine;

import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Step;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.stream.CommandExecutor;
import io.cairn.engine.stream.StreamApplier;
import io.cairn.engine.stream.StreamEndedException;
import io.cairn.engine.stream.UnitFailedException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log of a replica from the applied offset: what its primary sends is logged as it comes, and run here.
 *
 * <p>What cannot be run is never passed over. The applier <em>stops</em> there: rows and applied offset stay as they are,
 * reads go on, and it goes on only after {@link #again} or with another keyspace.
 *
 * <p>Life: {@link #start} runs it on a thread named {@code applier} until {@link #close}; a simulation calls {@link
 * #runOnce} instead, always from one thread. On a primary it rests.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Applier {
    /**
     * Why and where it stopped.
     *
     * @param offset applied offset: the unit behind it is what cannot be run
     * @param command the command that failed, empty if no command is to blame
     * @param reason an error reply, or a failure
     */
    public record Stop(long offset, String command, String reason) {}

    /** Told of what happens, on the applier thread. */
    public interface Listener {
        /** Nobody listens. */
        Listener NONE = new Listener() {
            @Override
            public void acknowledgementWanted(long offset) {
                // nobody to send it to
            }

            @Override
            public void applied() {
                // nobody waits
            }

            @Override
            public void stopped(Stop stop) {
                // the log tells
            }
        };

        /** The primary wants an acknowledgement of what was applied when its request was reached. */
        void acknowledgementWanted(long offset);

        /** Some more was applied. */
        void applied();

        /** It stopped. */
        void stopped(Stop stop);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long PIECE_BYTES = 2 << 20;
    private static final int SHORTAGES_MAX = 10;

    private final KeyspaceHandle handle;
    private final Turn turn;
    private final CommandExecutor executor;
    private final LongSupplier wallMillis;
    private final StreamApplier.Control control = new Control();
    private final Object progress = new Object();

    private volatile Listener listener = Listener.NONE;
    private volatile @Nullable Stop stop;
    private volatile boolean closed;
    private volatile @Nullable Thread thread;
    private @Nullable Replay replay;
    private int shortages; // of memory, one after another: others may take it only for a while

    Applier(KeyspaceHandle handle, Turn turn, CommandExecutor executor, LongSupplier wallMillis) {
        this.handle = handle;
        this.turn = turn;
        this.executor = executor;
        this.wallMillis = wallMillis;
    }

    /** Tells {@code next} from now on, and nobody else. */
    public void listen(Listener next) {
        listener = next;
    }

    /** Where and why it stopped, or null while it works. */
    public @Nullable Stop stopped() {
        return stop;
    }

    /** Stream bytes that are logged and not applied. */
    public long lagBytes() {
        return handle.primary() ? 0 : handle.keyspace().lagBytes();
    }

    /** Says that there is more to do. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** Tries again what it stopped at, or goes on with another keyspace. */
    public void again() {
        synchronized (progress) {
            stop = null;
        }
        wake();
    }

    /** Stops at the applied offset: what comes next in the stream was found to be impossible to run. */
    public void stop(String command, String reason) {
        stop(handle.keyspace(), command, reason);
    }

    private void stop(Keyspace at, String command, String reason) {
        Stop found = new Stop(at.state().offset(), command, reason);
        synchronized (progress) {
            if (handle.keyspace() != at) {
                return; // replaced meanwhile: the new one has no such fault
            }
            stop = found;
            progress.notifyAll();
        }
        LOG.error(
                "stream cannot be applied, replication stops here and reads go on: id={} offset={} command={}"
                        + " reason=\"{}\"; REPLICAOF host port asks for everything anew, REPLICAOF NO ONE makes a primary"
                        + " of what is applied, a restart tries again",
                at.state().identity().id(),
                found.offset(),
                found.command(),
                found.reason());
        listener.stopped(found);
    }

    // ---- the work

    /** Applies a piece of what is logged; returns whether there is more to do at once. */
    public boolean runOnce(long bytesMost) {
        if (closed || stop != null || handle.primary()) {
            forget();
            return false;
        }
        Keyspace keyspace = handle.keyspace();
        if (keyspace.wal() == null || keyspace.lagBytes() == 0) {
            return false;
        }
        try {
            handle.steps().at(Step.BEFORE_APPLY);
            boolean more = replay(keyspace).piece(bytesMost);
            shortages = 0;
            told();
            listener.applied();
            return more;
        } catch (StreamEndedException e) {
            forget();
            return true; // see what it is now
        } catch (UnitFailedException e) {
            forget();
            LOG.debug("unit failed", e);
            stop(keyspace, e.command(), String.valueOf(e.getMessage()));
        } catch (OutOfMemoryError e) {
            forget();
            LOG.warn("no memory to apply the stream offset={}", keyspace.state().offset(), e);
            if (++shortages == SHORTAGES_MAX) {
                stop(keyspace, "", e.toString());
            }
        } catch (IOException | RuntimeException e) {
            forget();
            if (handle.keyspace() != keyspace || handle.primary()) {
                return true; // the log was replaced, and its files deleted
            }
            LOG.error("log cannot be applied", e);
            stop(keyspace, "", e.toString());
        }
        return false;
    }

    private Replay replay(Keyspace keyspace) throws IOException {
        Replay current = replay;
        if (current == null || !current.isOf(keyspace)) {
            forget();
            current = new Replay(keyspace, turn, executor, wallMillis, control);
            replay = current;
        }
        return current;
    }

    private void forget() {
        Replay old = replay;
        replay = null;
        if (old != null) {
            try {
                old.close();
            } catch (IOException e) {
                LOG.warn("log reader of the applier could not be closed", e);
            }
        }
    }

    private void told() {
        synchronized (progress) {
            progress.notifyAll();
        }
    }

    private final class Control implements StreamApplier.Control {
        @Override
        public void acknowledgementWanted(long offset) {
            listener.acknowledgementWanted(offset);
        }

        @Override
        public boolean isCurrent(long applied) {
            Replay current = replay;
            return !handle.primary() && current != null && current.isOf(handle.keyspace());
        }
    }

    // ---- life

    /** Waits until everything logged is applied, or the applier stops or is closed, or was never started. */
    public void awaitApplied() {
        boolean interrupted = false;
        synchronized (progress) {
            while (thread != null && !closed && stop == null && lagBytes() > 0) {
                wake();
                try {
                    progress.wait(PERIOD_NANOS / 1_000_000);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized void start() {
        Thread started = new Thread(this::run, "applier");
        started.setDaemon(true);
        thread = started;
        started.start();
    }

    private void run() {
        while (!closed) {
            if (!runOnce(PIECE_BYTES)) {
                LockSupport.parkNanos(this, PERIOD_NANOS);
            }
        }
    }

    /** Ends the thread after the piece it is at; what it leaves is replayed at the next start. */
    synchronized void close() {
        closed = true;
        told();
        Thread running = thread;
        boolean interrupted = false;
        while (running != null && running.isAlive()) {
            LockSupport.unpark(running);
            try {
                running.join(PERIOD_NANOS / 1_000_000);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        forget();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
