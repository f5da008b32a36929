package io.cairn.engine.rows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows that are written but not yet applied to RocksDB: a thread applies them a little later, many batches as one, in the
 * order of their keys, which costs a third of applying each batch as it comes.
 *
 * <p>Two windows: the active one takes what is written; the other, if there is one, is being applied. Readers look into
 * both, and only then into RocksDB, so they find each row in one of the three: a window is left only after RocksDB has
 * it. Windows are applied in order and each is one RocksDB batch, so a crash still takes whole batches, the latest first.
 *
 * <p>A writer waits when the active window is twice as large as it should be. A window that could not be applied stays, and
 * every later write fails.
 *
 * <p><i>Thread-safe.</i>
 */
final class PendingRows {
    private static final Logger LOG = LoggerFactory.getLogger(PendingRows.class);
    private static final int ROWS_MAX = 1 << 16;
    private static final int ROWS_AT_ONCE = 1 << 11;
    private static final int SORTED_AT_ONCE = 1 << 13;
    private static final long IDLE_NANOS = 250_000_000;
    private static final int FLUSHED_FROM = 4;

    /** Applies a batch in RocksDB's form. */
    @FunctionalInterface
    interface Target {
        /** Writes it, as one. */
        void write(byte[] batch);

        /** Has what was written leave memory. */
        default void flush() {}
    }

    private record Windows(PendingWindow active, @Nullable PendingWindow applied) {}

    private final Target target;
    private final long bytesMax;
    private final ReentrantLock applying = new ReentrantLock();
    private final ReentrantLock adding = new ReentrantLock();
    private final Condition room = adding.newCondition();
    private final Thread applier;
    private volatile Windows windows = new Windows(new PendingWindow(), null);
    private volatile @Nullable StorageException failure;
    private volatile boolean closed;

    /** Begins to apply what will be added, in windows of at most about so many bytes. */
    PendingRows(Target target, long bytesMax) {
        this.target = target;
        this.bytesMax = bytesMax;
        applier = new Thread(this::applyAsTheyCome, "rows-applier");
        applier.setDaemon(true);
        applier.start();
    }

    // ---- readers

    /** The key's row, {@link RowChanges#DELETED}, or null if RocksDB has what counts. */
    byte @Nullable [] find(Family family, int hash, int namespace, byte[] key) {
        Windows now = windows;
        byte[] row = now.active.find(family, hash, namespace, key);
        PendingWindow applied = now.applied;
        return row != null || applied == null ? row : applied.find(family, hash, namespace, key);
    }

    /**
     * The rows of a range that wait, in ascending parts, those of the newer window first. Who lays them over RocksDB opens his
     * cursor there afterwards, and misses none.
     */
    List<PendingRuns.Part> parts(Family family, byte[] from, byte @Nullable [] to, ReadMode mode) {
        Windows now = windows;
        List<PendingRuns.Part> parts = new ArrayList<>();
        addParts(now.active, family, from, to, mode, parts);
        PendingWindow applied = now.applied;
        if (applied != null) {
            addParts(applied, family, from, to, mode, parts);
        }
        return parts;
    }

    private static void addParts(
            PendingWindow window,
            Family family,
            byte[] from,
            byte @Nullable [] to,
            ReadMode mode,
            List<PendingRuns.Part> into) {
        PendingTable table = window.table(family);
        if (!table.mayHave(from, to)) {
            return;
        }
        if (mode == ReadMode.MEMORY && table.unsorted() > SORTED_AT_ONCE) {
            throw WouldBlockException.INSTANCE; // that much work is not for an event loop
        }
        table.parts(from, to, into);
    }

    /** Makes RocksDB have all rows of a range that were added before the call, so that a cursor sees them. */
    void settle(Family family, byte[] from, byte @Nullable [] to, ReadMode mode) {
        Windows now = windows;
        PendingWindow applied = now.applied;
        if (!now.active.mayHave(family, from, to) && (applied == null || !applied.mayHave(family, from, to))) {
            return;
        }
        if (mode == ReadMode.DISK) {
            drain();
            return;
        }
        // On an event loop only what takes no longer than the turn that wrote it took.
        if (applied != null || now.active.rows() > ROWS_AT_ONCE || !applying.tryLock()) {
            throw WouldBlockException.INSTANCE;
        }
        try {
            apply();
        } finally {
            applying.unlock();
        }
    }

    /** Rows that wait. */
    int rows() {
        Windows now = windows;
        PendingWindow applied = now.applied;
        return now.active.rows() + (applied == null ? 0 : applied.rows());
    }

    // ---- the writer

    /** Adds a batch that deletes no ranges; it is visible when the call returns. */
    void add(RocksBatch batch) {
        adding.lock();
        try {
            while (isFull(windows.active, 2) && failure == null && !closed) {
                LockSupport.unpark(applier);
                room.awaitUninterruptibly();
            }
            requireSound();
            if (closed) {
                throw new StorageException("row store is closed");
            }
            PendingWindow active = windows.active;
            active.add(batch);
            if (isFull(active, 1)) {
                LockSupport.unpark(applier);
            }
        } finally {
            adding.unlock();
        }
    }

    private boolean isFull(PendingWindow window, int times) {
        return window.rows() >= times * ROWS_MAX || window.bytes() >= times * bytesMax;
    }

    // ---- applying

    /** Applies everything that was added before the call. */
    void drain() {
        applying.lock();
        try {
            apply();
        } finally {
            applying.unlock();
        }
    }

    /** Applies everything that was added, and then does more before anything else can be applied. */
    void drainAnd(Runnable more) {
        applying.lock();
        try {
            apply();
            more.run();
        } finally {
            applying.unlock();
        }
    }

    private void apply() {
        requireSound();
        try {
            PendingWindow window = freeze();
            if (window == null) {
                return;
            }
            target.write(window.serialised());
            if (window.bytes() > FLUSHED_FROM * bytesMax) {
                target.flush(); // else several such windows would wait for it in memory, one behind the other
            }
        } catch (StorageException e) {
            fail(e);
            throw e;
        } catch (RuntimeException
                | Error e) { // whatever it is: a writer that waits must be told, and no window left behind
            StorageException failed = new StorageException("rows could not be applied: " + e, e);
            fail(failed);
            throw failed;
        }
        adding.lock();
        try {
            windows = new Windows(windows.active, null);
        } finally {
            adding.unlock();
        }
    }

    /** What is applied next, or null if nothing waits. */
    private @Nullable PendingWindow freeze() {
        adding.lock();
        try {
            PendingWindow next = windows.active;
            if (next.rows() == 0) {
                return null;
            }
            windows = new Windows(new PendingWindow(), next);
            room.signalAll();
            return next;
        } finally {
            adding.unlock();
        }
    }

    private void applyAsTheyCome() {
        while (!closed) {
            if (!isFull(windows.active, 1)) {
                LockSupport.parkNanos(IDLE_NANOS);
            }
            try {
                if (!closed) {
                    drain();
                }
            } catch (StorageException e) {
                LOG.error("rows cannot be applied any more event=storage_failure rows={}", rows(), e);
                return;
            }
        }
    }

    private void fail(StorageException cause) {
        adding.lock();
        try {
            if (failure == null) {
                failure = cause;
            }
            room.signalAll();
        } finally {
            adding.unlock();
        }
    }

    private void requireSound() {
        StorageException cause = failure;
        if (cause != null) {
            throw new StorageException("rows could not be applied before: " + cause.getMessage(), cause);
        }
    }

    /** Ends the thread; what waits is not applied. */
    void close() {
        adding.lock();
        try {
            closed = true;
            room.signalAll();
        } finally {
            adding.unlock();
        }
        LockSupport.unpark(applier);
        try {
            applier.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
