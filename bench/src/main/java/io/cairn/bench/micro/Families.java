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
import io.cairn.engine.types.HashEdit;
import io.cairn.engine.types.Hashes;
import io.cairn.engine.types.Lists;
import io.cairn.engine.types.SetEdit;
import io.cairn.engine.types.Sets;
import io.cairn.engine.types.SortedSetEdit;
import io.cairn.engine.types.SortedSets;
import io.cairn.engine.types.Strings;
import io.cairn.wal.LogIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
 * What the types cost below commands: turns of a hundred changes or reads of one value with its commit to rows, without a log
 * and without the network; a change or a read.
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
public class Families {
    private static final int COMMANDS = 100;

    /** Where rows go. */
    @Param({"rocksdb", "memory"})
    public String engine = "rocksdb";

    /** Elements of the collections. */
    @Param({"1000", "100000"})
    public int elements = 1000;

    private final byte[] value = Sample.bytes(Sample.VALUE_BYTES);
    private final byte[] string = bytes("string");
    private final byte[] list = bytes("list");
    private final byte[] set = bytes("set");
    private final byte[] hash = bytes("hash");
    private final byte[] zset = bytes("zset");
    private byte[][] names = new byte[0][];
    private Scratch scratch;
    private Keyspace keyspace;
    private Turn turn;

    /** What a turn does a hundred times. */
    private interface Step {
        void run(byte @Nullable [] row);
    }

    /** Fills the collections. */
    @Setup
    public void open() throws IOException {
        scratch = Scratch.create();
        RowStore store = engine.equals("memory")
                ? new MemoryRowStore()
                : RocksRowStore.open(scratch.directory("rows"), RocksOptions.defaults());
        KeyspaceHandle handle = new KeyspaceHandle();
        keyspace = new Keyspace(store, null, AppliedState.empty(LogIdentity.of("a".repeat(40)), 1, 0, -1));
        handle.keyspace(keyspace);
        turn = new Turn(handle, true);
        names = Sample.keys(elements);
        for (int from = 0; from < elements; from += COMMANDS) {
            int first = from;
            turn(list, row -> Lists.push(turn, 0, list, row, false, new byte[][] {value}, 0));
            int[] next = {first};
            turn(set, row -> add(row, names[next[0]++]));
            next[0] = first;
            turn(hash, row -> put(row, names[next[0]++]));
            next[0] = first;
            turn(zset, row -> score(row, names[next[0]], next[0]++));
        }
    }

    /** Closes and deletes it. */
    @TearDown
    public void close() throws IOException {
        keyspace.close();
        scratch.close();
    }

    private void turn(byte[] key, Step step) {
        turn.begin(System.currentTimeMillis());
        for (int i = 0; i < COMMANDS; i++) {
            if (!turn.tryLock(0, key)) {
                throw new IllegalStateException("a key is locked and there is no other turn");
            }
            turn.beginUnit(true);
            step.run(turn.write(0, key));
            turn.endUnit();
        }
        turn.commit();
    }

    private byte[] name() {
        return names[ThreadLocalRandom.current().nextInt(elements)];
    }

    private void add(byte @Nullable [] row, byte[] member) {
        SetEdit edit = Sets.edit(turn, 0, set, row);
        edit.add(member);
        edit.store();
    }

    private void put(byte @Nullable [] row, byte[] field) {
        HashEdit edit = Hashes.edit(turn, 0, hash, row);
        edit.put(field, value);
        edit.store();
    }

    private void score(byte @Nullable [] row, byte[] member, double score) {
        SortedSetEdit edit = new SortedSetEdit(turn, 0, zset, row);
        double before = edit.score(member);
        if (Double.isNaN(before)) {
            edit.add(member, score);
        } else if (before != score) {
            edit.move(member, before, score);
        }
        edit.finish();
    }

    private static byte[] there(byte @Nullable [] row) {
        if (row == null) {
            throw new IllegalStateException("what was filled is gone");
        }
        return row;
    }

    /** One string, overwritten. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public void stringSet() {
        turn(string, row -> Strings.set(turn, 0, string, value, MetaRow.NO_EXPIRY));
    }

    /** An item in at the head and one out at the tail. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public void listPushAndPop() {
        turn(list, row -> {
            Lists.push(turn, 0, list, row, true, new byte[][] {value}, 0);
            Lists.pop(turn, 0, list, there(turn.write(0, list)), false, 1);
        });
    }

    /** The hundred items at the head. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public void listRange() {
        turn(list, row -> {
            List<byte[]> items = Lists.range(turn, there(row), 0, 99);
            if (items.size() != 100) {
                throw new IllegalStateException("a list has lost items");
            }
        });
    }

    /** A member out and in again. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public void setRemoveAndAdd() {
        turn(set, row -> {
            byte[] member = name();
            SetEdit edit = Sets.edit(turn, 0, set, row);
            edit.remove(member);
            edit.add(member);
            edit.store();
        });
    }

    /** A field that is there. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public void hashPut() {
        turn(hash, row -> put(row, name()));
    }

    /** A field that is there. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public void hashGet() {
        turn(hash, row -> {
            if (Hashes.get(turn, there(row), name()) == null) {
                throw new IllegalStateException("a hash has lost a field");
            }
        });
    }

    /** A member gets another score. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public void sortedSetMove() {
        turn(zset, row -> score(row, name(), ThreadLocalRandom.current().nextInt(elements)));
    }

    /** Of a member. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public void sortedSetRank() {
        turn(zset, row -> {
            if (SortedSets.rank(turn, there(row), name()) < 0) {
                throw new IllegalStateException("a sorted set has lost a member");
            }
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
