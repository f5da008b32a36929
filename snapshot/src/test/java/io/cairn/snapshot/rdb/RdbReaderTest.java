package io.cairn.snapshot.rdb;

import static io.cairn.snapshot.rdb.RdbBytes.bytes;
import static io.cairn.snapshot.rdb.RdbBytes.intset;
import static io.cairn.snapshot.rdb.RdbBytes.listpack;
import static io.cairn.snapshot.rdb.RdbBytes.rdb;
import static io.cairn.snapshot.rdb.RdbBytes.ziplist;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.entry.ValueType;
import io.cairn.snapshot.digest.DumpDigest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RdbReaderTest {
    private static final byte[] A = bytes(0x81).ascii("a").done();
    private static final byte[] B = bytes(0x81).ascii("b").done();
    private static final byte[] ZA = bytes(0x01).ascii("a").done();

    @Test
    void skipsWhatIsNoKey() throws IOException {
        RdbBytes rdb = rdb(12);
        rdb.raw(0xFA).string("redis-ver").string("7.4.0");
        // Module data: id, when, then one value of each kind.
        rdb.raw(0xF7, 0x81).big(8, -123).raw(2, 1);
        rdb.raw(1, 0x81).big(8, -1).raw(2, 5, 3, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 5);
        rdb.string("text").raw(5).lzf(Dump.bytes("again again again again")).raw(5, 0xC1, 1, 2, 0);
        rdb.raw(0xF5).string("#!lua name=lib\n");
        rdb.raw(0xFE, 1).raw(0xFB, 1, 0).raw(0xF4, 1, 2, 3);
        rdb.key(0, "key").string("value");
        Dump expected = new Dump();
        expected.string(1, Dump.bytes("key"), -1, Dump.bytes("value"));
        assertEquals(expected, RoundTripTest.read(rdb.end(), RdbReadOptions.DEFAULT));
    }

    @Test
    void expiryIsOfTheNextKeyAlone() throws IOException {
        RdbBytes rdb = rdb(9).raw(0xFC).little(8, 1234).raw(0xF9, 1).key(0, "a").string("");
        rdb.key(0, "b").string("").raw(0xFC).little(8, -77).key(0, "c").string("");
        Dump dump = RoundTripTest.read(rdb.end(), RdbReadOptions.DEFAULT);
        assertEquals(1234, expiry(dump, "0/a"));
        assertEquals(-1, expiry(dump, "0/b"));
        assertEquals(0, expiry(dump, "0/c"));
    }

    @Test
    void leavesOutEmptyCollections() throws IOException {
        RdbBytes rdb = rdb(11);
        for (int type = 1; type <= 5; type++) {
            rdb.key(type, "plain" + type).length(0);
        }
        rdb.key(10, "ziplist").string(ziplist()).key(12, "ziplist").string(ziplist());
        rdb.key(13, "ziplist").string(ziplist()).key(11, "intset").string(intset(2));
        rdb.key(9, "zipmap").string(bytes(0, 0xFF).done());
        rdb.key(14, "none")
                .length(0)
                .key(14, "empty")
                .length(2)
                .string(ziplist())
                .string(ziplist());
        rdb.key(16, "listpack").string(listpack()).key(17, "listpack").string(listpack());
        rdb.key(20, "listpack").string(listpack()).key(18, "none").length(0);
        rdb.key(0, "last").string("x");
        byte[] stream = rdb.end();
        RdbReader reader = new RdbReader(RdbInput.from(new ByteArrayInputStream(stream)), RdbReadOptions.DEFAULT);
        Dump dump = new Dump();
        assertEquals(stream.length, reader.read(dump, RdbEvents.NONE));
        assertEquals(1, dump.entries().size());
        assertEquals(1, reader.keys());
        assertEquals(16, reader.emptyKeys());
    }

    @Test
    void takesAZeroChecksumForNone() throws IOException {
        byte[] rdb = rdb(9).key(0, "a").string("b").raw(0xFF).little(8, 0).done();
        assertEquals(
                1, RoundTripTest.read(rdb, RdbReadOptions.DEFAULT).entries().size());
    }

    @Test
    void ignoresAWrongChecksumIfTold() throws IOException {
        byte[] rdb = rdb(9).key(0, "a").string("b").raw(0xFF).little(8, 1).done();
        RoundTripTest.read(rdb, RdbReadOptions.DEFAULT.withChecksum(false));
        CorruptRdbException e = corrupt(rdb);
        assertEquals(rdb.length, e.position());
        assertTrue(e.toString().contains("checksum=1 "), e.toString());
    }

    @Test
    void namesTypeAndKeyOfWhatItCannotStore() {
        for (int type : new int[] {6, 7, 8, 26, 33, 127}) {
            byte[] rdb = rdb(12).key(type, "some key").raw(1, 2, 3).done();
            UnsupportedRdbTypeException e = assertThrows(UnsupportedRdbTypeException.class, () -> read(rdb));
            assertEquals(type, e.type());
            assertTrue(e.toString().contains("key=some\\x20key"), e.toString());
        }
    }

    @Test
    void refusesNewerAndForeignVersions() {
        for (String magic : List.of("REDIS0013", "REDIS9999", "VALKEY079", "VALKEY081")) {
            UnsupportedRdbVersionException e = assertThrows(
                    UnsupportedRdbVersionException.class,
                    () -> read(bytes().ascii(magic).done()));
            assertTrue(e.toString().contains("newest=12"), e.toString());
        }
        for (String magic : List.of("REDIS0000", "REDIS-001", "REDIS00 9", "redis0009", "VALKEYabc", "$12345678")) {
            corrupt(bytes().ascii(magic).done());
        }
    }

    @Test
    void refusesDatabasesThatItHasNoRoomFor() throws IOException {
        byte[] rdb = rdb(9).raw(0xFE, 16).key(0, "a").string("b").end();
        DatabaseOutOfRangeException e = assertThrows(DatabaseOutOfRangeException.class, () -> read(rdb));
        assertTrue(e.toString().contains("database 16 but databases=16"), e.toString());
        RoundTripTest.read(rdb, RdbReadOptions.DEFAULT.withDatabases(17));
    }

    @Test
    void countsTheItemsOfLongListsAsUnknown() throws IOException {
        for (int type : new int[] {14, 18}) {
            int nodes = 18;
            RdbBytes rdb = rdb(10).key(type, "list").length(nodes);
            byte[] item = Dump.bytes("x".repeat(1 << 20));
            for (int i = 0; i < nodes; i++) {
                if (type == 14) {
                    rdb.string(ziplist(bytes(0x80).big(4, item.length).raw(item).done()));
                } else {
                    rdb.raw(1).string(item);
                }
            }
            List<Long> counts = new ArrayList<>();
            DumpDigest digest = new DumpDigest();
            read(rdb.end(), new Counting(counts, digest));
            assertEquals(List.of(EntrySink.UNKNOWN_COUNT), counts);
            DumpDigest expected = new DumpDigest();
            expected.begin(0, Dump.bytes("list"), -1, ValueType.LIST, nodes);
            for (int i = 0; i < nodes; i++) {
                expected.element(item);
            }
            expected.end();
            assertEquals(expected.sum(), digest.sum());
        }
    }

    @TestFactory
    Stream<DynamicTest> refuses() {
        Map<String, RdbBytes> damages = new LinkedHashMap<>();
        damages.put("length of an unknown kind", rdb(9).raw(0, 0x82, 0, 0, 0, 0));
        damages.put("negative length", rdb(9).raw(0, 0x81).big(8, -1));
        damages.put("string of an unknown kind", rdb(9).raw(0, 0xC4));
        damages.put("unknown opcode", rdb(9).raw(0xF0));
        damages.put("functions before their time", rdb(10).raw(0xF6));
        damages.put("fields in a version without", rdb(4).raw(0xFA).string("a").string("b"));
        damages.put("module data without time", rdb(9).raw(0xF7, 1, 3));
        damages.put("module data of an unknown kind", rdb(9).raw(0xF7, 1, 2, 0, 6));
        for (int type : new int[] {2, 4, 5}) {
            RdbBytes rdb = rdb(9).key(type, "k").length(2);
            for (int i = 0; i < 2; i++) {
                rdb.string("same");
                rdb.raw(type == 2 ? new byte[0] : type == 4 ? bytes(0).done() : new byte[8]);
            }
            damages.put("same element twice in type " + type, rdb);
        }
        damages.put("score that is not a number", rdb(9).key(5, "k").raw(1, 0).little(8, 0x7FF8_0000_0000_0000L));
        damages.put("text score that is not a number", rdb(9).key(3, "k").raw(1, 0, 253));
        damages.put(
                "text score that is no text of a number",
                rdb(9).key(3, "k").raw(1, 0, 2).ascii("1x"));
        damages.put("text score in hexadecimal", rdb(9).key(3, "k").raw(1, 0, 5).ascii("0x1p3"));
        damages.put("empty text score", rdb(9).key(3, "k").raw(1, 0, 0));
        for (int type : new int[] {9, 10, 11, 12, 13, 16, 17, 20}) {
            damages.put("empty blob of type " + type, rdb(11).key(type, "k").string(""));
            damages.put(
                    "garbage as blob of type " + type, rdb(11).key(type, "k").string("some garbage, no blob"));
        }
        damages.put(
                "same field twice in a zipmap",
                blob(9, bytes(2, 0, 0, 0, 0, 0, 0, 0xFF).done()));
        damages.put("zipmap with a wrong count", blob(9, bytes(2, 0, 0, 0, 0xFF).done()));
        damages.put("zipmap with a field alone", blob(9, bytes(1, 0, 0xFF).done()));
        damages.put("zipmap without its end", blob(9, bytes(1, 0, 0, 0).done()));
        damages.put(
                "zipmap with a length beyond",
                blob(9, bytes(1, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF).done()));
        damages.put(
                "intset of a width of 3",
                blob(11, bytes().little(4, 3).little(4, 1).little(3, 1).done()));
        damages.put(
                "intset with a wrong count",
                blob(11, bytes().little(4, 2).little(4, 2).little(2, 1).done()));
        damages.put("intset out of order", blob(11, intset(2, 2, 1)));
        damages.put("intset with a number twice", blob(11, intset(2, 1, 1)));
        damages.put("hash of an odd listpack", blob(16, listpack(A)));
        damages.put("hash with a field twice", blob(16, listpack(A, A, A, B)));
        damages.put("set with a member twice", blob(20, listpack(A, B, A)));
        damages.put("sorted set with a member twice", blob(17, listpack(A, bytes(1).done(), A, bytes(2).done())));
        damages.put("sorted set with a word for a score", blob(17, listpack(A, B)));
        damages.put("listpack with a wrong length", blob(16, changed(listpack(A, B), 0, 1)));
        damages.put("listpack with a wrong count", blob(16, changed(listpack(A, B), 4, 1)));
        damages.put("listpack with a wrong length behind an entry", blob(16, changed(listpack(A, B), 8, 1)));
        damages.put("listpack with an unknown entry", blob(16, changed(listpack(A, B), 6, 0x81 ^ 0xF8)));
        damages.put("listpack with an end in between", blob(16, changed(listpack(A, B), 6, 0x81 ^ 0xFF)));
        damages.put("listpack with an entry that is too long", blob(16, changed(listpack(A, B), 6, 0x81 ^ 0x90)));
        damages.put(
                "listpack with a huge entry",
                blob(16, listpack(bytes(0xF0).little(4, -1).done())));
        damages.put("ziplist with a wrong length", blob(10, changed(ziplist(ZA, ZA), 0, 1)));
        damages.put("ziplist with a wrong last entry", blob(10, changed(ziplist(ZA, ZA), 4, 1)));
        damages.put("ziplist with a wrong count", blob(10, changed(ziplist(ZA, ZA), 8, 1)));
        damages.put("ziplist with a wrong length before an entry", blob(10, changed(ziplist(ZA, ZA), 13, 1)));
        damages.put("ziplist with an unknown entry", blob(10, changed(ziplist(ZA, ZA), 11, 0x81 ^ 1)));
        damages.put("ziplist with an entry that is too long", blob(10, changed(ziplist(ZA, ZA), 11, 0x20)));
        damages.put(
                "ziplist with a huge entry",
                blob(10, ziplist(bytes(0x80).big(4, -1).done())));
        damages.put(
                "list node of an unknown kind", rdb(10).key(18, "k").raw(1, 3).string("x"));
        damages.put("compressed string of another length", rdb(9).raw(0, 0, 0xC3, 2, 2, 0, 'a'));
        damages.put("compressed string that is cut off", rdb(9).raw(0, 0, 0xC3, 2, 3, 2, 'a'));
        damages.put("compressed string that refers too far back", rdb(9).raw(0, 0, 0xC3, 4, 4, 0, 'a', 0x20, 1));
        return damages.entrySet().stream()
                .map(damage -> DynamicTest.dynamicTest(
                        damage.getKey(),
                        () -> corrupt(damage.getValue()
                                .key(0, "more")
                                .string("to come")
                                .end())));
    }

    private static long expiry(Dump dump, String name) {
        return Objects.requireNonNull(dump.entries().get(name), name).expireAtMillis();
    }

    private static RdbBytes blob(int type, byte[] blob) {
        return rdb(11).key(type, "k").string(blob);
    }

    private static byte[] changed(byte[] bytes, int at, int bits) {
        bytes[at] ^= (byte) bits;
        return bytes;
    }

    private static CorruptRdbException corrupt(byte[] rdb) {
        CorruptRdbException e = assertThrows(CorruptRdbException.class, () -> read(rdb));
        assertTrue(e.position() <= rdb.length, e.toString());
        assertTrue(!e.toString().contains("too early"), e.toString());
        return e;
    }

    private static void read(byte[] rdb) throws IOException {
        read(rdb, new DumpDigest());
    }

    private static void read(byte[] rdb, EntrySink sink) throws IOException {
        new RdbReader(RdbInput.from(ByteBuffer.wrap(rdb)), RdbReadOptions.DEFAULT).read(sink, RdbEvents.NONE);
    }

    /** Notes the counts of collections on their way. */
    private record Counting(List<Long> counts, EntrySink next) implements EntrySink {
        @Override
        public void string(int db, byte[] key, long expireAtMillis, byte[] value) throws IOException {
            next.string(db, key, expireAtMillis, value);
        }

        @Override
        public void begin(int db, byte[] key, long expireAtMillis, ValueType type, long count) throws IOException {
            counts.add(count);
            next.begin(db, key, expireAtMillis, type, count);
        }

        @Override
        public void element(byte[] element) throws IOException {
            next.element(element);
        }

        @Override
        public void pair(byte[] field, byte[] value) throws IOException {
            next.pair(field, value);
        }

        @Override
        public void scored(byte[] member, double score) throws IOException {
            next.scored(member, score);
        }

        @Override
        public void part(StreamPart part) throws IOException {
            next.part(part);
        }

        @Override
        public void end() throws IOException {
            next.end();
        }
    }
}
