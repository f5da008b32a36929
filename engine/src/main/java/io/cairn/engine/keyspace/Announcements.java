package io.cairn.engine.keyspace;

import java.util.List;

/**
 * Takes what committed turns tell, in the order of their commits.
 *
 * <p><i>Thread-safe.</i>
 */
@FunctionalInterface
public interface Announcements {
    /** Nobody listens. */
    Announcements NONE = (all, offset) -> {};

    /**
     * A turn was committed. Called on its thread, before its stripes are released and its replies are sent: must be
     * cheap and must not wait. The list is the turn's own, and cleared afterwards.
     *
     * @param offset position of the log that covers the turn: nobody is to see anything before that is durable under
     *     {@code appendfsync always}
     */
    void announce(List<Announcement> all, long offset);
}
