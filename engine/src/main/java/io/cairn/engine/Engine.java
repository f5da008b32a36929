package io.cairn.engine;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Step;
import io.cairn.engine.keyspace.StepObserver;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.RowStore;
import io.cairn.engine.rows.RowView;
import io.cairn.engine.rows.StorageException;
import io.cairn.engine.stream.CommandExecutor;
import io.cairn.engine.stream.StreamFormatException;
import io.cairn.engine.stream.UnitFailedException;
import io.cairn.wal.GroupSync;
import io.cairn.wal.LogIdentity;
import io.cairn.wal.Pin;
import io.cairn.wal.Wal;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's data: opened, recovered, checkpointed, replaced, and the node's place in a history of replication ids.
 *
 * <p>Life: {@link #open} recovers (rows at some applied offset, then the log's tail), {@link #start} begins the
 * background work, turns come and go through {@link #handle()}, {@link #close()}.
 *
 * <p>Roles: a primary writes its own history; a replica holds its primary's bytes under its primary's id. {@link
 * #promote} begins a new history that continues the old one; {@link #adopt} follows a primary that did so.
 *
 * <p>Changes of role and of keyspace exclude each other and every turn.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Engine implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final long PIECE_BYTES = 2 << 20;

    private final DataDirectory data;
    private final EngineOptions options;
    private final KeyspaceHandle handle;
    private final CommandExecutor executor;
    private final Turn control;
    private final AtomicLong checkpoints = new AtomicLong();
    private final Janitor janitor;
    private final Evictor evictor;
    private final Applier applier;
    private volatile Runnable onInstall = () -> {};
    private volatile Generation generation;
    private volatile boolean replica;

    private Engine(
            DataDirectory data,
            EngineOptions options,
            KeyspaceHandle handle,
            CommandExecutor executor,
            Applier applier,
            Generation generation,
            boolean replica) {
        this.executor = executor;
        this.applier = applier;
        this.data = data;
        this.options = options;
        this.handle = handle;
        this.generation = generation;
        this.replica = replica;
        this.control = new Turn(handle, true);
        this.janitor = new Janitor(this, handle, options);
        this.evictor = new Evictor(handle);
    }

    /**
     * Opens the data directory and recovers it; writes a new one if it holds nothing.
     *
     * @param seed where an in-memory keyspace begins; not used for rows on disk
     * @throws IOException if it is in use, damaged or from a later version: then nothing in it was changed
     */
    public static Engine open(EngineOptions options, CommandExecutor executor, Seed seed) throws IOException {
        return open(options, executor, seed, StepObserver.NONE);
    }

    /** The same, with somebody who looks at the steps in which durable data changes. */
    public static Engine open(EngineOptions options, CommandExecutor executor, Seed seed, StepObserver steps)
            throws IOException {
        DataDirectory data = DataDirectory.open(options.directory());
        try {
            KeyspaceHandle handle = new KeyspaceHandle(steps);
            handle.limits(options.limits());
            Turn replaying = new Turn(handle, true);
            Opening opening = new Opening(data, options, handle, replaying, executor, seed);
            DataDirectory.@Nullable Current current = data.current();
            Generation generation = opening.open(current);
            boolean replica = current != null && current.replica();
            handle.primary(!replica);
            handle.announcedTo(handle.keyspace().end());
            Applier applier = new Applier(handle, replaying, executor, options.wallMillis());
            Applier.Stop stop = opening.stop();
            if (stop != null) {
                applier.stop(stop.command(), stop.reason());
            }
            return new Engine(data, options, handle, executor, applier, generation, replica);
        } catch (IOException | RuntimeException e) {
            data.close();
            throw e;
        }
    }

    /** Starts the background work: expiry, garbage collection, retention, watch over free space, a replica's applier. */
    public void start() {
        janitor.start();
        applier.start();
    }

    // ---- parts

    /** What turns are made with. */
    public KeyspaceHandle handle() {
        return handle;
    }

    /** What keeps rows in memory below a limit. */
    public Evictor evictor() {
        return evictor;
    }

    /** The keyspace in use. */
    public Keyspace keyspace() {
        return handle.keyspace();
    }

    /** The log in use, or null in memory mode without one. */
    public @Nullable Wal wal() {
        return handle.keyspace().wal();
    }

    /** Syncs the log in use, or null in memory mode without one. */
    public @Nullable GroupSync sync() {
        return generation.sync();
    }

    /** Background work, for figures and for switching active expiry off. */
    public Janitor janitor() {
        return janitor;
    }

    /** Runs what is logged, while this node is a replica. */
    public Applier applier() {
        return applier;
    }

    /**
     * Where what a primary sends is put.
     *
     * @param isCurrent whether the caller is still the one to do so; asked while no role and no keyspace changes
     */
    public Intake intake(BooleanSupplier isCurrent) {
        return new Intake(handle, applier, isCurrent, options.wallMillis());
    }

    /** What the engine was opened with. */
    public EngineOptions options() {
        return options;
    }

    /**
     * Whether nothing was ever written here or received from elsewhere: the keyspace stands at position 0, also after
     * starts that failed before they put anything in.
     */
    public boolean isNew() {
        return !replica && offset() == 0 && identity().previousId() == null;
    }

    /** Has a task run whenever {@link #install} has replaced the keyspace. */
    public void onInstall(Runnable task) {
        onInstall = task;
    }

    // ---- history

    /** Replication ids. */
    public LogIdentity identity() {
        return handle.keyspace().state().identity();
    }

    /** Replication offset: position of the stream, which on a replica may be ahead of what is applied. */
    public long offset() {
        return handle.keyspace().end();
    }

    /** Position up to which the stream is applied. */
    public long applied() {
        return handle.keyspace().state().offset();
    }

    /** Whether the data is a primary's that this node follows, or followed when it was last running. */
    public boolean isReplica() {
        return replica;
    }

    /** From now on the data is a primary's: no own writes, no expiry of its own. Ids stay until the primary says. */
    public void follow() {
        exclusively(() -> {
            if (!replica) {
                recordRole(true);
                handle.primary(false);
                replica = true;
            }
        });
    }

    /**
     * Ends being a replica: a new id, the old one valid up to here as the second; the next write selects its db.
     *
     * <p>Whatever is logged is applied before. Where the log holds what cannot be run, it is cut off there: the history
     * of this node ends at what is applied, and whoever follows it with more must take everything anew.
     */
    public void promote() {
        exclusively(() -> {
            if (!replica) {
                return;
            }
            boolean whole = applyRest(handle.keyspace());
            LogIdentity next = identity().continuedAs(options.newId().get(), applied());
            if (whole) {
                handle.keyspace().identity(next, handle.steps());
            } else {
                cutAtApplied(next);
            }
            handle.keyspace().forceSelect();
            recordRole(false);
            handle.primary(true);
            replica = false;
            applier.again();
            LOG.info("promoted id={} previous={} offset={}", next.id(), next.previousId(), next.previousEnd());
            if (!whole) {
                onInstall.run();
            }
        });
    }

    /** Applies on the calling thread what the applier has left; false if there is something that cannot be run. */
    private boolean applyRest(Keyspace keyspace) {
        if (keyspace.lagBytes() == 0) {
            return true;
        }
        try (Replay rest = new Replay(keyspace, control, executor, options.wallMillis(), offset -> {})) {
            while (rest.piece(PIECE_BYTES)) {
                // one piece after another
            }
            return true;
        } catch (UnitFailedException e) {
            LOG.warn(
                    "log is cut off where it cannot be applied offset={} command={} reason=\"{}\" bytes_given_up={}",
                    e.position(),
                    e.command(),
                    e.getMessage(),
                    keyspace.lagBytes());
            return false;
        } catch (IOException | StreamFormatException e) {
            throw new StorageException("MISCONF the log cannot be applied to its end: " + e.getMessage(), e);
        }
    }

    private void cutAtApplied(LogIdentity next) {
        try {
            Generation cut = generation.cutAtApplied(data, options, next);
            handle.keyspace(cut.keyspace());
            generation = cut;
        } catch (IOException e) {
            throw new StorageException("MISCONF the log could not be cut off: " + e.getMessage(), e);
        }
    }

    /**
     * Follows the primary into the history that it continues this one with ({@code +CONTINUE id}).
     *
     * @param isWanted asked while nothing else is under way: the role, or the primary, may have changed since it spoke
     * @return false if it is not wanted any more; nothing was changed then
     */
    public boolean adopt(String primaryId, BooleanSupplier isWanted) {
        boolean[] adopted = new boolean[1];
        exclusively(() -> {
            if (!isWanted.getAsBoolean()) {
                return;
            }
            adopted[0] = true;
            Keyspace keyspace = handle.keyspace();
            LogIdentity own = keyspace.state().identity();
            if (!own.id().equals(primaryId)) {
                keyspace.identity(own.continuedAs(primaryId, keyspace.end()), handle.steps());
                LOG.info("followed primary id={} previous={} offset={}", primaryId, own.id(), keyspace.end());
            }
        });
        return adopted[0];
    }

    /** Takes a new id of its own, without a second one: nobody can continue from before. */
    public void renewIdentity() {
        exclusively(
                () -> handle.keyspace().identity(LogIdentity.of(options.newId().get())));
    }

    private void recordRole(boolean asReplica) {
        recordCurrent(generation, asReplica);
    }

    private void recordCurrent(Generation current, boolean asReplica) {
        handle.steps().at(Step.BEFORE_CURRENT);
        try {
            data.current(current.name(), asReplica ? DataDirectory.Stage.REPLICA : DataDirectory.Stage.PRIMARY);
        } catch (IOException e) {
            throw new StorageException("CURRENT could not be written", e);
        }
        handle.steps().at(Step.AFTER_CURRENT);
    }

    // ---- checkpoint and replacement

    /** Freezes the keyspace at a log position and pins the log from there. */
    public Checkpoint checkpoint(String name) throws IOException {
        Keyspace keyspace = handle.keyspace();
        Wal wal = keyspace.wal();
        @Nullable Pin pin = wal == null ? null : wal.pin(name, keyspace.state().offset());
        try {
            RowStore store = keyspace.store();
            RowView view = store.checkpoint(data.checkpoint("checkpoint-" + checkpoints.incrementAndGet()));
            AppliedState state = Keyspace.readState(view, options.databases());
            if (state == null) {
                view.close();
                throw new IllegalStateException("a checkpoint holds its applied state");
            }
            if (pin != null) {
                pin.advance(state.offset());
            }
            return new Checkpoint(view, state, pin);
        } catch (RuntimeException e) {
            if (pin != null) {
                pin.close();
            }
            throw e;
        }
    }

    /** Begins to receive a keyspace whose log begins at {@code offset} with {@code streamDb} selected. */
    public Staging stage(LogIdentity identity, long offset, int streamDb) throws IOException {
        return new Staging(data, options, identity, offset, streamDb, handle.limits());
    }

    /**
     * Puts what was received in place of the keyspace in use: durable, and seen by the next turn. Readers of the old log
     * and of its checkpoints must have been told to stop.
     *
     * @param isWanted asked while nothing else is under way: the role, or the primary, may have changed since the
     *     keyspace was received
     * @return false if it is not wanted any more; what was received is thrown away then
     */
    public boolean install(Staging staging, BooleanSupplier isWanted) throws IOException {
        Generation next = staging.finish();
        Generation old = generation;
        try {
            handle.steps().at(Step.STAGED);
            KeyspaceHandle beside = new KeyspaceHandle();
            beside.keyspace(next.keyspace());
            beside.limits(handle.limits());
            replayBeside(beside);
            exclusively(() -> {
                if (isWanted.getAsBoolean()) {
                    recordCurrent(next, replica);
                    handle.keyspace(next.keyspace());
                    handle.announcedTo(-1);
                    generation = next;
                    applier.again();
                }
            });
        } catch (IOException | RuntimeException e) {
            throwAway(next, e);
            throw e;
        }
        if (handle.keyspace() != next.keyspace()) {
            LOG.info(
                    "keyspace received in vain generation={} id={}",
                    next.name(),
                    staging.identity().id());
            next.close();
            data.delete(next.name());
            return false;
        }
        LOG.info(
                "keyspace replaced generation={} id={} offset={}",
                next.name(),
                identity().id(),
                offset());
        old.close();
        handle.steps().at(Step.BEFORE_DELETE);
        data.delete(old.name());
        onInstall.run();
        return true;
    }

    private void replayBeside(KeyspaceHandle beside) throws IOException {
        Keyspace keyspace = beside.keyspace();
        if (keyspace.lagBytes() > 0) {
            Turn turn = new Turn(beside, true);
            try (Replay replay = new Replay(keyspace, turn, executor, options.wallMillis(), offset -> {})) {
                while (replay.piece(PIECE_BYTES)) {
                    // one piece after another
                }
            }
        }
    }

    /** The files stay if CURRENT names them: it was renamed, but not known to be durable. */
    private void throwAway(Generation next, Exception cause) {
        try {
            next.close();
            DataDirectory.Current current = data.current();
            if (current != null && !current.generation().equals(next.name())) {
                data.delete(next.name());
            }
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /** Loads keys into an empty keyspace that is this node's own (a dump found in an empty directory). */
    public void load(Load load) throws IOException {
        Staging staging = stage(identity(), offset() + 1, -1); // position 0 is the empty keyspace, for everybody
        try (staging) {
            load.into(staging.sink());
            install(staging, () -> true);
        }
    }

    /** Sends keys to a sink. */
    @FunctionalInterface
    public interface Load {
        /** Sends all keys. */
        void into(EntrySink sink) throws IOException;
    }

    /** Bytes that the data directory's file system can still take. */
    long usableBytes() {
        try {
            return data.usableBytes();
        } catch (IOException e) {
            throw new StorageException("free space of " + data.root() + " could not be read", e);
        }
    }

    /** The world lock comes first: it is what guards the control turn too. */
    private void exclusively(Runnable work) {
        handle.alone(() -> control.exclusively(options.wallMillis().getAsLong(), work));
    }

    /** Stops background work, flushes the rows, closes everything and gives the directory up. */
    @Override
    public void close() throws IOException {
        janitor.close();
        applier.close();
        try {
            if (handle.keyspace().failure() == null) {
                handle.keyspace().store().flush();
            }
        } finally {
            try {
                generation.close();
            } finally {
                data.close();
            }
        }
    }
}
