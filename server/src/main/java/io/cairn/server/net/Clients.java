package io.cairn.server.net;

import io.cairn.engine.keyspace.Turn;
import io.cairn.server.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration says about clients, and who wants to know of them.
 *
 * <p><i>Thread-safe.</i>
 */
public interface Clients {
    /** Why a new client is turned away, as an error reply; null if it is let in. */
    @Nullable
    String refuses(boolean loopback);

    /** Whether clients must log in. */
    boolean mustLogIn();

    /** Bytes that one argument may have. */
    long maxBulkBytes();

    /** Bytes that all arguments of a request may have. */
    long maxRequestBytes();

    /** Seconds after which a connection without a request is ended; 0 for never. */
    long idleSeconds();

    /** How much may wait for a subscriber. */
    OutputLimit subscriberLimit();

    /** Whether there is more in memory than there may be. */
    default boolean isMemoryExceeded() {
        return false;
    }

    /** Makes room, in a turn that has begun and done nothing; it is committed then. */
    default void makeRoom(Turn turn) {
        throw new IllegalStateException("there is no limit");
    }

    /** A client is gone. */
    void closed(Session session);
}
