package io.cairn.wal;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Syncs a log when its policy asks for it, on a thread of its own, so that nobody who appends waits for the disk.
 *
 * <ul>
 *   <li>{@link SyncPolicy#ALWAYS}: as soon as something was appended and {@link #requestSync} called; all that was
 *       appended meanwhile shares the next sync. Whoever waits is told through {@link Wal#onDurable}.
 *   <li>{@link SyncPolicy#EVERYSEC}: a second after the last sync, if something was appended.
 *   <li>{@link SyncPolicy#NO}: never for its own sake.
 *   <li>Under each policy: when a segment is full, and when a position was requested.
 * </ul>
 *
 * <p>Life: {@link #start} runs it on a thread named {@code wal-sync} until {@link #close}; a simulation calls
 * {@link #runOnce} instead. It ends by itself when the log fails, which {@link Wal#onFailure} tells.
 *
 * <p><i>Thread-safe.</i>
 */
public final class GroupSync implements AutoCloseable {
    private static final Logger logger = LoggerFactory.getLogger(GroupSync.class);
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Wal wal;
    private final LongSupplier nanoTime;
    private final AtomicLong requested = new AtomicLong();
    private volatile @Nullable Thread thread;
    private volatile boolean stopping;
    private long lastSyncNanos; // confined to whoever calls runOnce

    /**
     * Syncs that log.
     *
     * @param nanoTime monotonic time, as {@link System#nanoTime}
     */
    public GroupSync(Wal wal, LongSupplier nanoTime) {
        this.wal = wal;
        this.nanoTime = nanoTime;
        this.lastSyncNanos = nanoTime.getAsLong();
    }

    /** Asks for everything up to {@code position} to be synced soon, whatever the policy. */
    public void requestSync(long position) {
        if (position <= wal.durable()) {
            return;
        }
        long before = requested.get();
        while (before < position && !requested.compareAndSet(before, position)) {
            before = requested.get();
        }
        LockSupport.unpark(thread);
    }

    /**
     * Syncs if that is due; returns whether it was.
     *
     * @throws IOException if the log has failed or is closed
     */
    public boolean runOnce() throws IOException {
        if (!due(nanoTime.getAsLong())) {
            return false;
        }
        wal.sync();
        lastSyncNanos = nanoTime.getAsLong();
        return true;
    }

    private boolean due(long now) {
        if (wal.rolled() > 0 || requested.get() > wal.durable()) {
            return true;
        }
        boolean dirty = wal.end() > wal.durable();
        return switch (wal.policy()) {
            case ALWAYS -> dirty;
            case EVERYSEC -> dirty && now - lastSyncNanos >= PERIOD_NANOS;
            case NO -> false;
        };
    }

    /** Starts the thread. */
    public synchronized void start() {
        if (thread != null) {
            throw new IllegalStateException("started already");
        }
        Thread started = new Thread(this::run, "wal-sync");
        started.setDaemon(true);
        thread = started;
        started.start();
    }

    private void run() {
        while (!stopping) {
            try {
                if (!runOnce()) {
                    long rest = lastSyncNanos + PERIOD_NANOS - nanoTime.getAsLong();
                    LockSupport.parkNanos(this, rest > 0 ? rest : PERIOD_NANOS / 10);
                }
            } catch (IOException e) {
                if (!stopping) {
                    logger.error("wal-sync ends, end={} durable={} reason={}", wal.end(), wal.durable(), e.toString());
                }
                return;
            }
        }
    }

    /** Stops the thread and waits for it; what it did not sync is left to {@link Wal#close}. */
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            stopping = true;
            running = thread;
        }
        if (running == null) {
            return;
        }
        LockSupport.unpark(running);
        boolean interrupted = false;
        while (running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
