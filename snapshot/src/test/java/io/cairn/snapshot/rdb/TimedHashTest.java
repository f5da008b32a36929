package io.cairn.snapshot.rdb;

import static io.cairn.snapshot.rdb.RdbBytes.bytes;
import static io.cairn.snapshot.rdb.RdbBytes.listpack;
import static io.cairn.snapshot.rdb.RdbBytes.rdb;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Hashes of which fields expire, in the encodings of Redis 7.4 and Valkey 9. */
class TimedHashTest {
    private static final long FIRST = 1_700_000_000_000L;
    private static final Map<String, String> EXPECTED =
            Map.of("a", "1", "b", "2@1700000000000", "c", "3@1700000000250");
    private static final byte[] A1 = hex("8161");
    private static final byte[] B2 = hex("8162");
    private static final byte[] C3 = hex("8163");

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /** A time as a listpack's integer of 64 bits. */
    private static byte[] time(long millis) {
        return bytes(0xF4).little(8, millis).done();
    }

    private static void check(byte[] rdb) throws IOException {
        Dump dump = RoundTripTest.read(rdb, RdbReadOptions.DEFAULT);
        assertEquals(EXPECTED, Objects.requireNonNull(dump.entries().get("0/h")).value());
    }

    private static void refuse(byte[] rdb) {
        assertThrows(CorruptRdbException.class, () -> RoundTripTest.read(rdb, RdbReadOptions.DEFAULT));
    }

    private static byte[] blob() {
        byte[][] entries = {B2, hex("02"), time(FIRST), C3, hex("03"), time(FIRST + 250), A1, hex("01"), hex("00")};
        return listpack(entries);
    }

    @Test
    void readsWhatRedisWrites() throws IOException {
        RdbBytes plain = rdb(12).key(24, "h").little(8, FIRST).length(3);
        plain.length(0).string("a").string("1").length(1).string("b").string("2");
        check(plain.length(251).string("c").string("3").end());
        check(rdb(12).key(25, "h").little(8, FIRST).string(blob()).end());
    }

    @Test
    void readsWhatRedisWroteBeforeItsRelease() throws IOException {
        RdbBytes plain = rdb(12).key(22, "h").length(3).length(0).string("a").string("1");
        plain.raw(0x81).big(8, FIRST).string("b").string("2");
        check(plain.raw(0x81).big(8, FIRST + 250).string("c").string("3").end());
        check(rdb(12).key(23, "h").string(blob()).end());
    }

    @Test
    void readsWhatValkeyWrites() throws IOException {
        RdbBytes rdb = bytes().ascii("VALKEY080").key(22, "h").length(3);
        rdb.string("a").string("1").little(8, -1).string("b").string("2").little(8, FIRST);
        check(rdb.string("c")
                .string("3")
                .little(8, FIRST + 250)
                .raw(0xFF)
                .little(8, 0)
                .done());
    }

    @Test
    void valkeyHasNoneOfRedissTypes() {
        byte[] rdb = bytes().ascii("VALKEY080").key(24, "h").raw(1, 2, 3).done();
        assertThrows(UnsupportedRdbTypeException.class, () -> RoundTripTest.read(rdb, RdbReadOptions.DEFAULT));
    }

    @Test
    void refusesWhatDoesNotHold() {
        refuse(rdb(12).key(24, "h")
                .little(8, -5)
                .raw(1, 1)
                .string("f")
                .string("v")
                .end());
        refuse(rdb(12).key(24, "h")
                .little(8, 1L << 60)
                .raw(1, 1)
                .string("f")
                .string("v")
                .end());
        RdbBytes twice = rdb(12).key(24, "h").little(8, 5).raw(2, 1).string("f").string("v");
        refuse(twice.raw(1).string("f").string("v").end());
        refuse(rdb(12).key(25, "h").little(8, 5).string(listpack(A1, B2)).end());
        refuse(rdb(12).key(25, "h").little(8, 5).string(listpack(A1, B2, C3)).end());
        refuse(rdb(12).key(23, "h").string(listpack(A1, B2, time(-1))).end());
    }

    @Test
    void leavesOutEmptyOnes() throws IOException {
        RdbBytes rdb = rdb(12).key(24, "h")
                .little(8, 5)
                .length(0)
                .key(25, "i")
                .little(8, 5)
                .string(listpack());
        rdb.key(22, "j").length(0).key(23, "k").string(listpack());
        assertTrue(
                RoundTripTest.read(rdb.end(), RdbReadOptions.DEFAULT).entries().isEmpty());
    }

    @Test
    void writesThemWhereTheReaderKnowsThem() throws IOException {
        check(written(RdbWriteOptions.FILE));
        Dump plain = RoundTripTest.read(written(RdbWriteOptions.STREAM), RdbReadOptions.DEFAULT);
        assertEquals(
                Map.of("a", "1", "b", "2", "c", "3"),
                Objects.requireNonNull(plain.entries().get("0/h")).value());
    }

    private static byte[] written(RdbWriteOptions options) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RdbWriter writer = new RdbWriter(RdbOutput.to(bytes), options);
        writer.header(new RdbHeader(1, 1, null));
        writer.beginTimedHash(0, Dump.bytes("h"), -1, 3, FIRST);
        writer.timedPair(Dump.bytes("a"), Dump.bytes("1"), -1);
        writer.timedPair(Dump.bytes("b"), Dump.bytes("2"), FIRST);
        writer.timedPair(Dump.bytes("c"), Dump.bytes("3"), FIRST + 250);
        writer.end();
        writer.finish();
        assertEquals(options.fieldExpiry() ? 0 : 1, writer.untimedHashes());
        return bytes.toByteArray();
    }
}
