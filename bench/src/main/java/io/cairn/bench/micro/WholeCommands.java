package io.cairn.bench.micro;

import io.cairn.bench.process.Scratch;
import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.RocksOptions;
import io.cairn.engine.rows.RocksRowStore;
import io.cairn.engine.rows.RowStore;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandTable;
import io.cairn.server.command.geo.GeoCommands;
import io.cairn.server.command.streams.StreamCommands;
import io.cairn.server.command.strings.BitmapCommands;
import io.cairn.server.dispatch.StreamExecutor;
import io.cairn.server.stats.Counters;
import io.cairn.wal.LogIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
 * Streams, places and bits, whose work is done by commands rather than below them: turns of a hundred commands as a
 * replica runs them, with their commit to rows, without a log and without the network; a command.
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
public class WholeCommands {
    private static final int COMMANDS = 100;
    private static final int BITS = 1 << 20;
    private static final String STREAM = "stream";
    private static final String SHORT_STREAM = "short";
    private static final String PLACES = "places";
    private static final String BITMAP = "bitmap";

    /** Where rows go. */
    @Param({"rocksdb", "memory"})
    public String engine = "rocksdb";

    /** Entries of the streams, and places. */
    @Param({"1000", "100000"})
    public int elements = 1000;

    private final String value = "x".repeat(Sample.VALUE_BYTES);
    private Scratch scratch;
    private Keyspace keyspace;
    private Turn turn;
    private StreamExecutor executor;
    private long nextId = 1;

    /** The words of a command. */
    private interface Words {
        String[] next();
    }

    /** Fills the streams and the map. */
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
        turn.streaming(true);
        List<Command> commands = new ArrayList<>(StreamCommands.commands());
        commands.addAll(GeoCommands.commands());
        commands.addAll(BitmapCommands.commands());
        executor = new StreamExecutor(new CommandTable(commands), new Counters());
        Random random = new Random(elements);
        for (int from = 0; from < elements; from += COMMANDS) {
            turn(() -> append(STREAM));
            turn(() -> append(SHORT_STREAM));
            int[] next = {from};
            turn(() -> place(random, next[0]++));
        }
    }

    /** Closes and deletes it. */
    @TearDown
    public void close() throws IOException {
        keyspace.close();
        scratch.close();
    }

    private void turn(Words commands) {
        turn.begin(System.currentTimeMillis());
        for (int i = 0; i < COMMANDS; i++) {
            String[] words = commands.next();
            byte[][] args = new byte[words.length][];
            for (int at = 0; at < args.length; at++) {
                args[at] = words[at].getBytes(StandardCharsets.US_ASCII);
            }
            if (!turn.tryLock(0, args[1])) {
                throw new IllegalStateException("a key is locked and there is no other turn");
            }
            turn.beginUnit(true);
            executor.execute(turn, 0, args);
            turn.endUnit();
        }
        turn.commit();
    }

    private String[] append(String stream) {
        return new String[] {"XADD", stream, nextId++ + "-1", "field", value};
    }

    private static String[] place(Random random, int number) {
        return new String[] {"GEOADD", PLACES, degrees(random, 180), degrees(random, 80), "place:" + number};
    }

    private static String degrees(Random random, int bound) {
        return Double.toString((random.nextDouble() * 2 - 1) * bound);
    }

    /** An entry at the end of a stream that grows. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public void streamAdd() {
        turn(() -> append(STREAM));
    }

    /** An entry at the end, and one at the front goes. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public void streamAddAndTrim() {
        String length = Integer.toString(elements);
        turn(() -> new String[] {"XADD", SHORT_STREAM, "MAXLEN", length, nextId++ + "-1", "field", value});
    }

    /** Ten entries in the middle. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public void streamRange() {
        turn(() -> new String[] {
            "XRANGE", STREAM, Integer.toString(ThreadLocalRandom.current().nextInt(elements)), "+", "COUNT", "10"
        });
    }

    /** A place moves. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public void geoAdd() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        turn(() -> place(random, random.nextInt(elements)));
    }

    /** The ten places nearest to somewhere, within 500 km. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public void geoSearch() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        turn(() -> new String[] {
            "GEOSEARCH",
            PLACES,
            "FROMLONLAT",
            degrees(random, 180),
            degrees(random, 80),
            "BYRADIUS",
            "500",
            "km",
            "ASC",
            "COUNT",
            "10"
        });
    }

    /** A bit of 128 KiB. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public void bitSet() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        turn(() -> new String[] {
            "SETBIT", BITMAP, Integer.toString(random.nextInt(BITS)), Integer.toString(random.nextInt(2))
        });
    }

    /** The bits of 1 KiB. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public void bitCount() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        turn(() -> {
            int from = random.nextInt(BITS / 8 - 1024);
            return new String[] {"BITCOUNT", BITMAP, Integer.toString(from), Integer.toString(from + 1023)};
        });
    }
}
