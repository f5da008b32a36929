package io.cairn.server.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairn.engine.Checkpoint;
import io.cairn.engine.Engine;
import io.cairn.engine.EngineOptions;
import io.cairn.engine.Seed;
import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.RocksOptions;
import io.cairn.engine.stream.CommandExecutor;
import io.cairn.engine.stream.StreamApplier;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandTable;
import io.cairn.server.command.admin.DatabaseCommands;
import io.cairn.server.differential.Families;
import io.cairn.server.dispatch.StreamExecutor;
import io.cairn.server.stats.Counters;
import io.cairn.wal.Wal;
import io.cairn.wal.WalOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a server that died left: its directory recovered in this process, held against the log replayed from its first
 * byte into an empty keyspace.
 *
 * <p><i>Immutable.</i>
 *
 * @param values keys and values
 * @param id replication id
 * @param offset replication offset
 */
record Aftermath(Map<String, String> values, String id, long offset) {
    private static final Limits LIMITS = new Limits(16, 32, 8, 16, 32, 8);

    /** The directives with which a server keeps what this looks at: all log, small collections, small files. */
    static final List<String> DIRECTIVES = List.of(
            "--wal-retention-bytes",
            "0",
            "--wal-segment-bytes",
            "60000",
            "--wal-replay-bytes",
            "65536",
            "--rocksdb-block-cache-bytes",
            "8mb",
            "--rocksdb-row-cache-bytes",
            "2mb",
            "--rocksdb-write-buffer-bytes",
            "1mb",
            "--hash-max-listpack-entries",
            "16",
            "--hash-max-listpack-value",
            "32",
            "--set-max-intset-entries",
            "8",
            "--zset-max-listpack-entries",
            "16",
            "--zset-max-listpack-value",
            "32",
            "--list-max-listpack-size",
            "8");

    /** Recovers a directory of rows on disk, or only its log's, in this process. */
    static Engine open(Path directory, boolean memory) throws IOException {
        EngineOptions options = new EngineOptions(
                directory,
                memory,
                true,
                16,
                WalOptions.defaults().withRetention(0, 0).withSegmentBytes(60_000),
                RocksOptions.small(),
                65_536,
                0,
                System::currentTimeMillis,
                EngineOptions::randomId,
                Limits.DEFAULT);
        return Engine.open(options, executor(), Seed.NONE);
    }

    /** Recovers the directory, which is another one's copy or no longer needed, and looks at all of it. */
    static Aftermath of(Path directory, boolean memory) throws IOException {
        try (Engine engine = open(directory, memory)) {
            engine.handle().limits(LIMITS);
            Contents live = recovered(engine);
            assertEquals(List.of(), live.faults(), "faults of the recovered store");
            Contents replayed = replayed(engine);
            assertEquals(List.of(), replayed.faults(), "faults of the replayed log");
            assertEquals(replayed.values(), live.values(), "store and replayed log");
            assertEquals(replayed.digest(), live.digest(), "store and replayed log");
            return new Aftermath(live.values(), engine.identity().id(), engine.offset());
        }
    }

    private static Contents recovered(Engine engine) throws IOException {
        if (engine.options().memory()) {
            return Contents.of(engine.keyspace().store(), engine.keyspace().state());
        }
        try (Checkpoint checkpoint = engine.checkpoint("aftermath")) {
            assertEquals(engine.offset(), checkpoint.state().offset(), "applied offset after recovery");
        }
        return Contents.of(engine.keyspace().store(), engine.keyspace().state());
    }

    private static Contents replayed(Engine engine) throws IOException {
        Wal wal = engine.wal();
        if (wal == null) {
            throw new AssertionError("no log");
        }
        assertEquals(0, wal.start(), "first position of the log");
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        wal.replay(0, (start, bytes, streamDb, millis) -> {
            byte[] record = new byte[bytes.remaining()];
            bytes.get(record);
            stream.write(record);
        });
        MemoryRowStore store = new MemoryRowStore();
        Keyspace keyspace = new Keyspace(
                store,
                null,
                AppliedState.empty(engine.identity(), engine.options().databases(), 0, -1));
        KeyspaceHandle handle = new KeyspaceHandle();
        handle.keyspace(keyspace);
        handle.limits(LIMITS);
        ByteBuffer bytes = ByteBuffer.wrap(stream.toByteArray());
        new StreamApplier(new Turn(handle, true), executor(), offset -> {}, 0, -1)
                .apply(bytes, System.currentTimeMillis());
        assertEquals(0, bytes.remaining(), "log ends at the end of a command");
        assertEquals(engine.offset(), keyspace.state().offset(), "offset of the replayed log");
        return Contents.of(store, keyspace.state());
    }

    static CommandExecutor executor() {
        List<Command> commands = new ArrayList<>(Families.commands());
        commands.addAll(DatabaseCommands.commands());
        return new StreamExecutor(new CommandTable(commands), new Counters());
    }
}
