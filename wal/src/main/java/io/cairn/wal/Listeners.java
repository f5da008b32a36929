package io.cairn.wal;

import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A list of listeners that is called without allocating.
 *
 * <p>What a listener throws is logged and goes no further: the event it is told of has happened.
 *
 * <p><i>Thread-safe.</i>
 */
final class Listeners<L> {
    private static final Logger logger = LoggerFactory.getLogger(Listeners.class);

    private volatile Object[] all = {};

    synchronized Subscription add(L listener) {
        Object[] next = java.util.Arrays.copyOf(all, all.length + 1);
        next[all.length] = listener;
        all = next;
        return () -> remove(listener);
    }

    private synchronized void remove(L listener) {
        Object[] before = all;
        for (int i = 0; i < before.length; i++) {
            if (before[i] == listener) {
                Object[] next = new Object[before.length - 1];
                System.arraycopy(before, 0, next, 0, i);
                System.arraycopy(before, i + 1, next, i, next.length - i);
                all = next;
                return;
            }
        }
    }

    @SuppressWarnings("unchecked")
    void each(Consumer<? super L> call) {
        for (Object listener : all) {
            try {
                call.accept((L) listener);
            } catch (RuntimeException e) {
                logger.error("log listener failed, listener={}", listener, e);
            }
        }
    }
}
