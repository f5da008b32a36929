package io.cairn.engine.rows;

import io.cairn.engine.rows.PendingTable.Entry;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over rows that wait to be applied, laid over those of RocksDB.
 *
 * <p>The parts come from the newer window first: of two entries with one key, the first one's counts. What is applied
 * meanwhile is found in both places, which makes no difference.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class PendingCursor implements RowCursor {
    private final RowCursor applied;
    private final PendingRuns.Part[] parts;
    private final int[] at;
    private boolean forward = true;
    private byte @Nullable [] appliedKey;
    private @Nullable Entry waiting;

    PendingCursor(RowCursor applied, List<PendingRuns.Part> parts) {
        this.applied = applied;
        this.parts = parts.toArray(PendingRuns.Part[]::new);
        this.at = new int[this.parts.length];
    }

    // ---- movement

    @Override
    public void seek(byte[] key) {
        forward = true;
        applied.seek(key);
        for (int i = 0; i < parts.length; i++) {
            at[i] = PendingRuns.ceiling(parts[i].run(), parts[i].from(), parts[i].to(), key);
        }
        settle();
    }

    @Override
    public void seekToFirst() {
        forward = true;
        applied.seekToFirst();
        for (int i = 0; i < parts.length; i++) {
            at[i] = parts[i].from();
        }
        settle();
    }

    @Override
    public void seekToLast() {
        forward = false;
        applied.seekToLast();
        for (int i = 0; i < parts.length; i++) {
            at[i] = parts[i].to() - 1;
        }
        settle();
    }

    @Override
    public void seekForPrev(byte[] key) {
        forward = false;
        applied.seekForPrev(key);
        for (int i = 0; i < parts.length; i++) {
            PendingRuns.Part part = parts[i];
            int ceiling = PendingRuns.ceiling(part.run(), part.from(), part.to(), key);
            boolean isHere = ceiling < part.to() && Arrays.equals(part.run()[ceiling].key, key);
            at[i] = isHere ? ceiling : ceiling - 1;
        }
        settle();
    }

    @Override
    public boolean valid() {
        return waiting != null || appliedKey != null;
    }

    @Override
    public void next() {
        if (!forward) {
            seek(key());
        }
        advance();
        skipDeleted();
    }

    @Override
    public void prev() {
        if (forward) {
            seekForPrev(key());
        }
        advance();
        skipDeleted();
    }

    /** Looks at what all parts stand on after a seek. */
    private void settle() {
        readApplied();
        readWaiting();
        skipDeleted();
    }

    private void readApplied() {
        appliedKey = applied.valid() ? applied.key() : null;
    }

    /** The nearest entry of all parts, of equal ones the first. */
    private void readWaiting() {
        Entry nearest = null;
        for (int i = 0; i < parts.length; i++) {
            if (at[i] >= parts[i].from() && at[i] < parts[i].to()) {
                Entry entry = parts[i].run()[at[i]];
                if (nearest == null || order(entry.key, nearest.key) < 0) {
                    nearest = entry;
                }
            }
        }
        waiting = nearest;
    }

    /** Below zero if the first key is met before the other one. */
    private int order(byte[] key, byte[] other) {
        int order = Arrays.compareUnsigned(key, other);
        return forward ? order : -order;
    }

    /** Moves every part, and the rows of RocksDB, that stand on the current key. */
    private void advance() {
        Entry entry = waiting;
        byte[] ofApplied = appliedKey;
        int order = entry == null ? 1 : ofApplied == null ? -1 : order(entry.key, ofApplied);
        if (entry != null && order <= 0) {
            for (int i = 0; i < parts.length; i++) {
                boolean stands = at[i] >= parts[i].from()
                        && at[i] < parts[i].to()
                        && Arrays.equals(parts[i].run()[at[i]].key, entry.key);
                if (stands) {
                    at[i] += forward ? 1 : -1;
                }
            }
            readWaiting();
        }
        if (ofApplied != null && order >= 0) {
            if (forward) {
                applied.next();
            } else {
                applied.prev();
            }
            readApplied();
        }
    }

    private void skipDeleted() {
        while (comesFirst() && row() == RowChanges.DELETED) {
            advance();
        }
    }

    /** Whether the cursor is on a row that waits: of equal keys, that one counts. */
    private boolean comesFirst() {
        Entry entry = waiting;
        return entry != null && (appliedKey == null || order(entry.key, appliedKey) <= 0);
    }

    private byte[] row() {
        Entry entry = waiting;
        if (entry == null) {
            throw new IllegalStateException("cursor is on no row that waits");
        }
        return entry.row();
    }

    // ---- what it is on

    @Override
    public byte[] key() {
        Entry entry = waiting;
        if (entry != null && comesFirst()) {
            return entry.key.clone();
        }
        byte[] key = appliedKey;
        if (key == null) {
            throw new IllegalStateException("cursor is on no row");
        }
        return key;
    }

    @Override
    public byte[] value() {
        return comesFirst() ? row() : applied.value();
    }

    @Override
    public int valueBytes() {
        return comesFirst() ? row().length : applied.valueBytes();
    }

    @Override
    public void close() {
        applied.close();
    }
}
