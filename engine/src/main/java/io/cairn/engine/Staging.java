package io.cairn.engine;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.rows.BulkLoad;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.RowStore;
import io.cairn.engine.rows.StorageException;
import io.cairn.wal.LogIdentity;
import io.cairn.wal.Wal;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A keyspace that is being received beside the one in use: a full resynchronization or an import.
 *
 * <p>Life: keys go to {@link #sink()}; stream bytes that arrive before the keys are all stored go to {@link #append};
 * then {@link Engine#install} puts it in place of the keyspace in use, or {@link #close()} throws it away. A crash before
 * the install leaves the old keyspace as it was.
 *
 * <p><i>Confined to the loading thread.</i>
 */
public final class Staging implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Staging.class);

    private final DataDirectory data;
    private final EngineOptions options;
    private final String name;
    private final LogIdentity identity;
    private final AppliedState state;
    private final @Nullable Wal wal;
    private final Loader loader;
    private final @Nullable BulkLoad bulk;
    private volatile @Nullable RowStore store;
    private long appended;
    private volatile boolean complete;
    private boolean finished;

    Staging(DataDirectory data, EngineOptions options, LogIdentity identity, long offset, int streamDb, Limits limits)
            throws IOException {
        this.data = data;
        this.options = options;
        this.identity = identity;
        this.name = data.newGeneration();
        this.state = AppliedState.empty(identity, options.databases(), offset, streamDb);
        this.appended = offset;
        if (options.memory()) {
            MemoryRowStore memory = new MemoryRowStore();
            this.bulk = null;
            this.store = memory;
            this.loader = new Loader(memory, state, limits);
        } else {
            BulkLoad begun = BulkLoad.begin(Files.createDirectories(data.store(name)), options.rocks());
            this.bulk = begun;
            this.loader = new Loader(begun, state, limits);
        }
        try {
            this.wal = options.log() ? openLog(offset, streamDb) : null;
        } catch (IOException | RuntimeException e) {
            closeRows();
            throw e;
        }
    }

    private Wal openLog(long offset, int streamDb) throws IOException {
        Wal log = Generation.openWal(data, options, name, offset, streamDb, identity.id());
        try {
            if (identity.previousId() != null) {
                log.identity(identity);
            }
            return log;
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
        }
    }

    private void closeRows() {
        BulkLoad loading = bulk;
        if (loading != null) {
            loading.close();
        }
        RowStore open = store;
        store = null;
        if (open != null) {
            open.close();
        }
    }

    /** Takes the keys, each once. */
    public EntrySink sink() {
        return loader;
    }

    /** Keys taken so far. */
    public long keys() {
        return loader.keys();
    }

    /**
     * Logs stream bytes behind the snapshot, whole units only; they are applied after the install.
     *
     * @param dbAfter database that the stream has selected after them
     */
    public void append(ByteBuffer bytes, int dbAfter) throws IOException {
        Wal log = wal;
        if (log == null) {
            throw new IllegalStateException("no log to keep stream bytes in");
        }
        appended = log.append(bytes, dbAfter, options.wallMillis().getAsLong());
    }

    /** Position after the last byte appended. */
    public long end() {
        return appended;
    }

    /**
     * Stores all keys durably, once the last was taken: the slow part of an install. May run on another thread than
     * {@link #append}.
     */
    public void complete() throws IOException {
        if (finished) {
            throw new IllegalStateException("staging is finished or closed");
        }
        loader.finish();
        BulkLoad loading = bulk;
        if (loading != null) {
            loading.finish();
        }
        complete = true;
    }

    /** Opens what was received for use. */
    Generation finish() throws IOException {
        if (!complete) {
            complete();
        }
        RowStore loaded = store;
        RowStore opened = loaded == null ? Generation.openStore(data, options, name) : loaded;
        store = opened;
        Wal log = wal;
        if (log != null) {
            log.sync();
        }
        AppliedState stored = Keyspace.readState(opened, options.databases());
        if (stored == null) {
            throw new IllegalStateException("a finished load holds its applied state");
        }
        finished = true;
        return Generation.running(name, new Keyspace(opened, log, stored), log);
    }

    /** Ids of what is being received. */
    public LogIdentity identity() {
        return identity;
    }

    /** Throws away what was received, unless it was installed. */
    @Override
    public void close() {
        if (finished) {
            return;
        }
        finished = true;
        try {
            closeRows();
            if (wal != null) {
                wal.close();
            }
            data.delete(name);
        } catch (IOException | StorageException e) {
            LOG.warn("staging left behind, the next start deletes it generation={}", name, e);
        }
    }
}
