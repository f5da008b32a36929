package io.cairn.engine.keyspace;

import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowHash;
import io.cairn.engine.rows.RowLimits;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Uncommitted rows of one family; a tombstone stands for a deleted row.
 *
 * <p>A hash table, since most commands find rows by their keys; from the first cursor on in a turn there is an ordered map
 * beside it. Rows that are forgotten were the last ones that came, so a slot that becomes free breaks no search.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
final class RowOverlay {
    /** Stands for a deleted row; compared by identity. */
    static final byte[] TOMBSTONE = new byte[0];

    private static final int INITIAL = 64;
    private static final int DRAWS_MAX = 16;
    private static final int KEPT = 1 << 13;
    private static final byte[] NO_KEY = new byte[0];

    private final Family family;
    private int[] slots = new int[2 * INITIAL];
    private int[] hashes = new int[INITIAL];
    private byte[][] keys = new byte[INITIAL][];
    private byte[][] values = new byte[INITIAL][];
    private boolean[] fresh = new boolean[INITIAL];
    private int size;
    private int puts;
    private @Nullable TreeMap<byte[], byte[]> ordered;

    RowOverlay(Family family) {
        this.family = family;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /**
     * A row drawn from the store's without those that are deleted here, each with the same probability; null if the store gives
     * none, or mostly such, or if rows were put here.
     */
    RowCursor.@Nullable Pick random(Supplier<RowCursor.@Nullable Pick> ofStore) {
        for (int draws = 0; puts == 0 && draws < DRAWS_MAX; draws++) {
            RowCursor.Pick drawn = ofStore.get();
            if (drawn == null || find(drawn.key()) == null) {
                return drawn;
            }
        }
        return null;
    }

    byte @Nullable [] find(byte[] key) {
        if (size == 0) {
            return null;
        }
        int entry = slots[slot(RowHash.of(key), key)] - 1;
        return entry < 0 ? null : values[entry];
    }

    /** The slot of a key, or the free one where it belongs. */
    private int slot(int hash, byte[] key) {
        int mask = slots.length - 1;
        int slot = hash & mask;
        for (int entry = slots[slot] - 1; entry >= 0; entry = slots[slot] - 1) {
            if (hashes[entry] == hash && Arrays.equals(keys[entry], key)) {
                break;
            }
            slot = slot + 1 & mask;
        }
        return slot;
    }

    /**
     * Sets the row (or {@link #TOMBSTONE}); returns what stood here before, null if nothing did.
     *
     * @param isNew the store has no row of that key, if nothing stood here before
     */
    byte @Nullable [] put(byte[] key, byte[] value, boolean isNew) {
        int hash = RowHash.of(key);
        int slot = slot(hash, key);
        int entry = slots[slot] - 1;
        byte[] before = null;
        if (entry >= 0) {
            before = values[entry];
            puts -= before == TOMBSTONE ? 0 : 1;
        } else {
            RowLimits.requireKey(key);
            if (size == keys.length) {
                grow();
                slot = slot(hash, key);
            }
            entry = size++;
            slots[slot] = size;
            hashes[entry] = hash;
            keys[entry] = key;
            fresh[entry] = isNew;
        }
        values[entry] = value;
        puts += value == TOMBSTONE ? 0 : 1;
        TreeMap<byte[], byte[]> map = ordered;
        if (map != null) {
            map.put(key, value);
        }
        return before;
    }

    private void grow() {
        int length = 2 * keys.length;
        hashes = Arrays.copyOf(hashes, length);
        keys = Arrays.copyOf(keys, length);
        values = Arrays.copyOf(values, length);
        fresh = Arrays.copyOf(fresh, length);
        slots = new int[2 * length];
        int mask = slots.length - 1;
        for (int entry = 0; entry < size; entry++) {
            int slot = hashes[entry] & mask;
            while (slots[slot] != 0) {
                slot = slot + 1 & mask;
            }
            slots[slot] = entry + 1;
        }
    }

    /** Forgets the key that came last of all. */
    void forget(byte[] key) {
        int slot = slot(RowHash.of(key), key);
        if (size == 0 || slots[slot] != size) {
            throw new IllegalStateException("rows are forgotten in the order against which they came");
        }
        slots[slot] = 0;
        size--;
        puts -= values[size] == TOMBSTONE ? 0 : 1;
        TreeMap<byte[], byte[]> map = ordered;
        if (map != null) {
            map.remove(key);
        }
    }

    /** A cursor over the store's rows with these laid over them. */
    RowCursor over(RowCursor stored, byte[] from, byte @Nullable [] to) {
        return size == 0 ? stored : new MergedCursor(stored, range(from, to));
    }

    private NavigableMap<byte[], byte[]> range(byte[] from, byte @Nullable [] to) {
        TreeMap<byte[], byte[]> map = ordered;
        if (map == null) {
            map = new TreeMap<>(Arrays::compareUnsigned);
            for (int i = 0; i < size; i++) {
                map.put(keys[i], values[i]);
            }
            ordered = map;
        }
        return to == null ? map.tailMap(from, true) : map.subMap(from, true, to, false);
    }

    void drainTo(RowBatch batch) {
        for (int i = 0; i < size; i++) {
            boolean gone = values[i] == TOMBSTONE;
            if (fresh[i] && !gone) {
                batch.putNew(family, keys[i], values[i]);
            } else if (!gone) {
                batch.put(family, keys[i], values[i]);
            } else if (!fresh[i]) {
                batch.delete(family, keys[i]);
            }
        }
    }

    void clear() {
        ordered = null;
        if (size == 0) {
            return;
        }
        if (keys.length > KEPT) {
            slots = new int[2 * INITIAL];
            hashes = new int[INITIAL];
            keys = new byte[INITIAL][];
            values = new byte[INITIAL][];
            fresh = new boolean[INITIAL];
        } else {
            Arrays.fill(slots, 0);
            Arrays.fill(keys, 0, size, NO_KEY);
            Arrays.fill(values, 0, size, NO_KEY);
        }
        size = 0;
        puts = 0;
    }
}
