package io.cairn.engine.keyspace;

import org.jspecify.annotations.Nullable;

/**
 * Databases as a turn sees them: as they are committed, until it empties or swaps some.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
final class TurnLayout {
    private @Nullable PendingLayout pending;

    boolean isChanged() {
        return pending != null;
    }

    void clear() {
        pending = null;
    }

    /** Namespace of a database. */
    int namespace(AppliedState state, int db) {
        PendingLayout changed = pending;
        return changed == null ? state.namespace(db) : changed.namespaces[db];
    }

    /** Keys of a database, without what the turn does to single ones. */
    long keys(AppliedState state, int db) {
        PendingLayout changed = pending;
        return changed == null ? state.keys(db) : changed.keys[db];
    }

    /** Database of a namespace, or -1 if no database has it any more. */
    int database(AppliedState state, int namespace) {
        PendingLayout changed = pending;
        return changed == null ? state.database(namespace) : changed.database(namespace);
    }

    /** What the turn changes from now on. */
    PendingLayout change(AppliedState state) {
        PendingLayout changed = pending;
        if (changed == null) {
            changed = new PendingLayout(state);
            pending = changed;
        }
        return changed;
    }

    /** Makes the changes count. */
    void commitTo(AppliedState state) {
        PendingLayout changed = pending;
        if (changed != null) {
            state.take(changed);
        }
    }
}
