package io.cairn.snapshot.rdb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairn.wal.simulation.Seeded;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoundTripTest {
    private static final RdbOrigin ORIGIN = new RdbOrigin("0123456789abcdef0123456789abcdef01234567", 1L << 40, 2);

    @Seeded(runs = 10, longRuns = 1000)
    void readsWhatItWrote(long seed) throws IOException {
        Dump dump = RandomDump.withStreams(seed, 200);
        Random random = new Random(seed);
        RdbWriteOptions options = RdbWriteOptions.STREAM
                .withCompression(random.nextBoolean())
                .withChecksum(random.nextBoolean())
                .withBufferBytes(64 << random.nextInt(12));
        byte[] rdb = write(dump, options);
        assertEquals(dump, read(rdb, RdbReadOptions.DEFAULT.withBufferBytes(64 << random.nextInt(12))));
    }

    @Test
    void stopsBehindTheChecksumAndGivesBackTheRest() throws IOException {
        byte[] rdb = write(RandomDump.of(3, 50), RdbWriteOptions.STREAM);
        byte[] more = new byte[1000];
        ByteBuffer both =
                ByteBuffer.allocate(rdb.length + more.length).put(rdb).put(more).flip();
        RdbReader reader = new RdbReader(RdbInput.from(both), RdbReadOptions.DEFAULT);
        assertEquals(rdb.length, reader.read(new Dump(), RdbEvents.NONE));
        assertEquals(more.length, reader.rest().remaining() + both.remaining());
    }

    @Test
    void carriesTheReplicationPositionAndTheSizes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RdbWriter writer = new RdbWriter(RdbOutput.to(bytes), RdbWriteOptions.STREAM);
        writer.header(new RdbHeader(1_700_000_000, 12345, ORIGIN));
        writer.database(1, 1, 70_000);
        writer.string(1, new byte[] {1}, -1, new byte[] {2});
        writer.finish();
        assertEquals(bytes.size(), writer.writtenBytes());
        List<String> sizes = new ArrayList<>();
        RdbFields fields = new RdbFields();
        new RdbReader(RdbInput.from(ByteBuffer.wrap(bytes.toByteArray())), RdbReadOptions.DEFAULT)
                .read(new Dump(), new RdbEvents() {
                    @Override
                    public void aux(String name, byte[] value) {
                        fields.aux(name, value);
                    }

                    @Override
                    public void databaseSize(int db, long keys, long expires) {
                        sizes.add(db + " " + keys + " " + expires);
                    }
                });
        assertEquals(List.of("1 1 70000"), sizes);
        assertEquals(Optional.of(ORIGIN), fields.origin());
        assertEquals("12345", fields.field("used-mem"));
    }

    static byte[] write(Dump dump, RdbWriteOptions options) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RdbWriter writer = new RdbWriter(RdbOutput.to(bytes), options);
        writer.header(new RdbHeader(1_700_000_000, 1 << 20, ORIGIN));
        dump.drain(writer);
        writer.finish();
        return bytes.toByteArray();
    }

    static Dump read(byte[] rdb, RdbReadOptions options) throws IOException {
        Dump dump = new Dump();
        RdbReader reader = new RdbReader(RdbInput.from(ByteBuffer.wrap(rdb)), options);
        assertEquals(rdb.length, reader.read(dump, RdbEvents.NONE));
        return dump;
    }
}
