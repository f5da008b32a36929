package io.cairn.engine;

import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.RocksRowStore;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowStore;
import io.cairn.engine.rows.RowView;
import io.cairn.wal.FsDirectory;
import io.cairn.wal.GroupSync;
import io.cairn.wal.LogIdentity;
import io.cairn.wal.Wal;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A row store and a log that belong together, open, with the thread that syncs the log.
 *
 * <p><i>Guarded by the engine.</i>
 */
final class Generation implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Generation.class);

    private final String name;
    private final Keyspace keyspace;
    private final @Nullable GroupSync sync;

    private Generation(String name, Keyspace keyspace, @Nullable GroupSync sync) {
        this.name = name;
        this.keyspace = keyspace;
        this.sync = sync;
    }

    String name() {
        return name;
    }

    Keyspace keyspace() {
        return keyspace;
    }

    @Nullable
    GroupSync sync() {
        return sync;
    }

    /** Makes an empty generation whose log begins at {@code base}. */
    static Generation create(DataDirectory data, EngineOptions options, LogIdentity identity, long base)
            throws IOException {
        String name = data.newGeneration();
        RowStore store = openStore(data, options, name);
        @Nullable Wal wal = null;
        try {
            if (options.log()) {
                wal = openWal(data, options, name, base, -1, identity.id());
                if (identity.previousId() != null) {
                    wal.identity(identity);
                }
            }
            AppliedState state = AppliedState.empty(identity, options.databases(), base, -1);
            RowBatch batch = store.newBatch();
            state.writeTo(batch, 0);
            store.write(batch);
            store.flush();
            return running(name, new Keyspace(store, wal, state), wal);
        } catch (IOException | RuntimeException e) {
            close(store, wal, e);
            throw e;
        }
    }

    /**
     * Opens a generation that is there. Rows may be behind the log: the caller replays from the applied offset.
     *
     * @throws IOException if log and rows do not fit together: nothing was changed then
     */
    static Generation open(DataDirectory data, EngineOptions options, String name) throws IOException {
        requireParts(data, name);
        examine(data, options, name);
        RowStore store = openStore(data, options, name);
        @Nullable Wal wal = null;
        try {
            AppliedState state = Keyspace.readState(store, options.databases());
            if (state == null) {
                throw new IOException("row store " + data.store(name) + " holds no applied state: it is not a store of "
                        + "this generation; restore it from a backup, or move " + data.root()
                        + " away and resynchronize from another node");
            }
            wal = openWal(
                    data,
                    options,
                    name,
                    state.offset(),
                    state.streamDb(),
                    state.identity().id());
            if (state.offset() > wal.end()) {
                wal = continueLostLog(data, options, name, wal, state);
            }
            Keyspace keyspace = new Keyspace(store, wal, state);
            keyspace.restored(wal.identity());
            return running(name, keyspace, wal);
        } catch (IOException | RuntimeException e) {
            close(store, wal, e);
            throw e;
        }
    }

    static Generation running(String name, Keyspace keyspace, @Nullable Wal wal) {
        if (wal == null) {
            return new Generation(name, keyspace, null);
        }
        GroupSync sync = new GroupSync(wal, System::nanoTime);
        sync.start();
        return new Generation(name, keyspace, sync);
    }

    static RowStore openStore(DataDirectory data, EngineOptions options, String name) throws IOException {
        if (options.memory()) {
            return new MemoryRowStore();
        }
        Files.createDirectories(data.store(name));
        return RocksRowStore.open(data.store(name), options.rocks());
    }

    static Wal openWal(DataDirectory data, EngineOptions options, String name, long base, int baseDb, String newLogId)
            throws IOException {
        Path path = data.wal(name);
        boolean isNew = !Files.exists(path);
        Files.createDirectories(path);
        return openWal(path, options, base, baseDb, isNew ? () -> newLogId : options.newId());
    }

    private static Wal openWal(Path path, EngineOptions options, long base, int baseDb, Supplier<String> newLogId)
            throws IOException {
        return Wal.open(FsDirectory.open(path), options.wal(), options.wallMillis(), base, baseDb, newLogId);
    }

    /** Opening changes files of both log and rows, so each is looked at before the other is opened. */
    private static void examine(DataDirectory data, EngineOptions options, String name) throws IOException {
        Wal.Examined wal = Wal.examine(FsDirectory.open(data.wal(name)), options.wal());
        try (RowView rows = RocksRowStore.look(data.store(name), options.rocks())) {
            AppliedState state = Keyspace.readState(rows, options.databases());
            if (state != null) {
                requireFit(data, name, wal, state);
            }
        }
    }

    private static void requireFit(DataDirectory data, String name, Wal.Examined wal, AppliedState state)
            throws IOException {
        LogIdentity log = wal.identity();
        String rowsId = state.identity().id();
        if (!log.isOrContinues(rowsId) || state.offset() < wal.start()) {
            throw new IOException("log " + data.wal(name) + " (id " + log.id() + ", positions " + wal.start() + " to "
                    + wal.end() + ") does not fit row store " + data.store(name) + " (id " + rowsId + ", applied "
                    + state.offset() + "): put the log that belongs to it back, or move " + data.root()
                    + " away and resynchronize from another node");
        }
    }

    /** What is missing must not be made anew: it would be empty. */
    private static void requireParts(DataDirectory data, String name) throws IOException {
        takeRenewedLog(data, name);
        for (Path part : new Path[] {data.store(name), data.wal(name)}) {
            if (!Files.exists(part)) {
                throw new IOException(part + " is missing: put it back, or move " + data.root()
                        + " away and resynchronize from another node");
            }
        }
    }

    /** Ends what a crash may have left of {@link #renewLog}. */
    static void takeRenewedLog(DataDirectory data, String name) throws IOException {
        Path wal = data.wal(name);
        Path renewed = renewed(data, name);
        if (!Files.exists(wal) && Files.exists(renewed)) {
            Files.move(renewed, wal);
            DataDirectory.syncDirectory(data.root().resolve(name));
        }
        DataDirectory.delete(retired(data, name));
    }

    private static Path renewed(DataDirectory data, String name) {
        return data.wal(name).resolveSibling("wal.new");
    }

    private static Path retired(DataDirectory data, String name) {
        return data.wal(name).resolveSibling("wal.old");
    }

    /** Rows reached the disk that the log lost (a power cut): the log begins anew behind them, under a new id. */
    private static Wal continueLostLog(
            DataDirectory data, EngineOptions options, String name, Wal wal, AppliedState state) throws IOException {
        LogIdentity next =
                new LogIdentity(options.newId().get(), state.identity().id(), state.offset());
        LOG.warn(
                "log lost its end, rows are ahead of it applied={} log_end={} id={} new_id={}",
                state.offset(),
                wal.end(),
                state.identity().id(),
                next.id());
        wal.close();
        return renewLog(data, options, name, state.offset(), state.streamDb(), next);
    }

    /** Puts a log in place of the one that is there and closed: it begins anew at a position. */
    private static Wal renewLog(
            DataDirectory data, EngineOptions options, String name, long base, int baseDb, LogIdentity next)
            throws IOException {
        Path wal = data.wal(name);
        Path renewed = renewed(data, name);
        DataDirectory.delete(renewed);
        Files.createDirectories(renewed);
        try (Wal fresh = openWal(renewed, options, base, baseDb, next::id)) {
            fresh.identity(next);
        }
        DataDirectory.delete(retired(data, name));
        Files.move(wal, retired(data, name)); // a crash from here on leaves only the new one, which is taken then
        takeRenewedLog(data, name);
        return openWal(wal, options, base, baseDb, options.newId());
    }

    /**
     * Gives up what the log holds beyond the applied offset: the same rows with a log that begins there, under ids that
     * continue the old ones up to there. This generation must not be used any more.
     */
    Generation cutAtApplied(DataDirectory data, EngineOptions options, LogIdentity next) throws IOException {
        Wal wal = keyspace.wal();
        if (wal == null) {
            return this;
        }
        keyspace.store().flush(); // or a crash would leave rows that the new log does not lead to
        GroupSync running = sync;
        if (running != null) {
            running.close();
        }
        wal.close();
        Wal fresh = renewLog(data, options, name, keyspace.state().offset(), -1, next);
        Keyspace cut = new Keyspace(keyspace.store(), fresh, keyspace.state());
        cut.restored(fresh.identity());
        return running(name, cut, fresh);
    }

    static void close(RowStore store, @Nullable Wal wal, Exception cause) {
        try {
            store.close();
            if (wal != null) {
                wal.close();
            }
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        GroupSync running = sync;
        if (running != null) {
            running.close();
        }
        keyspace.close();
    }
}
