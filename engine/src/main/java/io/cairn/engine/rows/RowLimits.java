package io.cairn.engine.rows;

/**
 * How long the key of a row may be.
 *
 * <p>A row store has the first and the last key of each of its files in memory, several times over. So what may be longer than
 * this, a member of a collection, is not kept in keys; names of keys, of groups and of consumers are, and are refused.
 *
 * <p><i>Immutable.</i>
 */
public final class RowLimits {
    /** Longest key of a row. */
    public static final int KEY_BYTES_MAX = 1 << 20;

    private RowLimits() {}

    /** Refuses a key that is too long, with the error reply for whoever gave it. */
    public static void requireKey(byte[] key) {
        if (key.length > KEY_BYTES_MAX) {
            throw new StorageException(
                    "ERR the name of a key, of a group or of a consumer is longer than " + KEY_BYTES_MAX + " bytes");
        }
    }
}
