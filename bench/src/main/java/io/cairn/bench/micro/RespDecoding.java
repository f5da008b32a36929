package io.cairn.bench.micro;

import io.cairn.server.resp.RequestDecoder;
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
 * Decoding of pipelined SET requests, a request.
 *
 * <p><i>Confined to the benchmark's threads.</i>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class RespDecoding {
    private static final int REQUESTS = 16;

    private final byte[] window = Sample.setRequests(REQUESTS);
    private final RequestDecoder decoder = new RequestDecoder();

    /** All requests of one window. */
    @Benchmark
    @OperationsPerInvocation(REQUESTS)
    public int setRequests() {
        decoder.window(window, 0, window.length);
        int arguments = 0;
        for (byte[][] request = decoder.next(); request != null; request = decoder.next()) {
            arguments += request.length;
        }
        decoder.release();
        return arguments;
    }
}
