package io.cairn.server.session;

import org.jspecify.annotations.Nullable;

/**
 * A reply that comes later (WAIT, a blocking command): the session runs nothing else until {@link Wire#complete}.
 *
 * <p>If the client goes away before, whoever was to make the reply is told.
 *
 * <p><i>Confined to the session's event loop thread.</i>
 */
public final class Deferral {
    private @Nullable Runnable whenAbandoned;
    private boolean abandoned;

    Deferral() {}

    /** Has the task run when the client goes away without the reply; at once if it has gone. */
    public void whenAbandoned(Runnable task) {
        if (abandoned) {
            task.run();
        } else {
            whenAbandoned = task;
        }
    }

    void abandon() {
        abandoned = true;
        Runnable task = whenAbandoned;
        whenAbandoned = null;
        if (task != null) {
            task.run();
        }
    }
}
