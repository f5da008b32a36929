package io.cairn.server.command.strings;

import static io.cairn.server.differential.Script.START;
import static io.cairn.server.differential.Script.WRONG_TYPE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairn.server.differential.Script;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StringCommandsTest {
    private static final String SYNTAX = "-ERR syntax error";
    private static final String NOT_INTEGER = "-ERR value is not an integer or out of range";
    private static final String NOT_FLOAT = "-ERR value is not a valid float";
    private static final String TOO_LONG = "-ERR string exceeds maximum allowed size (proto-max-bulk-len)";

    @TempDir
    Path directory;

    private Script script;

    @BeforeEach
    void open() throws IOException {
        script = new Script(directory);
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
    void setsUnderConditions() {
        assertEquals("+OK", call("SET k v"));
        assertEquals("nil", call("SET k w NX"));
        assertEquals("$v", call("SET k w NX GET"));
        assertEquals("$v", call("SET k w XX GET"));
        assertEquals("nil", call("SET other w XX GET"));
        assertEquals("nil", call("GET other"));
        assertEquals("nil", call("SET other w NX GET"));
        assertEquals("$w", call("GET other"));
        call("SADD set a");
        assertEquals(WRONG_TYPE, call("SET set v GET"));
        assertEquals("+OK", call("SET set v"));
        assertEquals("+string", call("TYPE set"));
    }

    @Test
    void setsWithAnExpiry() {
        assertEquals("+OK", call("SET k v EX 10"));
        assertEquals(10_000L, call("PTTL k"));
        assertEquals("+OK", call("SET k w KEEPTTL"));
        assertEquals(10_000L, call("PTTL k"));
        assertEquals("+OK", call("SET k w"));
        assertEquals(-1L, call("PTTL k"));
        assertEquals("+OK", call("PSETEX k 1500 v"));
        assertEquals(2L, call("TTL k"));
        script.sleep(1500);
        assertEquals("nil", call("GET k"));
        assertEquals("+OK", call("SET k v EXAT 1"));
        assertEquals("nil", call("GET k"));
    }

    @Test
    void refusesExpiriesThatCannotBe() {
        for (String time : List.of("0", "-1", "9223372036854775807")) {
            assertEquals("-ERR invalid expire time in 'set' command", call("SET k v EX " + time));
            assertEquals("-ERR invalid expire time in 'setex' command", call("SETEX k " + time + " v"));
        }
        assertEquals("-ERR invalid expire time in 'psetex' command", call("PSETEX k 9223372036854775807 v"));
        assertEquals(NOT_INTEGER, call("SET k v PX soon"));
        assertEquals("nil", call("GET k"));
    }

    @Test
    void refusesOptionsThatDoNotGoTogether() {
        for (String options : List.of(
                "NX XX", "EX 1 PX 1", "EX 1 KEEPTTL", "KEEPTTL PXAT 1", "EX", "PERSIST", "nonsense", "GET EX")) {
            assertEquals(SYNTAX, call("SET k v " + options), options);
        }
        for (String options : List.of("PERSIST EX 1", "EX 1 PERSIST", "KEEPTTL", "NX", "PXAT")) {
            assertEquals(SYNTAX, call("GETEX k " + options), options);
        }
    }

    @Test
    void logsAbsoluteTimes() {
        assertEquals(List.of("SET k v PXAT " + (START + 10_000)), effects("SET k v EX 10 NX"));
        assertEquals(List.of("SET k v PXAT " + (START + 10)), effects("SET k v GET PX 10"));
        assertEquals(List.of("SET k v PXAT " + (START + 9000)), effects("SETEX k 9 v"));
        assertEquals(List.of("SET k v PXAT 4000000000000"), effects("SET k v EXAT 4000000000"));
        assertEquals(List.of("SET k v PXAT " + (START + 7)), effects("PSETEX k 7 v"));
        assertEquals(List.of("SET k v XX KEEPTTL"), effects("SET k v XX GET KEEPTTL"));
        assertEquals(List.of("PEXPIREAT k " + (START + 5000)), effects("GETEX k EX 5"));
        assertEquals(List.of("PERSIST k"), effects("GETEX k PERSIST"));
        assertEquals(List.of(), effects("GETEX k PERSIST"));
        assertEquals(List.of("SET k w"), effects("GETSET k w"));
        call("SET k 1");
        assertEquals(List.of("SET k 1.5 KEEPTTL"), effects("INCRBYFLOAT k 0.5"));
        assertEquals(List.of("DEL k"), effects("GETEX k PXAT 5"));
        assertEquals(List.of(), effects("GETDEL k"));
        call("SET k v");
        assertEquals(List.of("DEL k"), effects("GETDEL k"));
    }

    @Test
    void logsNothingForWhatChangesNothing() {
        call("SET k v");
        for (String line :
                List.of("SET k w NX", "SET no w XX", "SETNX k w", "MSETNX a 1 k 2", "GETEX k", "GETEX no EX 5")) {
            assertEquals(List.of(), effects(line), line);
        }
        for (String line :
                List.of("INCR k", "SETRANGE k 0 \"\"", "GETDEL no", "SETRANGE no 5 \"\"", "GET k", "MSET a")) {
            assertEquals(List.of(), effects(line), line);
        }
    }

    @Test
    void deletesWhatHasExpiredBeforeWritingIt() {
        call("SET k v PX 5");
        script.sleep(5);
        assertEquals(List.of("MULTI", "DEL k", "APPEND k x", "EXEC"), effects("APPEND k x"));
        call("SET k v PX 5");
        script.sleep(5);
        assertEquals(List.of("DEL k"), effects("GETDEL k"));
    }

    @Test
    void setsManyAtOnce() {
        assertEquals("+OK", call("MSET a 1 b 2 a 3"));
        call("SADD set x");
        assertEquals(List.of("$3", "$2", "nil", "nil"), call("MGET a b none set"));
        assertEquals(0L, call("MSETNX c 1 a 2"));
        assertEquals("nil", call("GET c"));
        assertEquals(1L, call("MSETNX c 1 d 2"));
        assertEquals("-ERR wrong number of arguments for 'mset' command", call("MSET a 1 b"));
        assertEquals("-ERR wrong number of arguments for 'msetnx' command", call("MSETNX a 1 b"));
    }

    @Test
    void countsUpAndDown() {
        assertEquals(1L, call("INCR n"));
        assertEquals(11L, call("INCRBY n 10"));
        assertEquals(10L, call("DECR n"));
        assertEquals(-90L, call("DECRBY n 100"));
        call("SET n 9223372036854775807");
        assertEquals("-ERR increment or decrement would overflow", call("INCR n"));
        assertEquals("-ERR decrement would overflow", call("DECRBY n -9223372036854775808"));
        call("SET s word");
        assertEquals(NOT_INTEGER, call("INCR s"));
        assertEquals(NOT_INTEGER, call("INCRBY n 1.5"));
        call("SADD set x");
        assertEquals(WRONG_TYPE, call("INCR set"));
        call("SET n 5 EX 100");
        call("INCR n");
        assertEquals(100_000L, call("PTTL n"));
        assertEquals("$int", call("OBJECT ENCODING n"));
    }

    @Test
    void addsFloatingPointNumbers() {
        assertEquals("$0.1", call("INCRBYFLOAT f 0.1"));
        assertEquals("$0.3", call("INCRBYFLOAT f 0.2"));
        assertEquals("$embstr", call("OBJECT ENCODING f"));
        assertEquals(NOT_FLOAT, call("INCRBYFLOAT f x"));
        assertEquals("-ERR increment would produce NaN or Infinity", call("INCRBYFLOAT f inf"));
        call("SET f word");
        assertEquals(NOT_FLOAT, call("INCRBYFLOAT f 1"));
    }

    @Test
    void readsAndWritesParts() {
        call("SET k 0123456789");
        assertEquals("$234", call("GETRANGE k 2 4"));
        assertEquals("$789", call("GETRANGE k -3 -1"));
        assertEquals("$0123456789", call("GETRANGE k -100 100"));
        assertEquals("$", call("GETRANGE k 5 4"));
        assertEquals("$", call("GETRANGE k -1 -5"));
        assertEquals("$", call("SUBSTR none 0 -1"));
        assertEquals(12L, call("SETRANGE k 9 xyz"));
        assertEquals("$012345678xyz", call("GET k"));
        assertEquals(7L, call("SETRANGE gap 5 ab"));
        assertEquals("$\0\0\0\0\0ab", call("GET gap"));
        assertEquals("-ERR offset is out of range", call("SETRANGE k -1 x"));
        assertEquals(TOO_LONG, call("SETRANGE k 536870912 x"));
        assertEquals(TOO_LONG, call("SETRANGE k 9223372036854775807 x"));
        assertEquals(536870912L, call("SETRANGE far 536870911 x"));
        assertEquals(TOO_LONG, call("APPEND far x"));
        assertEquals("$\0x", call("GETRANGE far -2 -1"));
        assertEquals(536870912L, call("STRLEN far"));
        assertEquals(0L, call("STRLEN none"));
    }

    @Test
    void namesEncodingsByHowAValueCameAbout() {
        call("SET k 12");
        assertEquals("$int", call("OBJECT ENCODING k"));
        call("APPEND k 3");
        assertEquals("$raw", call("OBJECT ENCODING k"));
        call("SET k " + "x".repeat(44));
        assertEquals("$embstr", call("OBJECT ENCODING k"));
        call("SET k " + "x".repeat(45));
        assertEquals("$raw", call("OBJECT ENCODING k"));
        call("APPEND new 77");
        assertEquals("$int", call("OBJECT ENCODING new"));
        call("SETRANGE ranged 0 77");
        assertEquals("$raw", call("OBJECT ENCODING ranged"));
    }

    @Test
    void findsTheLongestCommonSubsequence() {
        call("MSET a ohmytext b mynewtext");
        assertEquals("$mytext", call("LCS a b"));
        assertEquals(6L, call("LCS a b LEN"));
        assertEquals(
                List.of("$matches", List.of(List.of(List.of(4L, 7L), List.of(5L, 8L), 4L)), "$len", 6L),
                call("LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN"));
        assertEquals(
                List.of(
                        "$matches",
                        List.of(List.of(List.of(4L, 7L), List.of(5L, 8L)), List.of(List.of(2L, 3L), List.of(0L, 1L))),
                        "$len",
                        6L),
                call("LCS a b IDX"));
        assertEquals("$", call("LCS a none"));
        call("SADD set x");
        assertEquals("-ERR The specified keys must contain string values", call("LCS a set"));
        assertEquals("-ERR If you want both the length and indexes, please just use IDX.", call("LCS a b IDX LEN"));
        assertEquals(SYNTAX, call("LCS a b MINMATCHLEN"));
    }
}
