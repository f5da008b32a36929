package io.cairn.server.session;

import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.keyspace.Watches;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a session watches, and whether one of them was modified since.
 *
 * <p>A key that expires counts as modified, unless it had expired already when it was watched.
 *
 * <p><i>Confined to the thread that runs the session's commands.</i>
 */
public final class WatchedKeys {
    private record Key(int db, byte[] bytes, boolean expired) {}

    /** One generation of watches: a late notice for an earlier one does not concern the next. */
    private static final class Notice implements Watches.Watcher {
        private volatile boolean modified;

        @Override
        public void modified() {
            modified = true;
        }
    }

    private final List<Key> keys = new ArrayList<>();
    private @Nullable Notice notice;
    private @Nullable Watches watches;

    WatchedKeys() {}

    /** Whether no key is watched. */
    public boolean isEmpty() {
        return keys.isEmpty();
    }

    /** Watches a key from now on. */
    public void add(Watches in, Turn turn, int db, byte[] key) {
        for (Key known : keys) {
            if (known.db() == db && Arrays.equals(known.bytes(), key)) {
                return;
            }
        }
        Notice current = notice;
        if (current == null) {
            current = new Notice();
            notice = current;
            watches = in;
        }
        boolean expired = isExpired(turn, db, key);
        in.add(db, key, current);
        keys.add(new Key(db, key, expired));
    }

    /** Whether a watched key was modified or has expired; exact while the turn holds the keys' stripes. */
    public boolean isModified(Turn turn) {
        Notice current = notice;
        if (current == null) {
            return false;
        }
        if (current.modified) {
            return true;
        }
        for (Key key : keys) {
            if (!key.expired() && isExpired(turn, key.db(), key.bytes())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isExpired(Turn turn, int db, byte[] key) {
        byte[] row = turn.readStored(db, key);
        if (row == null) {
            return false;
        }
        long expireAtMillis = MetaRow.expireAtMillis(row);
        return expireAtMillis != MetaRow.NO_EXPIRY && expireAtMillis <= turn.nowMillis();
    }

    /** Adds the keys to a list of keys to lock. */
    public void collect(List<Turn.DbKey> into) {
        for (Key key : keys) {
            into.add(new Turn.DbKey(key.db(), key.bytes()));
        }
    }

    /** Watches nothing any more. */
    public void clear() {
        Notice current = notice;
        Watches from = watches;
        if (current != null && from != null) {
            for (Key key : keys) {
                from.remove(key.db(), key.bytes(), current);
            }
        }
        keys.clear();
        notice = null;
    }
}
