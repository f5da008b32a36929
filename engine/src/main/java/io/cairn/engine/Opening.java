package io.cairn.engine;

import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.RowStore;
import io.cairn.engine.stream.CommandExecutor;
import io.cairn.engine.stream.StreamFormatException;
import io.cairn.engine.stream.UnitFailedException;
import io.cairn.wal.LogIdentity;
import io.cairn.wal.Wal;
import java.io.IOException;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens what a data directory holds and brings the rows up to the log's end.
 *
 * <ol>
 *   <li>open rows and log of the current generation; both verify themselves;
 *   <li>check that they fit together: the rows' applied offset lies within the log, under an id that the log knows;
 *   <li>verify the log's records behind the applied offset, then run them against the rows.
 * </ol>
 *
 * In memory mode the rows come from the seed, or the log must hold everything from position 0.
 *
 * <p><i>Confined to the opening thread.</i>
 */
final class Opening {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);
    private static final long PIECE_BYTES = 2 << 20;

    private final DataDirectory data;
    private final EngineOptions options;
    private final KeyspaceHandle handle;
    private final Turn turn;
    private final CommandExecutor executor;
    private final Seed seed;
    private Applier.@Nullable Stop stop;

    Opening(
            DataDirectory data,
            EngineOptions options,
            KeyspaceHandle handle,
            Turn turn,
            CommandExecutor executor,
            Seed seed) {
        this.data = data;
        this.options = options;
        this.handle = handle;
        this.turn = turn;
        this.executor = executor;
        this.seed = seed;
    }

    /** What stands in a replica's log that cannot be run, or null. */
    Applier.@Nullable Stop stop() {
        return stop;
    }

    Generation open(DataDirectory.@Nullable Current current) throws IOException {
        long started = System.nanoTime();
        Generation generation;
        if (options.memory()) {
            generation = openInMemory(current);
        } else if (current == null || current.stage() == DataDirectory.Stage.MAKING) {
            generation = firstGeneration();
        } else {
            generation = Generation.open(data, options, current.generation());
        }
        handle.keyspace(generation.keyspace());
        try {
            long replayed = replay(generation.keyspace(), current != null && current.replica());
            data.deleteLeftovers(generation.name());
            LOG.info(
                    "recovered generation={} id={} offset={} replayed_bytes={} lag_bytes={} millis={}",
                    generation.name(),
                    generation.keyspace().state().identity().id(),
                    generation.keyspace().end(),
                    replayed,
                    generation.keyspace().lagBytes(),
                    (System.nanoTime() - started) / 1_000_000);
            return generation;
        } catch (IOException | RuntimeException e) {
            generation.close();
            throw e;
        }
    }

    /**
     * Brings the rows up to the log's end. A replica may have logged much more than it had applied: beyond {@code
     * replay-bytes-max} that is left to its applier, as it was before.
     */
    private long replay(Keyspace keyspace, boolean ofReplica) throws IOException {
        Wal wal = keyspace.wal();
        long from = keyspace.state().offset();
        if (wal == null || from == wal.end()) {
            return 0;
        }
        wal.verify(from);
        long most = ofReplica && !options.memory() ? options.replayBytesMax() : Long.MAX_VALUE;
        try (Replay replay = new Replay(keyspace, turn, executor, options.wallMillis(), offset -> {})) {
            while (keyspace.state().offset() - from < most && replay.piece(PIECE_BYTES)) {
                // one piece after another
            }
        } catch (UnitFailedException e) {
            if (!ofReplica) {
                throw new IOException(
                        "log position " + e.position() + ": command " + e.command() + " cannot be run: "
                                + e.getMessage() + "; use the version of Cairn that wrote it",
                        e);
            }
            stop = new Applier.Stop(e.position(), e.command(), String.valueOf(e.getMessage()));
        } catch (StreamFormatException e) {
            throw new IOException("log position " + keyspace.state().offset() + ": " + e.getMessage(), e);
        }
        return keyspace.state().offset() - from;
    }

    // ---- memory mode

    private Generation openInMemory(DataDirectory.@Nullable Current current) throws IOException {
        if (current == null || current.stage() == DataDirectory.Stage.MAKING) {
            return firstGeneration();
        }
        if (!options.log()) {
            requireNothingToLose(current.generation());
            return firstGeneration();
        }
        MemoryRowStore store = new MemoryRowStore();
        String name = current.generation();
        Generation.takeRenewedLog(data, name);
        Wal wal = Generation.openWal(data, options, name, 0, -1, options.newId().get());
        try {
            Loader loader =
                    new Loader(store, AppliedState.empty(wal.identity(), options.databases(), 0, -1), handle.limits());
            Seed.@Nullable Position position = seed.load(loader);
            if (position != null && fits(wal, position)) {
                int streamDb = position.streamDb();
                loader.finish(position.offset(), streamDb >= 0 ? streamDb : wal.streamDbAt(position.offset()));
                return Generation.running(name, keyspace(store, wal), wal);
            }
            if (wal.start() == 0) {
                RowStore empty = new MemoryRowStore();
                new Loader(empty, AppliedState.empty(wal.identity(), options.databases(), 0, -1), handle.limits())
                        .finish();
                return Generation.running(name, keyspace(empty, wal), wal);
            }
            if (current.replica() && !Files.exists(data.store(name))) {
                LOG.warn("memory of a replica cannot be rebuilt, starting empty log_start={}", wal.start());
                wal.close();
                return firstGeneration();
            }
            throw new IOException("memory cannot be rebuilt: log " + data.wal(name) + " begins at position "
                    + wal.start() + " and no snapshot of that history stands there; put the dump file that belongs to "
                    + "it back, or move " + data.root() + " away");
        } catch (IOException | RuntimeException e) {
            wal.close();
            throw e;
        }
    }

    private Keyspace keyspace(RowStore store, Wal wal) {
        AppliedState state = Keyspace.readState(store, options.databases());
        if (state == null) {
            throw new IllegalStateException("a finished load holds its applied state");
        }
        return new Keyspace(store, wal, state);
    }

    private static boolean fits(Wal wal, Seed.Position position) {
        LogIdentity log = wal.identity();
        boolean known = position.id().equals(log.id())
                || (position.id().equals(log.previousId()) && position.offset() <= log.previousEnd());
        return known && position.offset() >= wal.start() && position.offset() <= wal.end();
    }

    /** Memory without a log keeps no files, so it begins anew each time; files are of another way to run. */
    private void requireNothingToLose(String generation) throws IOException {
        if (Files.exists(data.store(generation)) || Files.exists(data.wal(generation))) {
            throw new IOException("data directory " + data.root() + " holds data of a server with a log, which engine "
                    + "memory with wal no would throw away: start it as before, or choose another directory");
        }
    }

    private Generation firstGeneration() throws IOException {
        data.announceFirst();
        data.deleteLeftovers(null);
        Generation generation =
                Generation.create(data, options, LogIdentity.of(options.newId().get()), 0);
        data.current(generation.name(), DataDirectory.Stage.PRIMARY);
        return generation;
    }
}
