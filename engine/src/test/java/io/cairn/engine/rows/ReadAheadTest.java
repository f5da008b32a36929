package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When something is read ahead, and what: rows are numbers of a collection, of 4 KiB each. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ReadAheadTest {
    private static final long ROW_BYTES = 4 << 10;
    private static final long FIRST = ReadAhead.FIRST_BYTES / ROW_BYTES;
    private static final long MOST = 8 * FIRST;

    /** Walks that were asked for: from, number of rows. */
    private final BlockingQueue<String> walks = new LinkedBlockingQueue<>();

    /** The walks that may end. */
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

    private long others = 2;
    private volatile boolean reachesTheLast;
    private volatile boolean fails;
    private final ReadAhead ahead = new ReadAhead(this::walk, MOST * ROW_BYTES);

    @AfterEach
    void close() {
        ends.add("the last");
        ahead.close();
    }

    private ReadAhead.Reach walk(Family family, byte[] from, byte[] towards, long bytes) {
        long start = number(from);
        long rows = bytes / ROW_BYTES;
        walks.add(ByteBuffer.wrap(from).getLong() + ": " + start + " " + rows);
        try {
            ends.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (fails) {
            throw new StorageException("the disk is gone");
        }
        long step = number(towards) < start ? -1 : 1;
        return new ReadAhead.Reach(
                key(1, start + step * rows / 2), reachesTheLast ? null : key(1, start + step * rows));
    }

    private static byte[] key(long collection, long number) {
        return ByteBuffer.allocate(16).putLong(collection).putLong(number).array();
    }

    private static long number(byte[] key) {
        return ByteBuffer.wrap(key).getLong(8);
    }

    private void miss(long collection, long number, long towards) {
        ahead.reading(Family.ROWS, key(collection, number), key(collection, towards), true);
    }

    private void hit(long number, long towards) {
        ahead.reading(Family.ROWS, key(1, number), key(1, towards), false);
    }

    /** What is read next; nothing else was asked for. */
    private @Nullable String walked() throws InterruptedException {
        return walks.poll(60, TimeUnit.SECONDS);
    }

    /** Has the walk end, and waits until the thread has gone on to another collection's. */
    private void end() throws InterruptedException {
        ends.add("this one");
        others += 256;
        miss(others, 1, 9);
        miss(others, 2, 9);
        assertEquals(others + ": 2 " + FIRST, walked());
        ends.add("and the other one");
    }

    @Test
    void readsNothingForOneMissOrForHits() {
        miss(1, 5, 1_000_000);
        miss(1, 5, 1_000_000);
        for (int i = 0; i < 100; i++) {
            hit(i, 1_000_000);
        }
        miss(1, 2, 1_000_000); // not further on
        miss(257, 6, 1_000_000); // another one in the same place
        miss(1, 7, 1_000_000);
        ahead.reading(Family.SCORES, key(1, 8), key(1, 1_000_000), true);
        ahead.reading(Family.SCORES, new byte[3], new byte[3], true);
        assertNull(walks.poll());
    }

    @Test
    void staysInFrontOfWhoReadsOn() throws InterruptedException {
        miss(1, 5, 1_000_000);
        miss(1, 7, 1_000_000);
        assertEquals("1: 7 " + FIRST, walked());
        miss(1, 8, 1_000_000); // under way
        end();
        hit(7 + FIRST / 2, 1_000_000);
        hit(7 + FIRST / 2 + 1, 1_000_000);
        assertEquals("1: " + (7 + FIRST) + " " + 2 * FIRST, walked());
        end();
        hit(7 + 4 * FIRST, 1_000_000); // faster than the walk: on from there
        assertEquals("1: " + (7 + 4 * FIRST) + " " + 4 * FIRST, walked());
        end();
        miss(1, 7 + 20 * FIRST, 1_000_000);
        assertEquals("1: " + (7 + 20 * FIRST) + " " + MOST, walked());
        end();
        miss(1, 7 + 40 * FIRST, 1_000_000);
        assertEquals("1: " + (7 + 40 * FIRST) + " " + MOST, walked());
        reachesTheLast = true;
        end();
        hit(7 + 80 * FIRST, 1_000_000); // nothing more follows
        assertNull(walks.poll());
    }

    @Test
    void goesBackwardToo() throws InterruptedException {
        miss(1, 1000, 0);
        miss(1, 1001, 0);
        miss(1, 999, 0);
        assertEquals("1: 999 " + FIRST, walked());
        end();
        hit(999 - FIRST / 2, 0);
        hit(998 - FIRST / 2, 0);
        assertEquals("1: " + (999 - FIRST) + " " + 2 * FIRST, walked());
    }

    @Test
    void survivesAFailure() throws InterruptedException {
        fails = true;
        miss(1, 5, 1_000_000);
        miss(1, 7, 1_000_000);
        assertEquals("1: 7 " + FIRST, walked());
        end();
        fails = false;
        miss(1, 8, 1_000_000);
        miss(1, 9, 1_000_000);
        assertEquals("1: 9 " + FIRST, walked());
    }
}
