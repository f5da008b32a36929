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
    private final List<Long> ofElements = new ArrayList<>();
    private final List<Integer> flushed = new ArrayList<>();
    private @Nullable Set<Long> dropped; // of the turn that is being written
    private @Nullable Set<Long> kept;

    /** A version was made for a collection that may come to be. */
    long allocated(long version) {
        allocated.add(version);
        return version;
    }

    /** Rows of a version that was made come as elements of a collection do, which are looked for before they are added. */
    long ofElements(long version) {
        ofElements.add(version);
        return version;
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
        ofElements.clear();
        flushed.clear();
        dropped = null;
        kept = null;
    }

    /** A key's row was replaced; null for none. */
    void replaced(byte @Nullable [] before, byte @Nullable [] after) {
        if (before != null && MetaRow.inRows(before)) {
            dropped = with(dropped, MetaRow.version(before));
        }
        if (after != null && MetaRow.inRows(after)) {
            kept = with(kept, MetaRow.version(after));
        }
    }

    private static Set<Long> with(@Nullable Set<Long> known, long version) {
        Set<Long> all = known == null ? new HashSet<>() : known;
        all.add(version);
        return all;
    }

    /** Writes what is garbage. */
    void writeTo(RowBatch into) {
        Set<Long> garbage = dropped == null ? new HashSet<>() : dropped;
        garbage.addAll(allocated);
        if (kept != null) {
            garbage.removeAll(kept);
            ofElements.stream().filter(kept::contains).forEach(into::begins);
        }
        for (long version : garbage) {
            into.put(Family.SYSTEM, SystemRows.trashedVersion(version), SystemRows.EMPTY);
        }
        for (int namespace : flushed) {
            into.put(Family.SYSTEM, SystemRows.trashedNamespace(namespace), SystemRows.EMPTY);
        }
        dropped = null;
        kept = null;
        flushed.clear();
    }
}
