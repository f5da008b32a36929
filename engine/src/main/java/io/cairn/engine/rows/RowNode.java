package io.cairn.engine.rows;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One row of the memory store that is found through a hash index and through the order of keys; a deleted node keeps no
 * row and never comes back: the key's next row gets a node of its own.
 *
 * <p><i>Thread-safe.</i>
 */
class RowNode {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    static final int NAMESPACE_BYTES = 4;

    final int hash;
    final byte[] fullKey;
    volatile byte @Nullable [] row;

    RowNode(int hash, byte[] fullKey, byte @Nullable [] row) {
        this.hash = hash;
        this.fullKey = fullKey;
        this.row = row;
    }

    /** Whether this is the key's node; {@code skip} bytes of the full key come before the part that is asked for. */
    boolean isFor(int hash, byte[] key, int skip) {
        return this.hash == hash
                && fullKey.length == skip + key.length
                && Arrays.equals(fullKey, skip, fullKey.length, key, 0, key.length);
    }

    static byte[] fullKey(int namespace, byte[] key) {
        byte[] full = new byte[NAMESPACE_BYTES + key.length];
        INT.set(full, 0, namespace);
        System.arraycopy(key, 0, full, NAMESPACE_BYTES, key.length);
        return full;
    }
}
