package io.cairn.bench.micro;

import io.cairn.bench.process.Scratch;
import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.RocksOptions;
import io.cairn.engine.rows.RocksRowStore;
import io.cairn.engine.rows.RowStore;
import io.cairn.engine.types.Strings;
import io.cairn.wal.FsDirectory;
import io.cairn.wal.LogIdentity;
import io.cairn.wal.Wal;
import io.cairn.wal.WalOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A turn of a hundred SETs with its commit to log and rows, a SET: what a write costs without the network.
 *
 * <p><i>Confined to the benchmark's threads.</i>
 */
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class Turns {
    private static final int KEYS = 200_000;
    private static final int COMMANDS = 100;
    private static final String ID = "a".repeat(40);
    private static final byte[] SET = "SET".getBytes(StandardCharsets.US_ASCII);

    /** Where rows go. */
    @Param({"rocksdb", "memory"})
    public String engine = "rocksdb";

    private final byte[][] keys = Sample.keys(KEYS);
    private final byte[] value = Sample.bytes(Sample.VALUE_BYTES);
    private Scratch scratch;
    private Keyspace keyspace;
    private Wal wal;
    private Turn turn;

    /** Opens an empty keyspace with a log. */
    @Setup
    public void open() throws IOException {
        scratch = Scratch.create();
        WalOptions options = WalOptions.defaults().withRetention(256 << 20, 0);
        wal = Wal.open(FsDirectory.open(scratch.directory("wal")), options, System::currentTimeMillis, 0, () -> ID);
        RowStore store = engine.equals("memory")
                ? new MemoryRowStore()
                : RocksRowStore.open(scratch.directory("rows"), RocksOptions.defaults());
        KeyspaceHandle handle = new KeyspaceHandle();
        keyspace = new Keyspace(store, wal, AppliedState.empty(LogIdentity.of(ID), 1, 0, -1));
        handle.keyspace(keyspace);
        turn = new Turn(handle, true);
    }

    /** Closes and deletes it. */
    @TearDown
    public void close() throws IOException {
        keyspace.close();
        wal.close();
        scratch.close();
    }

    /** One turn. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public long sets() throws IOException {
        turn.begin(System.currentTimeMillis());
        for (int i = 0; i < COMMANDS; i++) {
            byte[] key = keys[ThreadLocalRandom.current().nextInt(KEYS)];
            if (!turn.tryLock(0, key)) {
                throw new IllegalStateException("a key is locked and there is no other turn");
            }
            turn.beginUnit(true);
            Strings.set(turn, 0, key, value, MetaRow.NO_EXPIRY);
            turn.effect(0, SET, key, value);
            turn.endUnit();
        }
        long end = turn.commit();
        if (wal.rolled() > 0) {
            wal.sync(); // the server has a thread for it
            wal.floor(wal.durable());
            wal.retain(System.currentTimeMillis());
        }
        return end;
    }
}
