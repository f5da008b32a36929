package io.cairn.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log over a real file system. */
class WalTest {
    private static final WalOptions OPTIONS =
            WalOptions.defaults().withSegmentBytes(64).withBootId(() -> "boot");

    @TempDir
    Path path;

    private Wal open() throws IOException {
        return Wal.open(FsDirectory.open(path), OPTIONS, () -> 1000, 100, () -> "new-id");
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static List<String> records(Wal wal, long from) throws IOException {
        List<String> all = new ArrayList<>();
        wal.replay(
                from,
                (start, bytes, db, millis) ->
                        all.add(start + ":" + StandardCharsets.US_ASCII.decode(bytes) + ":" + db + ":" + millis));
        return all;
    }

    @Test
    void returnsWhatWasAppendedAfterReopening() throws IOException {
        try (Wal wal = open()) {
            assertEquals(100, wal.end());
            assertEquals(105, wal.append(bytes("hello"), 0, 1));
            assertEquals(112, wal.append(bytes("big "), bytes("dog"), 3, 2));
            for (int i = 0; i < 20; i++) {
                wal.append(bytes("record " + i), 3, 10 + i);
            }
            assertTrue(wal.segments().size() > 2, wal.segments().toString());
        }
        try (Wal wal = open()) {
            List<String> all = records(wal, 100);
            assertEquals("100:hello:0:1", all.get(0));
            assertEquals("105:big dog:3:2", all.get(1));
            assertEquals(22, all.size());
            assertEquals(all.subList(2, 22), records(wal, 112));
            assertEquals(0, wal.streamDbAt(111));
            assertEquals(3, wal.streamDbAt(112));
            assertEquals(-1, wal.streamDbAt(104));
            assertEquals(2, wal.millisAt(106));
            assertThrows(IllegalArgumentException.class, () -> wal.replay(106, (s, b, d, m) -> {}));
            assertEquals(LogIdentity.of("new-id"), wal.identity());
            assertTrue(wal.recovery().closedCleanly());
        }
    }

    @Test
    void readerCrossesSegmentsAndFollowsTheEnd() throws IOException {
        try (Wal wal = open();
                WalReader reader = wal.reader(100)) {
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < 30; i++) {
                expected.append("record ").append(i).append('\n');
                wal.append(bytes("record " + i + "\n"), 0, i);
            }
            ByteBuffer all = ByteBuffer.allocate(1000);
            assertEquals(expected.length(), reader.read(all));
            assertEquals(
                    expected.toString(),
                    StandardCharsets.US_ASCII.decode(all.flip()).toString());
            assertEquals(0, reader.read(ByteBuffer.allocate(10)));
            wal.append(bytes("more"), 0, 99);
            assertEquals(4, reader.available());
            Path target = path.resolve("copy");
            try (FileChannel copy = FileChannel.open(
                    target, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
                reader.seek(100);
                for (Region region = reader.next(50); region != null; region = reader.next(50)) {
                    region.channel().transferTo(region.filePosition(), region.length(), copy);
                    region.release();
                }
                ByteBuffer copied = ByteBuffer.allocate(1000);
                copy.read(copied, 0);
                assertEquals(
                        expected + "more",
                        StandardCharsets.US_ASCII.decode(copied.flip()).toString());
            }
        }
    }

    @Test
    void retentionStopsAtPinsAndFloor() throws IOException {
        try (Wal wal = open()) {
            wal.retention(1, 0);
            for (int i = 0; i < 30; i++) {
                wal.append(bytes("0123456789012345678901234567890123456789"), 0, i);
            }
            wal.sync();
            wal.retain(0);
            assertEquals(100, wal.start());
            wal.floor(500);
            Pin pin = wal.pin("replica", 300);
            wal.retain(0);
            assertEquals(300, wal.start());
            pin.advance(410);
            wal.retain(0);
            assertEquals(380, wal.start());
            pin.close();
            wal.retain(0);
            assertEquals(500, wal.start());
            assertThrows(LogTruncatedException.class, () -> wal.reader(499));
            assertThrows(LogTruncatedException.class, () -> wal.pin("late", 499));
        }
        try (Wal wal = open()) {
            assertEquals(500, wal.start());
            assertEquals(20, wal.verify());
        }
    }
}
