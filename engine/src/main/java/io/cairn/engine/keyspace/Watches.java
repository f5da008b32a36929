package io.cairn.engine.keyspace;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Who wants to know that a key was modified: optimistic transactions (WATCH).
 *
 * <p>A commit tells watchers before it releases the keys' stripes; so a session that holds the stripes of the keys it
 * watches knows of every modification before.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Watches {
    /** Told, on the committing thread, that a watched key was modified. Must be cheap. */
    public interface Watcher {
        /** A watched key was modified. */
        void modified();
    }

    private record Key(int db, byte[] bytes, int hash) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key that && db == that.db && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private final Map<Key, Set<Watcher>> watchers = new ConcurrentHashMap<>();

    private static Key key(int db, byte[] key) {
        return new Key(db, key, KeyHash.of(db, key));
    }

    /** From when this returns, modifications of the key are told to the watcher, at least once. */
    public void add(int db, byte[] key, Watcher watcher) {
        watchers.compute(key(db, key), (k, known) -> {
            Set<Watcher> all = known == null ? ConcurrentHashMap.newKeySet() : known;
            all.add(watcher);
            return all;
        });
    }

    /** Ends an {@link #add}. */
    public void remove(int db, byte[] key, Watcher watcher) {
        watchers.computeIfPresent(key(db, key), (k, all) -> {
            all.remove(watcher);
            return all.isEmpty() ? null : all;
        });
    }

    boolean none() {
        return watchers.isEmpty();
    }

    void modified(int db, byte[] key) {
        Set<Watcher> all = watchers.get(key(db, key));
        if (all != null) {
            all.forEach(Watcher::modified);
        }
    }

    /** Tells the watchers of every key of a database for which {@code existed} holds. */
    void modifiedAll(int db, Predicate<byte[]> existed) {
        watchers.forEach((key, all) -> {
            if (key.db() == db && existed.test(key.bytes())) {
                all.forEach(Watcher::modified);
            }
        });
    }
}
