package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.wal.simulation.Seeded;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;

/** What the cache of elements knows of versions whose rows it has seen from the first on. */
class WholeVersionsTest {
    private static final byte[] NOTHING = new byte[0];

    private final RowCache cache = new RowCache(RowCache.Kind.ELEMENTS, 4 << 20);

    @Test
    void whatAVersionLacksIsNotThere() {
        cache.begins(7);
        assertSame(RowCache.ABSENT, find(key(7, 1)));
        assertSame(RowCache.MISS, find(key(8, 1)));
        put(key(7, 1), NOTHING, true);
        assertArrayEquals(NOTHING, find(key(7, 1)));
        assertNotSame(RowCache.ABSENT, find(key(7, 1)));
        put(key(7, 1), bytes("longer than before"), false);
        assertArrayEquals(bytes("longer than before"), find(key(7, 1)));
        put(key(7, 1), RowChanges.DELETED, false);
        assertSame(RowCache.ABSENT, find(key(7, 1)));
        put(key(7, 1), bytes("again, and longer than anything before"), true);
        assertArrayEquals(bytes("again, and longer than anything before"), find(key(7, 1)));
        assertSame(RowCache.ABSENT, find(key(7, 2)));
        assertEquals(1, figure("whole_versions"));
        cache.ends(7);
        assertSame(RowCache.MISS, find(key(7, 2)));
        assertEquals(0, figure("whole_versions"));
    }

    @Test
    void aRowThatIsNotTakenEndsIt() {
        cache.begins(7);
        put(key(7, 1), bytes("written without being looked for"), false);
        assertSame(RowCache.MISS, find(key(7, 1)));
        assertSame(RowCache.MISS, find(key(7, 2)));

        cache.begins(8);
        put(key(8, 1), bytes("row"), true);
        put(key(8, 1), new byte[RowLog.RECORD_MAX], false);
        assertSame(RowCache.MISS, find(key(8, 1)));
        assertSame(RowCache.MISS, find(key(8, 2)));

        cache.begins(9);
        put(key(9, 1), new byte[RowLog.RECORD_MAX], true);
        assertSame(RowCache.MISS, find(key(9, 1)));
    }

    @Test
    void aRangeThatIsDeletedLeavesNothing() {
        cache.begins(7);
        put(key(7, 1), bytes("row"), true);
        RowChanges range = new RowChanges(1);
        range.addRange(RowStoreContract.row(7), RowStoreContract.row(8));
        cache.apply(range);
        assertSame(RowCache.ABSENT, find(key(7, 1)));
    }

    @Test
    void rowsThatDoNotCountMakeWayFirst() {
        RowCache tight = new RowCache(RowCache.Kind.ELEMENTS, 8 << 20);
        for (int version = 1; version <= 40; version++) {
            tight.begins(version);
            for (int i = 0; i < 10_000; i++) {
                put(tight, key(version, i), NOTHING, true);
            }
            byte[] unknown = key(version, 10_001);
            assertSame(RowCache.ABSENT, tight.find(RowHash.of(unknown), 0, unknown), "version " + version);
            RowChanges range = new RowChanges(1);
            range.addRange(RowStoreContract.row(version), RowStoreContract.row(version + 1));
            tight.apply(range);
            tight.ends(version);
        }
    }

    @Test
    void neverTakesARowThatWasEvictedForAbsent() {
        Random random = new Random(11);
        Map<Integer, byte[]> model = new HashMap<>();
        int version = 0;
        int wholes = 0;
        for (int step = 0; step < 400_000; step++) {
            if (step % 100_000 == 0) {
                version++;
                model.clear();
                cache.begins(version);
            }
            int number = random.nextInt(60_000);
            byte[] before = model.get(number);
            if (random.nextInt(3) == 0) {
                byte[] row = bytes("x".repeat(random.nextInt(200)));
                put(key(version, number), row, before == null);
                model.put(number, row);
                continue;
            }
            byte[] found = find(key(version, number));
            if (found == RowCache.ABSENT) {
                assertEquals(null, before);
                wholes++;
            } else if (found != RowCache.MISS) {
                assertArrayEquals(before, found);
            }
        }
        assertTrue(wholes > 10_000, "known to be absent " + wholes);
        assertEquals(0, figure("whole_versions"));
        assertTrue(figure("evictions") > 0);
    }

    /** What is known of the rows of one version: the number of the last write begun and done for each, 0 for none. */
    private record Epoch(
            long version, AtomicReferenceArray<byte[]> behind, AtomicIntegerArray begun, AtomicIntegerArray done) {
        Epoch(long version, int keys) {
            this(version, new AtomicReferenceArray<>(keys), new AtomicIntegerArray(keys), new AtomicIntegerArray(keys));
        }
    }

    /** One writer and readers: a read gives a state no older than what was written before it began. */
    @Seeded(runs = 1, longRuns = 100)
    void neverMissesARowOnceItsWriteHasReturned(long seed) throws Exception {
        int keys = 4000;
        AtomicReference<Epoch> epoch = new AtomicReference<>(newEpoch(1, keys));
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger wholes = new AtomicInteger();
        List<Throwable> failures = new ArrayList<>();
        List<Thread> readers = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            Random random = new Random(seed + t + 1);
            readers.add(new Thread(() -> {
                try {
                    while (!stop.get()) {
                        readOne(epoch.get(), random.nextInt(keys), wholes);
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
            if (number % 20_000 == 0) {
                cache.ends(epoch.get().version());
                epoch.set(newEpoch(number, keys));
            }
            writeOne(epoch.get(), random.nextInt(random.nextBoolean() ? 30 : keys), number, random);
        }
        while (wholes.get() == 0 && failures.isEmpty()) {
            cache.ends(epoch.get().version());
            epoch.set(newEpoch(epoch.get().version() + 1, keys)); // readers that had no turn yet find an empty version
        }
        stop.set(true);
        for (Thread reader : readers) {
            reader.join();
        }
        assertEquals(List.of(), failures);
    }

    private Epoch newEpoch(long version, int keys) {
        cache.begins(version);
        return new Epoch(version, keys);
    }

    /** Numbers divisible by seven are deletes. */
    private void writeOne(Epoch epoch, int at, int number, Random random) {
        byte[] row = number % 7 == 0
                ? null
                : bytes(number + ":" + "x".repeat(random.nextInt(random.nextInt(20) == 0 ? 2000 : 60)));
        boolean isNew = epoch.behind().get(at) == null;
        epoch.begun().set(at, number);
        epoch.behind().set(at, row == null ? NOTHING : row);
        put(key(epoch.version(), at), row == null ? RowChanges.DELETED : row, isNew && row != null);
        epoch.done().set(at, number);
    }

    private void readOne(Epoch epoch, int at, AtomicInteger wholes) {
        byte[] key = key(epoch.version(), at);
        int hash = RowHash.of(key);
        int least = epoch.done().get(at);
        byte[] row = cache.find(hash, 0, key);
        if (row == RowCache.MISS) {
            long stamp = cache.stamp(hash);
            byte[] behind = epoch.behind().get(at);
            row = behind == NOTHING ? null : behind;
            cache.fill(hash, 0, key, row, stamp);
        } else if (row == RowCache.ABSENT) {
            row = null;
            wholes.incrementAndGet();
        }
        int most = epoch.begun().get(at);
        if (row == null) {
            boolean possible = least == 0 || least % 7 == 0 || most != least;
            assertTrue(possible, "absent between " + least + " and " + most);
            return;
        }
        String text = new String(row, StandardCharsets.UTF_8);
        int number = Integer.parseInt(text.substring(0, text.indexOf(':')));
        assertTrue(number >= least && number <= most, number + " is not between " + least + " and " + most);
    }

    // ---- shorthand

    private static byte[] key(long version, int number) {
        byte[] prefix = RowStoreContract.row(version);
        byte[] name = bytes("member:" + number);
        byte[] key = new byte[prefix.length + name.length];
        System.arraycopy(prefix, 0, key, 0, prefix.length);
        System.arraycopy(name, 0, key, prefix.length, name.length);
        return key;
    }

    private byte[] find(byte[] key) {
        return cache.find(RowHash.of(key), 0, key);
    }

    private void put(byte[] key, byte[] row, boolean isNew) {
        put(cache, key, row, isNew);
    }

    private static void put(RowCache cache, byte[] key, byte[] row, boolean isNew) {
        RowChanges changes = new RowChanges(1);
        changes.add(RowHash.of(key), 0, key, row);
        if (isNew) {
            changes.lastIsNew();
        }
        cache.apply(changes);
    }

    private long figure(String name) {
        Map<String, Long> stats = new LinkedHashMap<>();
        cache.stats("element_cache", stats);
        return stats.getOrDefault("element_cache_" + name, -1L);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
