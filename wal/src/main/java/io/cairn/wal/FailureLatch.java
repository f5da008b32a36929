package io.cairn.wal;

import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers the first storage failure, which stops a log for good.
 *
 * <p><i>Thread-safe.</i>
 */
final class FailureLatch {
    private static final Logger logger = LoggerFactory.getLogger(FailureLatch.class);

    private final Listeners<Consumer<IOException>> listeners = new Listeners<>();
    private volatile @Nullable IOException first;

    /** Latches a failure, tells the listeners if it is the first, and returns what to throw. */
    LogFailedException fail(IOException cause, long end, long durable) {
        LogFailedException latched = new LogFailedException(cause);
        boolean news;
        synchronized (this) {
            news = first == null;
            if (news) {
                first = cause;
            }
        }
        if (news) {
            logger.error("log failed, end={} durable={}", end, durable, cause);
            listeners.each(listener -> listener.accept(latched));
        }
        return latched;
    }

    @Nullable
    IOException first() {
        return first;
    }

    void requireNone() throws LogFailedException {
        IOException cause = first;
        if (cause != null) {
            throw new LogFailedException(cause);
        }
    }

    Subscription add(Consumer<IOException> listener) {
        return listeners.add(listener);
    }
}
