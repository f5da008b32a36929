package io.cairn.engine;

import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.rows.KeyUsage;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The background work of an engine, ten times a second on one thread named {@code janitor}: expiry, garbage collection,
 * upkeep of the disk.
 *
 * <p>Each kind does a bounded piece and, while there is more, goes on with the next piece at once.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Janitor {
    private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int PIECES = 64;
    private static final int EXPIRY_PIECES = 8;
    private static final long EXPIRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final KeyspaceHandle handle;
    private final LongSupplier wallMillis;
    private final Expirer expirer;
    private final Collector collector;
    private final Upkeep upkeep;
    private volatile boolean expires = true;
    private volatile Runnable also = () -> {};
    private volatile boolean closed;
    private @Nullable Thread thread;
    private @Nullable String lastFailure;

    Janitor(Engine engine, KeyspaceHandle handle, EngineOptions options) {
        this.handle = handle;
        this.wallMillis = options.wallMillis();
        expirer = new Expirer(handle, options.wallMillis());
        collector = new Collector(handle);
        upkeep = new Upkeep(engine, handle, options, engine::usableBytes);
    }

    /** Switches the active deletion of due keys on or off (DEBUG SET-ACTIVE-EXPIRE). */
    public void expires(boolean active) {
        expires = active;
    }

    /** Keys deleted because they were due, since the start. */
    public long expiredKeys() {
        return handle.expiredKeys();
    }

    /** Fields of hashes deleted because they were due, since the start. */
    public long expiredFields() {
        return expirer.expiredFields();
    }

    /** Has a quick task run in each round. */
    public void eachRound(Runnable task) {
        also = task;
    }

    /** In memory mode: the log from {@code position} on is kept for the next restart, since a snapshot stands there. */
    public void snapshotAt(long position) {
        upkeep.memoryFloor(position);
    }

    /** Changes how much space the file system must have left for writes to be accepted; acted on in the next round. */
    public void minFreeBytes(long bytes) {
        upkeep.leastBytes(bytes);
    }

    synchronized void start() {
        Thread started = new Thread(this::run, "janitor");
        started.setDaemon(true);
        thread = started;
        started.start();
    }

    private void run() {
        while (!closed) {
            try {
                tick();
                lastFailure = null;
            } catch (IOException | RuntimeException | OutOfMemoryError e) { // whoever took the memory may be gone soon
                report(e);
            }
            LockSupport.parkNanos(this, PERIOD_NANOS);
        }
    }

    /** One round: what the thread does every period. */
    void tick() throws IOException {
        KeyUsage usage = handle.keyspace().store().usage();
        if (usage != null) {
            usage.clock().at(wallMillis.getAsLong(), handle.usageForm());
        }
        upkeep.runOnce();
        also.run();
        long started = System.nanoTime();
        for (int piece = 0; expires && !closed && expirer.runOnce(); piece++) {
            if (piece >= EXPIRY_PIECES && System.nanoTime() - started > EXPIRY_NANOS) {
                break; // more is due: in the next round
            }
        }
        for (int piece = 0; piece < PIECES && !closed && collector.runOnce(); piece++) {
            // more is garbage
        }
    }

    /** A failure that lasts is logged once, not ten times a second. */
    private void report(Throwable e) {
        String failure = String.valueOf(e);
        if (!failure.equals(lastFailure)) {
            LOG.error("background work failed, it will be tried again", e);
            lastFailure = failure;
        }
    }

    void close() {
        closed = true;
        Thread running;
        synchronized (this) {
            running = thread;
        }
        if (running != null) {
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
}
