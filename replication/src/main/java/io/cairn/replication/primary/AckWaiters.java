package io.cairn.replication.primary;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/**
 * Clients that wait (WAIT) until replicas have acknowledged an offset, without a thread each.
 *
 * <p><i>Thread-safe.</i>
 */
public final class AckWaiters {
    /** One waiting client. */
    public final class Waiter {
        private final long offset;
        private final int replicas;
        private final long deadlineMillis;
        private final IntConsumer done;
        private final AtomicBoolean ended = new AtomicBoolean();

        private Waiter(long offset, int replicas, long deadlineMillis, IntConsumer done) {
            this.offset = offset;
            this.replicas = replicas;
            this.deadlineMillis = deadlineMillis;
            this.done = done;
        }

        /** Stops waiting without an answer: the client is gone. */
        public void cancel() {
            ended.set(true);
            waiting.remove(this);
        }

        private void end(int acknowledged) {
            if (ended.compareAndSet(false, true)) {
                waiting.remove(this);
                done.accept(acknowledged);
            }
        }
    }

    /** In place of a number of replicas: this node is no primary any more, nothing can be told. */
    public static final int NO_PRIMARY = -1;

    private final ReplicaFeeds feeds;
    private final CopyOnWriteArrayList<Waiter> waiting = new CopyOnWriteArrayList<>();

    AckWaiters(ReplicaFeeds feeds) {
        this.feeds = feeds;
    }

    /**
     * Calls {@code done} with the number of replicas that have acknowledged {@code offset}, once, as soon as they are
     * {@code replicas} or {@code deadlineMillis} (wall clock; Long.MAX_VALUE for never) has come, or with {@link
     * #NO_PRIMARY}. Perhaps at once, on this
     * thread; else on whatever thread the news comes.
     */
    public Waiter await(long offset, int replicas, long deadlineMillis, IntConsumer done) {
        Waiter waiter = new Waiter(offset, replicas, deadlineMillis, done);
        int now = feeds.acknowledged(offset);
        if (now >= replicas) {
            waiter.end(now);
            return waiter;
        }
        waiting.add(waiter);
        feeds.requestAcknowledgements();
        check();
        return waiter;
    }

    /** Ends all waiting with {@link #NO_PRIMARY}. */
    public void abandon() {
        waiting.forEach(waiter -> waiter.end(NO_PRIMARY));
    }

    /** Number of clients that wait. */
    public int size() {
        return waiting.size();
    }

    void check() {
        for (Waiter waiter : waiting) {
            int acknowledged = feeds.acknowledged(waiter.offset);
            if (acknowledged >= waiter.replicas) {
                waiter.end(acknowledged);
            }
        }
    }

    void tick(long nowMillis) {
        for (Waiter waiter : waiting) {
            if (nowMillis >= waiter.deadlineMillis) {
                waiter.end(feeds.acknowledged(waiter.offset));
            }
        }
    }
}
