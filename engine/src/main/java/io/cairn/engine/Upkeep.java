package io.cairn.engine;

import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Step;
import io.cairn.wal.Wal;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps disk use and restart time within bounds: log retention, rows flushed before too much log would have to be
 * replayed, writes refused before the disk is full.
 *
 * <p><i>Confined to the janitor thread.</i>
 */
final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private final Engine engine;
    private final KeyspaceHandle handle;
    private final EngineOptions options;
    private final LongSupplier usableBytes;
    private @Nullable String refusal;
    private volatile long memoryFloor;
    private volatile long leastBytes;
    private long refusedBelow;

    Upkeep(Engine engine, KeyspaceHandle handle, EngineOptions options, LongSupplier usableBytes) {
        this.engine = engine;
        this.handle = handle;
        this.options = options;
        this.usableBytes = usableBytes;
        this.leastBytes = options.minFreeBytes();
    }

    /** Writes are refused while the file system has less left. */
    void leastBytes(long bytes) {
        leastBytes = bytes;
    }

    /** In memory mode: position of the newest snapshot file, from which a restart replays. */
    void memoryFloor(long position) {
        memoryFloor = position;
    }

    void runOnce() throws IOException {
        watchSpace();
        Keyspace keyspace = handle.keyspace();
        Wal wal = keyspace.wal();
        if (wal == null || keyspace.failure() != null) {
            return;
        }
        if (options.memory()) {
            wal.floor(memoryFloor);
        } else {
            long durable = keyspace.durableOffset();
            // What is logged and not applied a flush would not make durable, and retention keeps it anyway.
            if (keyspace.state().offset() - durable > options.replayBytesMax()) {
                handle.steps().at(Step.BEFORE_FLUSH);
                keyspace.store().flush();
                handle.steps().at(Step.AFTER_FLUSH);
                durable = keyspace.durableOffset();
            }
            wal.floor(durable);
        }
        wal.retain(options.wallMillis().getAsLong());
    }

    private void watchSpace() {
        long usable = usableBytes.getAsLong();
        long least = leastBytes;
        if (usable < least && (refusal == null || refusedBelow != least)) {
            refusedBelow = least;
            refusal = "MISCONF Cairn has stopped accepting writes because the disk is nearly full (" + (usable >> 20)
                    + " MB left in " + engine.options().directory() + ", min-free-disk-bytes is " + (least >> 20)
                    + " MB). They come back by themselves when there is space.";
            handle.writeError(refusal);
            LOG.warn("writes refused, disk is nearly full usable_bytes={} least_bytes={}", usable, least);
        } else if (refusal != null && usable - least >= least / 8) {
            refusal = null;
            handle.writeError(null);
            LOG.info("writes accepted again usable_bytes={}", usable);
        }
    }
}
