package io.cairn.engine.rows;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The versions of which a row cache has every row, so that a row which it lacks is known not to be there.
 *
 * <p>A version is born without rows, and all that are put under it pass by the cache. It counts from then on, until the cache
 * lets go of one of its rows or does not take one: that is to be said before a reader can miss the row.
 *
 * <p>Thread-safe for one writer, under the cache's lock, and any readers.
 *
 * <p><i>Thread-safe.</i>
 */
final class WholeVersions {
    private static final int VERSION_BYTES = 8;
    private static final int MOST = 1 << 16;

    private final Set<Long> whole = ConcurrentHashMap.newKeySet();
    private volatile boolean any;
    private boolean givenUp;

    /** Whether rows that are missing under the key's version are not there. */
    boolean has(byte[] key) {
        return any && key.length >= VERSION_BYTES && whole.contains(version(key));
    }

    /** Whether there are any. */
    boolean any() {
        return any;
    }

    /** A version begins, without rows. */
    void born(long version) {
        if (!givenUp && whole.size() < MOST) {
            whole.add(version);
            any = true;
        }
    }

    /** A row of the key's version is not in the cache, or soon will not be. */
    void lost(byte[] key) {
        if (any && key.length >= VERSION_BYTES) {
            lost(version(key));
        }
    }

    /** The same, or the version is of no interest any more. */
    void lost(long version) {
        if (any && whole.remove(version)) {
            any = !whole.isEmpty();
        }
    }

    /** Rows of whatever versions may be missing, for good. */
    void giveUp() {
        givenUp = true;
        any = false;
        whole.clear();
    }

    /** So many there are. */
    long size() {
        return whole.size();
    }

    private static long version(byte[] key) {
        long version = 0;
        for (int i = 0; i < VERSION_BYTES; i++) {
            version = version << 8 | key[i] & 0xFF;
        }
        return version;
    }
}
