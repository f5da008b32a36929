package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.keyspace.KeyHash;
import io.cairn.wal.simulation.Seeded;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;

class RowCacheTest {
    private final RowCache cache = new RowCache(RowCache.Kind.METAS, 2 << 20);

    @Test
    void findsWhatWasWritten() {
        put(1, "a", "row");
        assertEquals("row", find(1, "a"));
        assertSame(RowCache.MISS, raw(1, "b"));
        assertSame(RowCache.MISS, raw(2, "a"));
        put(1, "a", "raw");
        assertEquals("raw", find(1, "a"));
        put(1, "a", "a much longer row than there was before");
        assertEquals("a much longer row than there was before", find(1, "a"));
        put(1, "a", "");
        assertEquals("", find(1, "a"));
    }

    @Test
    void remembersThatADeletedKeyIsAbsent() {
        put(1, "a", "row");
        delete(1, "a");
        assertSame(RowCache.ABSENT, raw(1, "a"));
        put(1, "a", "row of another length");
        assertEquals("row of another length", find(1, "a"));
        delete(1, "unknown");
        assertSame(RowCache.MISS, raw(1, "unknown"));
    }

    @Test
    void fillsOnlyIfNothingWasWrittenMeanwhile() {
        long stamp = cache.stamp(hash(1, "a"));
        cache.fill(hash(1, "a"), 1, bytes("a"), null, stamp);
        assertSame(RowCache.ABSENT, raw(1, "a"));

        stamp = cache.stamp(hash(1, "b"));
        put(1, "b", "new");
        cache.fill(hash(1, "b"), 1, bytes("b"), bytes("old"), stamp);
        assertEquals("new", find(1, "b"));

        stamp = cache.stamp(hash(1, "c"));
        delete(1, "c");
        cache.fill(hash(1, "c"), 1, bytes("c"), bytes("old"), stamp);
        assertSame(RowCache.MISS, raw(1, "c"));

        stamp = cache.stamp(hash(3, "d"));
        RowChanges range = new RowChanges(4);
        range.addRange(new byte[] {0, 0, 0, 3}, new byte[] {0, 0, 0, 4});
        cache.apply(range);
        cache.fill(hash(3, "d"), 3, bytes("d"), bytes("old"), stamp);
        assertSame(RowCache.MISS, raw(3, "d"));
    }

    @Test
    void dropsNamespacesWithoutSearchingThem() {
        for (int i = 0; i < 100; i++) {
            put(i % 3, "k" + i, "v" + i);
        }
        dropNamespace(1);
        assertSame(RowCache.MISS, raw(1, "k1"));
        assertEquals("v2", find(2, "k2"));
        put(1, "k1", "again");
        assertEquals("again", find(1, "k1"));
        put(1, "k1", "more");
        delete(1, "k4");
        assertEquals("more", find(1, "k1"));
        assertSame(RowCache.MISS, raw(1, "k4"));
        dropNamespace(1);
        assertSame(RowCache.MISS, raw(1, "k1"));
        for (int i = 0; i < 50_000; i++) {
            put(2, "other" + i, "rows push the log round");
        }
        put(1, "k1", "third time");
        assertEquals("third time", find(1, "k1"));
        assertSame(RowCache.MISS, raw(1, "k7"));
    }

    @Test
    void dropsMoreNamespacesThanItRemembers() {
        for (int space = 0; space < 12_000; space++) {
            put(space, "k", "v");
            dropNamespace(space);
        }
        put(5, "k", "w");
        assertEquals("w", find(5, "k"));
        assertSame(RowCache.MISS, raw(6, "k"));
        assertSame(RowCache.MISS, raw(11_999, "k"));
    }

    @Test
    void keepsElementsOnlyOnceTheyWereRead() {
        RowCache elements = new RowCache(RowCache.Kind.ELEMENTS, 2 << 20);
        byte[] key = RowStoreContract.row(7, 1);
        int hash = RowHash.of(key);
        RowChanges put = new RowChanges(1);
        put.add(hash, 0, key, bytes("v"));
        elements.apply(put);
        assertSame(RowCache.MISS, elements.find(hash, 0, key));
        elements.fill(hash, 0, key, bytes("v"), elements.stamp(hash));
        assertArrayEquals(bytes("v"), elements.find(hash, 0, key));
        RowChanges longer = new RowChanges(1);
        longer.add(hash, 0, key, bytes("a longer value than before"));
        elements.apply(longer);
        assertArrayEquals(bytes("a longer value than before"), elements.find(hash, 0, key));
        RowChanges range = new RowChanges(1);
        range.addRange(RowStoreContract.row(7), RowStoreContract.row(8));
        elements.apply(range);
        assertSame(RowCache.MISS, elements.find(hash, 0, key));
        elements.fill(hash, 0, key, null, elements.stamp(hash));
        assertSame(RowCache.ABSENT, elements.find(hash, 0, key));
    }

    private void dropNamespace(int namespace) {
        RowChanges range = new RowChanges(1);
        range.addRange(RowNode.fullKey(namespace, new byte[0]), RowNode.fullKey(namespace + 1, new byte[0]));
        cache.apply(range);
    }

    @Test
    void letsGoOfARowThatHasBecomeTooLarge() {
        put(1, "a", "row");
        RowChanges changes = new RowChanges(4);
        changes.add(hash(1, "a"), 1, bytes("a"), new byte[RowLog.RECORD_MAX]);
        cache.apply(changes);
        assertSame(RowCache.MISS, raw(1, "a"));
    }

    @Test
    void staysWithinItsBoundsAndRightWhileItEvicts() {
        Random random = new Random(9);
        Map<String, byte[]> model = new HashMap<>();
        int found = 0;
        for (int step = 0; step < 300_000; step++) {
            String key = "key" + random.nextInt(20_000);
            if (random.nextInt(3) == 0) {
                byte[] row = new byte[random.nextInt(600)];
                random.nextBytes(row);
                RowChanges changes = new RowChanges(1);
                changes.add(hash(1, key), 1, bytes(key), row);
                cache.apply(changes);
                model.put(key, row);
            } else {
                byte[] row = raw(1, key);
                if (row != RowCache.MISS) {
                    found++;
                    assertArrayEquals(model.get(key), row);
                }
            }
        }
        assertTrue(found > 10_000, "found " + found);
        assertTrue(figure("row_cache_bytes") <= 2 << 20, () -> stats().toString());
        assertTrue(figure("row_cache_evictions") > 0, () -> stats().toString());
        assertTrue(figure("row_cache_live_bytes") > 1 << 19, () -> stats().toString());
    }

    @Test
    void keepsHotRowsWhileColdOnesPassThrough() {
        for (int i = 0; i < 100; i++) {
            put(1, "hot" + i, "row " + i);
        }
        for (int cold = 0; cold < 100_000; cold++) {
            put(1, "cold" + cold, "a row that nobody reads");
            if (cold % 10 == 0) {
                find(1, "hot" + cold / 10 % 100);
            }
        }
        int kept = 0;
        for (int i = 0; i < 100; i++) {
            kept += raw(1, "hot" + i) == RowCache.MISS ? 0 : 1;
        }
        assertTrue(kept >= 95, "kept " + kept);
    }

    @Test
    void keepsColdRowsWhileHotOnesGrowAndShrink() {
        put(1, "cold", "row");
        for (int i = 0; i < 200_000; i++) {
            put(1, "hot", "x".repeat(1 + i % 100));
        }
        assertEquals("row", find(1, "cold"));
    }

    /**
     * One writer, readers that fill from the map behind the cache. A read must give a state no older than what was written
     * before it began and no younger than what was begun before it ended.
     */
    @Seeded(runs = 1, longRuns = 200)
    void neverServesAnOlderRowOnceAWriteHasReturned(long seed) throws Exception {
        int keys = 3000;
        AtomicReferenceArray<byte[]> behind = new AtomicReferenceArray<>(keys);
        AtomicIntegerArray begun = new AtomicIntegerArray(keys);
        AtomicIntegerArray done = new AtomicIntegerArray(keys);
        AtomicBoolean stop = new AtomicBoolean();
        List<Throwable> failures = new ArrayList<>();
        List<Thread> readers = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            Random random = new Random(seed + t + 1);
            readers.add(new Thread(() -> {
                try {
                    while (!stop.get()) {
                        readOne(random.nextInt(keys), behind, begun, done);
                    }
                } catch (Throwable e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            }));
        }
        readers.forEach(Thread::start);
        Random random = new Random(seed);
        for (int number = 1; number < 400_000 && failures.isEmpty(); number++) {
            int at = random.nextInt(random.nextBoolean() ? 30 : keys);
            writeOne(at, number, random, behind, begun, done);
        }
        stop.set(true);
        for (Thread reader : readers) {
            reader.join();
        }
        assertEquals(List.of(), failures);
    }

    /** Numbers divisible by seven are deletes; a row starts with its number. */
    private void writeOne(
            int at,
            int number,
            Random random,
            AtomicReferenceArray<byte[]> behind,
            AtomicIntegerArray begun,
            AtomicIntegerArray done) {
        byte[] key = bytes("k" + at);
        int hash = KeyHash.of(1, key);
        RowChanges changes = new RowChanges(1);
        byte[] row = number % 7 == 0
                ? null
                : (number + ":" + "x".repeat(random.nextInt(random.nextInt(20) == 0 ? 2000 : 60)))
                        .getBytes(StandardCharsets.UTF_8);
        begun.set(at, number);
        behind.set(at, row);
        changes.add(hash, 1, key, row == null ? RowChanges.DELETED : row);
        cache.apply(changes);
        done.set(at, number);
    }

    private void readOne(
            int at, AtomicReferenceArray<byte[]> behind, AtomicIntegerArray begun, AtomicIntegerArray done) {
        byte[] key = bytes("k" + at);
        int hash = KeyHash.of(1, key);
        int least = done.get(at);
        byte[] row = cache.find(hash, 1, key);
        if (row == RowCache.MISS) {
            long stamp = cache.stamp(hash);
            row = behind.get(at);
            cache.fill(hash, 1, key, row, stamp);
        } else if (row == RowCache.ABSENT) {
            row = null;
        }
        int most = begun.get(at);
        if (row == null) {
            // Absent at first, after a delete, or in the middle of a span that may hold one.
            boolean possible = least == 0 || least % 7 == 0 || most != least;
            assertTrue(possible, "absent between " + least + " and " + most);
            return;
        }
        String text = new String(row, StandardCharsets.UTF_8);
        int number = Integer.parseInt(text.substring(0, text.indexOf(':')));
        assertTrue(number >= least && number <= most, number + " is not between " + least + " and " + most);
    }

    // ---- shorthand

    private void put(int namespace, String key, String row) {
        RowChanges changes = new RowChanges(1);
        changes.add(hash(namespace, key), namespace, bytes(key), bytes(row));
        cache.apply(changes);
    }

    private void delete(int namespace, String key) {
        RowChanges changes = new RowChanges(1);
        changes.add(hash(namespace, key), namespace, bytes(key), RowChanges.DELETED);
        cache.apply(changes);
    }

    private byte[] raw(int namespace, String key) {
        return cache.find(hash(namespace, key), namespace, bytes(key));
    }

    private String find(int namespace, String key) {
        byte[] row = raw(namespace, key);
        return row == RowCache.MISS ? "(miss)" : new String(row, StandardCharsets.UTF_8);
    }

    private long figure(String name) {
        return stats().getOrDefault(name, -1L);
    }

    private Map<String, Long> stats() {
        Map<String, Long> stats = new LinkedHashMap<>();
        cache.stats("row_cache", stats);
        return stats;
    }

    private static int hash(int namespace, String key) {
        return KeyHash.of(namespace, bytes(key));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
