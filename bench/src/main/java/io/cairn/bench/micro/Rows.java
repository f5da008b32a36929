package io.cairn.bench.micro;

import io.cairn.bench.process.Scratch;
import io.cairn.engine.keyspace.KeyHash;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RocksOptions;
import io.cairn.engine.rows.RocksRowStore;
import io.cairn.engine.rows.RowBatch;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Rows of 200,000 keys in RocksDB: read from the row cache, read from RocksDB's block cache, written in batches; a row.
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
public class Rows {
    private static final int KEYS = 200_000;
    private static final int BATCH = 100;

    private final byte[][] keys = Sample.keys(KEYS);
    private final byte[] row = Sample.bytes(Sample.VALUE_BYTES);
    private Scratch scratch;
    private RocksRowStore cached;
    private RocksRowStore uncached;
    private RowBatch batch;

    /** Fills a store with a row cache and one without. */
    @Setup
    public void open() throws IOException {
        scratch = Scratch.create();
        cached = RocksRowStore.open(scratch.directory("cached"), RocksOptions.defaults());
        uncached = RocksRowStore.open(
                scratch.directory("uncached"), RocksOptions.defaults().withRowCacheBytes(0));
        fill(cached);
        fill(uncached);
        batch = cached.newBatch();
    }

    private void fill(RocksRowStore store) {
        RowBatch rows = store.newBatch();
        for (int i = 0; i < KEYS; i++) {
            rows.putMeta(KeyHash.of(0, keys[i]), 0, keys[i], row);
            if (rows.size() == 1000) {
                store.write(rows);
                rows.clear();
            }
        }
        store.flush();
        for (byte[] key : keys) {
            store.meta(KeyHash.of(0, key), 0, key, ReadMode.DISK);
        }
    }

    /** Closes and deletes both. */
    @TearDown
    public void close() throws IOException {
        cached.close();
        uncached.close();
        scratch.close();
    }

    /** From the row cache, which takes in what it has not yet. */
    @Benchmark
    public byte[] readCached() {
        byte[] key = random();
        return Objects.requireNonNull(cached.meta(KeyHash.of(0, key), 0, key, ReadMode.DISK));
    }

    /** From the block cache. */
    @Benchmark
    public byte[] readBlocks() {
        byte[] key = random();
        return Objects.requireNonNull(uncached.meta(KeyHash.of(0, key), 0, key, ReadMode.MEMORY));
    }

    /** As a turn of a hundred commands writes them. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void write() {
        batch.clear();
        for (int i = 0; i < BATCH; i++) {
            byte[] key = random();
            batch.putMeta(KeyHash.of(0, key), 0, key, row);
        }
        cached.write(batch);
    }

    private byte[] random() {
        return keys[ThreadLocalRandom.current().nextInt(KEYS)];
    }
}
