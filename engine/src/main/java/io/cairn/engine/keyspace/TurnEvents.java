package io.cairn.engine.keyspace;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a turn will tell others when it is committed: events of keys, as far as anybody wants them, and messages.
 *
 * <p>Rolled back with the command that caused them. A turn that applies the log again, up to where the log ended when
 * this process opened it, tells nothing: it has been told.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
public final class TurnEvents {
    private static final Logger LOG = LoggerFactory.getLogger(TurnEvents.class);

    private final KeyspaceHandle handle;
    private final List<Announcement> told = new ArrayList<>();
    private int wanted;
    private int expired;

    TurnEvents(KeyspaceHandle handle) {
        this.handle = handle;
    }

    /** Whether events of that class are wanted. */
    public boolean wants(Event kind) {
        return (wanted & kind.bit()) != 0;
    }

    /** Tells an event, if events of its class are wanted. */
    public void notify(Event kind, String name, int db, byte[] key) {
        if ((wanted & kind.bit()) != 0) {
            told.add(new KeyEvent(kind, name, db, key));
        }
    }

    /** Tells, and counts, that a key was deleted because it was due. */
    void expired(int db, byte[] key) {
        expired++;
        notify(Event.EXPIRED, "expired", db, key);
    }

    /** Tells something else. */
    public void announce(Announcement announcement) {
        told.add(announcement);
    }

    void begin() {
        wanted = handle.wantedEvents();
    }

    /** How much will be told. */
    public int size() {
        return told.size();
    }

    /** What {@link #rollback} goes back to. */
    long mark() {
        return (long) expired << Integer.SIZE | told.size();
    }

    void rollback(long mark) {
        expired = (int) (mark >>> Integer.SIZE);
        int size = (int) mark;
        if (told.size() > size) {
            told.subList(size, told.size()).clear();
        }
    }

    /** The turn is committed; its stripes are still held. */
    void committed(long offset, long replayedTo) {
        handle.expired(expired);
        expired = 0;
        if (told.isEmpty()) {
            return;
        }
        if (replayedTo < 0 || replayedTo > handle.announcedTo()) {
            try {
                handle.announcements().announce(told, offset);
            } catch (RuntimeException | OutOfMemoryError e) {
                // The commit stands, and must not be taken for a failed one.
                LOG.error("subscribers could not be told", e);
            }
        }
        told.clear();
    }
}
