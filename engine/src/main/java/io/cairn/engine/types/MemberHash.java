package io.cairn.engine.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The 32-bit hash that orders set members and hash fields within their collection: xxHash32 with seed 0.
 *
 * <p>It is part of the key of every such row and of every SSCAN and HSCAN cursor that a client holds, so it never
 * changes.
 *
 * <p><i>Immutable.</i>
 */
final class MemberHash {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int PRIME_1 = 0x9E3779B1;
    private static final int PRIME_2 = 0x85EBCA77;
    private static final int PRIME_3 = 0xC2B2AE3D;
    private static final int PRIME_4 = 0x27D4EB2F;
    private static final int PRIME_5 = 0x165667B1;
    private static final int STRIPE_BYTES = 16;

    private MemberHash() {}

    /** Hash of all bytes of {@code member}. */
    static int of(byte[] member) {
        return of(member, 0, member.length);
    }

    /** Hash of the bytes from {@code from} (inclusive) to {@code to} (exclusive). */
    static int of(byte[] bytes, int from, int to) {
        int at = from;
        int hash;
        if (to - from >= STRIPE_BYTES) {
            int a = 0x24234428; // PRIME_1 + PRIME_2
            int b = PRIME_2;
            int c = 0;
            int d = 0x61C8864F; // -PRIME_1
            for (int end = to - STRIPE_BYTES; at <= end; at += STRIPE_BYTES) {
                a = lane(a, (int) INT.get(bytes, at));
                b = lane(b, (int) INT.get(bytes, at + 4));
                c = lane(c, (int) INT.get(bytes, at + 8));
                d = lane(d, (int) INT.get(bytes, at + 12));
            }
            hash = Integer.rotateLeft(a, 1)
                    + Integer.rotateLeft(b, 7)
                    + Integer.rotateLeft(c, 12)
                    + Integer.rotateLeft(d, 18);
        } else {
            hash = PRIME_5;
        }
        hash += to - from;
        for (; at + 4 <= to; at += 4) {
            hash = Integer.rotateLeft(hash + (int) INT.get(bytes, at) * PRIME_3, 17) * PRIME_4;
        }
        for (; at < to; at++) {
            hash = Integer.rotateLeft(hash + (bytes[at] & 0xFF) * PRIME_5, 11) * PRIME_1;
        }
        hash = (hash ^ hash >>> 15) * PRIME_2;
        hash = (hash ^ hash >>> 13) * PRIME_3;
        return hash ^ hash >>> 16;
    }

    private static int lane(int state, int input) {
        return Integer.rotateLeft(state + input * PRIME_2, 13) * PRIME_1;
    }
}
