package io.cairn.engine.keyspace;

import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowBatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The versions and namespaces that a turn leaves without an owner: their rows are collected in the background.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
final class Trash {
    private final List<Long> allocated = new ArrayList<>();
    private final List<Integer> flushed = new ArrayList<>();

    /** A version was made for a collection that may come to be. */
    void allocated(long version) {
        allocated.add(version);
    }

    /** Versions made so far. */
    int allocated() {
        return allocated.size();
    }

    /** Takes back all versions but the first {@code size}. */
    void rollback(int size) {
        allocated.subList(size, allocated.size()).clear();
    }

    /** A namespace was emptied. */
    void flushed(int namespace) {
        flushed.add(namespace);
    }

    void clear() {
        allocated.clear();
        flushed.clear();
    }

    /** Adds the versions of changed keys, before and after, and writes what is garbage then. */
    void writeTo(RowBatch into, @Nullable Set<Long> dropped, @Nullable Set<Long> kept) {
        Set<Long> garbage = dropped == null ? new HashSet<>() : dropped;
        garbage.addAll(allocated);
        if (kept != null) {
            garbage.removeAll(kept);
        }
        for (long version : garbage) {
            into.put(Family.SYSTEM, SystemRows.trashedVersion(version), SystemRows.EMPTY);
        }
        for (int namespace : flushed) {
            into.put(Family.SYSTEM, SystemRows.trashedNamespace(namespace), SystemRows.EMPTY);
        }
        flushed.clear();
    }
}
