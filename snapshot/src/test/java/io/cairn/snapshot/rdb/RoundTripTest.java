package io.cairn.snapshot.rdb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RoundTripTest {
    private static final RdbOrigin ORIGIN = new RdbOrigin("0123456789abcdef0123456789abcdef01234567", 1L << 40, 2);

    @Test
    void readsWhatItWrote() throws IOException {
        for (long seed = 1; seed <= 20; seed++) {
            Dump dump = RandomDump.of(seed, 200);
            RdbWriteOptions options = RdbWriteOptions.STREAM
                    .withCompression(seed % 2 == 0)
                    .withChecksum(seed % 3 != 0)
                    .withBufferBytes(seed % 5 == 0 ? 64 : 8192);
            byte[] rdb = write(dump, options);
            int readBytes = seed % 4 == 0 ? 64 : 4096;
            assertEquals(dump, read(rdb, RdbReadOptions.DEFAULT.withBufferBytes(readBytes)), "seed " + seed);
        }
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

    @Test
    void compressesAndDecompresses() throws BadEncodingException {
        Lzf lzf = new Lzf();
        byte[] output = new byte[200_000];
        for (String text : List.of("a".repeat(100_000), "abc".repeat(300), "x" + "12345678".repeat(9000), "aaaab")) {
            byte[] input = Dump.bytes(text);
            int length = lzf.compress(input, output, input.length);
            if (length > 0) {
                assertArrayEquals(input, Lzf.decompress(Arrays.copyOf(output, length), input.length));
            }
        }
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
