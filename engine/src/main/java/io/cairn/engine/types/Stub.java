package io.cairn.engine.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * What stands for a member or a field in the keys of rows: it itself, or, if it is long, a stub.
 *
 * <pre>
 *   name   := member                          up to {@link #HEAD_BYTES} bytes
 *           | head(1024) digest(32)           longer; head: its first bytes, digest: SHA-256 of all
 *   value  := own                             in the row of a member that is not long
 *           | length(4) own tail              in that of one that is; tail: the member from byte 1024 on
 * </pre>
 *
 * A row store keeps keys of its files in memory, several times, and compares and copies them all the time, so no key may be
 * as long as a member may be, half a gigabyte. A name is longer than {@link #HEAD_BYTES} exactly if it is a stub: what it stands for
 * is told by its length. Two members whose digests are equal are taken for the same: nobody knows two.
 *
 * <p><i>Immutable.</i>
 */
final class Stub {
    /** Longest member that stands in keys as it is, and the bytes of a longer one that do. */
    static final int HEAD_BYTES = 1024;

    /** Bytes of a digest. */
    static final int DIGEST_BYTES = 32;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private Stub() {}

    /** Whether a stub stands for the member. */
    static boolean isFor(byte[] member) {
        return member.length > HEAD_BYTES;
    }

    /** Whether a key that has a name from {@code nameStart} to its end has a stub there. */
    static boolean isIn(byte[] key, int nameStart) {
        return key.length - nameStart > HEAD_BYTES;
    }

    /** The name of a member. */
    static byte[] name(byte[] member) {
        if (!isFor(member)) {
            return member;
        }
        byte[] stub = Arrays.copyOf(member, HEAD_BYTES + DIGEST_BYTES);
        System.arraycopy(digest(member), 0, stub, HEAD_BYTES, DIGEST_BYTES);
        return stub;
    }

    /** Of any bytes. */
    static byte[] digest(byte[] member) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(member);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The value of a member's row that has {@code own} to say. */
    static byte[] value(byte[] member, byte[] own) {
        if (!isFor(member)) {
            return own;
        }
        int tail = member.length - HEAD_BYTES;
        byte[] value = new byte[Math.addExact(Integer.BYTES + own.length, tail)];
        INT.set(value, 0, own.length);
        System.arraycopy(own, 0, value, Integer.BYTES, own.length);
        System.arraycopy(member, HEAD_BYTES, value, Integer.BYTES + own.length, tail);
        return value;
    }

    /** Where in a value under a stub its own part begins. */
    static int ownStart() {
        return Integer.BYTES;
    }

    /** Where in a value under a stub its own part ends, and the tail of the member begins. */
    static int tailStart(byte[] value) {
        return Integer.BYTES + (int) INT.get(value, 0);
    }

    /** The member for which a key with a stub stands. */
    static byte[] member(byte[] key, int nameStart, byte[] value) {
        int tailStart = tailStart(value);
        int tail = value.length - tailStart;
        byte[] member = new byte[HEAD_BYTES + tail];
        System.arraycopy(key, nameStart, member, 0, HEAD_BYTES);
        System.arraycopy(value, tailStart, member, HEAD_BYTES, tail);
        return member;
    }
}
