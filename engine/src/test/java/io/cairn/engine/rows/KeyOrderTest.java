package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.cairn.engine.rows.PendingTable.Entry;
import io.cairn.wal.simulation.Seeded;
import java.util.Random;

/** The order in which rows are applied is RocksDB's order of keys. */
class KeyOrderTest {
    @Seeded(runs = 200)
    void sortsAsKeysCompare(long seed) {
        Random random = new Random(seed);
        Entry[] entries = new Entry[random.nextInt(random.nextInt(10) == 0 ? 5000 : 60)];
        int namespaces = 1 + random.nextInt(3);
        int symbols = 1 + random.nextInt(random.nextBoolean() ? 3 : 256);
        byte[] beginning = new byte[random.nextInt(20)];
        random.nextBytes(beginning);
        for (int i = 0; i < entries.length; i++) {
            int common = random.nextInt(8) == 0 ? random.nextInt(beginning.length + 1) : beginning.length;
            byte[] key = new byte[common + random.nextInt(12)];
            System.arraycopy(beginning, 0, key, 0, common);
            for (int at = common; at < key.length; at++) {
                key[at] = (byte) random.nextInt(symbols);
            }
            int namespace = random.nextInt(namespaces) - 1;
            entries[i] = new Entry(0, namespace, key, key, false);
        }
        Entry[] expected = entries.clone();
        java.util.Arrays.sort(expected, KeyOrder::compare);
        KeyOrder.sort(entries);
        byte[][] sorted = keys(entries);
        assertArrayEquals(keys(expected), sorted);
    }

    private static byte[][] keys(Entry[] entries) {
        byte[][] keys = new byte[entries.length][];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = RowNode.fullKey(entries[i].namespace, entries[i].key);
        }
        return keys;
    }
}
