package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.keyspace.KeyHash;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A row store too simple to be wrong: a sorted map a family.
 *
 * <p><i>Confined to the test's thread.</i>
 */
final class RowModel {
    private static final Family[] FAMILIES = Family.values();

    private final TreeMap<byte[], byte[]>[] families;

    RowModel() {
        families = newFamilies();
        for (int i = 0; i < families.length; i++) {
            families[i] = new TreeMap<>(Arrays::compareUnsigned);
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static TreeMap<byte[], byte[]>[] newFamilies() {
        return new TreeMap[FAMILIES.length];
    }

    RowModel copy() {
        RowModel copy = new RowModel();
        for (int i = 0; i < families.length; i++) {
            copy.families[i].putAll(families[i]);
        }
        return copy;
    }

    /** One random change, to the batch and here. */
    void change(Random random, RowBatch batch) {
        Family family = FAMILIES[random.nextInt(FAMILIES.length)];
        TreeMap<byte[], byte[]> rows = families[family.ordinal()];
        int what = random.nextInt(100);
        if (what < 2) {
            byte[] from = family == Family.META ? metaKey(random.nextInt(4), new byte[0]) : key(random, family);
            byte[] to = family == Family.META ? metaKey(random.nextInt(4), new byte[0]) : key(random, family);
            batch.deleteRange(family, from, to);
            if (Arrays.compareUnsigned(from, to) < 0) {
                rows.subMap(from, to).clear();
            }
            return;
        }
        byte[] value = new byte[random.nextInt(random.nextInt(50) == 0 ? 20_000 : 40)];
        random.nextBytes(value);
        if (family == Family.META) {
            int namespace = random.nextInt(3);
            byte[] key = shortKey(random);
            if (what < 30) {
                batch.deleteMeta(KeyHash.of(namespace, key), namespace, key);
                rows.remove(metaKey(namespace, key));
            } else {
                batch.putMeta(KeyHash.of(namespace, key), namespace, key, value);
                rows.put(metaKey(namespace, key), value);
            }
            return;
        }
        byte[] key = key(random, family);
        if (what < 30) {
            batch.delete(family, key);
            rows.remove(key);
        } else {
            batch.put(family, key, value);
            rows.put(key, value);
        }
    }

    /** Compares random reads, or everything. */
    void check(Random random, RowView view, boolean everything) {
        Family family = FAMILIES[random.nextInt(FAMILIES.length)];
        checkPoint(random, view, family);
        checkWalk(random, view, family);
        if (everything) {
            for (Family each : FAMILIES) {
                checkAll(view, each);
            }
        }
    }

    private void checkPoint(Random random, RowView view, Family family) {
        TreeMap<byte[], byte[]> rows = families[family.ordinal()];
        for (int i = 0; i < 4; i++) {
            if (family == Family.META) {
                int namespace = random.nextInt(3);
                byte[] key = shortKey(random);
                byte[] expected = rows.get(metaKey(namespace, key));
                assertArrayEquals(expected, view.meta(KeyHash.of(namespace, key), namespace, key, ReadMode.DISK));
                assertArrayEquals(expected, view.get(family, metaKey(namespace, key), ReadMode.DISK));
            } else {
                byte[] key = key(random, family);
                assertArrayEquals(rows.get(key), view.get(family, key, ReadMode.DISK));
            }
        }
    }

    private void checkWalk(Random random, RowView view, Family family) {
        byte[] from = key(random, family);
        byte[] to = random.nextInt(4) == 0 ? null : key(random, family);
        if (to != null && Arrays.compareUnsigned(from, to) > 0) {
            byte[] swap = from;
            from = to;
            to = swap;
        }
        TreeMap<byte[], byte[]> rows = families[family.ordinal()];
        NavigableMap<byte[], byte[]> range = to == null ? rows.tailMap(from, true) : rows.subMap(from, true, to, false);
        try (RowCursor cursor = view.cursor(family, from, to, ReadMode.DISK)) {
            byte[] at = key(random, family);
            Map.Entry<byte[], byte[]> expected;
            switch (random.nextInt(4)) {
                case 0 -> {
                    cursor.seekToFirst();
                    expected = range.firstEntry();
                }
                case 1 -> {
                    cursor.seekToLast();
                    expected = range.lastEntry();
                }
                case 2 -> {
                    cursor.seek(at);
                    expected = range.ceilingEntry(at);
                }
                default -> {
                    cursor.seekForPrev(at);
                    expected = range.floorEntry(at);
                }
            }
            same(expected, cursor);
            for (int i = 0; i < 8 && expected != null; i++) {
                if (random.nextBoolean()) {
                    expected = range.higherEntry(expected.getKey());
                    cursor.next();
                } else {
                    expected = range.lowerEntry(expected.getKey());
                    cursor.prev();
                }
                same(expected, cursor);
            }
        }
    }

    private void checkAll(RowView view, Family family) {
        try (RowCursor cursor = view.cursor(family, new byte[0], null, ReadMode.DISK)) {
            cursor.seekToFirst();
            for (Map.Entry<byte[], byte[]> row : families[family.ordinal()].entrySet()) {
                same(row, cursor);
                cursor.next();
            }
            assertFalse(cursor.valid());
        }
    }

    private static void same(Map.@Nullable Entry<byte[], byte[]> expected, RowCursor cursor) {
        assertEquals(expected != null, cursor.valid());
        if (expected != null) {
            assertTrue(Arrays.equals(expected.getKey(), cursor.key()), "another key");
            assertArrayEquals(expected.getValue(), cursor.value());
        }
    }

    private static byte[] key(Random random, Family family) {
        return switch (family) {
            case META -> metaKey(random.nextInt(4), shortKey(random));
            case ROWS, SCORES ->
                random.nextInt(10) == 0
                        ? shortKey(random)
                        : ByteBuffer.allocate(9)
                                .putLong(random.nextInt(4) * 0x5555_5555_5555_5555L)
                                .put((byte) random.nextInt(40))
                                .array();
            case SYSTEM, EXPIRES -> shortKey(random);
        };
    }

    private static byte[] shortKey(Random random) {
        byte[] key = new byte[random.nextInt(4)];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (random.nextInt(5) * 63);
        }
        return key;
    }

    private static byte[] metaKey(int namespace, byte[] key) {
        return ByteBuffer.allocate(4 + key.length).putInt(namespace).put(key).array();
    }
}
