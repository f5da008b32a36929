package io.cairn.engine.rows;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets any number of threads into native code until it is closed, and lets the one that closes wait until the last is out.
 *
 * <p>Threads count themselves in stripes a cache line apart, so that they seldom meet.
 *
 * <p><i>Thread-safe.</i>
 */
final class Gate {
    private static final int STRIPES = 16;
    private static final int LINE_SHIFT = 4;
    private static final long LOOK_AGAIN_NANOS = 50_000;

    private final String what;
    private final AtomicIntegerArray inside = new AtomicIntegerArray(STRIPES + 1 << LINE_SHIFT);
    private volatile boolean closed;

    Gate(String what) {
        this.what = what;
    }

    /** Goes in; the result is for {@link #leave}. */
    int enter() {
        int stripe = ((int) Thread.currentThread().getId() & (STRIPES - 1)) + 1 << LINE_SHIFT;
        inside.incrementAndGet(stripe);
        if (closed) {
            inside.decrementAndGet(stripe);
            throw new StorageException(what + " is closed");
        }
        return stripe;
    }

    void leave(int stripe) {
        inside.decrementAndGet(stripe);
    }

    boolean isClosed() {
        return closed;
    }

    /** Lets nobody in any more and waits until nobody is inside; false if it was closed already. */
    boolean close() {
        synchronized (this) {
            if (closed) {
                return false;
            }
            closed = true;
        }
        for (int stripe = 1; stripe <= STRIPES; stripe++) {
            while (inside.get(stripe << LINE_SHIFT) != 0) {
                LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            }
        }
        return true;
    }
}
