package io.cairn.wal;

import static io.cairn.wal.Logs.append;
import static io.cairn.wal.Logs.open;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.wal.simulation.SimulatedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tail readers, alone and beside an appender, a syncer and retention. */
class WalReaderTest {
    private final SimulatedDirectory directory = new SimulatedDirectory(6);

    private static String read(WalReader reader, int max) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(max);
        reader.read(target);
        return StandardCharsets.US_ASCII.decode(target.flip()).toString();
    }

    @Test
    void readsNoFurtherThanItsLimit() throws IOException {
        try (Wal wal = open(directory, "boot", SyncPolicy.ALWAYS);
                WalReader appended = wal.reader(1000);
                WalReader durable = wal.reader(1000, ReadLimit.DURABLE);
                WalReader replicable = wal.reader(1000, ReadLimit.REPLICABLE)) {
            append(wal, "one");
            assertEquals("one", read(appended, 100));
            assertEquals("", read(durable, 100));
            assertEquals(0, replicable.available());
            assertNull(replicable.next(100));
            wal.sync();
            append(wal, "two");
            assertEquals("one", read(durable, 100));
            assertEquals("one", read(replicable, 100));
            wal.policy(SyncPolicy.EVERYSEC);
            append(wal, "three");
            assertEquals("twothree", read(replicable, 100));
            assertEquals("two", read(durable, 100));
        }
    }

    @Test
    void startsAtAnyByteBetweenStartAndEnd() throws IOException {
        try (Wal wal = open(directory, "boot")) {
            append(wal, "a".repeat(60), "bcd");
            try (WalReader reader = wal.reader(1061)) {
                assertEquals("cd", read(reader, 100));
            }
            try (WalReader reader = wal.reader(wal.end())) {
                assertEquals("", read(reader, 100));
                reader.seek(1059);
                assertEquals("ab", read(reader, 2));
                assertEquals(1061, reader.position());
            }
            assertThrows(IllegalArgumentException.class, () -> wal.reader(1064));
            assertThrows(LogTruncatedException.class, () -> wal.reader(999));
        }
    }

    @Test
    void regionNeverCrossesSegmentAndOutlivesRetentionAndItsReader() throws IOException {
        try (Wal wal = open(directory, "boot")) {
            append(wal, "a".repeat(60), "b".repeat(60), "c");
            wal.sync();
            WalReader reader = wal.reader(1030);
            Region region = reader.next(1000);
            assertNotNull(region);
            assertEquals(30, region.length());
            assertEquals(1030, region.position());
            assertEquals(30, region.filePosition());
            reader.close();
            wal.floor(1060);
            wal.retention(1, 0);
            wal.retain(0);
            assertEquals(1060, wal.start());
            ByteBuffer bytes = ByteBuffer.allocate(30);
            assertEquals(30, region.channel().read(bytes, 30));
            assertEquals("a".repeat(30), new String(bytes.array(), StandardCharsets.US_ASCII));
            region.release();
            region.release();
            assertThrows(IOException.class, () -> region.channel().read(ByteBuffer.allocate(1), 0));
            assertThrows(IOException.class, () -> reader.next(1));
        }
    }

    @Test
    void readerLeftBehindByRetentionSaysSo() throws IOException {
        try (Wal wal = open(directory, "boot")) {
            WalReader behind = wal.reader(1000);
            append(wal, "a".repeat(60), "b".repeat(60), "c".repeat(60), "d");
            wal.sync();
            assertEquals("aa", read(behind, 2));
            wal.floor(1120);
            wal.retention(1, 0);
            wal.retain(0);
            assertEquals("a".repeat(58), read(behind, 58), "the segment it stands in is still there");
            LogTruncatedException gone = assertThrows(LogTruncatedException.class, () -> read(behind, 1));
            assertEquals(1060, gone.requested());
            assertEquals(1120, gone.start());
        }
    }

    @Test
    void readersSeeExactlyTheStreamWhileItIsAppendedRolledAndTrimmed(@TempDir Path path) throws Exception {
        int total = 1 << 20;
        WalOptions options = new WalOptions(8192, 20_000, 0, SyncPolicy.EVERYSEC, () -> "boot");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Wal wal = Wal.open(FsDirectory.open(path), options, () -> 0, 0, () -> Logs.ID);
                GroupSync sync = new GroupSync(wal, System::nanoTime)) {
            sync.start();
            List<Future<Long>> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Pin pin = wal.pin("reader-" + i, 0);
                WalReader reader = wal.reader(0, i == 2 ? ReadLimit.DURABLE : ReadLimit.APPENDED);
                boolean regions = i == 1;
                readers.add(threads.submit(() -> follow(reader, pin, regions, total)));
            }
            SplittableRandom random = new SplittableRandom(7);
            while (wal.end() < total) {
                byte[] record = new byte[(int) Math.min(total - wal.end(), 1 + random.nextInt(3000))];
                for (int i = 0; i < record.length; i++) {
                    record[i] = byteAt(wal.end() + i);
                }
                wal.append(ByteBuffer.wrap(record), 0, 0);
                if (random.nextInt(20) == 0) {
                    wal.floor(wal.durable());
                    wal.retain(0);
                    sync.requestSync(wal.end());
                }
            }
            sync.requestSync(total);
            for (Future<Long> reader : readers) {
                assertEquals(total, reader.get(60, TimeUnit.SECONDS));
            }
            wal.sync();
            wal.floor(total);
            wal.retain(0);
            assertTrue(wal.start() > total - 40_000, "start " + wal.start());
            assertTrue(wal.verify() > 0);
        } finally {
            threads.shutdownNow();
        }
    }

    private static byte byteAt(long position) {
        return (byte) (position * 31 + (position >> 8));
    }

    private static long follow(WalReader reader, Pin pin, boolean regions, long total) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(5000);
        try (reader;
                pin) {
            while (reader.position() < total) {
                long from = reader.position();
                chunk.clear();
                if (regions) {
                    Region region = reader.next(chunk.capacity());
                    if (region != null) {
                        chunk.limit(region.length());
                        while (chunk.hasRemaining()) {
                            region.channel().read(chunk, region.filePosition() + chunk.position());
                        }
                        region.release();
                    }
                } else {
                    reader.read(chunk);
                }
                for (int i = 0; i < chunk.position() && reader.position() > from; i++) {
                    if (chunk.get(i) != byteAt(from + i)) {
                        throw new AssertionError("byte " + (from + i));
                    }
                }
                pin.advance(reader.position());
                if (reader.position() == from) {
                    Thread.onSpinWait();
                }
            }
            return reader.position();
        }
    }

    @Test
    void lookupsBesideTheAppenderFindWholeRecords(@TempDir Path path) throws Exception {
        WalOptions options = new WalOptions(4096, 0, 0, SyncPolicy.NO, () -> "boot");
        ExecutorService threads = Executors.newFixedThreadPool(1);
        try (Wal wal = Wal.open(FsDirectory.open(path), options, () -> 0, 0, () -> Logs.ID)) {
            Callable<Integer> asker = () -> {
                int asked = 0;
                while (wal.end() < 200_000) {
                    long end = wal.end() / 10 * 10;
                    if (end > 0) {
                        assertEquals((int) (end / 10), wal.streamDbAt(end));
                        assertEquals(end / 10, wal.millisAt(end - 3));
                        assertTrue(wal.isBoundary(end) && !wal.isBoundary(end - 1));
                        asked++;
                    }
                }
                return asked;
            };
            Future<Integer> answers = threads.submit(asker);
            for (int i = 1; i <= 20_000; i++) {
                wal.append(Logs.bytes("0123456789"), i, i);
            }
            assertTrue(answers.get(60, TimeUnit.SECONDS) > 0);
        } finally {
            threads.shutdownNow();
        }
    }
}
