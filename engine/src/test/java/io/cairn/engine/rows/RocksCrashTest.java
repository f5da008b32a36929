package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;

/** What is on disk at any moment is the state after some whole batch, over all families. */
class RocksCrashTest {
    private static final byte[] LAST = {(byte) 0xFF, 'l'};

    @TempDir
    Path directory;

    @Seeded(runs = 1, longRuns = 200)
    void leavesTheStateAfterSomeWholeBatch(long seed) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        List<Throwable> failures = new ArrayList<>();
        RocksOptions options = seed % 2 == 0 ? RocksOptions.small() : RocksBlobsTest.options();
        try (RocksRowStore store = RocksRowStore.open(directory.resolve("rows"), options)) {
            Thread writer = new Thread(() -> write(store, seed, stop, failures), "writer");
            writer.start();
            try {
                for (int copy = 0; copy < 8; copy++) {
                    store.flush();
                    Path killed = directory.resolve("killed" + copy);
                    copyAsAKillLeavesIt(store, killed);
                    try (RocksRowStore opened = RocksRowStore.open(killed, options)) {
                        check(opened, seed);
                    }
                }
            } finally {
                stop.set(true);
                writer.join();
            }
        }
        assertEquals(List.of(), failures);
        try (RocksRowStore opened = RocksRowStore.open(directory.resolve("rows"), options)) {
            check(opened, seed);
        }
    }

    private static void write(RocksRowStore store, long seed, AtomicBoolean stop, List<Throwable> failures) {
        try {
            RowModel model = new RowModel();
            for (long number = 1; !stop.get(); number++) {
                RowBatch batch = store.newBatch();
                change(model, batch, seed, number);
                batch.put(Family.EXPIRES, LAST, longBytes(number));
                store.write(batch);
                // A writer without pause only makes the comparison long.
                Thread.sleep(0, 200_000);
            }
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    private static void change(RowModel model, RowBatch batch, long seed, long number) {
        Random random = new Random(seed + number * 31);
        for (int i = 0; i < 12; i++) {
            model.change(random, batch);
        }
    }

    private static void check(RocksRowStore opened, long seed) {
        byte[] last = opened.get(Family.EXPIRES, LAST, ReadMode.DISK);
        long number = last == null ? 0 : ByteBuffer.wrap(last).getLong();
        RowModel model = new RowModel();
        MemoryBatch ignored = new MemoryBatch();
        for (long i = 1; i <= number; i++) {
            change(model, ignored, seed, i);
            ignored.clear();
        }
        if (last != null) {
            RowBatch batch = opened.newBatch();
            batch.delete(Family.EXPIRES, LAST);
            opened.write(batch);
        }
        model.check(new Random(1), opened, true);
    }

    /**
     * Manifest first, then the tables that it names: what was written so far, and no more.
     *
     * <p>No table becomes obsolete on disk meanwhile, but those that were before may still be on their way out. One that
     * vanishes is therefore left out; were it one that the manifest names, the copy could not be opened.
     */
    private static void copyAsAKillLeavesIt(RocksRowStore store, Path to) throws Exception {
        Path from = to.resolveSibling("rows");
        Files.createDirectories(to);
        store.db().disableFileDeletions();
        try {
            copy(from, to, "CURRENT");
            copy(from, to, "MANIFEST-");
            copy(from, to, ".sst");
            copy(from, to, ".blob");
        } finally {
            store.db().enableFileDeletions();
        }
    }

    private static void copy(Path from, Path to, String part) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(from, "*" + part + "*")) {
            for (Path file : files) {
                try {
                    Files.copy(file, to.resolve(file.getFileName()));
                } catch (NoSuchFileException e) {
                    assertTrue(part.equals(".sst") || part.equals(".blob"), e.getMessage());
                }
            }
        }
    }

    private static byte[] longBytes(long number) {
        return ByteBuffer.allocate(8).putLong(number).array();
    }
}
