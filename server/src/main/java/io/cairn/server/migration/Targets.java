package io.cairn.server.migration;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections to targets that are kept for the next keys that go there, a while.
 *
 * <p><i>Thread-safe.</i>
 */
final class Targets implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Targets.class);

    /** How long a connection is kept that is of no use. */
    static final long KEPT_MILLIS = 10_000;

    private static final int MAX = 64;

    private final Map<String, Deque<Target>> idle = new HashMap<>();
    private final Set<Target> used = new HashSet<>();
    private int count;
    private boolean closed;

    /** Takes a connection that is kept, or null. */
    synchronized @Nullable Target take(String address) {
        Deque<Target> known = idle.get(address);
        Target target = known == null ? null : known.pollLast();
        if (target != null) {
            count--;
        }
        return target;
    }

    /** Notes a connection that somebody waits on, so that {@link #close} ends that. */
    void inUse(Target target) {
        boolean late;
        synchronized (this) {
            late = closed;
            used.add(target);
        }
        if (late) {
            target.giveUp();
        }
    }

    /** Ends an {@link #inUse}. */
    synchronized void outOfUse(Target target) {
        used.remove(target);
    }

    /** Keeps a connection. */
    void keep(String address, Target target) {
        target.idleSinceNanos(System.nanoTime());
        synchronized (this) {
            if (!closed && count < MAX) {
                idle.computeIfAbsent(address, a -> new ArrayDeque<>()).addLast(target);
                count++;
                return;
            }
        }
        close(target);
    }

    /** Ends the connections that were kept long enough. */
    void expire() {
        List<Target> old = new ArrayList<>();
        long bound = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(KEPT_MILLIS);
        synchronized (this) {
            for (Iterator<Deque<Target>> all = idle.values().iterator(); all.hasNext(); ) {
                Deque<Target> known = all.next();
                while (!known.isEmpty() && known.getFirst().idleSinceNanos() - bound <= 0) {
                    old.add(known.removeFirst());
                    count--;
                }
                if (known.isEmpty()) {
                    all.remove();
                }
            }
        }
        old.forEach(Targets::close);
    }

    /** Ends a connection. */
    static void close(Target target) {
        try {
            target.close();
        } catch (IOException e) {
            LOG.debug("connection to a target ended badly", e);
        }
    }

    @Override
    public void close() {
        List<Target> all = new ArrayList<>();
        synchronized (this) {
            closed = true;
            used.forEach(Target::giveUp);
            idle.values().forEach(all::addAll);
            idle.clear();
            count = 0;
        }
        all.forEach(Targets::close);
    }
}
