package io.cairn.snapshot.digest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.ValueType;
import io.cairn.snapshot.rdb.Dump;
import io.cairn.snapshot.rdb.RandomDump;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DigestTest {
    @Test
    void doesNotDependOnTheOrderOfKeys() throws IOException {
        Dump dump = RandomDump.of(1, 300);
        List<Map.Entry<String, Dump.Entry>> entries =
                new ArrayList<>(dump.entries().entrySet());
        DumpDigest.Sum expected = digest(dump);
        Collections.shuffle(entries, new Random(2));
        DumpDigest.Sum parts = DumpDigest.Sum.EMPTY;
        for (Map.Entry<String, Dump.Entry> entry : entries) {
            Dump one = new Dump();
            one.entries().put(entry.getKey(), entry.getValue());
            parts = parts.plus(digest(one));
        }
        assertEquals(expected, parts);
        assertEquals(dump.entries().size(), expected.keys());
    }

    @Test
    void dependsOnTheOrderOfListsOnly() throws IOException {
        assertNotEquals(of(ValueType.LIST, "a", "b"), of(ValueType.LIST, "b", "a"));
        assertEquals(of(ValueType.SET, "a", "b"), of(ValueType.SET, "b", "a"));
        assertEquals(of(ValueType.HASH, "a", "b"), of(ValueType.HASH, "b", "a"));
        assertEquals(of(ValueType.ZSET, "a", "b"), of(ValueType.ZSET, "b", "a"));
    }

    @Test
    void seesEveryDifference() throws IOException {
        Set<String> seen = new HashSet<>();
        for (ValueType type : List.of(ValueType.LIST, ValueType.SET, ValueType.HASH, ValueType.ZSET)) {
            for (String[] elements : new String[][] {
                {"a"},
                {"b"},
                {"ab"},
                {"a", "b"},
                {"", "ab"},
                {"a", "b", "c"},
                {"a\0"},
                {"\0"},
                {"\0\0"},
                {""},
                {"0123456789abcdef"},
                {"0123456789abcdef\0"},
                {"01234567"},
                {"01234567\0"}
            }) {
                assertTrue(seen.add(of(type, elements).hex()), type + Arrays.toString(elements));
            }
        }
        for (int db = 0; db < 2; db++) {
            for (long expiry : new long[] {-1, 1, 2}) {
                for (String key : List.of("k", "l")) {
                    for (String value : List.of("", "v", "w")) {
                        DumpDigest digest = new DumpDigest();
                        digest.string(db, Dump.bytes(key), expiry, Dump.bytes(value));
                        assertTrue(seen.add(digest.sum().hex()));
                    }
                }
            }
        }
    }

    @Test
    void staysTheSameOverReleases() throws IOException {
        // Two nodes of different releases compare their digests: a new value here needs a new name for the digest.
        assertEquals(
                "keys=1 elements=2 digest=fd19a9f615f13e6dc83420a1f2e91a37",
                of(ValueType.HASH, "a", "b").toString());
    }

    @Test
    void differsInAboutHalfOfTheBitsForEveryBitFlipped() {
        Fingerprint fingerprint = new Fingerprint();
        for (int length : new int[] {1, 7, 8, 9, 16, 33}) {
            byte[] bytes = new byte[length];
            fingerprint.reset(0).add(bytes).finish();
            long high = fingerprint.high();
            long low = fingerprint.low();
            for (int bit = 0; bit < 8 * length; bit++) {
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
                fingerprint.reset(0).add(bytes).finish();
                int changed = Long.bitCount(high ^ fingerprint.high()) + Long.bitCount(low ^ fingerprint.low());
                assertTrue(changed > 24 && changed < 104, "length " + length + " bit " + bit + " changed " + changed);
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
            }
        }
    }

    @Test
    void namesTheKeysThatDiffer() throws IOException {
        DumpDiff diff = new DumpDiff();
        RandomDump.of(5, 100).drain(diff.left());
        RandomDump.of(5, 100).drain(diff.right());
        assertEquals(List.of(), diff.differences(10));
        diff.left().string(7, Dump.bytes("only left"), -1, Dump.bytes("x"));
        diff.right().string(7, Dump.bytes("only\0right"), -1, Dump.bytes("x"));
        put(diff.left(), "type", ValueType.LIST, -1, "a");
        put(diff.right(), "type", ValueType.SET, -1, "a");
        put(diff.left(), "expiry", ValueType.SET, -1, "a");
        put(diff.right(), "expiry", ValueType.SET, 5, "a");
        put(diff.left(), "count", ValueType.SET, -1, "a");
        put(diff.right(), "count", ValueType.SET, -1, "a", "b");
        put(diff.left(), "value", ValueType.SET, -1, "a");
        put(diff.right(), "value", ValueType.SET, -1, "b");
        assertEquals(
                Set.of(
                        "db=7 key=only\\x20left only on the left",
                        "db=7 key=only\\x00right only on the right",
                        "db=7 key=type type left=list right=set",
                        "db=7 key=expiry expiry left=-1 right=5",
                        "db=7 key=count set elements left=1 right=2",
                        "db=7 key=value set value differs elements=1"),
                Set.copyOf(diff.differences(10)));
        assertEquals(2, diff.differences(2).size());
    }

    private static DumpDigest.Sum digest(Dump dump) throws IOException {
        DumpDigest digest = new DumpDigest();
        dump.drain(digest);
        return digest.sum();
    }

    private static DumpDigest.Sum of(ValueType type, String... elements) throws IOException {
        DumpDigest digest = new DumpDigest();
        put(digest, "k", type, -1, elements);
        return digest.sum();
    }

    private static void put(EntrySink sink, String key, ValueType type, long expiry, String... elements)
            throws IOException {
        sink.begin(7, Dump.bytes(key), expiry, type, elements.length);
        for (String element : elements) {
            switch (type) {
                case HASH -> sink.pair(Dump.bytes(element), Dump.bytes("value of " + element));
                case ZSET -> sink.scored(Dump.bytes(element), element.length());
                default -> sink.element(Dump.bytes(element));
            }
        }
        sink.end();
    }
}
