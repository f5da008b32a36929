package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.keyspace.KeyHash;
import io.cairn.wal.simulation.Seeded;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every row store must do. */
abstract class RowStoreContract {
    private static final byte[] FIRST = new byte[0];
    private static final int STEPS = 600;

    @TempDir
    Path directory;

    RowStore store;

    abstract RowStore open(Path where);

    @BeforeEach
    void openStore() {
        store = open(directory.resolve("rows"));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    // ---- single rows

    @Test
    void findsWhatWasPut() {
        write(batch -> batch.put(Family.ROWS, bytes("version1a"), bytes("x")));
        assertEquals("x", text(store.get(Family.ROWS, bytes("version1a"), ReadMode.DISK)));
        assertNull(store.get(Family.ROWS, bytes("version1b"), ReadMode.DISK));
        assertNull(store.get(Family.SCORES, bytes("version1a"), ReadMode.DISK));
        write(batch -> batch.put(Family.ROWS, bytes("version1a"), bytes("y")));
        assertEquals("y", text(store.get(Family.ROWS, bytes("version1a"), ReadMode.DISK)));
        write(batch -> batch.delete(Family.ROWS, bytes("version1a")));
        assertNull(store.get(Family.ROWS, bytes("version1a"), ReadMode.DISK));
    }

    @Test
    void findsMetaRowsByHashAndByKey() {
        put(3, "key", "row");
        assertEquals("row", meta(3, "key"));
        assertEquals("row", text(store.get(Family.META, fullKey(3, "key"), ReadMode.DISK)));
        assertNull(meta(4, "key"));
        assertNull(meta(3, "ke"));
        put(3, "key", "other");
        assertEquals("other", meta(3, "key"));
        write(batch -> batch.deleteMeta(hash(3, "key"), 3, bytes("key")));
        assertNull(meta(3, "key"));
        assertNull(store.get(Family.META, fullKey(3, "key"), ReadMode.DISK));
        put(3, "key", "back");
        assertEquals("back", meta(3, "key"));
    }

    @Test
    void tellsKeysWithTheSameHashApart() {
        write(batch -> {
            for (int i = 0; i < 100; i++) {
                batch.putMeta(7, 1, bytes("k" + i), bytes("v" + i));
            }
            for (int i = 0; i < 100; i += 2) {
                batch.deleteMeta(7, 1, bytes("k" + i));
            }
        });
        for (int i = 0; i < 100; i++) {
            assertEquals(i % 2 == 0 ? null : "v" + i, text(store.meta(7, 1, bytes("k" + i), ReadMode.DISK)));
        }
    }

    @Test
    void keepsEmptyKeysAndValuesAndLargeOnes() {
        byte[] large = new byte[100_000];
        Arrays.fill(large, (byte) 7);
        write(batch -> {
            batch.put(Family.SYSTEM, FIRST, FIRST);
            batch.put(Family.SYSTEM, large, large);
            batch.putMeta(hash(0, ""), 0, FIRST, FIRST);
            batch.putMeta(hash(0, "big"), 0, bytes("big"), large);
        });
        assertArrayEquals(FIRST, store.get(Family.SYSTEM, FIRST, ReadMode.DISK));
        assertArrayEquals(large, store.get(Family.SYSTEM, large, ReadMode.DISK));
        assertEquals("", meta(0, ""));
        assertArrayEquals(large, store.meta(hash(0, "big"), 0, bytes("big"), ReadMode.DISK));
    }

    @Test
    void appliesABatchInItsOrder() {
        write(batch -> {
            batch.put(Family.ROWS, bytes("a"), bytes("1"));
            batch.delete(Family.ROWS, bytes("a"));
            batch.put(Family.ROWS, bytes("b"), bytes("1"));
            batch.deleteRange(Family.ROWS, bytes("a"), bytes("z"));
            batch.put(Family.ROWS, bytes("c"), bytes("2"));
            batch.put(Family.ROWS, bytes("c"), bytes("3"));
            batch.putMeta(hash(1, "k"), 1, bytes("k"), bytes("old"));
            batch.deleteRange(Family.META, fullKey(1, ""), fullKey(2, ""));
            batch.putMeta(hash(1, "l"), 1, bytes("l"), bytes("new"));
        });
        assertEquals("[c=3]", scan(store, Family.ROWS, FIRST, null));
        assertNull(meta(1, "k"));
        assertEquals("new", meta(1, "l"));
    }

    @Test
    void reusesABatchThatWasCleared() {
        RowBatch batch = store.newBatch();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 20_000; i++) {
                batch.put(Family.ROWS, bytes("row" + i), bytes("value" + round));
            }
            assertEquals(20_000, batch.size());
            store.write(batch);
            batch.clear();
            assertEquals(0, batch.size());
        }
        assertEquals("value2", text(store.get(Family.ROWS, bytes("row19999"), ReadMode.DISK)));
        batch.put(Family.SYSTEM, bytes("s"), bytes("t"));
        store.write(batch);
        assertEquals("[s=t]", scan(store, Family.SYSTEM, FIRST, null));
    }

    @Test
    void refusesMetaRowsByFullKey() {
        RowBatch batch = store.newBatch();
        assertThrows(IllegalArgumentException.class, () -> batch.put(Family.META, bytes("abcde"), bytes("x")));
        assertThrows(IllegalArgumentException.class, () -> batch.delete(Family.META, bytes("abcde")));
    }

    // ---- cursors

    @Test
    void walksBothWaysWithinBounds() {
        putRows(Family.ROWS, "a", "b", "c", "d", "e");
        try (RowCursor cursor = store.cursor(Family.ROWS, bytes("b"), bytes("e"), ReadMode.DISK)) {
            assertFalse(cursor.valid());
            cursor.seekToFirst();
            assertEquals("b", at(cursor));
            cursor.next();
            assertEquals("c", at(cursor));
            cursor.prev();
            assertEquals("b", at(cursor));
            cursor.prev();
            assertFalse(cursor.valid());
            cursor.seekToLast();
            assertEquals("d", at(cursor));
            cursor.next();
            assertFalse(cursor.valid());
            cursor.seek(bytes("a"));
            assertEquals("b", at(cursor));
            cursor.seek(bytes("bb"));
            assertEquals("c", at(cursor));
            cursor.seek(bytes("dd"));
            assertFalse(cursor.valid());
            cursor.seekForPrev(bytes("cc"));
            assertEquals("c", at(cursor));
            cursor.seekForPrev(bytes("d"));
            assertEquals("d", at(cursor));
            cursor.seekForPrev(bytes("z"));
            assertEquals("d", at(cursor));
            cursor.seekForPrev(bytes("e"));
            assertEquals("d", at(cursor));
            cursor.seekForPrev(bytes("aa"));
            assertFalse(cursor.valid());
        }
    }

    @Test
    void ordersKeysAsUnsignedBytes() {
        write(batch -> {
            for (int i = 0; i < 256; i++) {
                batch.put(Family.ROWS, new byte[] {(byte) i}, new byte[] {(byte) i});
                batch.put(Family.EXPIRES, new byte[] {0, (byte) i}, FIRST);
            }
        });
        for (Family family : List.of(Family.ROWS, Family.EXPIRES)) {
            try (RowCursor cursor = store.cursor(family, FIRST, null, ReadMode.DISK)) {
                cursor.seekToFirst();
                for (int i = 0; i < 256; i++) {
                    byte[] key = cursor.key();
                    assertEquals((byte) i, key[key.length - 1]);
                    cursor.next();
                }
                assertFalse(cursor.valid());
                cursor.seekToLast();
                assertEquals((byte) 255, cursor.key()[cursor.key().length - 1]);
            }
        }
    }

    @Test
    void walksMetaRowsByNamespaceAndKey() {
        put(2, "b", "2b");
        put(1, "z", "1z");
        put(2, "a", "2a");
        put(-1, "x", "-1x");
        put(3, "c", "3c");
        List<String> rows = new ArrayList<>();
        try (RowCursor cursor = store.cursor(Family.META, fullKey(2, ""), fullKey(3, ""), ReadMode.DISK)) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                assertEquals(2, ByteBuffer.wrap(cursor.key()).getInt());
                rows.add(text(cursor.value()));
            }
        }
        assertEquals(List.of("2a", "2b"), rows);
        try (RowCursor cursor = store.cursor(Family.META, FIRST, null, ReadMode.DISK)) {
            cursor.seekToLast();
            assertEquals("-1x", text(cursor.value()));
            cursor.prev();
            assertEquals("3c", text(cursor.value()));
        }
    }

    @Test
    void findsNothingInAnEmptyStore() {
        for (Family family : Family.values()) {
            try (RowCursor cursor = store.cursor(family, FIRST, null, ReadMode.DISK)) {
                cursor.seekToFirst();
                assertFalse(cursor.valid());
                cursor.seekToLast();
                assertFalse(cursor.valid());
                cursor.seek(bytes("abcdefghij"));
                assertFalse(cursor.valid());
                cursor.seekForPrev(bytes("abcdefghij"));
                assertFalse(cursor.valid());
            }
        }
    }

    // ---- ranges

    @Test
    void deletesARangeToItsExclusiveEnd() {
        putRows(Family.ROWS, "a", "b", "c", "d");
        write(batch -> batch.deleteRange(Family.ROWS, bytes("b"), bytes("d")));
        assertEquals("[a=a, d=d]", scan(store, Family.ROWS, FIRST, null));
        write(batch -> batch.deleteRange(Family.ROWS, bytes("z"), bytes("a")));
        write(batch -> batch.deleteRange(Family.ROWS, bytes("a"), bytes("a")));
        assertEquals("[a=a, d=d]", scan(store, Family.ROWS, FIRST, null));
    }

    @Test
    void deletesWholeVersionsAndNamespaces() {
        write(batch -> {
            for (int version = 1; version <= 5; version++) {
                for (int i = 0; i < 10; i++) {
                    batch.put(Family.ROWS, row(version, i), bytes("v"));
                }
            }
        });
        write(batch -> batch.deleteRange(Family.ROWS, row(2), row(3)));
        write(batch -> batch.deleteRange(Family.ROWS, row(4, 3), row(5, 2)));
        assertEquals(10 + 10 + 3 + 8, count(store, Family.ROWS));
        assertNull(store.get(Family.ROWS, row(2, 0), ReadMode.DISK));
        assertNotNull(store.get(Family.ROWS, row(3, 0), ReadMode.DISK));

        for (int i = 0; i < 1000; i++) {
            put(i % 2, "k" + i, "v" + i);
            assertEquals("v" + i, meta(i % 2, "k" + i));
        }
        write(batch -> batch.deleteRange(Family.META, fullKey(1, ""), fullKey(2, "")));
        for (int i = 0; i < 1000; i++) {
            assertEquals(i % 2 == 1 ? null : "v" + i, meta(i % 2, "k" + i));
        }
        put(1, "k1", "again");
        assertEquals("again", meta(1, "k1"));
        assertEquals(501, count(store, Family.META));
    }

    // ---- checkpoints

    @Test
    void showsACheckpointAsOfItsCreation() {
        putRows(Family.ROWS, "a", "b", "c");
        put(1, "k", "old");
        put(1, "gone", "old");
        RowView checkpoint = store.checkpoint(directory.resolve("checkpoint"));
        write(batch -> {
            batch.put(Family.ROWS, bytes("a"), bytes("changed"));
            batch.delete(Family.ROWS, bytes("b"));
            batch.put(Family.ROWS, bytes("bb"), bytes("new"));
            batch.put(Family.SCORES, bytes("s"), bytes("new"));
            batch.deleteRange(Family.META, fullKey(1, ""), fullKey(2, ""));
        });
        put(1, "k", "reborn");
        put(1, "k2", "new");
        try (checkpoint) {
            assertEquals("[a=a, b=b, c=c]", scan(checkpoint, Family.ROWS, FIRST, null));
            assertEquals("[]", scan(checkpoint, Family.SCORES, FIRST, null));
            assertEquals("a", text(checkpoint.get(Family.ROWS, bytes("a"), ReadMode.DISK)));
            assertNull(checkpoint.get(Family.ROWS, bytes("bb"), ReadMode.DISK));
            assertEquals("old", text(checkpoint.meta(hash(1, "k"), 1, bytes("k"), ReadMode.DISK)));
            assertEquals("old", text(checkpoint.meta(hash(1, "gone"), 1, bytes("gone"), ReadMode.DISK)));
            assertNull(checkpoint.meta(hash(1, "k2"), 1, bytes("k2"), ReadMode.DISK));
            assertEquals(2, count(checkpoint, Family.META));
        }
        assertEquals("[a=changed, bb=new, c=c]", scan(store, Family.ROWS, FIRST, null));
        assertEquals("reborn", meta(1, "k"));
        assertFalse(directory.resolve("checkpoint").toFile().exists());
        assertThrows(StorageException.class, () -> checkpoint.get(Family.ROWS, bytes("a"), ReadMode.DISK));
    }

    @Test
    void holdsCheckpointsStillWhileWritesGoOn() throws Exception {
        int rows = 2000;
        write(batch -> {
            for (int i = 0; i < rows; i++) {
                batch.put(Family.ROWS, row(i % 10, i), bytes("0"));
                batch.putMeta(hash(0, "k" + i), 0, bytes("k" + i), bytes("0"));
            }
        });
        AtomicBoolean stop = new AtomicBoolean();
        List<Throwable> failures = new ArrayList<>();
        Thread writer = new Thread(() -> churn(stop, rows, failures), "writer");
        writer.start();
        try {
            for (int round = 0; round < 6; round++) {
                try (RowView one = store.checkpoint(directory.resolve("one" + round));
                        RowView other = store.checkpoint(directory.resolve("other" + round))) {
                    assertFrozen(one);
                    assertFrozen(other);
                }
            }
        } finally {
            stop.set(true);
            writer.join();
        }
        assertEquals(List.of(), failures);
    }

    /** Every batch writes its number into SYSTEM and into as many rows as it touches, some of them deletes. */
    private void churn(AtomicBoolean stop, int rows, List<Throwable> failures) {
        Random random = new Random(5);
        try {
            for (int number = 1; !stop.get(); number++) {
                int drop = random.nextInt(10);
                byte[] value = bytes(Integer.toString(number));
                RowBatch batch = store.newBatch();
                if (random.nextInt(20) == 0) {
                    batch.deleteRange(Family.ROWS, row(drop), row(drop + 1));
                }
                for (int i = 0; i < 20; i++) {
                    int at = random.nextInt(rows);
                    byte[] key = bytes("k" + at);
                    if (random.nextInt(4) == 0) {
                        batch.deleteMeta(KeyHash.of(0, key), 0, key);
                        batch.delete(Family.ROWS, row(at % 10, at));
                    } else {
                        batch.putMeta(KeyHash.of(0, key), 0, key, value);
                        batch.put(Family.ROWS, row(at % 10, at), value);
                    }
                }
                batch.put(Family.SYSTEM, bytes("last"), value);
                store.write(batch);
            }
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    private static void assertFrozen(RowView view) {
        byte[] last = view.get(Family.SYSTEM, bytes("last"), ReadMode.DISK);
        int number = last == null ? 0 : Integer.parseInt(text(last));
        for (Family family : List.of(Family.META, Family.ROWS)) {
            Map<byte[], byte[]> first = rowsOf(view, family);
            Map<byte[], byte[]> second = rowsOfBackwards(view, family);
            assertEquals(first.size(), second.size());
            for (Map.Entry<byte[], byte[]> row : first.entrySet()) {
                assertTrue(Integer.parseInt(text(row.getValue())) <= number, "a row younger than the checkpoint");
                assertArrayEquals(row.getValue(), second.get(row.getKey()));
                assertArrayEquals(row.getValue(), view.get(family, row.getKey(), ReadMode.DISK));
            }
        }
    }

    // ---- model

    @Seeded(runs = 1, longRuns = 200)
    void agreesWithAMapOverALongRandomRun(long seed) {
        Random random = new Random(seed);
        RowModel model = new RowModel();
        List<RowView> views = new ArrayList<>();
        List<RowModel> frozen = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            RowBatch batch = store.newBatch();
            for (int i = random.nextInt(20); i >= 0; i--) {
                model.change(random, batch);
            }
            store.write(batch);
            int what = random.nextInt(100);
            if (what < 3 && views.size() < 3) {
                views.add(store.checkpoint(directory.resolve("checkpoint" + step)));
                frozen.add(model.copy());
            } else if (what < 6 && !views.isEmpty()) {
                int which = random.nextInt(views.size());
                frozen.remove(which).check(random, views.get(which), true);
                views.remove(which).close();
            } else if (what == 7) {
                store.flush();
            } else if (what == 8) {
                store = reopened(store);
            }
            model.check(random, store, step % 200 == 0);
            for (int i = 0; i < views.size(); i++) {
                frozen.get(i).check(random, views.get(i), false);
            }
        }
        for (int i = 0; i < views.size(); i++) {
            frozen.get(i).check(random, views.get(i), true);
            views.get(i).close();
        }
    }

    /** The store closed and opened again where that keeps its rows. */
    RowStore reopened(RowStore open) {
        return open;
    }

    // ---- the rest

    @Test
    void refusesEverythingOnceClosed() {
        put(1, "k", "v");
        RowBatch batch = store.newBatch();
        RowCursor cursor = store.cursor(Family.META, FIRST, null, ReadMode.DISK);
        cursor.close();
        store.close();
        store.close();
        assertThrows(StorageException.class, () -> store.get(Family.ROWS, bytes("a"), ReadMode.DISK));
        assertThrows(StorageException.class, () -> meta(1, "k"));
        assertThrows(StorageException.class, () -> store.write(batch));
        assertThrows(StorageException.class, () -> store.flush());
        assertThrows(StorageException.class, () -> store.cursor(Family.META, FIRST, null, ReadMode.DISK));
        assertThrows(StorageException.class, () -> store.checkpoint(directory.resolve("c")));
    }

    @Test
    void givesFigures() {
        put(1, "k", "v");
        assertFalse(store.stats().isEmpty());
    }

    // ---- shorthand

    interface Changes {
        void into(RowBatch batch);
    }

    void write(Changes changes) {
        RowBatch batch = store.newBatch();
        changes.into(batch);
        store.write(batch);
    }

    void put(int namespace, String key, String row) {
        write(batch -> batch.putMeta(hash(namespace, key), namespace, bytes(key), bytes(row)));
    }

    private void putRows(Family family, String... keys) {
        write(batch -> {
            for (String key : keys) {
                batch.put(family, bytes(key), bytes(key));
            }
        });
    }

    @Nullable
    String meta(int namespace, String key) {
        return text(store.meta(hash(namespace, key), namespace, bytes(key), ReadMode.DISK));
    }

    static int hash(int namespace, String key) {
        return KeyHash.of(namespace, bytes(key));
    }

    static byte[] fullKey(int namespace, String key) {
        byte[] bytes = bytes(key);
        return ByteBuffer.allocate(4 + bytes.length)
                .putInt(namespace)
                .put(bytes)
                .array();
    }

    static byte[] row(long version, int element) {
        return ByteBuffer.allocate(12).putLong(version).putInt(element).array();
    }

    static byte[] row(long version) {
        return ByteBuffer.allocate(8).putLong(version).array();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static @Nullable String text(byte @Nullable [] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    private static String at(RowCursor cursor) {
        assertTrue(cursor.valid());
        assertArrayEquals(cursor.key(), cursor.value());
        return new String(cursor.key(), StandardCharsets.UTF_8);
    }

    static String scan(RowView view, Family family, byte[] from, byte @Nullable [] to) {
        List<String> rows = new ArrayList<>();
        try (RowCursor cursor = view.cursor(family, from, to, ReadMode.DISK)) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                rows.add(text(cursor.key()) + "=" + text(cursor.value()));
            }
        }
        return rows.toString();
    }

    static int count(RowView view, Family family) {
        return rowsOf(view, family).size();
    }

    private static Map<byte[], byte[]> rowsOf(RowView view, Family family) {
        TreeMap<byte[], byte[]> rows = new TreeMap<>(Arrays::compareUnsigned);
        try (RowCursor cursor = view.cursor(family, FIRST, null, ReadMode.DISK)) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                assertNull(rows.put(cursor.key(), cursor.value()), "a row twice");
            }
        }
        return rows;
    }

    private static Map<byte[], byte[]> rowsOfBackwards(RowView view, Family family) {
        TreeMap<byte[], byte[]> rows = new TreeMap<>(Arrays::compareUnsigned);
        try (RowCursor cursor = view.cursor(family, FIRST, null, ReadMode.DISK)) {
            for (cursor.seekToLast(); cursor.valid(); cursor.prev()) {
                assertNull(rows.put(cursor.key(), cursor.value()), "a row twice");
            }
        }
        return rows;
    }
}
