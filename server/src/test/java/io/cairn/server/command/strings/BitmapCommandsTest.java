package io.cairn.server.command.strings;

import static io.cairn.server.differential.Script.WRONG_TYPE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.RowStore;
import io.cairn.engine.types.Strings;
import io.cairn.server.differential.Node;
import io.cairn.server.differential.Script;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BitmapCommandsTest {
    private static final String OFFSET = "-ERR bit offset is not an integer or out of range";
    private static final String BIT = "-ERR bit is not an integer or out of range";
    private static final String NOT_INTEGER = "-ERR value is not an integer or out of range";
    private static final String SYNTAX = "-ERR syntax error";
    private static final long CHUNK_BITS = Strings.CHUNK_BYTES * 8L;

    @TempDir
    Path directory;

    private Script script;

    @BeforeEach
    void open() throws IOException {
        script = new Script(Files.createDirectory(directory.resolve("script")));
    }

    @AfterEach
    void close() {
        script.close();
    }

    private Object call(String line) {
        return script.call(line);
    }

    private List<String> effects(String line) {
        return script.effects(line);
    }

    @Test
    void setsBitsOnBothSidesOfChunkBorders() {
        long[] bits = {CHUNK_BITS - 1, CHUNK_BITS, 2 * CHUNK_BITS - 1, 2 * CHUNK_BITS, 9 * CHUNK_BITS - 1};
        for (int i = 0; i < bits.length; i++) {
            assertEquals(0L, call("SETBIT k " + bits[i] + " 1"));
            assertEquals(1L, call("SETBIT k " + bits[i] + " 1"));
            assertEquals(bits[i] / 8 + 1, call("STRLEN k"));
            assertEquals(i + 1L, call("BITCOUNT k"));
        }
        for (long bit : bits) {
            assertEquals(1L, call("GETBIT k " + bit));
            assertEquals(1L, call("BITCOUNT k " + bit + " " + bit + " BIT"));
            assertEquals(bit, call("BITPOS k 1 " + bit / 8));
            assertEquals(bit, call("BITPOS k 1 " + bit + " -1 BIT"));
        }
        assertEquals(2L, call("BITCOUNT k " + (CHUNK_BITS - 1) + " " + CHUNK_BITS + " BIT"));
        assertEquals(0L, call("BITCOUNT k " + (CHUNK_BITS + 1) + " " + (2 * CHUNK_BITS - 2) + " BIT"));
        assertEquals(2 * CHUNK_BITS - 1, call("BITPOS k 1 " + (CHUNK_BITS + 1) + " -1 BIT"));
        assertEquals(-1L, call("BITPOS k 1 " + (CHUNK_BITS + 1) + " " + (2 * CHUNK_BITS - 2) + " BIT"));
        assertEquals(1L, call("SETBIT k " + bits[0] + " 0"));
        assertEquals(CHUNK_BITS, call("BITPOS k 1"));
    }

    @Test
    void findsZeroesInGapsAndBehindTheEnd() {
        call("SETBIT sparse " + (4 * CHUNK_BITS + 3) + " 1");
        assertEquals(0L, call("BITPOS sparse 0"));
        assertEquals(CHUNK_BITS + 13, call("BITPOS sparse 0 " + (CHUNK_BITS + 13) + " -1 BIT"));
        assertEquals(4 * CHUNK_BITS + 3, call("BITPOS sparse 1"));
        assertEquals(4 * CHUNK_BITS + 4, call("BITPOS sparse 0 " + (4 * CHUNK_BITS + 3) + " -1 BIT"));
        call("SETBIT none 800000 0");
        assertEquals(800008L, call("BITOP NOT ones none") instanceof Long length ? length * 8 : -1L);
        assertEquals(800008L, call("BITCOUNT ones"));
        assertEquals(800008L, call("BITPOS ones 0"));
        assertEquals(800008L, call("BITPOS ones 0 5"));
        assertEquals(-1L, call("BITPOS ones 0 5 -1"));
        assertEquals(-1L, call("BITPOS none 1"));
    }

    @Test
    void growsALongWayForOneRow() {
        assertEquals(0L, call("SETBIT far 4294967295 1"));
        assertEquals(512L << 20, call("STRLEN far"));
        assertEquals(1L, call("GETBIT far 4294967295"));
        assertEquals(1L, call("BITCOUNT far"));
        assertEquals(4294967295L, call("BITPOS far 1"));
        assertEquals("[0, 1]", call("BITFIELD far GET u8 0 GET u8 4294967288").toString());
        assertEquals(OFFSET, call("SETBIT far 4294967296 1"));
        assertEquals(OFFSET, call("GETBIT far 4294967296"));
    }

    @Test
    void combinesLargeValuesAndLeavesGapsAsTheyAre() {
        call("SETBIT a 80000000 1");
        call("SETBIT b 40000000 1");
        assertEquals(10_000_001L, call("BITOP OR d a b absent"));
        assertEquals(2L, call("BITCOUNT d"));
        assertEquals(40_000_000L, call("BITPOS d 1"));
        assertEquals(10_000_001L, call("BITOP XOR d d b"));
        assertEquals(80_000_000L, call("BITPOS d 1"));
        assertEquals(10_000_001L, call("BITOP AND d a b"));
        assertEquals(0L, call("BITCOUNT d"));
        assertEquals("$raw", call("OBJECT ENCODING d"));
    }

    @Test
    void readsAndWritesOneChunkOfALargeValue() throws IOException {
        int[] reads = {0};
        int[] cursors = {0};
        RowStore store = counting(new MemoryRowStore(), reads, cursors);
        Path log = Files.createDirectory(directory.resolve("counted"));
        try (Node node = new Node(store, log, () -> Script.START, new Random(1))) {
            node.call("SET", "large", "x".repeat(4 << 20));
            node.commit();
            for (String line : List.of(
                    "GETBIT large 20000000",
                    "SETBIT large 20000001 0",
                    "BITFIELD_RO large GET u8 10000000",
                    "BITFIELD large INCRBY u8 10000000 3")) {
                reads[0] = 0;
                cursors[0] = 0;
                node.call(line.split(" "));
                node.commit();
                assertEquals(0, cursors[0], line);
                assertEquals(true, reads[0] >= 1 && reads[0] <= 3, line + ": " + reads[0]);
            }
        }
    }

    /** A store that counts how often rows of values are read, and cursors over them. */
    private static RowStore counting(RowStore store, int[] reads, int[] cursors) {
        return (RowStore) Proxy.newProxyInstance(
                BitmapCommandsTest.class.getClassLoader(), new Class<?>[] {RowStore.class}, (proxy, method, args) -> {
                    count(method, args, "get", reads);
                    count(method, args, "cursor", cursors);
                    return method.invoke(store, args);
                });
    }

    private static void count(Method method, Object[] args, String name, int[] into) {
        if (method.getName().equals(name) && args[0] == Family.ROWS) {
            into[0]++;
        }
    }

    @Test
    void keepsIntegersAcrossChunkBorders() {
        for (long shift = 0; shift < 8; shift++) {
            long offset = 3 * CHUNK_BITS - 32 + shift;
            String place = " i64 " + offset;
            assertEquals(List.of(0L), call("BITFIELD k SET" + place + " -81985529216486896"));
            assertEquals(List.of(-81985529216486896L), call("BITFIELD_RO k GET" + place));
            assertEquals(List.of(-81985529216486895L), call("BITFIELD k INCRBY" + place + " 1"));
            assertEquals(List.of(-81985529216486895L), call("BITFIELD k SET" + place + " 0"));
            assertEquals(0L, call("BITCOUNT k"));
        }
    }

    @Test
    void wrapsSaturatesAndFails() {
        assertEquals(List.of(0L, 255L), call("BITFIELD k SET u8 0 255 GET u8 0"));
        assertEquals(List.of(1L), call("BITFIELD k INCRBY u8 0 2"));
        assertEquals(List.of(255L), call("BITFIELD k OVERFLOW SAT INCRBY u8 0 1000"));
        assertEquals(List.of("nil", 0L), call("BITFIELD k OVERFLOW FAIL INCRBY u8 0 1 OVERFLOW WRAP INCRBY u8 0 1"));
        assertEquals(List.of(127L), call("BITFIELD k OVERFLOW SAT INCRBY i8 0 500"));
        assertEquals(List.of(-128L), call("BITFIELD k OVERFLOW SAT INCRBY i8 0 -500"));
        assertEquals(List.of(127L), call("BITFIELD k INCRBY i8 0 -1"));
        assertEquals(List.of(0L, "nil"), call("BITFIELD m SET i64 0 9223372036854775807 OVERFLOW FAIL INCRBY i64 0 1"));
        assertEquals(List.of(Long.MIN_VALUE), call("BITFIELD m INCRBY i64 0 1"));
        assertEquals(List.of(0L, 5L), call("BITFIELD h SET u4 #3 5 GET u4 12"));
    }

    @Test
    void refusesWhatRedisRefuses() {
        assertEquals(OFFSET, call("SETBIT k -1 1"));
        assertEquals(OFFSET, call("GETBIT k one"));
        assertEquals(BIT, call("SETBIT k 1 2"));
        assertEquals(BIT, call("SETBIT k 1 x"));
        assertEquals("-ERR The bit argument must be 1 or 0.", call("BITPOS k 2"));
        assertEquals(NOT_INTEGER, call("BITPOS k x"));
        assertEquals(SYNTAX, call("BITOP NAND d k"));
        assertEquals("-ERR BITOP NOT must be called with a single source key.", call("BITOP NOT d k l"));
        assertEquals("-ERR Invalid OVERFLOW type specified", call("BITFIELD k OVERFLOW never"));
        assertEquals("-ERR BITFIELD_RO only supports the GET subcommand", call("BITFIELD_RO k SET u8 0 1"));
        assertEquals(SYNTAX, call("BITFIELD k GET u8"));
        for (String type : List.of("u64", "i65", "u0", "x8", "i", "i08")) {
            assertEquals(
                    "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.",
                    call("BITFIELD k GET " + type + " 0"));
        }
        call("SADD set a");
        for (String line : List.of(
                "SETBIT set 0 1", "GETBIT set 0", "BITCOUNT set", "BITPOS set 1", "BITOP OR d set", "BITFIELD set")) {
            assertEquals(WRONG_TYPE, call(line), line);
        }
        // What is looked at first: the key, unless it is absent; then the numbers, then the unit.
        assertEquals(0L, call("BITCOUNT absent x y z"));
        call("SET v abc");
        assertEquals(SYNTAX, call("BITCOUNT v 1"));
        assertEquals(0L, call("BITCOUNT v -1 -2 bits"));
        assertEquals(SYNTAX, call("BITPOS v 1 2 x bits"));
        assertEquals(NOT_INTEGER, call("BITPOS v 1 x 2 bits"));
    }

    @Test
    void logsWhatChanged() {
        assertEquals(List.of("SETBIT k 7 1"), effects("SETBIT k 7 1"));
        assertEquals(List.of(), effects("SETBIT k 7 1"));
        assertEquals(List.of("SETBIT k 15 0"), effects("SETBIT k 15 0"));
        assertEquals(List.of(), effects("BITFIELD k GET u8 0 SET u8 0 1"));
        assertEquals(List.of("BITFIELD k SET u8 0 2"), effects("BITFIELD k SET u8 0 2"));
        assertEquals(List.of("BITFIELD k SET u8 16 0"), effects("BITFIELD k SET u8 16 0"));
        assertEquals(List.of(), effects("BITFIELD k OVERFLOW FAIL SET u8 0 300"));
        // The value grows though nothing fits, so replicas are told.
        assertEquals(
                List.of("BITFIELD new OVERFLOW FAIL SET u8 8 300"), effects("BITFIELD new OVERFLOW FAIL SET u8 8 300"));
        assertEquals(2L, call("STRLEN new"));
        assertEquals(List.of("BITOP OR d k"), effects("BITOP OR d k"));
        assertEquals(List.of("BITOP OR d absent"), effects("BITOP OR d absent"));
        assertEquals(0L, call("EXISTS d"));
        assertEquals(List.of(), effects("BITOP OR d absent"));
    }

    @Test
    void leavesRawStringsAndExpiriesAsRedisDoes() {
        call("SET n 12345 EX 100");
        assertEquals(List.of(49L), call("BITFIELD n GET u8 0"));
        assertEquals("$int", call("OBJECT ENCODING n"));
        assertEquals(1L, call("SETBIT n 2 1"));
        assertEquals("$raw", call("OBJECT ENCODING n"));
        assertEquals("$12345", call("GET n"));
        assertEquals(100L, call("TTL n"));
        call("SET m 12345");
        assertEquals(List.of("nil"), call("BITFIELD m OVERFLOW FAIL SET u8 0 300"));
        assertEquals("$raw", call("OBJECT ENCODING m"));
        call("BITOP OR n m");
        assertEquals(-1L, call("TTL n"));
        assertEquals("$raw", call("OBJECT ENCODING n"));
    }
}
