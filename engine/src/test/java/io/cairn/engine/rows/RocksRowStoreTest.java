package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class RocksRowStoreTest extends RowStoreContract {
    @Override
    RowStore open(Path where) {
        return RocksRowStore.open(where, RocksOptions.small());
    }

    @Override
    RowStore reopened(RowStore open) {
        open.flush();
        open.close();
        return open(directory.resolve("rows"));
    }

    @Test
    void knowsWhatIsDurable() {
        write(batch -> batch.put(Family.SYSTEM, bytes("applied"), bytes("1")));
        assertNull(store.persisted(Family.SYSTEM, bytes("applied")));
        store.flush();
        assertEquals("1", text(store.persisted(Family.SYSTEM, bytes("applied"))));
        write(batch -> batch.put(Family.SYSTEM, bytes("applied"), bytes("2")));
        assertEquals("1", text(store.persisted(Family.SYSTEM, bytes("applied"))));
        assertEquals("2", text(store.get(Family.SYSTEM, bytes("applied"), ReadMode.DISK)));
        store.close();
        store = open(directory.resolve("rows"));
        assertEquals("1", text(store.get(Family.SYSTEM, bytes("applied"), ReadMode.DISK)));
    }

    @Test
    void keepsNoRangesOfAVersionThatHasEnded() {
        write(batch -> {
            for (int i = 0; i < 100; i++) {
                batch.put(Family.ROWS, row(7, i), new byte[0]);
                batch.put(Family.SCORES, row(7, i), new byte[0]);
            }
        });
        List<byte[]> keys = new ArrayList<>();
        for (Family family : List.of(Family.ROWS, Family.SCORES)) {
            try (RowCursor cursor = store.cursor(family, row(7), row(8), ReadMode.DISK)) {
                for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                    keys.add(cursor.key());
                }
            }
        }
        assertEquals(200, keys.size());
        assertTrue(store.stats().get("range_cache_bytes") > 0);
        write(batch -> {
            keys.forEach(key -> batch.delete(Family.ROWS, key));
            keys.forEach(key -> batch.delete(Family.SCORES, key));
            batch.ends(7);
        });
        assertEquals(0, store.stats().get("range_cache_bytes"));
    }

    @Test
    void saysThatMemoryCannotTellUntilTheDiskWasRead() {
        byte[] key = row(7, 1);
        byte[] member = row(7, 2);
        write(batch -> {
            batch.put(Family.ROWS, key, bytes("value"));
            batch.put(Family.ROWS, member, new byte[0]);
            batch.putMeta(hash(1, "k"), 1, bytes("k"), bytes("row"));
            batch.put(Family.SCORES, row(7, 1), new byte[0]);
        });
        assertEquals("value", text(store.get(Family.ROWS, key, ReadMode.MEMORY)));
        assertArrayEquals(new byte[0], store.get(Family.ROWS, member, ReadMode.MEMORY));
        assertNull(store.get(Family.ROWS, row(8, 1), ReadMode.MEMORY));
        store = reopened(store);

        assertThrows(WouldBlockException.class, () -> store.get(Family.ROWS, key, ReadMode.MEMORY));
        assertThrows(WouldBlockException.class, () -> store.get(Family.ROWS, member, ReadMode.MEMORY));
        assertThrows(WouldBlockException.class, () -> store.meta(hash(1, "k"), 1, bytes("k"), ReadMode.MEMORY));
        try (RowCursor cursor = store.cursor(Family.SCORES, row(7), row(8), ReadMode.MEMORY)) {
            assertThrows(WouldBlockException.class, cursor::seekToFirst);
            assertFalse(cursor.valid());
            assertThrows(WouldBlockException.class, () -> cursor.seekForPrev(row(7, 5)));
        }

        assertEquals("value", text(store.get(Family.ROWS, key, ReadMode.DISK)));
        assertEquals("row", meta(1, "k"));
        assertEquals(1, count(store, Family.SCORES));
        assertEquals("value", text(store.get(Family.ROWS, key, ReadMode.MEMORY)));
        assertArrayEquals(new byte[0], store.get(Family.ROWS, member, ReadMode.MEMORY));
        assertEquals("row", text(store.meta(hash(1, "k"), 1, bytes("k"), ReadMode.MEMORY)));
        try (RowCursor cursor = store.cursor(Family.SCORES, row(7), row(8), ReadMode.MEMORY)) {
            cursor.seekToFirst();
            assertArrayEquals(row(7, 1), cursor.key());
            cursor.next();
            assertFalse(cursor.valid());
        }
    }

    @Test
    void doesNotCacheRowsReadInPassing() {
        byte[] key = row(7, 1);
        write(batch -> batch.put(Family.ROWS, key, bytes("value")));
        store = reopened(store);
        assertEquals("value", text(store.element(key, ReadMode.DISK, true)));
        assertEquals(0, store.stats().get("element_cache_rows"));
        assertEquals("value", text(store.element(key, ReadMode.MEMORY, true)));
        assertEquals("value", text(store.element(key, ReadMode.MEMORY, false)));
        assertEquals(1, store.stats().get("element_cache_rows"));
        write(batch -> batch.delete(Family.ROWS, key));
        assertNull(store.element(key, ReadMode.MEMORY, true));
        assertNull(store.element(row(7, 2), ReadMode.DISK, true));
        assertEquals(1, store.stats().get("element_cache_rows"));
    }

    @Test
    void readsLongKeysAndValuesFromMemory() {
        byte[] longKey = new byte[5000];
        byte[] longValue = new byte[100_000];
        new Random(3).nextBytes(longValue);
        write(batch -> {
            batch.put(Family.ROWS, longKey, longValue);
            batch.put(Family.ROWS, bytes("short"), longValue);
        });
        assertArrayEquals(longValue, store.get(Family.ROWS, longKey, ReadMode.MEMORY));
        assertArrayEquals(longValue, store.get(Family.ROWS, bytes("short"), ReadMode.MEMORY));
    }

    @Test
    void showsAppliedRowsAsOfACursorsCreation() {
        write(batch -> batch.put(Family.ROWS, bytes("a"), bytes("1")));
        store.flush();
        try (RowCursor cursor = store.cursor(Family.ROWS, new byte[0], null, ReadMode.DISK)) {
            write(batch -> {
                batch.put(Family.ROWS, bytes("a"), bytes("2"));
                batch.put(Family.ROWS, bytes("b"), bytes("2"));
            });
            cursor.seekToFirst();
            assertEquals("1", text(cursor.value()));
            cursor.next();
            assertFalse(cursor.valid());
        }
    }

    @Test
    void doesNotServeCachedRowsThatARangeTookAway() {
        for (int i = 0; i < 100; i++) {
            put(i % 4, "k" + i, "v" + i);
        }
        write(batch -> {
            batch.putMeta(hash(1, "late"), 1, bytes("late"), bytes("gone too"));
            batch.deleteRange(Family.META, fullKey(1, ""), fullKey(2, "k5"));
            batch.putMeta(hash(1, "k1"), 1, bytes("k1"), bytes("back"));
        });
        for (int i = 0; i < 100; i++) {
            String key = "k" + i;
            boolean gone = i % 4 == 1 || i % 4 == 2 && key.compareTo("k5") < 0;
            assertEquals(i == 1 ? "back" : gone ? null : "v" + i, meta(i % 4, key), key);
        }
        assertNull(meta(1, "late"));
    }

    @Test
    void waitsForReadersThenThrows() throws Exception {
        for (int i = 0; i < 2000; i++) {
            put(1, "k" + i, "v" + i);
        }
        CountDownLatch warm = new CountDownLatch(3);
        List<Throwable> ends = new ArrayList<>();
        List<Thread> readers = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            int which = t;
            Thread reader = new Thread(() -> {
                Throwable end = readUntilItThrows(which, warm);
                synchronized (ends) {
                    ends.add(end);
                }
            });
            readers.add(reader);
            reader.start();
        }
        RowCursor left = store.cursor(Family.META, new byte[0], null, ReadMode.DISK);
        left.seekToFirst();
        warm.await();
        store.close();
        for (Thread reader : readers) {
            reader.join();
        }
        assertEquals(3, ends.size());
        ends.forEach(end -> assertEquals(StorageException.class, end.getClass(), end.toString()));
        assertThrows(StorageException.class, left::next);
        left.close();
    }

    private Throwable readUntilItThrows(int which, CountDownLatch warm) {
        Random random = new Random(which);
        try {
            for (int i = 0; ; i++) {
                String key = "k" + random.nextInt(2000);
                switch (which) {
                    case 0 -> assertTrue(meta(1, key) != null);
                    case 1 -> assertTrue(store.get(Family.META, fullKey(1, key), ReadMode.MEMORY) != null);
                    default -> {
                        try (RowCursor cursor = store.cursor(Family.META, fullKey(1, key), null, ReadMode.DISK)) {
                            cursor.seekToFirst();
                            cursor.next();
                        }
                    }
                }
                if (i == 50) {
                    warm.countDown();
                }
            }
        } catch (Throwable e) {
            return e;
        }
    }

    // ---- options

    @Test
    void takesOptionsInRocksDbsWords() {
        RocksOptions small = RocksOptions.small();
        RocksOptions tuned = withWords(small, "level0_file_num_compaction_trigger=8; ttl=60", "max_subcompactions=2");
        try (RocksRowStore opened = RocksRowStore.open(directory.resolve("tuned"), tuned)) {
            assertTrue(Files.isDirectory(directory.resolve("tuned")));
            assertNull(opened.get(Family.META, fullKey(1, "k"), ReadMode.DISK));
        }
        RocksOptions wrong = withWords(small, "no_such_option=1", "");
        assertThrows(IllegalArgumentException.class, () -> RocksRowStore.open(directory.resolve("wrong"), wrong));
        RocksOptions torn = withWords(small, "", "max_subcompactions");
        assertThrows(IllegalArgumentException.class, () -> RocksRowStore.open(directory.resolve("wrong"), torn));
    }

    private static RocksOptions withWords(RocksOptions options, String family, String database) {
        return new RocksOptions(
                options.blockCacheBytes(),
                options.rowCacheBytes(),
                options.writeBufferBytes(),
                options.backgroundJobs(),
                options.backgroundBytesPerSecond(),
                options.blockBytes(),
                options.compression(),
                options.directReads(),
                options.maxOpenFiles(),
                family,
                database);
    }

    @Test
    void choosesDefaultsThatFitSmallAndLargeMachines() {
        for (long gib : new long[] {1, 4, 64, 1024}) {
            RocksOptions options = RocksOptions.defaults(gib << 30, (gib << 30) / 4, 2, -1);
            assertTrue(options.blockCacheBytes() + options.rowCacheBytes() + 4 * options.writeBufferBytes()
                    < (gib << 30) * 3 / 4);
        }
        assertTrue(RocksOptions.defaults().blockCacheBytes() > 0);
    }
}
