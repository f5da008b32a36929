package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.wal.simulation.Seeded;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** Over a sorted map in the place of RocksDB. */
class RangeCacheTest {
    private static final int VERSIONS = 3;

    private final NavigableMap<byte[], byte[]> rows = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
    private RangeCache cache = new RangeCache(1 << 20);
    private int opened;

    @Test
    void readsOnceAndThenFollowsWrites() {
        for (int i = 0; i < 1000; i++) {
            write(key(1, i), new byte[] {1});
        }
        assertEquals(1000, walk(1, true).size());
        int before = opened;
        write(key(1, 500), null);
        write(key(1, 2000), new byte[] {2});
        write(key(1, 7), new byte[] {3});
        List<byte[]> found = walk(1, true);
        assertEquals(1000, found.size());
        assertArrayEquals(key(1, 2000), found.get(999));
        List<byte[]> against = walk(1, false);
        assertEquals(1000, against.size());
        assertArrayEquals(key(1, 7), against.get(992));
        try (RowCursor cursor = cursor(1, null)) {
            cursor.seek(key(1, 7));
            assertArrayEquals(new byte[] {3}, cursor.value());
            cursor.seek(key(1, 500));
            assertArrayEquals(key(1, 501), cursor.key());
        }
        assertEquals(before, opened, "went behind the cache again");
    }

    @Test
    void addsNothingThatMayHaveChangedMeanwhile() {
        write(key(1, 1), new byte[] {1});
        try (RowCursor cursor = cursor(1, null)) {
            cursor.seekToFirst();
            write(key(2, 1), new byte[] {1}); // another collection
        }
        assertEquals(1, figure("ranges"));
        try (RowCursor cursor = cursor(2, null)) {
            cursor.seek(key(2, 5)); // opens the cursor behind the cache
            write(key(2, 2), new byte[] {1});
            cursor.seek(key(2, 0));
        }
        assertEquals(2, walk(2, true).size());
    }

    @Test
    void forgetsWhatIsDeletedAsARange() {
        for (int version = 0; version < 6; version++) {
            write(key(version, 1), new byte[] {1});
            assertEquals(1, walk(version, true).size());
        }
        deleteRange(2, 3);
        assertEquals(List.of(), walk(2, true));
        deleteRange(0, 5);
        for (int version = 0; version < 6; version++) {
            assertEquals(version == 5 ? 1 : 0, walk(version, true).size());
        }
    }

    @Test
    void keepsWithinItsMemoryAndTheRestStaysReadable() {
        cache = new RangeCache(64 << 10);
        for (int i = 0; i < 20_000; i++) {
            write(key(i % 7, i), new byte[10]);
        }
        Random random = new Random(1);
        for (int i = 0; i < 3000; i++) {
            int number = random.nextInt(20_000);
            try (RowCursor cursor = cursor(number % 7, null)) {
                cursor.seek(key(number % 7, number));
                assertArrayEquals(key(number % 7, number), cursor.key());
            }
            assertTrue(figure("bytes") <= 64 << 10, () -> "bytes are " + figure("bytes"));
        }
        assertTrue(figure("bytes") > 32 << 10, () -> "bytes are " + figure("bytes"));
    }

    /** A collection that is written and not read must not cost its writers for good. */
    @Test
    void letsGoOfWhatIsWrittenAndNotRead() {
        write(key(1, 0), new byte[] {1});
        walk(1, true);
        for (int i = 1; i < 10_000; i++) {
            write(key(1, i), new byte[] {1});
        }
        assertTrue(figure("bytes") < 100_000, () -> "bytes are " + figure("bytes"));
        assertEquals(10_000, walk(1, true).size());
    }

    @Test
    void letsGoOfCollectionsOfWhichNothingIsLeft() {
        for (int version = 0; version < 200; version++) {
            write(key(version, 1), new byte[] {1});
            walk(version, true);
            write(key(version, 2), new byte[3000]); // longer than what is kept
        }
        assertEquals(0, figure("ranges"));
        assertEquals(0, figure("bytes"));
        for (int version = 0; version < 200; version++) {
            write(key(version, 2), null);
            walk(version, true);
            for (int i = 0; i < 20; i++) {
                write(key(version, i), i % 2 == 0 ? null : new byte[] {1});
            }
        }
        assertEquals(0, figure("ranges"));
        assertEquals(0, figure("bytes"));
        assertEquals(10, walk(0, true).size());
    }

    @Test
    void drawsFromAllRowsOnceItHasReadThem() {
        int count = 1500;
        for (int i = 0; i < count; i++) {
            write(key(1, i * i), new byte[] {1});
        }
        Random random = new Random(5);
        int unknown = 0;
        RowCursor.Pick drawn = draw(count, random);
        for (; drawn == null; drawn = draw(count, random)) {
            assertTrue(++unknown < 100, "does not get to know all rows");
        }
        int[] hits = new int[count];
        for (int i = 0; i < 100 * count; i++) {
            RowCursor.Pick pick = draw(count, random);
            assertNotNull(pick);
            hits[(int) Math.round(Math.sqrt(ByteBuffer.wrap(pick.key()).getInt(8)))]++;
        }
        double chiSquare = 0;
        for (int hit : hits) {
            chiSquare += (hit - 100.0) * (hit - 100.0) / 100.0;
        }
        // mean 1499, standard deviation 55; with a fixed seed the figure is always the same
        assertTrue(chiSquare < 1499 + 4 * 55, "chi square is " + chiSquare);
    }

    @Test
    void drawsNothingFromMoreThanItMayKeep() {
        write(key(1, 1), new byte[] {1});
        for (int i = 0; i < 10; i++) {
            assertNull(draw(1 << 20, new Random(i)));
        }
        assertEquals(0, figure("ranges"));
    }

    /** Writes and cursors at random, with reads that would block and rows that are not kept, against the plain map. */
    @Seeded(runs = 20, longRuns = 2000)
    void behavesAsTheRowsBehindIt(long seed) {
        Random random = new Random(seed);
        rows.clear();
        cache = new RangeCache(random.nextBoolean() ? 1 << 20 : 8 << 10);
        int keys = 20 + random.nextInt(2000);
        for (int step = 0; step < 1500; step++) {
            if (random.nextInt(3) > 0) {
                change(random, keys);
                continue;
            }
            int version = random.nextInt(VERSIONS);
            try (RowCursor cursor = cursor(version, random)) {
                wander(random, cursor, version, keys);
            }
        }
        for (int version = 0; version < VERSIONS; version++) {
            assertKeys(rows.subMap(bound(version), bound(version + 1)).keySet(), walk(version, true));
        }
        assertTrue(figure("bytes") <= 1 << 20);
        deleteRange(0, VERSIONS);
        assertEquals(0, figure("bytes"));
        assertEquals(0, figure("ranges"));
    }

    private void change(Random random, int keys) {
        RowChanges changes = new RowChanges(4);
        NavigableMap<byte[], byte[]> after = new TreeMap<>(Arrays::compareUnsigned);
        List<byte[]> deleted = new ArrayList<>();
        for (int i = random.nextInt(8); i >= 0; i--) {
            byte[] key = key(random.nextInt(VERSIONS), random.nextInt(keys));
            if (random.nextInt(5) < 2) {
                changes.add(0, 0, key, RowChanges.DELETED);
                deleted.add(key);
                after.remove(key);
            } else {
                byte[] value = new byte[random.nextInt(40) == 0 ? 3000 : random.nextInt(30)];
                random.nextBytes(value);
                changes.add(0, 0, key, value);
                after.put(key, value);
            }
        }
        deleted.forEach(rows::remove);
        rows.putAll(after);
        cache.apply(Family.ROWS, changes);
    }

    private void wander(Random random, RowCursor cursor, int version, int keys) {
        NavigableMap<byte[], byte[]> all = rows.subMap(bound(version), true, bound(version + 1), false);
        Map.Entry<byte[], byte[]> at = null;
        boolean known = false;
        for (int move = 0; move < 40; move++) {
            byte[] key = key(version, random.nextInt(keys));
            int what = random.nextInt(known && at != null ? 20 : 4);
            try {
                switch (what) {
                    case 0 -> {
                        at = all.ceilingEntry(key);
                        known = false;
                        cursor.seek(key);
                    }
                    case 1 -> {
                        at = all.floorEntry(key);
                        known = false;
                        cursor.seekForPrev(key);
                    }
                    case 2 -> {
                        at = all.firstEntry();
                        known = false;
                        cursor.seekToFirst();
                    }
                    case 3 -> {
                        at = all.lastEntry();
                        known = false;
                        cursor.seekToLast();
                    }
                    default -> {
                        boolean up = what < 12;
                        byte[] from = at == null ? key : at.getKey();
                        at = up ? all.higherEntry(from) : all.lowerEntry(from);
                        known = false;
                        if (up) {
                            cursor.next();
                        } else {
                            cursor.prev();
                        }
                    }
                }
                known = true;
                assertEquals(at != null, cursor.valid());
                if (at != null) {
                    assertArrayEquals(at.getKey(), cursor.key());
                    assertArrayEquals(at.getValue(), cursor.value());
                }
                if (random.nextInt(10) == 0) {
                    known = false;
                    checkPick(random, cursor, all, version, keys);
                }
            } catch (WouldBlockException e) {
                known = false; // the next one is a seek
            }
        }
    }

    private void checkPick(Random random, RowCursor cursor, NavigableMap<byte[], byte[]> all, int version, int keys) {
        int from = random.nextInt(keys);
        byte[] low = key(version, from);
        byte[] high = key(version, from + random.nextInt(keys));
        int index = random.nextInt(30);
        RowCursor.Pick pick = cursor.pick(low, high, index, 100);
        List<byte[]> within = List.copyOf(all.subMap(low, high).keySet());
        assertEquals(Math.min(100, within.size()), pick.count());
        assertArrayEquals(index < within.size() ? within.get(index) : new byte[0], pick.key());
    }

    /** One writer, readers: a read gives a state no older than what was written before it began. */
    @Seeded(runs = 1, longRuns = 100)
    void neverShowsAnOlderRowOnceAWriteHasReturned(long seed) throws Exception {
        int keys = 600;
        cache = new RangeCache(16 << 10);
        AtomicIntegerArray begun = new AtomicIntegerArray(keys);
        AtomicIntegerArray done = new AtomicIntegerArray(keys);
        AtomicBoolean stop = new AtomicBoolean();
        List<Throwable> failures = new ArrayList<>();
        List<Thread> readers = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            Random random = new Random(seed + t + 1);
            Thread reader = new Thread(() -> {
                try {
                    while (!stop.get()) {
                        readSome(random, keys, begun, done);
                    }
                } catch (Throwable e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            });
            readers.add(reader);
            reader.start();
        }
        Random random = new Random(seed);
        for (int number = 1; number < 100_000 && failures.isEmpty(); number++) {
            int at = random.nextInt(random.nextBoolean() ? 30 : keys);
            begun.set(at, number);
            byte[] value = ByteBuffer.allocate(4).putInt(number).array();
            write(key(1, at), number % 7 == 0 ? null : value);
            done.set(at, number);
        }
        stop.set(true);
        for (Thread reader : readers) {
            reader.join();
        }
        assertEquals(List.of(), failures);
    }

    /** Numbers divisible by seven are deletes. */
    private void readSome(Random random, int keys, AtomicIntegerArray begun, AtomicIntegerArray done) {
        int at = random.nextInt(keys);
        int[] least = new int[10];
        for (int i = 0; i < least.length && at + i < keys; i++) {
            least[i] = done.get(at + i);
        }
        int next = at;
        try (RowCursor cursor = cursor(1, null)) {
            for (cursor.seek(key(1, at)); cursor.valid() && next < Math.min(at + least.length, keys); cursor.next()) {
                int number = ByteBuffer.wrap(cursor.key()).getInt(8);
                for (; next < Math.min(number, Math.min(at + least.length, keys)); next++) {
                    int from = least[next - at];
                    assertTrue(from % 7 == 0 || begun.get(next) != from, "absent though " + from + " was written");
                }
                if (number < at + least.length) {
                    int found = ByteBuffer.wrap(cursor.value()).getInt();
                    assertTrue(found >= least[number - at], found + " is older than " + least[number - at]);
                    next = number + 1;
                }
            }
        }
    }

    // ---- shorthand

    private void write(byte[] key, byte[] value) {
        RowChanges changes = new RowChanges(1);
        if (value == null) {
            rows.remove(key);
            changes.add(0, 0, key, RowChanges.DELETED);
        } else {
            rows.put(key, value);
            changes.add(0, 0, key, value);
        }
        cache.apply(Family.ROWS, changes);
    }

    private void deleteRange(int from, int to) {
        rows.subMap(bound(from), bound(to)).clear();
        RowChanges changes = new RowChanges(1);
        changes.addRange(bound(from), bound(to));
        cache.apply(Family.ROWS, changes);
    }

    private RowCursor cursor(int version, Random mayBlock) {
        byte[] from = bound(version);
        byte[] to = bound(version + 1);
        RowCursor cursor = cache.cursor(Family.ROWS, from, to, behind(from, to, mayBlock));
        assertNotNull(cursor);
        return cursor;
    }

    private RangeCursor.Behind behind(byte[] from, byte[] to, Random mayBlock) {
        return new RangeCursor.Behind() {
            @Override
            public RowCursor open() {
                opened++;
                return new Behind(rows.subMap(from, true, to, false), mayBlock);
            }

            @Override
            public void reading(byte[] key, byte[] last, boolean missed) {
                assertTrue(Arrays.compareUnsigned(key, from) >= 0 && Arrays.compareUnsigned(key, to) <= 0);
                assertTrue(last == from || last == to);
            }
        };
    }

    private RowCursor.Pick draw(long count, Random random) {
        byte[] from = bound(1);
        byte[] to = bound(2);
        return cache.random(Family.ROWS, from, to, count, random, behind(from, to, null));
    }

    private List<byte[]> walk(int version, boolean up) {
        List<byte[]> found = new ArrayList<>();
        try (RowCursor cursor = cursor(version, null)) {
            if (up) {
                cursor.seekToFirst();
            } else {
                cursor.seekToLast();
            }
            while (cursor.valid()) {
                found.add(cursor.key());
                if (up) {
                    cursor.next();
                } else {
                    cursor.prev();
                }
            }
        }
        return found;
    }

    private static void assertKeys(Iterable<byte[]> expected, List<byte[]> found) {
        List<String> all = new ArrayList<>();
        expected.forEach(key -> all.add(Arrays.toString(key)));
        assertEquals(all, found.stream().map(Arrays::toString).toList());
    }

    private long figure(String name) {
        Map<String, Long> stats = new LinkedHashMap<>();
        cache.stats(stats);
        return stats.getOrDefault("range_cache_" + name, -1L);
    }

    private static byte[] key(int version, int number) {
        return ByteBuffer.allocate(12).putLong(version).putInt(number).array();
    }

    private static byte[] bound(int version) {
        return ByteBuffer.allocate(8).putLong(version).array();
    }

    /** A cursor as RocksDB has it: over the rows as they were when it was opened. */
    private static final class Behind implements RowCursor {
        private final NavigableMap<byte[], byte[]> rows = new TreeMap<>(Arrays::compareUnsigned);
        private final Random mayBlock;
        private Map.Entry<byte[], byte[]> at;

        Behind(NavigableMap<byte[], byte[]> rows, Random mayBlock) {
            this.rows.putAll(rows);
            this.mayBlock = mayBlock;
        }

        private void moved(Map.Entry<byte[], byte[]> to) {
            at = null;
            if (mayBlock != null && mayBlock.nextInt(50) == 0) {
                throw WouldBlockException.INSTANCE;
            }
            at = to;
        }

        @Override
        public void seek(byte[] key) {
            moved(rows.ceilingEntry(key));
        }

        @Override
        public void seekToFirst() {
            moved(rows.firstEntry());
        }

        @Override
        public void seekToLast() {
            moved(rows.lastEntry());
        }

        @Override
        public void seekForPrev(byte[] key) {
            moved(rows.floorEntry(key));
        }

        @Override
        public boolean valid() {
            return at != null;
        }

        @Override
        public void next() {
            moved(rows.higherEntry(at.getKey()));
        }

        @Override
        public void prev() {
            moved(rows.lowerEntry(at.getKey()));
        }

        @Override
        public byte[] key() {
            return at.getKey().clone();
        }

        @Override
        public byte[] value() {
            return at.getValue();
        }

        @Override
        public void close() {}
    }
}
