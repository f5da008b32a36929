package io.cairn.server.session;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * All clients that are connected, in order of their ids.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Sessions {
    private final Map<Long, Session> byId = new ConcurrentSkipListMap<>();
    private final AtomicLong nextId = new AtomicLong(1);
    private final Cursors cursors;

    /** No clients yet; iterations begin with the cursor {@code firstCursor}. */
    public Sessions(long firstCursor) {
        cursors = new Cursors(firstCursor);
    }

    /** Where iterations stand. */
    public Cursors cursors() {
        return cursors;
    }

    /** An id for a new client. */
    public long newId() {
        return nextId.getAndIncrement();
    }

    /** Adds a client. */
    public void add(Session session) {
        byId.put(session.id(), session);
    }

    /** Removes a client. */
    public void remove(Session session) {
        byId.remove(session.id());
    }

    /** Number of clients. */
    public int count() {
        return byId.size();
    }

    /** The client with that id, or null. */
    public @Nullable Session find(long id) {
        return byId.get(id);
    }

    /** All clients by id. */
    public Collection<Session> all() {
        return byId.values();
    }
}
