package io.cairn.engine.keyspace;

import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowStore;
import io.cairn.engine.rows.StorageException;
import io.cairn.wal.LogIdentity;
import io.cairn.wal.Wal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One generation of data: a row store, the log that leads to it, and the applied state that ties them.
 *
 * <p>On a primary the log's end and the applied offset move together. On a replica the log comes first: its primary's
 * bytes are appended as they arrive ({@link #receive}), and turns that say how far they replayed the log
 * follow behind.
 *
 * <p>The commit path, the same for every writer:
 *
 * <ol>
 *   <li>the turn serialises its rows into a batch (no lock);
 *   <li>under the commit lock: append to the log (one record), advance the applied state, write batch and state as one
 *       unit, tell watchers, release stripes;
 *   <li>the caller replies (with {@code appendfsync always} once the log is durable up to the turn's end).
 * </ol>
 *
 * The first failure behind the append latches: writes stop for good, reads go on. A log that is merely full refuses the
 * turn and leaves nothing of it behind.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Keyspace implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Keyspace.class);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final RowStore store;
    private final @Nullable Wal wal;
    private final AppliedState state;
    private final AtomicLong versions;
    private final ReentrantLock commitLock = new ReentrantLock();
    private final ReentrantLock appendLock = new ReentrantLock(); // taken last; the log wants one append at a time
    private volatile @Nullable String failure;

    /** A keyspace over open parts; {@code wal} is null where memory mode runs without a log. */
    public Keyspace(RowStore store, @Nullable Wal wal, AppliedState state) {
        this.store = store;
        this.wal = wal;
        this.state = state;
        this.versions = new AtomicLong(state.versions());
    }

    /** The applied state that a store holds, or null if the store is new. */
    public static @Nullable AppliedState readState(io.cairn.engine.rows.RowView view, int databases) {
        byte[] applied = view.get(Family.SYSTEM, AppliedState.APPLIED_KEY, ReadMode.DISK);
        byte[] layout = view.get(Family.SYSTEM, AppliedState.LAYOUT_KEY, ReadMode.DISK);
        if (applied == null && layout == null) {
            return null;
        }
        if (applied == null || layout == null) {
            throw new StorageException("row store has only one of its two state rows: restore it from a backup, or "
                    + "start with an empty directory and resynchronize from another node");
        }
        return AppliedState.decode(applied, layout, databases);
    }

    /** The applied offset that would survive a crash now, or -1 if none would. */
    public long durableOffset() {
        byte[] applied = store.persisted(Family.SYSTEM, AppliedState.APPLIED_KEY);
        return applied == null ? -1 : ByteBuffer.wrap(applied).getLong(1);
    }

    /** The rows. */
    public RowStore store() {
        return store;
    }

    /** The log, or null where memory mode runs without one. */
    public @Nullable Wal wal() {
        return wal;
    }

    /** What the rows are the result of. */
    public AppliedState state() {
        return state;
    }

    /** Position of the stream: end of the log, or of what would be in it. */
    public long end() {
        Wal log = wal;
        return log == null ? state.offset() : log.end();
    }

    /** Stream bytes that are in the log and not applied yet. */
    public long lagBytes() {
        return Math.max(0, end() - state.offset());
    }

    /** Why writes have stopped for good, as an error reply, or null. */
    public @Nullable String failure() {
        return failure;
    }

    long newVersion() {
        return versions.incrementAndGet();
    }

    /** Replaces the replication ids, durably, between two commits. */
    public void identity(LogIdentity next) {
        identity(next, StepObserver.NONE);
    }

    /** The same, observed. */
    public void identity(LogIdentity next, StepObserver steps) {
        commitLock.lock();
        try {
            persistIdentity();
            Wal log = wal;
            if (log != null) {
                log.identity(next);
            }
            steps.at(Step.IDENTITY_LOGGED);
            state.identity(next);
            persistIdentity();
        } catch (IOException e) {
            throw latch("replication id could not be stored", e);
        } finally {
            commitLock.unlock();
        }
    }

    /**
     * Writes ids that the rows do not have yet, durably. The ids of log and rows may be one change apart, since a crash
     * may come between the two, but never two: then they would not be known to belong together.
     */
    private void persistIdentity() {
        if (state.layoutChanged()) {
            writeState(store.newBatch());
            try {
                store.flush();
            } catch (StorageException e) {
                throw latch("row store could not be flushed", e);
            }
        }
    }

    /** Takes over the ids that the log has, before anybody else sees the keyspace. */
    public void restored(LogIdentity ofLog) {
        commitLock.lock();
        try {
            state.restored(ofLog);
            persistIdentity();
        } finally {
            commitLock.unlock();
        }
    }

    /** Makes the next logged command select its database, whatever the stream has selected. */
    public void forceSelect() {
        commitLock.lock();
        try {
            state.streamDb(-1);
        } finally {
            commitLock.unlock();
        }
    }

    /** Writes rows that no command stands for (garbage collection); the applied offset stays. */
    public void maintain(Consumer<RowBatch> changes) {
        RowBatch batch = store.newBatch();
        changes.accept(batch);
        commitLock.lock();
        try {
            requireSound();
            writeState(batch);
        } finally {
            commitLock.unlock();
        }
    }

    /** Commits a turn; see the class comment. Called by {@link Turn#commit()} alone. */
    void commit(Turn turn, RowBatch batch) {
        commitLock.lock();
        try {
            requireSound();
            StepObserver steps = turn.handle().steps();
            steps.at(Step.BEFORE_APPEND);
            append(turn);
            try {
                publish(turn, batch, steps);
            } catch (RuntimeException | OutOfMemoryError e) {
                // The log has what the rows lack: whatever went wrong, nothing may be written behind it.
                if (failure == null) {
                    throw latch("commit failed", e);
                }
                throw e;
            }
        } finally {
            commitLock.unlock();
        }
    }

    private void publish(Turn turn, RowBatch batch, StepObserver steps) {
        steps.at(Step.BEFORE_ROWS);
        turn.applyCounts(state);
        turn.publishing(true);
        try {
            writeState(batch);
            steps.at(Step.BEFORE_PUBLISH);
        } finally {
            turn.publishing(false);
        }
        turn.events().committed(state.offset(), turn.replayedTo());
        steps.at(Step.AFTER_PUBLISH);
    }

    private void append(Turn turn) {
        ByteBuffer bytes = turn.log().view();
        long replayedTo = turn.replayedTo();
        if (replayedTo >= 0) {
            state.advance(replayedTo, turn.log().db());
            return;
        }
        if (!bytes.hasRemaining()) {
            return;
        }
        if (!turn.handle().primary()) { // on a replica the log is its primary's to write
            throw new StorageException("READONLY You can't write against a read only replica.");
        }
        int firstDb = turn.log().firstDb();
        int dbAfter = turn.log().db() < 0 ? state.streamDb() : turn.log().db();
        ByteBuffer prefix =
                firstDb < 0 || firstDb == state.streamDb() ? NOTHING : ByteBuffer.wrap(LogBuffer.select(firstDb));
        Wal log = wal;
        if (log == null) {
            state.advance(state.offset() + prefix.remaining() + bytes.remaining(), dbAfter);
            return;
        }
        appendLock.lock();
        try {
            if (log.end() != state.offset()) {
                throw new StorageException(
                        "MISCONF the log goes on to " + log.end() + ", but the keyspace stands at " + state.offset());
            }
            state.advance(log.append(prefix, bytes, dbAfter, turn.nowMillis()), dbAfter);
        } catch (IOException e) {
            throw refused(e);
        } finally {
            appendLock.unlock();
        }
    }

    private static StorageException refused(IOException e) {
        return new StorageException("MISCONF Errors writing to the write-ahead log: " + e.getMessage(), e);
    }

    // ---- a primary's stream, which is logged before it is applied

    /**
     * Appends whole units of a primary's stream, as one record.
     *
     * @param dbAfter database that the stream has selected after them
     * @throws StorageException if they could not be appended: nothing of them is in the log
     */
    public void receive(ByteBuffer units, int dbAfter, long wallMillis) {
        toLog(log -> log.append(units, dbAfter, wallMillis));
    }

    /** Appends a part of a unit that is too large to be held until it is whole; see {@link Wal#appendPart}. */
    public void receivePart(ByteBuffer part, long moreAtLeast) {
        toLog(log -> log.appendPart(part, moreAtLeast));
    }

    /** Appends what came in parts as one record. */
    public void completeParts(int dbAfter, long wallMillis) {
        toLog(log -> log.completeParts(dbAfter, wallMillis));
    }

    /** Forgets what came in parts. */
    public void dropParts() {
        toLog(Wal::dropParts);
    }

    private interface LogWork {
        void on(Wal log) throws IOException;
    }

    private void toLog(LogWork work) {
        Wal log = wal;
        if (log == null) {
            throw new IllegalStateException("there is no log");
        }
        requireSound();
        appendLock.lock();
        try {
            work.on(log);
        } catch (IOException e) {
            throw refused(e);
        } finally {
            appendLock.unlock();
        }
    }

    private void writeState(RowBatch batch) {
        state.versions(versions.get());
        if (state.layoutChanged()) {
            batch.put(Family.SYSTEM, AppliedState.LAYOUT_KEY, state.encodeLayout());
        }
        batch.put(Family.SYSTEM, AppliedState.APPLIED_KEY, state.encodeApplied());
        try {
            store.write(batch);
            state.layoutWritten();
        } catch (StorageException e) {
            throw latch("row store failed", e);
        }
    }

    private void requireSound() {
        String reason = failure;
        if (reason != null) {
            throw new StorageException(reason);
        }
    }

    private StorageException latch(String what, Throwable cause) {
        LOG.error("writes stop for good event=storage_failure what=\"{}\" offset={}", what, state.offset(), cause);
        String reason = "MISCONF Cairn has stopped accepting writes after a storage failure (" + what
                + "): see the log, mend the disk and restart";
        failure = reason;
        return new StorageException(reason, cause);
    }

    /** Closes the store, then the log. */
    @Override
    public void close() {
        store.close();
        Wal log = wal;
        if (log != null) {
            try {
                log.close();
            } catch (IOException e) {
                throw new StorageException("the log could not be closed cleanly", e);
            }
        }
    }
}
