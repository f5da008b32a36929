package io.cairn.engine.types;

import java.nio.ByteBuffer;

/**
 * A consumer of a group while a command works with it.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
public final class StreamConsumer {
    private final byte[] name;
    private long seenMillis;
    private long pending;
    private boolean changed;

    StreamConsumer(byte[] name, byte[] row) {
        this.name = name;
        ByteBuffer bytes = ByteBuffer.wrap(row);
        seenMillis = bytes.getLong();
        pending = bytes.getLong();
    }

    /** Its name. */
    public byte[] name() {
        return name;
    }

    /** When it last did something, Unix milliseconds. */
    public long seenMillis() {
        return seenMillis;
    }

    /** Number of entries that are pending with it. */
    public long pending() {
        return pending;
    }

    /** It does something now. */
    public void seen(long nowMillis) {
        changed |= seenMillis != nowMillis;
        seenMillis = nowMillis;
    }

    void pending(long more) {
        pending += more;
        changed = true;
    }

    boolean hasChanged() {
        return changed;
    }

    byte[] row() {
        return StreamRows.consumer(seenMillis, pending);
    }
}
