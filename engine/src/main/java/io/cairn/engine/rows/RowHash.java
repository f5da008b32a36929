package io.cairn.engine.rows;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The hash of a row's key in memory; never stored.
 *
 * <p><i>Immutable.</i>
 */
public final class RowHash {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private RowHash() {}

    /** All bits well mixed. */
    public static int of(byte[] key) {
        long hash = key.length * MULTIPLIER;
        int at = 0;
        for (int end = key.length - 7; at < end; at += 8) {
            hash = mix(hash ^ (long) LONG.get(key, at));
        }
        long rest = 0;
        for (; at < key.length; at++) {
            rest = (rest << 8) | (key[at] & 0xFF);
        }
        return (int) (mix(hash ^ rest) >>> 32);
    }

    private static long mix(long value) {
        long mixed = value * MULTIPLIER;
        return (mixed ^ (mixed >>> 29)) * 0xBF58476D1CE4E5B9L;
    }
}
