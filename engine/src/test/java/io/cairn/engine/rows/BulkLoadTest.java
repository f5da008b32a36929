package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BulkLoadTest {
    private static final RocksOptions OPTIONS = RocksOptions.small();

    @TempDir
    private Path directory;

    private Path store() {
        return directory.resolve("rows");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] fullKey(int namespace, byte[] key) {
        return RowNode.fullKey(namespace, key);
    }

    @Test
    void opensNormallyWithRowsThatCameInNoOrder() throws IOException {
        BulkLoad bulk = BulkLoad.begin(store(), OPTIONS);
        RowBatch batch = bulk.newBatch();
        int rows = 60_000;
        int step = 7919;
        Random lengths = new Random(11);
        for (int i = 0; i < rows; i++) {
            int n = (int) ((long) i * step % rows);
            batch.putMeta(0, 1, bytes("key" + n), bytes("value of " + n));
            batch.put(Family.ROWS, bytes("row" + n), new byte[lengths.nextInt(100)]);
            if (batch.size() >= 1000) {
                bulk.write(batch);
                assertEquals(0, batch.size());
            }
        }
        batch.put(Family.SYSTEM, bytes("applied"), bytes("all"));
        bulk.write(batch);
        bulk.finish();
        try (RocksRowStore opened = RocksRowStore.open(store(), OPTIONS)) {
            assertArrayEquals(bytes("all"), opened.get(Family.SYSTEM, bytes("applied"), ReadMode.DISK));
            assertArrayEquals(
                    bytes("value of 59999"), opened.get(Family.META, fullKey(1, bytes("key59999")), ReadMode.DISK));
            assertEquals(rows, keys(opened, Family.META).size());
            assertEquals(rows, keys(opened, Family.ROWS).size());
            opened.verify();
        }
        try (Stream<Path> files = Files.list(store())) {
            assertFalse(files.anyMatch(file -> file.getFileName().toString().startsWith("run-")));
        }
    }

    @Test
    void holdsEveryRowOfWhateverShape() {
        long seed = Long.getLong("seed", 7);
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            byte[] key = new byte[random.nextInt(24)];
            for (int b = 0; b < key.length; b++) {
                key[b] = (byte) (random.nextInt(10) == 0 ? random.nextInt(256) : 0);
            }
            if (random.nextInt(3) == 0) {
                key = bytes("a-long-beginning-that-many-have-in-common:" + random.nextInt(1_000_000));
            }
            if (key.length > 0 && model.put(key, new byte[] {(byte) i}) == null) {
                keys.add(key);
            }
        }
        Collections.shuffle(keys, random);
        try (BulkLoad bulk = BulkLoad.begin(store(), OPTIONS)) {
            RowBatch batch = bulk.newBatch();
            for (byte[] key : keys) {
                batch.put(Family.SCORES, key, model.getOrDefault(key, new byte[0]));
            }
            bulk.finish();
        }
        try (RocksRowStore opened = RocksRowStore.open(store(), OPTIONS)) {
            List<byte[]> found = keys(opened, Family.SCORES);
            assertEquals(model.size(), found.size());
            int at = 0;
            for (Map.Entry<byte[], byte[]> row : model.entrySet()) {
                byte[] key = row.getKey();
                assertArrayEquals(key, found.get(at++));
                assertArrayEquals(row.getValue(), opened.get(Family.SCORES, key, ReadMode.DISK));
            }
        }
    }

    @Test
    void takesRowsLargerThanItsChunks() {
        byte[] value = new byte[3 * Run.CHUNK_BYTES + 1];
        new Random(5).nextBytes(value);
        byte[] key = Arrays.copyOf(value, RowLimits.KEY_BYTES_MAX); // with its lengths more than a chunk
        byte[] filling = Arrays.copyOf(value, Run.CHUNK_BYTES - 8 - 1);
        try (BulkLoad bulk = BulkLoad.begin(store(), OPTIONS)) {
            RowBatch batch = bulk.newBatch();
            batch.put(Family.ROWS, bytes("b"), value);
            batch.put(Family.ROWS, bytes("c"), filling);
            batch.put(Family.ROWS, bytes("a"), new byte[0]);
            batch.put(Family.ROWS, key, bytes("of a long key"));
            byte[] tooLong = Arrays.copyOf(value, RowLimits.KEY_BYTES_MAX + 1);
            assertThrows(StorageException.class, () -> batch.put(Family.ROWS, tooLong, value));
            bulk.write(batch);
            bulk.finish();
        }
        try (RocksRowStore opened = RocksRowStore.open(store(), OPTIONS)) {
            assertArrayEquals(value, opened.get(Family.ROWS, bytes("b"), ReadMode.DISK));
            assertArrayEquals(filling, opened.get(Family.ROWS, bytes("c"), ReadMode.DISK));
            assertArrayEquals(new byte[0], opened.get(Family.ROWS, bytes("a"), ReadMode.DISK));
            assertArrayEquals(bytes("of a long key"), opened.get(Family.ROWS, key, ReadMode.DISK));
        }
    }

    @Test
    void laysRowsThatCameInOrderWhereTheyNeedNoMerging() {
        loadAscending(20_000);
        try (RocksRowStore opened = RocksRowStore.open(store(), OPTIONS)) {
            long files = opened.db().getLiveFilesMetaData().stream()
                    .filter(file -> Arrays.equals(file.columnFamilyName(), bytes(Family.META.columnFamily())))
                    .peek(file -> assertEquals(6, file.level()))
                    .count();
            assertTrue(files > 1, "files=" + files);
            assertEquals(20_000, keys(opened, Family.META).size());
        }
    }

    private void loadAscending(int rows) {
        try (BulkLoad bulk = BulkLoad.begin(store(), OPTIONS)) {
            RowBatch batch = bulk.newBatch();
            for (int i = 0; i < rows; i++) {
                batch.putMeta(0, 1, bytes(String.format("%012d", i)), new byte[500]);
            }
            bulk.finish();
        }
    }

    @Test
    void takesWritesAfterwards() {
        loadAscending(2_000);
        byte[] key = bytes(String.format("%012d", 7));
        try (RocksRowStore opened = RocksRowStore.open(store(), OPTIONS)) {
            RowBatch batch = opened.newBatch();
            batch.putMeta(0, 1, key, bytes("new"));
            opened.write(batch);
            opened.flush();
        }
        try (RocksRowStore opened = RocksRowStore.open(store(), OPTIONS)) {
            assertArrayEquals(bytes("new"), opened.get(Family.META, fullKey(1, key), ReadMode.DISK));
            assertEquals(2_000, keys(opened, Family.META).size());
        }
    }

    @Test
    void refusesARowThatComesTwice() {
        for (int others : new int[] {0, 10, 5_000}) {
            Path twice = directory.resolve("twice" + others);
            try (BulkLoad bulk = BulkLoad.begin(twice, OPTIONS)) {
                RowBatch batch = bulk.newBatch();
                batch.put(Family.ROWS, bytes("twice"), bytes("1"));
                for (int i = others; i > 0; i--) {
                    batch.put(Family.ROWS, bytes("other" + i), bytes("x"));
                }
                batch.put(Family.ROWS, bytes("twice"), bytes("2"));
                assertThrows(StorageException.class, bulk::finish);
            }
        }
    }

    @Test
    void refusesADirectoryThatHoldsAStore() {
        loadAscending(10);
        assertThrows(StorageException.class, () -> BulkLoad.begin(store(), OPTIONS));
    }

    @Test
    void canBeGivenUp() {
        BulkLoad bulk = BulkLoad.begin(store(), OPTIONS);
        RowBatch batch = bulk.newBatch();
        for (int i = 0; i < 50_000; i++) {
            batch.putMeta(0, 1, bytes("key" + i * 7919 % 50_000), new byte[100]);
        }
        bulk.close();
        assertThrows(StorageException.class, bulk::finish);
    }

    private static List<byte[]> keys(RocksRowStore store, Family family) {
        List<byte[]> keys = new ArrayList<>();
        try (RowCursor cursor = store.cursor(family, new byte[0], null, ReadMode.DISK)) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                keys.add(cursor.key());
            }
        }
        return keys;
    }
}
