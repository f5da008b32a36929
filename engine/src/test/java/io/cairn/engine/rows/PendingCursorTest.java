package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.cairn.wal.simulation.Seeded;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/** Cursors over rows of which some wait and some are applied, against an ordered map; rows that come, go and come back. */
class PendingCursorTest {
    private static final int KEYS = 400;

    private final TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);

    @Seeded(runs = 8)
    void showsWhatWaitsAndWhatIsApplied(long seed, @TempDir Path directory) {
        Random random = new Random(seed);
        model.clear();
        try (RocksRowStore store = RocksRowStore.open(directory.resolve("rows"), RocksOptions.small())) {
            for (int round = 0; round < 300; round++) {
                write(store, random);
                if (random.nextInt(10) == 0) {
                    store.flush();
                }
                if (random.nextInt(3) == 0) {
                    walk(store, random);
                }
            }
            store.flush();
            walk(store, random);
        }
        try (RowView reopened = RocksRowStore.look(directory.resolve("rows"), RocksOptions.small())) {
            try (RowCursor cursor = reopened.cursor(Family.SCORES, new byte[0], null, ReadMode.DISK)) {
                cursor.seekToFirst();
                for (Map.Entry<byte[], byte[]> row : model.entrySet()) {
                    assertArrayEquals(row.getKey(), cursor.key());
                    cursor.next();
                }
                assertEquals(false, cursor.valid());
            }
        }
    }

    private void write(RowStore store, Random random) {
        RowBatch batch = store.newBatch();
        TreeMap<byte[], byte[]> changed = new TreeMap<>(Arrays::compareUnsigned);
        for (int i = random.nextInt(random.nextInt(4) == 0 ? 200 : 8); i >= 0; i--) {
            byte[] key = key(random);
            if (changed.containsKey(key)) {
                continue; // a turn's batch has each key once
            }
            byte[] value = new byte[random.nextInt(4)];
            random.nextBytes(value);
            changed.put(key, value);
            if (random.nextInt(3) == 0) {
                batch.delete(Family.SCORES, key);
                model.remove(key);
            } else if (model.put(key, value) == null) {
                batch.putNew(Family.SCORES, key, value);
            } else {
                batch.put(Family.SCORES, key, value);
            }
        }
        store.write(batch);
    }

    private static byte[] key(Random random) {
        int number = random.nextInt(KEYS);
        return number % 5 == 0 ? new byte[] {(byte) (number / 5)} : new byte[] {(byte) (number / 5), (byte) number};
    }

    private void walk(RowStore store, Random random) {
        byte[] from = random.nextBoolean() ? new byte[0] : key(random);
        byte[] to = random.nextBoolean() ? null : key(random);
        if (to != null && Arrays.compareUnsigned(from, to) > 0) {
            return;
        }
        NavigableMap<byte[], byte[]> range =
                to == null ? model.tailMap(from, true) : model.subMap(from, true, to, false);
        try (RowCursor cursor = store.cursor(Family.SCORES, from, to, ReadMode.DISK)) {
            Map.Entry<byte[], byte[]> at = null;
            for (int step = 0; step < 60; step++) {
                byte[] key = key(random);
                switch (at == null ? random.nextInt(4) : random.nextInt(16)) {
                    case 0 -> {
                        cursor.seekToFirst();
                        at = range.firstEntry();
                    }
                    case 1 -> {
                        cursor.seekToLast();
                        at = range.lastEntry();
                    }
                    case 2 -> {
                        cursor.seek(key);
                        at = range.ceilingEntry(key);
                    }
                    case 3 -> {
                        cursor.seekForPrev(key);
                        at = range.floorEntry(key);
                    }
                    case 4, 5, 6, 7, 8, 9 -> {
                        cursor.prev();
                        at = range.lowerEntry(key(at));
                    }
                    default -> {
                        cursor.next();
                        at = range.higherEntry(key(at));
                    }
                }
                check(at, cursor);
            }
        }
    }

    private static byte[] key(Map.@Nullable Entry<byte[], byte[]> at) {
        assertNotNull(at);
        return at.getKey();
    }

    private static void check(Map.@Nullable Entry<byte[], byte[]> expected, RowCursor cursor) {
        assertEquals(expected != null, cursor.valid());
        if (expected != null) {
            assertArrayEquals(expected.getKey(), cursor.key());
            assertArrayEquals(expected.getValue(), cursor.value());
        }
    }
}
