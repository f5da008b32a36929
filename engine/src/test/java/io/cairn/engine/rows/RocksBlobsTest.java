package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The store on disk when nearly every value of ROWS is long enough to stand in a file of its own. */
class RocksBlobsTest extends RowStoreContract {
    private static final int LONG = 9 << 20;

    static RocksOptions options() {
        RocksOptions small = RocksOptions.small();
        return new RocksOptions(
                small.blockCacheBytes(),
                small.rowCacheBytes(),
                small.writeBufferBytes(),
                small.backgroundJobs(),
                small.backgroundBytesPerSecond(),
                small.blockBytes(),
                small.compression(),
                small.directReads(),
                small.maxOpenFiles(),
                "min_blob_size=2",
                "");
    }

    @Override
    RowStore open(Path where) {
        return RocksRowStore.open(where, options());
    }

    @Override
    RowStore reopened(RowStore open) {
        open.flush();
        open.close();
        return open(directory.resolve("rows"));
    }

    private static byte[] noise(int seed) {
        byte[] value = new byte[LONG];
        new Random(seed).nextBytes(value);
        return value;
    }

    private static long bytes(Path where, String kind) throws IOException {
        try (Stream<Path> files = Files.list(where)) {
            return files.filter(file -> file.toString().endsWith(kind))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static List<Path> blobs(Path where) throws IOException {
        try (Stream<Path> files = Files.list(where)) {
            return files.filter(file -> file.toString().endsWith(".blob")).toList();
        }
    }

    /** Whatever waits or lies in memtables behind a value is bounded, so a long one goes to disk at once. */
    @Test
    void flushesALongValueWithoutBeingAsked() throws IOException {
        write(batch -> batch.put(Family.ROWS, bytes("k"), noise(1)));
        store.flush();
        assertEquals(0, store.stats().get("memtable_bytes") >> 20);
        assertTrue(bytes(directory.resolve("rows"), ".blob") >= LONG);
        assertArrayEquals(noise(1), store.get(Family.ROWS, bytes("k"), ReadMode.DISK));
    }

    @Test
    void refusesAStoreThatLacksAFileOfLongValues() throws IOException {
        write(batch -> batch.put(Family.ROWS, bytes("k"), noise(1)));
        store.flush();
        store.close();
        Path blob = blobs(directory.resolve("rows")).get(0);
        Path aside = directory.resolve("aside");
        Files.move(blob, aside);
        assertThrows(CorruptStoreException.class, () -> open(directory.resolve("rows")));
        Files.move(aside, blob);
        store = open(directory.resolve("rows"));
        assertArrayEquals(noise(1), store.get(Family.ROWS, bytes("k"), ReadMode.DISK));
    }

    @Test
    void keepsLongValuesOfABulkLoadOutOfBlocks() throws IOException {
        Path where = directory.resolve("loaded");
        try (BulkLoad bulk = BulkLoad.begin(where, options())) {
            RowBatch batch = bulk.newBatch();
            for (int i = 0; i < 3; i++) {
                batch.put(Family.ROWS, bytes("k" + i), noise(i));
            }
            bulk.write(batch);
            bulk.finish();
        }
        try (RocksRowStore loaded = RocksRowStore.open(where, options())) {
            assertTrue(bytes(where, ".sst") < LONG);
            assertTrue(bytes(where, ".blob") >= 3 * LONG);
            for (int i = 0; i < 3; i++) {
                assertArrayEquals(noise(i), loaded.get(Family.ROWS, bytes("k" + i), ReadMode.DISK));
            }
            try (RowView view = loaded.checkpoint(directory.resolve("checkpoint"))) {
                RowBatch gone = loaded.newBatch();
                gone.deleteRange(Family.ROWS, bytes("k"), bytes("l"));
                loaded.write(gone);
                loaded.reclaim(Family.ROWS, bytes("k"), bytes("l"), 3 * LONG);
                assertNull(loaded.get(Family.ROWS, bytes("k1"), ReadMode.DISK));
                assertArrayEquals(noise(1), view.get(Family.ROWS, bytes("k1"), ReadMode.DISK));
            }
            assertEquals(0, blobs(where).size());
        }
    }
}
