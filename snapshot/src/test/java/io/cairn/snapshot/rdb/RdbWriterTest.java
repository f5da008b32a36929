package io.cairn.snapshot.rdb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.ValueType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class RdbWriterTest {
    private static final byte[] X = {'x'};

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final RdbWriter writer = new RdbWriter(RdbOutput.to(bytes), RdbWriteOptions.STREAM);

    @Test
    void refusesACountThatIsNotTrue() throws IOException {
        for (int given : new int[] {0, 1, 3}) {
            RdbWriter each = new RdbWriter(RdbOutput.to(bytes), RdbWriteOptions.STREAM);
            each.begin(0, X, -1, ValueType.LIST, 2);
            for (int i = 0; i < given; i++) {
                each.element(X);
            }
            refuses(each::end);
        }
    }

    @Test
    void refusesCollectionsWithoutElementsOrWithoutACount() {
        for (long count : new long[] {0, EntrySink.UNKNOWN_COUNT}) {
            assertThrows(IllegalArgumentException.class, () -> writer.begin(0, X, -1, ValueType.LIST, count));
        }
        assertThrows(IllegalArgumentException.class, () -> writer.begin(0, X, -1, ValueType.STRING, 1));
    }

    @Test
    void refusesElementsOfAnotherType() throws IOException {
        refuses(() -> writer.element(X));
        refuses(() -> writer.end());
        writer.begin(0, X, -1, ValueType.HASH, 1);
        refuses(() -> writer.element(X));
        refuses(() -> writer.scored(X, 1));
        refuses(() -> writer.string(0, X, -1, X));
        refuses(() -> writer.begin(0, X, -1, ValueType.SET, 1));
        refuses(() -> writer.database(1, 1, 0));
        refuses(writer::finish);
        writer.pair(X, X);
        writer.end();
        writer.begin(0, X, -1, ValueType.SET, 1);
        refuses(() -> writer.pair(X, X));
    }

    private static void refuses(Executable call) {
        assertThrows(IllegalStateException.class, call);
    }

    @Test
    void failsIfTheOutputDoesNotTakeEverything() throws IOException {
        RdbWriter unlucky = new RdbWriter(buffer -> buffer.get(), RdbWriteOptions.STREAM);
        unlucky.string(0, X, -1, X);
        assertThrows(IOException.class, unlucky::flush);
    }

    @Test
    void handsOverFullBuffers() throws IOException {
        List<Integer> sizes = new ArrayList<>();
        RdbWriter counted = new RdbWriter(
                buffer -> {
                    sizes.add(buffer.remaining());
                    buffer.position(buffer.limit());
                },
                RdbWriteOptions.STREAM.withBufferBytes(1000));
        counted.string(0, X, -1, new byte[10_000]);
        counted.finish();
        assertEquals(10_000 / 1000, sizes.stream().filter(size -> size == 1000).count());
        assertEquals(
                counted.writtenBytes(),
                sizes.stream().mapToLong(Integer::longValue).sum());
    }

    @Test
    void writesLengthsOfAllWidths() throws IOException {
        long[] lengths = {0, 63, 64, 16383, 16384, 0xFFFF_FFFFL, 0x1_0000_0000L, Long.MAX_VALUE};
        writer.header(new RdbHeader(0, 0, null));
        for (long length : lengths) {
            writer.database(0, length, length);
        }
        writer.finish();
        List<Long> read = new ArrayList<>();
        RdbEvents events = new RdbEvents() {
            @Override
            public void databaseSize(int db, long keys, long expires) {
                assertEquals(keys, expires);
                read.add(keys);
            }
        };
        new RdbReader(RdbInput.from(ByteBuffer.wrap(bytes.toByteArray())), RdbReadOptions.DEFAULT)
                .read(new Dump(), events);
        assertArrayEquals(lengths, read.stream().mapToLong(Long::longValue).toArray());
    }

    @Test
    void goesThroughStreamsAndChannelsAlike() throws IOException {
        Dump dump = RandomDump.withStreams(31, 50);
        byte[] expected = RoundTripTest.write(dump, RdbWriteOptions.STREAM);
        ByteArrayOutputStream channel = new ByteArrayOutputStream();
        RdbOutput.to(Channels.newChannel(channel)).write(ByteBuffer.wrap(expected));
        assertArrayEquals(expected, channel.toByteArray());
        ByteBuffer direct =
                ByteBuffer.allocateDirect(expected.length).put(expected).flip();
        RdbOutput.to(bytes).write(direct);
        assertArrayEquals(expected, bytes.toByteArray());
        assertEquals(0, direct.remaining());
        for (RdbInput input : List.of(
                RdbInput.from(new ByteArrayInputStream(expected)),
                RdbInput.from(Channels.newChannel(new ByteArrayInputStream(expected))),
                RdbInput.from(ByteBuffer.wrap(expected)))) {
            Dump loaded = new Dump();
            new RdbReader(input, RdbReadOptions.DEFAULT).read(loaded, RdbEvents.NONE);
            assertEquals(dump, loaded);
        }
        ByteBuffer into = ByteBuffer.allocateDirect(expected.length + 1);
        RdbInput input = RdbInput.from(new ByteArrayInputStream(expected));
        assertEquals(expected.length, input.read(into));
        assertEquals(-1, input.read(into));
        assertEquals(ByteBuffer.wrap(expected), into.flip());
    }

    @Test
    void aPositionIsWholeOrNone() {
        RdbFields fields = new RdbFields();
        String id = "8371b4fb1155b71f4a04d3e1bc3e18c4a990aeeb";
        fields.aux("repl-id", Dump.bytes(id));
        assertEquals(Optional.empty(), fields.origin());
        fields.aux("repl-offset", Dump.bytes("12"));
        assertEquals(Optional.of(new RdbOrigin(id, 12, -1)), fields.origin());
        fields.aux("repl-stream-db", Dump.bytes("garbage"));
        assertEquals(Optional.empty(), fields.origin());
        fields.aux("repl-stream-db", Dump.bytes("3"));
        assertEquals(Optional.of(new RdbOrigin(id, 12, 3)), fields.origin());
        fields.aux("repl-id", Dump.bytes("short"));
        assertEquals(Optional.empty(), fields.origin());
        assertThrows(IllegalArgumentException.class, () -> new RdbOrigin("short", 12, 3));
    }

    @Test
    void findsAnElementTwiceInALargeCollectionAndForgetsItForTheNext() throws IOException {
        for (boolean twice : new boolean[] {false, true}) {
            bytes.reset();
            RdbWriter large = new RdbWriter(RdbOutput.to(bytes), RdbWriteOptions.STREAM);
            large.header(new RdbHeader(0, 0, null));
            for (int key = 0; key < 2; key++) {
                int count = key == 0 ? 100_000 : 3;
                large.begin(0, new byte[] {(byte) key}, -1, ValueType.SET, count);
                for (int i = 0; i < count; i++) {
                    large.element(Dump.bytes("member " + (i == count - 1 && key == 0 && twice ? 5 : i)));
                }
                large.end();
            }
            large.finish();
            if (!twice) {
                RoundTripTest.read(bytes.toByteArray(), RdbReadOptions.DEFAULT);
            } else {
                CorruptRdbException e = assertThrows(
                        CorruptRdbException.class,
                        () -> RoundTripTest.read(bytes.toByteArray(), RdbReadOptions.DEFAULT));
                assertTrue(e.toString().contains("member\\x205"), e.toString());
            }
        }
    }
}
