package io.cairn.server.session;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where keyspace iterations (SCAN) stand: cursor to the last key that was handed out.
 *
 * <p>Shared by all sessions, because a client may continue an iteration on another connection. Bounded: the cursor not
 * used for longest is forgotten first, and its iteration starts over.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Cursors {
    private static final int MAX = 1 << 16;

    private record Place(int db, byte[] lastKey) {}

    private final Map<Long, Place> places = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Place> eldest) {
            return size() > MAX;
        }
    };
    private long next;

    /** Cursors that begin at {@code first}: another number at each start, so that old cursors are not taken for new. */
    public Cursors(long first) {
        next = Math.max(first, 1);
    }

    synchronized long remember(int db, byte[] lastKey) {
        long cursor = next++;
        places.put(cursor, new Place(db, lastKey));
        return cursor;
    }

    synchronized byte @Nullable [] recall(int db, long cursor) {
        Place place = places.get(cursor);
        return place == null || place.db() != db ? null : place.lastKey();
    }
}
