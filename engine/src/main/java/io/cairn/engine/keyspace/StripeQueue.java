package io.cairn.engine.keyspace;

import java.lang.invoke.VarHandle;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that sleep until a stripe is free, in the order in which they came.
 *
 * <p>Who frees stripes wakes for each the thread that waits longest. It may find the stripe taken again, since nobody is kept
 * from taking one that is free; it keeps its place then. Sleeps are bounded, so nothing depends on being woken.
 *
 * <p><i>Thread-safe.</i>
 */
final class StripeQueue {
    private static final long SLEEP_NANOS = 1_000_000;

    private static final class Sleeper {
        private final int stripe;
        private final Thread thread = Thread.currentThread();

        Sleeper(int stripe) {
            this.stripe = stripe;
        }
    }

    private final Queue<Sleeper> sleepers = new ConcurrentLinkedQueue<>();

    /** Says whether the stripe was taken, or is not worth waiting for any longer. */
    interface Attempt {
        /** Whether to end the wait. */
        boolean isOver();
    }

    /** Sleeps until an attempt says that it is over. */
    void sleepUntil(int stripe, Attempt attempt, long mostNanos) {
        Sleeper sleeper = new Sleeper(stripe);
        sleepers.add(sleeper);
        try {
            while (!attempt.isOver()) {
                LockSupport.parkNanos(this, Math.min(mostNanos, SLEEP_NANOS));
            }
        } finally {
            sleepers.remove(sleeper);
        }
    }

    /** Wakes those who wait for stripes that are free now. */
    void wake(Stripes stripes) {
        VarHandle.fullFence(); // stripes were freed before it is looked who waits
        if (sleepers.isEmpty()) {
            return;
        }
        int last = -1;
        for (Sleeper sleeper : sleepers) {
            if (sleeper.stripe != last && stripes.owner(sleeper.stripe) == 0) {
                last = sleeper.stripe;
                LockSupport.unpark(sleeper.thread);
            }
        }
    }
}
