package io.cairn.server;

import io.cairn.engine.Engine;
import io.cairn.server.net.Durability;
import io.cairn.server.net.Network;
import io.cairn.wal.GroupSync;
import io.cairn.wal.SyncPolicy;
import io.cairn.wal.Wal;
import org.jspecify.annotations.Nullable;

/** Holds replies until the log is durable, under {@code appendfsync always}. */
final class LogDurability implements Durability {
    private final Engine engine;
    private volatile @Nullable Network network;
    private @Nullable Wal watched; // guarded by this

    LogDurability(Engine engine) {
        this.engine = engine;
    }

    /** Says whom to tell when the log becomes durable; before the first request. */
    void tell(Network who) {
        network = who;
    }

    @Override
    public boolean isReached(long gate) {
        Wal wal = engine.wal();
        // A gate beyond the log's end is of a log that a full resynchronization has replaced.
        return wal == null || wal.policy() != SyncPolicy.ALWAYS || wal.durable() >= gate || wal.end() < gate;
    }

    @Override
    public boolean hasFailed() {
        Wal wal = engine.wal();
        return wal != null && wal.failure() != null;
    }

    @Override
    public void request(long gate) {
        Wal wal = engine.wal();
        GroupSync sync = engine.sync();
        if (wal != null && sync != null) {
            watch(wal);
            sync.requestSync(gate);
        }
    }

    private synchronized void watch(Wal wal) {
        Network who = network;
        if (watched != wal && who != null) {
            watched = wal;
            wal.onDurable(position -> who.durable());
            wal.onFailure(failure -> who.undurable());
            if (wal.failure() != null) {
                who.undurable(); // it failed before anybody listened
            }
        }
    }
}
