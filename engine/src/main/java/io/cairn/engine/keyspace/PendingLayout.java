package io.cairn.engine.keyspace;

/**
 * What an exclusive turn has done to whole databases and not committed: the turn's own view of namespaces and counts.
 *
 * <p>{@link AppliedState#take} makes it count, behind the append to the log. Until then nothing of it may be seen or
 * written, least of all by background work, or a flush that was refused would have happened all the same.
 *
 * <p><i>Confined to the exclusive turn's thread.</i>
 */
final class PendingLayout {
    final int[] namespaces;
    final long[] keys;
    final long[] expires;
    private int nextNamespace;

    PendingLayout(AppliedState state) {
        namespaces = state.namespaces().clone();
        keys = new long[namespaces.length];
        expires = new long[namespaces.length];
        for (int db = 0; db < namespaces.length; db++) {
            keys[db] = state.keys(db);
            expires[db] = state.expires(db);
        }
        nextNamespace = state.nextNamespace();
    }

    int nextNamespace() {
        return nextNamespace;
    }

    /** Gives the database a fresh, empty namespace; returns the old one. */
    int renew(int db) {
        int old = namespaces[db];
        namespaces[db] = nextNamespace++;
        keys[db] = 0;
        expires[db] = 0;
        return old;
    }

    void swap(int one, int other) {
        int namespace = namespaces[one];
        namespaces[one] = namespaces[other];
        namespaces[other] = namespace;
        swap(keys, one, other);
        swap(expires, one, other);
    }

    private static void swap(long[] counts, int one, int other) {
        long kept = counts[one];
        counts[one] = counts[other];
        counts[other] = kept;
    }

    /** Database of a namespace, or -1 if no database has it any more. */
    int database(int namespace) {
        return AppliedState.database(namespaces, namespace);
    }
}
