package io.cairn.bench.micro;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.entry.ValueType;
import io.cairn.snapshot.rdb.RdbEvents;
import io.cairn.snapshot.rdb.RdbHeader;
import io.cairn.snapshot.rdb.RdbInput;
import io.cairn.snapshot.rdb.RdbOutput;
import io.cairn.snapshot.rdb.RdbReadOptions;
import io.cairn.snapshot.rdb.RdbReader;
import io.cairn.snapshot.rdb.RdbWriteOptions;
import io.cairn.snapshot.rdb.RdbWriter;
import java.io.ByteArrayOutputStream;
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
 * The RDB codec over string keys, a key.
 *
 * <p><i>Confined to the benchmark's threads.</i>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class Snapshots {
    private static final int KEYS = 10_000;

    private final byte[][] keys = Sample.keys(KEYS);
    private final byte[] value = Sample.bytes(Sample.VALUE_BYTES);
    private byte[] encoded = new byte[0];

    /** Makes what is decoded. */
    @Setup
    public void prepare() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(RdbOutput.to(out));
        encoded = out.toByteArray();
    }

    /** Nothing to close. */
    @TearDown
    public void close() {
        encoded = new byte[0];
    }

    /** Into an output that drops the bytes. */
    @Benchmark
    @OperationsPerInvocation(KEYS)
    public long encode() throws IOException {
        return write(bytes -> bytes.position(bytes.limit()));
    }

    private long write(RdbOutput output) throws IOException {
        RdbWriter writer = new RdbWriter(output, RdbWriteOptions.STREAM);
        writer.header(new RdbHeader(0, 0, null));
        writer.database(0, KEYS, 0);
        for (byte[] key : keys) {
            writer.string(0, key, -1, value);
        }
        writer.finish();
        return writer.writtenBytes();
    }

    /** Into a sink that counts. */
    @Benchmark
    @OperationsPerInvocation(KEYS)
    public long decode() throws IOException {
        Counter counter = new Counter();
        new RdbReader(RdbInput.from(ByteBuffer.wrap(encoded)), RdbReadOptions.DEFAULT).read(counter, RdbEvents.NONE);
        return counter.bytes;
    }

    private static final class Counter implements EntrySink {
        private long bytes;

        @Override
        public void string(int db, byte[] key, long expireAtMillis, byte[] content) {
            bytes += key.length + content.length;
        }

        @Override
        public void begin(int db, byte[] key, long expireAtMillis, ValueType type, long count) {
            bytes += key.length;
        }

        @Override
        public void element(byte[] element) {
            bytes += element.length;
        }

        @Override
        public void pair(byte[] field, byte[] content) {
            bytes += field.length + content.length;
        }

        @Override
        public void scored(byte[] member, double score) {
            bytes += member.length;
        }

        @Override
        public void part(StreamPart part) {
            bytes++;
        }

        @Override
        public void end() {
            bytes++;
        }
    }
}
