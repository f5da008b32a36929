package io.cairn.server.command.hyperloglog;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * MurmurHash64A of elements, with the seed of Redis's HyperLogLogs.
 *
 * <p><i>Immutable.</i>
 */
final class ElementHash {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long SEED = 0xADC8_3B19L;
    private static final long MULTIPLIER = 0xC6A4_A793_5BD1_E995L;
    private static final int SHIFT = 47;

    private ElementHash() {}

    static long of(byte[] element) {
        long hash = SEED ^ element.length * MULTIPLIER;
        int whole = element.length & ~7;
        for (int at = 0; at < whole; at += 8) {
            long word = (long) LONG.get(element, at) * MULTIPLIER;
            word ^= word >>> SHIFT;
            hash = (hash ^ word * MULTIPLIER) * MULTIPLIER;
        }
        if (whole < element.length) {
            long rest = 0;
            for (int at = element.length - 1; at >= whole; at--) {
                rest = rest << 8 | element[at] & 0xFF;
            }
            hash = (hash ^ rest) * MULTIPLIER;
        }
        hash ^= hash >>> SHIFT;
        hash *= MULTIPLIER;
        return hash ^ hash >>> SHIFT;
    }
}
