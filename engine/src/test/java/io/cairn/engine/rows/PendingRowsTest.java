package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows wait, are found meanwhile, go in order and as whole batches. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PendingRowsTest {
    private static final long WINDOW_BYTES = 1 << 14;

    @Test
    void findsWhatWaitsAndForgetsWhatIsApplied() {
        CountDownLatch blocked = new CountDownLatch(1);
        PendingRows rows = new PendingRows(batch -> await(blocked), 1 << 20);
        rows.add(meta("k", "one"));
        rows.add(meta("k", "two"));
        assertArrayEquals(bytes("two"), rows.find(Family.META, 7, 1, bytes("k")));
        RocksBatch gone = new RocksBatch();
        gone.deleteMeta(7, 1, bytes("k"));
        gone.put(Family.SCORES, bytes("s"), bytes("row"));
        rows.add(gone);
        assertSame(RowChanges.DELETED, rows.find(Family.META, 7, 1, bytes("k")));
        assertNull(rows.find(Family.META, 7, 2, bytes("k")));
        blocked.countDown();
        rows.drain();
        assertNull(rows.find(Family.META, 7, 1, bytes("k")));
        assertEquals(0, rows.rows());
        rows.close();
    }

    @Test
    void settlesOnlyForRangesThatWait() {
        CountDownLatch blocked = new CountDownLatch(1);
        PendingRows rows = new PendingRows(batch -> await(blocked), 1 << 20);
        RocksBatch batch = new RocksBatch();
        batch.put(Family.SYSTEM, bytes("b"), bytes("row"));
        rows.add(batch);
        // None of these waits for the blocked application.
        rows.settle(Family.SYSTEM, bytes("c"), null, ReadMode.DISK);
        rows.settle(Family.SYSTEM, bytes("a"), bytes("b"), ReadMode.DISK);
        rows.settle(Family.SCORES, bytes(""), null, ReadMode.DISK);
        blocked.countDown();
        rows.settle(Family.SYSTEM, bytes("a"), null, ReadMode.DISK);
        assertEquals(0, rows.rows());
        rows.close();
    }

    /** A key's row is always the newest that was added before the look, wherever it is just then. */
    @Test
    void losesNothingBetweenWindows() throws InterruptedException {
        AtomicLong stored = new AtomicLong();
        AtomicInteger batches = new AtomicInteger();
        PendingRows rows = new PendingRows(
                batch -> {
                    batches.incrementAndGet();
                    stored.set(counterIn(batch));
                },
                WINDOW_BYTES);
        AtomicLong written = new AtomicLong();
        AtomicLong wrong = new AtomicLong();
        Thread reader = new Thread(() -> {
            while (written.get() < 50_000) {
                long before = written.get();
                byte[] row = rows.find(Family.META, 1, 0, bytes("counter"));
                long found = row == null ? stored.get() : ByteBuffer.wrap(row).getLong();
                if (found < before) {
                    wrong.set(before);
                }
            }
        });
        reader.start();
        for (long number = 1; number <= 50_000; number++) {
            RocksBatch batch = new RocksBatch();
            batch.putMeta(
                    1,
                    0,
                    bytes("counter"),
                    ByteBuffer.allocate(8).putLong(number).array());
            batch.putMeta((int) number, 0, bytes("other" + number % 1000), new byte[20]);
            rows.add(batch);
            written.set(number);
        }
        reader.join();
        rows.drain();
        assertEquals(0, wrong.get());
        assertEquals(50_000, stored.get());
        assertTrue(batches.get() > 10, "windows: " + batches.get());
        rows.close();
    }

    /** The first key in order is the counter's: its row follows header, type, family, lengths and key. */
    private static long counterIn(byte[] batch) {
        return ByteBuffer.wrap(batch).getLong(12 + 2 + 1 + 4 + "counter".length() + 1);
    }

    @Test
    void aWriterWaitsForTheApplier() throws InterruptedException {
        CountDownLatch blocked = new CountDownLatch(1);
        PendingRows rows = new PendingRows(batch -> await(blocked), WINDOW_BYTES);
        AtomicInteger added = new AtomicInteger();
        Thread writer = new Thread(() -> {
            for (int i = 0; i < 200; i++) {
                rows.add(meta("k" + i, "x".repeat(2000)));
                added.incrementAndGet();
            }
        });
        writer.start();
        while (writer.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertTrue(added.get() <= 5 * WINDOW_BYTES / 2000, "added " + added.get());
        blocked.countDown();
        writer.join();
        rows.drain();
        assertEquals(200, added.get());
        rows.close();
    }

    @Test
    void closingLetsAWaitingWriterGo() throws InterruptedException {
        CountDownLatch blocked = new CountDownLatch(1);
        PendingRows rows = new PendingRows(batch -> await(blocked), WINDOW_BYTES);
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; ; i++) {
                    rows.add(meta("k" + i, "x".repeat(2000)));
                }
            } catch (StorageException e) {
                end.set(e);
            }
        });
        writer.start();
        while (writer.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        Thread closer = new Thread(rows::close);
        closer.start();
        writer.join();
        assertEquals("row store is closed", String.valueOf(end.get().getMessage()));
        blocked.countDown();
        closer.join();
    }

    @Test
    void aFailureStaysAndIsTold() {
        StorageException cause = new StorageException("disk is gone");
        PendingRows rows = new PendingRows(
                batch -> {
                    throw cause;
                },
                WINDOW_BYTES);
        rows.add(meta("k", "row"));
        assertThrows(StorageException.class, rows::drain);
        StorageException later = assertThrows(StorageException.class, () -> rows.add(meta("k", "other")));
        assertSame(cause, later.getCause());
        assertThrows(StorageException.class, rows::drain);
        assertArrayEquals(bytes("row"), rows.find(Family.META, 7, 1, bytes("k")));
        rows.close();
    }

    /** Else the thread would be gone, those who wait for it would wait for ever, and the next window would take this one's place. */
    @Test
    void anErrorOfWhateverKindIsAFailure() throws InterruptedException {
        PendingRows rows = new PendingRows(
                batch -> {
                    throw new StackOverflowError("of a test");
                },
                WINDOW_BYTES);
        Thread writer = new Thread(() -> {
            for (int i = 0; ; i++) {
                rows.add(meta("k" + i, "x".repeat(2000)));
            }
        });
        AtomicReference<Throwable> end = new AtomicReference<>();
        writer.setUncaughtExceptionHandler((thread, e) -> end.set(e));
        writer.start();
        writer.join();
        assertInstanceOf(StorageException.class, end.get());
        assertThrows(StorageException.class, rows::drain);
        assertEquals(2000, rows.find(Family.META, 7, 1, bytes("k0")).length);
        rows.close();
    }

    private static RocksBatch meta(String key, String row) {
        RocksBatch batch = new RocksBatch();
        batch.putMeta(7, 1, bytes(key), bytes(row));
        return batch;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
