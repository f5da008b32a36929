package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Stores with missing or damaged files are refused and left as they are. */
class RocksDamageTest {
    @TempDir
    Path directory;

    private Path rows;

    @BeforeEach
    void fillAStore() {
        rows = directory.resolve("rows");
        try (RocksRowStore store = RocksRowStore.open(rows, RocksOptions.small())) {
            for (int round = 0; round < 3; round++) {
                RowBatch batch = store.newBatch();
                Random random = new Random(round);
                for (int i = 0; i < 3000; i++) {
                    byte[] value = new byte[100];
                    random.nextBytes(value);
                    batch.put(Family.ROWS, ("row" + round + "-" + i).getBytes(StandardCharsets.UTF_8), value);
                }
                store.write(batch);
                store.flush();
            }
        }
    }

    @Test
    void refusesAMissingTable() throws IOException {
        Files.delete(file(".sst"));
        refuses(CorruptStoreException.class);
    }

    @Test
    void refusesATruncatedTable() throws IOException {
        Path table = file(".sst");
        byte[] bytes = Files.readAllBytes(table);
        Files.write(table, Arrays.copyOf(bytes, bytes.length - 100));
        refuses(CorruptStoreException.class);
    }

    @Test
    void refusesATableWithADamagedFooter() throws IOException {
        Path table = file(".sst");
        byte[] bytes = Files.readAllBytes(table);
        bytes[bytes.length - 3] ^= 1;
        Files.write(table, bytes);
        refuses(CorruptStoreException.class);
    }

    @Test
    void findsDamagedRowsWhenTheyAreRead() throws IOException {
        Path table = file(".sst");
        byte[] bytes = Files.readAllBytes(table);
        bytes[1000] ^= 1;
        Files.write(table, bytes);
        try (RocksRowStore store = RocksRowStore.open(rows, RocksOptions.small())) {
            CorruptStoreException found =
                    assertThrows(CorruptStoreException.class, () -> RowStoreContract.count(store, Family.ROWS));
            assertSays(table.getFileName().toString(), found);
            assertSays("restore", found);
            CorruptStoreException verified = assertThrows(CorruptStoreException.class, store::verify);
            assertSays(table.getFileName().toString(), verified);
        }
    }

    @Test
    void refusesAMissingManifest() throws IOException {
        Files.delete(file("MANIFEST-"));
        refuses(StorageException.class);
    }

    @Test
    void refusesADamagedManifest() throws IOException {
        Path manifest = file("MANIFEST-");
        byte[] bytes = Files.readAllBytes(manifest);
        bytes[bytes.length / 2] ^= 1;
        Files.write(manifest, bytes);
        refuses(CorruptStoreException.class);
    }

    @Test
    void refusesAStoreWithoutCurrent() throws IOException {
        Files.delete(rows.resolve("CURRENT"));
        refuses(CorruptStoreException.class);
    }

    @Test
    void refusesADamagedCurrent() throws IOException {
        Files.writeString(rows.resolve("CURRENT"), "nonsense");
        refuses(StorageException.class);
    }

    @Test
    void refusesAStoreThatIsOpen() {
        try (RocksRowStore open = RocksRowStore.open(rows, RocksOptions.small())) {
            assertThrows(StorageException.class, () -> RocksRowStore.open(rows, RocksOptions.small()));
            assertEquals(9000, RowStoreContract.count(open, Family.ROWS));
        }
    }

    @Test
    void refusesFamiliesThatItDoesNotKnow() throws Exception {
        Path newer = directory.resolve("newer");
        RocksRowStore.open(newer, RocksOptions.small()).close();
        RocksTuning tuning = new RocksTuning(RocksOptions.small(), RocksTuning.Purpose.LIVE);
        RocksDatabase database = RocksDatabase.open(newer, tuning, false);
        database.db()
                .createColumnFamily(new ColumnFamilyDescriptor("of_tomorrow".getBytes(StandardCharsets.UTF_8)))
                .close();
        database.close();
        StorageException refusal =
                assertThrows(StorageException.class, () -> RocksRowStore.open(newer, RocksOptions.small()));
        assertSays("of_tomorrow", refusal);
    }

    @Test
    void refusesFamiliesUnderOtherIds() throws Exception {
        Path foreign = directory.resolve("foreign");
        try (Options options = new Options().setCreateIfMissing(true);
                RocksDB db = RocksDB.open(options, foreign.toString())) {
            for (String name : new String[] {"expires", "meta", "rows", "scores"}) {
                db.createColumnFamily(new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.UTF_8)))
                        .close();
            }
        }
        assertThrows(CorruptStoreException.class, () -> RocksRowStore.open(foreign, RocksOptions.small()));
    }

    @Test
    void verifiesAStoreThatIsWhole() {
        try (RocksRowStore store = RocksRowStore.open(rows, RocksOptions.small())) {
            store.verify();
        }
    }

    @Test
    void tellsAFullDiskFromOtherFailures() {
        Status full = new Status(Status.Code.IOError, Status.SubCode.NoSpace, "");
        StorageException failure = RocksFailures.of("write", new RocksDBException("No space left on device", full));
        assertEquals(StoreFullException.class, failure.getClass());
        assertSays("No space left on device", failure);
        Status other = new Status(Status.Code.IOError, Status.SubCode.None, "");
        assertEquals(
                StorageException.class,
                RocksFailures.of("write", new RocksDBException("I/O error", other))
                        .getClass());
        Status incomplete = new Status(Status.Code.Incomplete, Status.SubCode.None, "");
        assertEquals(
                WouldBlockException.INSTANCE, RocksFailures.ofRead(new RocksDBException("not in memory", incomplete)));
    }

    private static void assertSays(String part, Throwable failure) {
        assertTrue(String.valueOf(failure.getMessage()).contains(part), failure::toString);
    }

    private void refuses(Class<? extends StorageException> how) {
        Map<String, Long> before = contents();
        StorageException refusal = assertThrows(
                how, () -> RocksRowStore.open(rows, RocksOptions.small()).close());
        assertSays("rows", refusal);
        assertEquals(before, contents());
        assertThrows(how, () -> RocksRowStore.open(rows, RocksOptions.small()).close());
    }

    /** Files that hold data, with a checksum each. */
    private Map<String, Long> contents() {
        TreeMap<String, Long> sums = new TreeMap<>();
        try (Stream<Path> files = Files.list(rows)) {
            files.filter(file -> !file.getFileName().toString().startsWith("LOG"))
                    .forEach(file -> {
                        CRC32C sum = new CRC32C();
                        try {
                            sum.update(Files.readAllBytes(file));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                        sums.put(file.getFileName().toString(), sum.getValue());
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sums;
    }

    private Path file(String part) throws IOException {
        try (Stream<Path> files = Files.list(rows)) {
            return files.filter(file -> file.getFileName().toString().contains(part))
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }
}
