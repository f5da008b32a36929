package io.cairn.engine.keyspace;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Stored rows that a turn has read and keeps for those of its commands that ask for them again: a row as large as a block of a
 * list is copied for each reading.
 *
 * <p>A small table that forgets. Rows of collections are read while their key's stripe is held, so the store has no others
 * before the turn has ended; what the turn itself changes is looked for elsewhere first.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
final class KeptRows {
    private static final int SLOTS = 16;
    private static final byte[] NONE = new byte[0];

    private final byte[][] keys = new byte[SLOTS][];
    private final byte[][] rows = new byte[SLOTS][];
    private boolean any;

    KeptRows() {
        Arrays.fill(keys, NONE);
        Arrays.fill(rows, NONE);
    }

    /** The row of a key that is kept, or null. */
    byte @Nullable [] find(byte[] key) {
        if (!any) {
            return null;
        }
        int slot = slot(key);
        return Arrays.equals(keys[slot], key) ? rows[slot] : null;
    }

    /** By the last byte: rows that follow each other, numbered, do not collide. */
    private static int slot(byte[] key) {
        return key[key.length - 1] & SLOTS - 1;
    }

    void keep(byte[] key, byte[] row) {
        int slot = slot(key);
        keys[slot] = key;
        rows[slot] = row;
        any = true;
    }

    void clear() {
        if (any) {
            Arrays.fill(keys, NONE);
            Arrays.fill(rows, NONE);
            any = false;
        }
    }
}
