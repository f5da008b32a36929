package io.cairn.snapshot.digest;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A 128-bit hash of bytes and numbers, for telling values apart, not for keeping secrets.
 *
 * <p>Life: {@link #reset}, any number of {@link #add}, {@link #finish}, then {@link #high} and {@link #low}. What was added
 * in which pieces matters: {@code add(ab)} and {@code add(a), add(b)} differ.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public final class Fingerprint {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long K1 = 0x9E3779B97F4A7C15L;
    private static final long K2 = 0xC2B2AE3D27D4EB4FL;
    private static final long K3 = 0xD6E8FEB86659FD93L;
    private static final long K4 = 0xA0761D6478BD642FL;

    private long high;
    private long low;

    /** Forgets everything and starts from {@code seed}. */
    public Fingerprint reset(long seed) {
        high = seed ^ K3;
        low = seed * K1 + K4;
        return this;
    }

    /** Adds a number. */
    public Fingerprint add(long number) {
        step(number, ~number);
        return this;
    }

    /** Adds bytes and their count. */
    public Fingerprint add(byte[] bytes) {
        int length = bytes.length;
        int at = 0;
        for (int last = length - 2 * Long.BYTES; at <= last; at += 2 * Long.BYTES) {
            step((long) LONG.get(bytes, at), (long) LONG.get(bytes, at + Long.BYTES));
        }
        long first = 0;
        if (length - at >= Long.BYTES) {
            first = (long) LONG.get(bytes, at);
            at += Long.BYTES;
        }
        long second = 0;
        for (int shift = 0; at < length; at++, shift += 8) {
            second |= (bytes[at] & 0xFFL) << shift;
        }
        // The length keeps apart what differs only in zeroes at the end.
        step(first ^ K2, second);
        step(length, K3);
        return this;
    }

    private void step(long first, long second) {
        high = Long.rotateLeft((high ^ first * K1) * K2, 31) + low;
        low = Long.rotateLeft((low ^ second * K3) * K4, 29) + high;
    }

    /** Mixes everything added into all bits. */
    public Fingerprint finish() {
        high += low;
        low += high;
        high = mix(high);
        low = mix(low);
        high += low;
        low += high;
        return this;
    }

    /** Spreads every bit of a number over all bits; one to one. */
    static long mix(long number) {
        long x = number;
        x = (x ^ x >>> 32) * K3;
        x = (x ^ x >>> 29) * K2;
        return x ^ x >>> 32;
    }

    /** The first 64 bits, after {@link #finish}. */
    public long high() {
        return high;
    }

    /** The last 64 bits, after {@link #finish}. */
    public long low() {
        return low;
    }
}
