package io.cairn.bench.micro;

import io.cairn.bench.process.Scratch;
import io.cairn.wal.FsDirectory;
import io.cairn.wal.Wal;
import io.cairn.wal.WalOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
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
 * Appending the requests of a turn to the log, a request; synced a segment.
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
public class LogAppend {
    private static final int REQUESTS = 100;

    private final ByteBuffer record = ByteBuffer.wrap(Sample.setRequests(REQUESTS));
    private Scratch scratch;
    private Wal wal;

    /** Opens an empty log. */
    @Setup
    public void open() throws IOException {
        scratch = Scratch.create();
        WalOptions options = WalOptions.defaults().withRetention(256 << 20, 0);
        wal = Wal.open(
                FsDirectory.open(scratch.directory("wal")),
                options,
                System::currentTimeMillis,
                0,
                () -> "a".repeat(40));
    }

    /** Closes and deletes it. */
    @TearDown
    public void close() throws IOException {
        wal.close();
        scratch.close();
    }

    /** One record. */
    @Benchmark
    @OperationsPerInvocation(REQUESTS)
    public long append() throws IOException {
        long end = wal.append(record.rewind(), 0, System.currentTimeMillis());
        if (wal.rolled() > 0) {
            wal.sync(); // the server has a thread for it
            wal.floor(wal.durable());
            wal.retain(System.currentTimeMillis());
        }
        return end;
    }
}
