package io.cairn.bench.micro;

import io.cairn.snapshot.rdb.Crc64;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * CRC64 of snapshots, a byte.
 *
 * <p><i>Confined to the benchmark's threads.</i>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class Checksums {
    private static final int BYTES = 64 << 10;

    private final byte[] bytes = Sample.bytes(BYTES);

    /** One buffer. */
    @Benchmark
    @OperationsPerInvocation(BYTES)
    public long crc64() {
        return Crc64.update(0, bytes, 0, bytes.length);
    }
}
