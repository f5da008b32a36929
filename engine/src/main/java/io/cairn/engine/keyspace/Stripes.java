package io.cairn.engine.keyspace;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Locks of keys, by hash: each stripe holds the id of the turn that owns it, 0 for none.
 *
 * <p>A turn never waits for a stripe while it holds others that it took before: it commits first. So there is no
 * deadlock. Many stripes (2^20) and one byte each: two turns of hundreds of random keys seldom meet.
 *
 * <p><i>Thread-safe.</i>
 */
final class Stripes {
    private static final int COUNT = 1 << 20;
    private static final VarHandle OWNER = MethodHandles.arrayElementVarHandle(byte[].class);

    private final byte[] owners = new byte[COUNT];

    static int of(int hash) {
        return hash & COUNT - 1;
    }

    /** The owner of a stripe, 0 if free. */
    int owner(int stripe) {
        return (byte) OWNER.getVolatile(owners, stripe);
    }

    boolean tryTake(int stripe, int owner) {
        return OWNER.compareAndSet(owners, stripe, (byte) 0, (byte) owner);
    }

    void release(int stripe) {
        OWNER.setRelease(owners, stripe, (byte) 0);
    }
}
