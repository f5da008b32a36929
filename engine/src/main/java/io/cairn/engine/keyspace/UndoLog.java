package io.cairn.engine.keyspace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a turn's changes replaced, in order, so that they can be taken back from the end; and hence which keys changed.
 *
 * <p>A change of a key is two steps, its entry and the meta row before; a change of a row is three: overlay, key, value
 * before.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
final class UndoLog {
    private static final Object NOTHING = new Object();

    /** A key that changed: the type that it came to have, and the step at which it did. */
    private static final class Changed {
        private final MetaOverlay.Entry entry;
        private int step;
        private byte @Nullable [] before;

        private Changed(MetaOverlay.Entry entry, int step, byte @Nullable [] before) {
            this.entry = entry;
            this.step = step;
            this.before = before;
        }
    }

    private final List<Object> steps = new ArrayList<>();

    int size() {
        return steps.size();
    }

    boolean isEmpty() {
        return steps.isEmpty();
    }

    void clear() {
        steps.clear();
    }

    /** The entry's row is about to be replaced. */
    void meta(MetaOverlay.Entry entry) {
        byte[] before = entry.row;
        steps.add(entry);
        steps.add(before == null ? NOTHING : before);
    }

    /** A row of the overlay was replaced. */
    void row(RowOverlay overlay, byte[] key, byte @Nullable [] before) {
        steps.add(overlay);
        steps.add(key);
        steps.add(before == null ? NOTHING : before);
    }

    /** Takes back all steps but the first {@code size}. */
    void rollback(int size) {
        while (steps.size() > size) {
            Object before = steps.remove(steps.size() - 1);
            Object what = steps.remove(steps.size() - 1);
            if (what instanceof MetaOverlay.Entry entry) {
                entry.row = row(before);
            } else {
                RowOverlay overlay = (RowOverlay) steps.remove(steps.size() - 1);
                if (before == NOTHING) {
                    overlay.forget((byte[]) what);
                } else {
                    overlay.put((byte[]) what, (byte[]) before, false);
                }
            }
        }
    }

    /**
     * Keys that changed behind the first {@code size} steps, in the order in which each first came to be of the type that
     * it has now, or to be missing if it is.
     */
    List<Turn.DbKey> changedKeys(int size) {
        IdentityHashMap<MetaOverlay.Entry, Changed> changed = new IdentityHashMap<>();
        int at = steps.size();
        while (at > size) {
            Object before = steps.get(at - 1);
            if (!(steps.get(at - 2) instanceof MetaOverlay.Entry entry)) {
                at -= 3;
                continue;
            }
            at -= 2;
            Changed known = changed.get(entry);
            if (known == null) {
                changed.put(entry, new Changed(entry, at, row(before)));
            } else {
                if (type(known.before) == type(entry.row)) {
                    known.step = at;
                }
                known.before = row(before);
            }
        }
        return changed.values().stream()
                .sorted(Comparator.comparingInt(key -> key.step))
                .map(key -> new Turn.DbKey(key.entry.db, key.entry.key))
                .toList();
    }

    private static @Nullable Object type(byte @Nullable [] row) {
        return row == null ? null : MetaRow.type(row);
    }

    private static byte @Nullable [] row(Object before) {
        return before == NOTHING ? null : (byte[]) before;
    }
}
