package io.cairn.server.dispatch;

import io.cairn.server.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * What the state of the node (its role, its replicas, its configuration) forbids at the moment.
 *
 * <p>Asked for every command: answers must be cheap.
 *
 * <p><i>Thread-safe.</i>
 */
public interface Policy {
    /** Why the client may not write, as an error reply ({@code READONLY ...}, {@code NOREPLICAS ...}); null if it may. */
    @Nullable
    String refusesWrite(Session session);

    /** Why only commands with the flag {@code STALE} may run ({@code MASTERDOWN ...}), or null. */
    @Nullable
    String refusesStale();

    /** Whether commands that may need more memory are refused, because there is none left. */
    default boolean isOutOfMemory() {
        return false;
    }

    /** Whether DEBUG may be called by this client. */
    boolean allowsDebug(Session session);
}
