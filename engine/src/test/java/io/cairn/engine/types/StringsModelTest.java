package io.cairn.engine.types;

import static io.cairn.engine.types.Workbench.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.SystemRows;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowStore;
import io.cairn.engine.rows.WouldBlockException;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random changes to parts of a few strings, committed, abandoned and rolled back, against arrays of bytes. */
class StringsModelTest {
    private static final int KEYS = 3;
    private static final long EXPIRY = Workbench.NOW + 1000;

    private Map<Integer, byte[]> model = new HashMap<>();

    RowStore openStore() {
        return new MemoryRowStore();
    }

    @Seeded
    void behavesAsAnArrayOfBytes(long seed) throws IOException {
        Random random = new Random(seed);
        model = new HashMap<>();
        try (Workbench bench = Workbench.reluctant(openStore(), Limits.DEFAULT, random, 100)) {
            Map<Integer, byte[]> committed = Map.of();
            for (int step = 0; step < 300; step++) {
                Map<Integer, byte[]> before = new HashMap<>(model);
                Turn.Mark mark = bench.turn.mark();
                bench.turn.beginUnit(true);
                while (!tryChange(bench, random)) {
                    bench.turn.rollback(mark);
                    model = new HashMap<>(before);
                }
                if (random.nextInt(6) == 0) {
                    bench.turn.rollback(mark);
                    model = before;
                }
                bench.turn.endUnit();
                Workbench.insist(() -> check(bench, random));
                if (random.nextInt(8) == 0) {
                    bench.abandon();
                    model = new HashMap<>(committed);
                } else if (random.nextInt(4) == 0) {
                    bench.commit();
                    committed = new HashMap<>(model);
                }
            }
        }
    }

    private static byte[] key(int number) {
        return bytes("key:" + number);
    }

    /** Makes a change; false if a read was refused half-way. */
    private boolean tryChange(Workbench bench, Random random) {
        try {
            change(bench, random);
            return true;
        } catch (WouldBlockException e) {
            return false;
        }
    }

    private void change(Workbench bench, Random random) {
        int number = random.nextInt(KEYS);
        byte[] key = key(number);
        byte[] row = bench.row(key);
        byte[] old = model.get(number);
        int length = old == null ? 0 : old.length;
        switch (random.nextInt(10)) {
            case 0 -> {
                bench.turn.set(0, key, null);
                model.remove(number);
            }
            case 1, 2 -> {
                byte[] value = random(random, size(random));
                Strings.set(bench.turn, 0, key, value, EXPIRY);
                model.put(number, value);
            }
            case 3 -> copy(bench, row, number, (number + 1) % KEYS);
            case 6 -> {
                byte[] value = new byte[size(random)];
                value[random.nextInt(value.length)] = 1;
                Strings.compose(
                        bench.turn,
                        0,
                        key,
                        value.length,
                        (from, part) -> Arrays.copyOfRange(value, (int) from, (int) from + part));
                model.put(number, value);
            }
            case 4, 5 -> write(bench, number, row, length, random(random, 1 + random.nextInt(9000)));
            default ->
                write(
                        bench,
                        number,
                        row,
                        random.nextInt(length + 1 + random.nextInt(30_000)),
                        random(random, size(random)));
        }
    }

    private void copy(Workbench bench, byte @Nullable [] row, int from, int to) {
        bench.row(key(to));
        if (row != null) {
            bench.turn.set(0, key(to), Keys.copy(bench.turn, row));
            model.put(to, model.getOrDefault(from, new byte[0]).clone());
        }
    }

    private void write(Workbench bench, int number, byte @Nullable [] row, int offset, byte[] part) {
        Strings.writeRange(bench.turn, 0, key(number), row, offset, part);
        byte[] old = model.getOrDefault(number, new byte[0]);
        byte[] value = Arrays.copyOf(old, Math.max(old.length, offset + part.length));
        System.arraycopy(part, 0, value, offset, part.length);
        model.put(number, value);
    }

    private static int size(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> 1 + random.nextInt(40);
            case 1 -> 1 + random.nextInt(Strings.CHUNK_BYTES);
            case 2 -> Strings.CHUNK_BYTES * (1 + random.nextInt(3)) - 1 + random.nextInt(3);
            default -> Strings.INLINE_MAX_BYTES - 1 + random.nextInt(3);
        };
    }

    private static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private void check(Workbench bench, Random random) {
        for (int number = 0; number < KEYS; number++) {
            byte[] expected = model.get(number);
            byte[] row = bench.turn.read(0, key(number));
            if (expected == null || row == null) {
                assertEquals(expected == null, row == null, "key " + number);
                continue;
            }
            assertEquals(expected.length, Strings.length(row));
            assertArrayEquals(expected, Strings.value(bench.turn, row));
            int from = random.nextInt(expected.length);
            int length = random.nextInt(expected.length - from + 1);
            assertArrayEquals(
                    Arrays.copyOfRange(expected, from, from + length),
                    Strings.readRange(bench.turn, row, from, length));
            assertArrayEquals(Arrays.copyOfRange(expected, from, from + length), scan(bench, row, from, length));
        }
    }

    private static byte[] scan(Workbench bench, byte[] row, int from, int length) {
        byte[] range = new byte[length];
        long[] next = {from};
        Strings.scan(bench.turn, row, from, (long) from + length, (offset, bytes, start, end) -> {
            assertTrue(offset >= next[0] && start < end, "parts come in order");
            System.arraycopy(bytes, start, range, (int) offset - from, end - start);
            next[0] = offset + end - start;
            return true;
        });
        return range;
    }

    @Seeded
    void loadsAndDrainsWhatWasThere(long seed) throws IOException {
        Random random = new Random(seed);
        RowStore store = openStore();
        try (Workbench bench = new Workbench(store, Limits.DEFAULT)) {
            byte[] value = random(random, size(random));
            RowBatch batch = store.newBatch();
            long[] versions = {1000};
            byte[] row = Strings.load(batch, () -> ++versions[0], EXPIRY, value);
            store.write(batch);
            Workbench.Transcript transcript = new Workbench.Transcript();
            Strings.drain(store, 0, bytes("k"), row, transcript);
            assertArrayEquals(value, transcript.string);
            assertEquals(EXPIRY, transcript.expireAtMillis);
            assertArrayEquals(value, Strings.value(bench.turn, row));
        }
    }

    @Test
    void keepsAGapOutOfTheStore() throws IOException {
        RowStore store = openStore();
        try (Workbench bench = new Workbench(store, Limits.DEFAULT)) {
            byte[] key = bytes("sparse");
            int offset = 100 << 20;
            Strings.writeRange(bench.turn, 0, key, bench.row(key), offset, bytes("end"));
            bench.commit();
            byte[] row = bench.turn.read(0, key);
            assertNotNull(row);
            assertEquals(offset + 3, Strings.length(row));
            assertEquals(1, chunks(store, MetaRow.version(row)));
            assertArrayEquals(new byte[16], Strings.readRange(bench.turn, row, offset / 2, 16));
            assertArrayEquals(bytes("\0end"), Strings.readRange(bench.turn, row, offset - 1, 4));
        }
    }

    @Test
    void composesPartByPartWithoutChunksOfZeroes() throws IOException {
        RowStore store = openStore();
        try (Workbench bench = new Workbench(store, Limits.DEFAULT)) {
            byte[] key = bytes("composed");
            bench.row(key);
            long length = (20 << 20) + 5;
            long place = (10 << 20) + 7;
            long[] asked = {0};
            Strings.compose(bench.turn, 0, key, length, (from, partLength) -> {
                assertEquals(asked[0], from);
                asked[0] += partLength;
                assertTrue(partLength <= 1 << 20, "a part is small");
                byte[] part = new byte[partLength];
                if (place >= from && place < from + partLength) {
                    part[(int) (place - from)] = 42;
                }
                return part;
            });
            assertEquals(length, asked[0]);
            bench.commit();
            byte[] row = bench.turn.read(0, key);
            assertNotNull(row);
            assertEquals(length, Strings.length(row));
            assertEquals(1, chunks(store, MetaRow.version(row)));
            assertArrayEquals(new byte[] {0, 42, 0}, Strings.readRange(bench.turn, row, place - 1, 3));
        }
    }

    @Test
    void changesOnlyTheChunksConcerned() throws IOException {
        RowStore store = openStore();
        try (Workbench bench = new Workbench(store, Limits.DEFAULT)) {
            byte[] key = bytes("large");
            bench.row(key);
            Strings.set(bench.turn, 0, key, new byte[10 * Strings.CHUNK_BYTES], MetaRow.NO_EXPIRY);
            bench.commit();
            byte[] before = bench.row(key);
            assertNotNull(before);
            long version = MetaRow.version(before);
            assertEquals(10, chunks(store, version));
            Strings.writeRange(bench.turn, 0, key, before, 3L * Strings.CHUNK_BYTES - 1, bytes("xy"));
            bench.commit();
            byte[] after = bench.row(key);
            assertArrayEquals(before, after, "a change inside leaves the meta row alone");
            assertNull(store.get(Family.SYSTEM, trash(version), ReadMode.DISK));
            Strings.set(bench.turn, 0, key, bytes("small"), MetaRow.NO_EXPIRY);
            bench.commit();
            assertNotNull(store.get(Family.SYSTEM, trash(version), ReadMode.DISK), "the chunks are garbage now");
        }
    }

    private static byte[] trash(long version) {
        byte[] key = new byte[9];
        key[0] = SystemRows.TRASHED_VERSION;
        System.arraycopy(SystemRows.versionStart(version), 0, key, 1, 8);
        return key;
    }

    private static int chunks(RowStore store, long version) {
        int chunks = 0;
        try (RowCursor cursor = store.cursor(
                Family.ROWS, SystemRows.versionStart(version), SystemRows.versionStart(version + 1), ReadMode.DISK)) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                chunks++;
            }
        }
        return chunks;
    }

    @Test
    void namesEncodingsAsRedisDoes() {
        assertEquals(Encoding.INT, Strings.encodingOf(bytes("0")));
        assertEquals(Encoding.INT, Strings.encodingOf(bytes("-9223372036854775808")));
        assertEquals(Encoding.EMBSTR, Strings.encodingOf(bytes("9223372036854775808")));
        assertEquals(Encoding.EMBSTR, Strings.encodingOf(bytes("01")));
        assertEquals(Encoding.EMBSTR, Strings.encodingOf(new byte[0]));
        assertEquals(Encoding.EMBSTR, Strings.encodingOf(new byte[44]));
        assertEquals(Encoding.RAW, Strings.encodingOf(new byte[45]));
        assertTrue(Strings.INLINE_MAX_BYTES >= Strings.CHUNK_BYTES);
    }
}
