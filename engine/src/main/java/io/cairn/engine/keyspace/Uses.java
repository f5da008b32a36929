package io.cairn.engine.keyspace;

import io.cairn.engine.rows.KeyUsage;
import io.cairn.engine.rows.UsageClock;
import org.jspecify.annotations.Nullable;

/**
 * How keys are used, as far as it is known: only where rows are in memory.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
public final class Uses {
    private final KeyspaceHandle handle;
    private final Turn turn;
    private final @Nullable KeyUsage usage;

    Uses(KeyspaceHandle handle, Turn turn) {
        this.handle = handle;
        this.turn = turn;
        this.usage = handle.keyspace().store().usage();
    }

    /** Whether anything is known. */
    public boolean isKnown() {
        return usage != null;
    }

    /** Whether it is known how often keys are used; else when they were last. */
    public boolean isFrequency() {
        return handle.usageForm().frequency();
    }

    /** Seconds since the key was used. */
    public long idleSeconds(int db, byte[] key) {
        KeyUsage known = usage;
        Integer found = find(db, key);
        return known == null || found == null ? 0 : known.clock().idleSeconds(found);
    }

    /** How often the key is used, 0 to 255. */
    public int frequency(int db, byte[] key) {
        KeyUsage known = usage;
        Integer found = find(db, key);
        return known == null
                ? 0
                : known.clock().frequency(found == null ? known.clock().ofFrequency(0) : found);
    }

    private @Nullable Integer find(int db, byte[] key) {
        int namespace = turn.namespace(db);
        return usage == null ? null : usage.usage(KeyHash.of(namespace, key), namespace, key);
    }

    /** Says how a key that the turn sets was used so far: so many seconds ago, or, if that is negative, so often. */
    public void restored(int db, byte[] key, long idleSeconds, int frequency) {
        KeyUsage known = usage;
        if (known == null || isFrequency() == (idleSeconds >= 0)) {
            return;
        }
        int namespace = turn.namespace(db);
        UsageClock clock = known.clock();
        int next = idleSeconds >= 0 ? clock.ofIdleSeconds(idleSeconds) : clock.ofFrequency(frequency);
        turn.whenEnded(new Outcome() {
            @Override
            public void committed(long offset) {
                known.usage(KeyHash.of(namespace, key), namespace, key, next);
            }

            @Override
            public void failed(String error) {
                // there is no such key
            }
        });
    }
}
