package io.cairn.server.command.keys;

import static io.cairn.server.differential.Script.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.server.differential.Answers;
import io.cairn.server.differential.Draw;
import io.cairn.server.differential.Script;
import io.cairn.snapshot.rdb.Crc64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyCommandsTest {
    private static final String SYNTAX = "-ERR syntax error";
    private static final String NOT_INTEGER = "-ERR value is not an integer or out of range";
    private static final String SAME = "-ERR source and destination objects are the same";

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
    void countsAndDeletesKeys() {
        call("MSET a 1 b 2 c 3");
        assertEquals(3L, call("EXISTS a a b none"));
        assertEquals(2L, call("TOUCH a b none"));
        assertEquals(2L, call("DEL a b b none"));
        assertEquals(1L, call("UNLINK c"));
        assertEquals(0L, call("EXISTS a b c"));
        assertEquals(List.of(), effects("DEL a b"));
        assertEquals("+none", call("TYPE a"));
    }

    @Test
    void renamesOverWhateverIsThere() {
        call("SET a 1 EX 100");
        call("SADD b x");
        assertEquals("+OK", call("RENAME a b"));
        assertEquals(List.of("+string", 100_000L, 0L), List.of(call("TYPE b"), call("PTTL b"), call("EXISTS a")));
        assertEquals("-ERR no such key", call("RENAME a b"));
        assertEquals(List.of(), effects("RENAME b b"));
        call("SET c 3");
        assertEquals(0L, call("RENAMENX b c"));
        assertEquals(0L, call("RENAMENX b b"));
        assertEquals(1L, call("RENAMENX b d"));
        assertEquals("$1", call("GET d"));
    }

    @Test
    void copiesALargeCollectionUnderAVersionOfItsOwn() {
        for (int i = 0; i < 700; i++) {
            call("HSET h f" + i + " " + i);
        }
        assertEquals("$hashtable", call("OBJECT ENCODING h"));
        assertEquals(1L, call("COPY h copy"));
        call("HSET copy f0 changed");
        call("HDEL h f1");
        assertEquals(List.of("$0", "nil"), call("HMGET h f0 f1"));
        assertEquals(List.of("$changed", "$1"), call("HMGET copy f0 f1"));
        assertEquals(700L, call("HLEN copy"));
        call("DEL h");
        assertEquals("$699", call("HGET copy f699"));
    }

    @Test
    void copiesALargeSortedSetByScoreToo() {
        for (int i = 0; i < 200; i++) {
            call("ZADD z " + i + " m" + i);
        }
        assertEquals(1L, call("COPY z copy"));
        call("ZADD copy 1000 m0");
        assertEquals(List.of("$m0", "$m1"), call("ZRANGE z 0 1"));
        assertEquals(List.of("$m1", "$m2"), call("ZRANGE copy 0 1"));
        assertEquals(List.of("$m0"), call("ZRANGE copy -1 -1"));
    }

    @Test
    void copiesAndMovesBetweenDatabases() {
        call("SET a 1 EX 100");
        assertEquals(1L, call("COPY a a DB 1"));
        assertEquals(0L, call("COPY a a DB 1"));
        assertEquals(1L, call("COPY a a DB 1 REPLACE"));
        assertEquals(0L, call("COPY none b"));
        assertEquals(SAME, call("COPY a a"));
        assertEquals(SAME, call("COPY a a DB 0"));
        assertEquals("-ERR DB index is out of range", call("COPY a b DB 16"));
        assertEquals(SYNTAX, call("COPY a b DB"));
        assertEquals(0L, call("MOVE a 1"));
        call("SET b 2");
        assertEquals(List.of("MOVE b 1"), effects("MOVE b 1"));
        assertEquals(List.of(), effects("MOVE b 1"));
        assertEquals(SAME, call("MOVE a 0"));
        assertEquals("-ERR DB index is out of range", call("MOVE a 16"));
        call("SELECT 1");
        assertEquals(List.of("$1", "$2"), call("MGET a b"));
        assertEquals(100_000L, call("PTTL a"));
    }

    @Test
    void setsExpiriesUnderConditions() {
        call("SET k v");
        assertEquals(0L, call("EXPIRE k 10 XX"));
        assertEquals(0L, call("EXPIRE k 10 GT"));
        assertEquals(1L, call("EXPIRE k 10 LT"));
        assertEquals(0L, call("EXPIRE k 20 NX"));
        assertEquals(0L, call("EXPIRE k 5 GT"));
        assertEquals(1L, call("EXPIRE k 20 XX GT"));
        assertEquals(0L, call("PEXPIRE k 20001 LT"));
        assertEquals(20_000L, call("PTTL k"));
        assertEquals(1L, call("PERSIST k"));
        assertEquals(0L, call("PERSIST k"));
        assertEquals(-1L, call("TTL k"));
        assertEquals(-2L, call("TTL none"));
        assertEquals(1L, call("EXPIREAT k 4000000000"));
        assertEquals(4_000_000_000L, call("EXPIRETIME k"));
        assertEquals(4_000_000_000_000L, call("PEXPIRETIME k"));
        assertEquals(-2L, call("PEXPIRETIME none"));
        assertEquals(1L, call("PEXPIREAT k 9223372036854775807"));
        assertEquals(9_223_372_036_854_776L, call("EXPIRETIME k"));
    }

    @Test
    void refusesExpiriesThatCannotBe() {
        call("SET k v");
        assertEquals("-ERR invalid expire time in 'expire' command", call("EXPIRE k 9223372036854775807"));
        assertEquals("-ERR invalid expire time in 'expireat' command", call("EXPIREAT k -9223372036854775808"));
        assertEquals("-ERR invalid expire time in 'pexpire' command", call("PEXPIRE k 9223372036854775807"));
        assertEquals(NOT_INTEGER, call("EXPIRE k soon"));
        assertEquals("-ERR Unsupported option often", call("EXPIRE k 10 often"));
        assertEquals("-ERR NX and XX, GT or LT options at the same time are not compatible", call("EXPIRE k 10 NX XX"));
        assertEquals("-ERR GT and LT options at the same time are not compatible", call("EXPIRE k 10 GT LT"));
        assertEquals(-1L, call("TTL k"));
    }

    @Test
    void logsExpiriesAsPointsInTime() {
        call("SET k v");
        assertEquals(List.of("PEXPIREAT k " + (START + 10_000)), effects("EXPIRE k 10"));
        assertEquals(List.of("PEXPIREAT k " + (START + 20) + " xx"), effects("PEXPIRE k 20 xx"));
        assertEquals(List.of("PEXPIREAT k 4000000000000"), effects("EXPIREAT k 4000000000"));
        assertEquals(List.of("PEXPIREAT k 4000000000001"), effects("PEXPIREAT k 4000000000001"));
        assertEquals(List.of("PERSIST k"), effects("PERSIST k"));
        assertEquals(List.of("DEL k"), effects("EXPIRE k -1"));
        assertEquals(List.of(), effects("EXPIRE k 10"));
    }

    @Test
    void hidesWhatHasExpired() {
        call("SET k v PX 10");
        call("SET stays v");
        script.sleep(10);
        assertEquals(0L, call("EXISTS k"));
        assertEquals(-2L, call("PTTL k"));
        assertEquals(List.of("$stays"), call("KEYS *"));
        assertEquals(List.of("$0", List.of("$stays")), call("SCAN 0"));
        for (int i = 0; i < 20; i++) {
            assertEquals("$stays", call("RANDOMKEY"));
        }
        assertEquals(List.of("DEL k"), effects("DEL k"));
        call("DEL stays");
        assertEquals("nil", call("RANDOMKEY"));
    }

    @Test
    void findsKeysByPattern() {
        call("MSET user:1 a user:2 b users c other d");
        assertEquals(List.of("$user:1", "$user:2"), call("KEYS user:*"));
        assertEquals(List.of("$user:2"), call("KEYS [tuv]ser:[^1]"));
        assertEquals(List.of("$other"), call("KEYS o*"));
        assertEquals(4, ((List<?>) call("KEYS *")).size());
    }

    @Test
    void scansEachKeyOnceWhateverChanges() {
        for (int i = 0; i < 100; i++) {
            call("SET key:" + i + " v");
        }
        List<Object> found = new ArrayList<>();
        String cursor = "0";
        int round = 0;
        do {
            List<?> reply = (List<?>) call("SCAN " + cursor + " COUNT 7");
            cursor = ((String) reply.get(0)).substring(1);
            found.addAll((List<?>) reply.get(1));
            call("DEL extra:" + round);
            call("SET extra:" + (++round) + " v");
            call("DEL key:" + (100 + round));
        } while (!cursor.equals("0"));
        found.removeIf(key -> !key.toString().startsWith("$key:"));
        assertEquals(100, found.size());
        assertEquals(100, new HashSet<>(found).size());
    }

    @Test
    void scansByPatternAndType() {
        call("MSET a 1 b 2 key:1 x key:2 y");
        call("SADD key:3 m");
        assertEquals(List.of("$0", List.of("$key:1", "$key:2", "$key:3")), call("SCAN 0 MATCH key:*"));
        assertEquals(List.of("$0", List.of("$key:3")), call("SCAN 0 TYPE SET"));
        assertEquals(List.of("$0", List.of()), call("SCAN 0 TYPE nonsense"));
        assertEquals(List.of("$0", List.of("$key:3")), call("SCAN 0 MATCH *3 COUNT 1000"));
        assertEquals(SYNTAX, call("SCAN 0 COUNT 0"));
        assertEquals(SYNTAX, call("SCAN 0 MATCH"));
        assertEquals(NOT_INTEGER, call("SCAN 0 COUNT x"));
        assertEquals("-ERR invalid cursor", call("SCAN x"));
        assertEquals(5, ((List<?>) ((List<?>) call("SCAN 12345")).get(1)).size(), "an unknown cursor starts over");
    }

    @Test
    void drawsKeysFairly() {
        for (int i = 0; i < 100; i++) {
            call("SET key:" + i + " v");
        }
        Map<Object, Integer> drawn = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            drawn.merge(call("RANDOMKEY"), 1, Integer::sum);
        }
        assertEquals(100, drawn.size(), "each is drawn at some time");
        assertTrue(drawn.values().stream().allMatch(times -> times < 2000), drawn::toString);
    }

    @Test
    void drawsFromKeysThatAreBeginningsOfEachOther() {
        call("MSET a 1 ab 2 abc 3 abcd 4");
        Map<Object, Integer> drawn = new HashMap<>();
        for (int i = 0; i < 5000; i++) {
            drawn.merge(call("RANDOMKEY"), 1, Integer::sum);
        }
        assertEquals(4, drawn.size(), drawn::toString);
    }

    @Test
    void tellsHowValuesAreHeld() {
        call("SET k 5");
        assertEquals("$int", call("OBJECT ENCODING k"));
        assertEquals("nil", call("OBJECT ENCODING none"));
        assertEquals(2147483647L, call("OBJECT REFCOUNT k"));
        assertEquals(0L, call("OBJECT IDLETIME k"));
        assertEquals("nil", call("OBJECT FREQ none"));
        assertTrue(((String) call("OBJECT FREQ k")).startsWith("-ERR An LFU maxmemory policy is not selected"));
        assertEquals("-ERR unknown subcommand 'x'. Try OBJECT HELP.", call("OBJECT x"));
        assertTrue(Answers.sorted(call("OBJECT HELP")).toString().contains("ENCODING <key>"));
    }

    @Test
    void sortsByNumberAndByText() {
        call("RPUSH l 10 9 -1 2.5 9");
        assertEquals(List.of("$-1", "$2.5", "$9", "$9", "$10"), call("SORT l"));
        assertEquals(List.of("$10", "$9", "$9", "$2.5", "$-1"), call("SORT l DESC"));
        assertEquals(List.of("$-1", "$10", "$2.5", "$9", "$9"), call("SORT l ALPHA"));
        assertEquals(List.of("$2.5", "$9"), call("SORT_RO l LIMIT 1 2"));
        assertEquals(List.of(), call("SORT l LIMIT 9 2"));
        assertEquals(List.of("$10", "$9", "$-1", "$2.5", "$9"), call("SORT l BY nosort"));
        assertEquals(List.of("$9", "$2.5", "$-1", "$9", "$10"), call("SORT l BY nosort DESC"));
        assertEquals(List.of(), call("SORT none"));
        call("RPUSH l word");
        assertEquals("-ERR One or more scores can't be converted into double", call("SORT l"));
        call("SET s v");
        assertEquals(Script.WRONG_TYPE, call("SORT s"));
        assertEquals(SYNTAX, call("SORT_RO l STORE x"));
        assertEquals(SYNTAX, call("SORT l LIMIT 1"));
        assertEquals(NOT_INTEGER, call("SORT l LIMIT a b"));
    }

    @Test
    void sortsByWhatOtherKeysHold() {
        call("SADD s a b c");
        call("MSET weight:a 3 weight:b 1 name:a Anna name:b Bert");
        call("HSET h:a age 5");
        assertEquals(List.of("$c", "$b", "$a"), call("SORT s BY weight:*"));
        assertEquals(List.of("nil", "$Bert", "$Anna"), call("SORT s BY weight:* GET name:*"));
        assertEquals(List.of("$a", "$5", "$b", "nil", "$c", "nil"), call("SORT s ALPHA GET # GET h:*->age"));
        assertEquals(List.of("nil", "nil", "nil"), call("SORT s ALPHA GET fixed"));
        assertEquals(3L, call("SORT s BY weight:* GET name:* STORE sorted"));
        assertEquals(List.of("$", "$Bert", "$Anna"), call("LRANGE sorted 0 -1"));
        assertEquals(3L, call("SORT s BY nosort STORE sorted"));
        assertEquals(List.of("$a", "$b", "$c"), call("LRANGE sorted 0 -1"));
        assertEquals(List.of("SORT none STORE sorted"), effects("SORT none STORE sorted"));
        assertEquals(0L, call("EXISTS sorted"));
        assertEquals(List.of(), effects("SORT none STORE sorted"));
    }

    @Test
    void deletesWhatHasExpiredBeforeASortIsLogged() {
        call("RPUSH l 2 1");
        call("SET weight:1 5 PX 10");
        script.sleep(10);
        assertEquals(
                List.of("MULTI", "DEL weight:1", "SORT l BY weight:* STORE l", "EXEC"),
                effects("SORT l BY weight:* STORE l"));
        call("PEXPIRE l 10");
        script.sleep(10);
        assertEquals(List.of("DEL l"), effects("SORT l")); // it may write, so it deletes, as a real server does
        call("RPUSH l 2 1");
        call("PEXPIRE l 10");
        script.sleep(10);
        assertEquals(List.of("DEL l"), effects("SORT l STORE other"));
    }

    @Test
    void sortsSortedSetsByRankOrValue() {
        call("ZADD z 3 1 2 2 1 3");
        assertEquals(List.of("$1", "$2", "$3"), call("SORT z"));
        assertEquals(List.of("$3", "$2", "$1"), call("SORT z BY nosort"));
        assertEquals(List.of("$2", "$3"), call("SORT z BY nosort DESC LIMIT 1 2"));
    }

    @Test
    void restoresWhatItDumped() {
        call("RPUSH l a b c");
        call("EXPIRE l 100");
        byte[] payload = Draw.bytes(((String) call("DUMP l")).substring(1));
        assertEquals("+OK", restore(payload, "copy", "0"));
        assertEquals(List.of("$a", "$b", "$c"), call("LRANGE copy 0 -1"));
        assertEquals(-1L, call("TTL copy"));
        assertEquals("-BUSYKEY Target key name already exists.", restore(payload, "copy", "0"));
        assertEquals("+OK", restore(payload, "copy", "5000", "REPLACE"));
        assertEquals(5000L, call("PTTL copy"));
        assertEquals("+OK", restore(payload, "copy", "4000000000000", "REPLACE", "ABSTTL"));
        assertEquals(4_000_000_000_000L, call("PEXPIRETIME copy"));
        assertEquals("+OK", restore(payload, "copy", "1", "REPLACE", "ABSTTL"), "a time that has passed");
        assertEquals(0L, call("EXISTS copy"));
        assertEquals("nil", call("DUMP none"));
    }

    @Test
    void refusesPayloadsThatAreNone() {
        call("SET k v");
        byte[] payload = Draw.bytes(((String) call("DUMP k")).substring(1));
        assertEquals("-ERR Invalid TTL value, must be >= 0", restore(payload, "x", "-1"));
        assertEquals("-ERR Invalid FREQ value, must be >= 0 and <= 255", restore(payload, "x", "0", "FREQ", "256"));
        assertEquals(SYNTAX, restore(payload, "x", "0", "FREQ", "1", "IDLETIME", "1"));
        byte[] damaged = payload.clone();
        damaged[2] = (byte) (damaged[2] + 1);
        assertEquals("-ERR DUMP payload version or checksum are wrong", restore(damaged, "x", "0"));
        assertEquals("-ERR DUMP payload version or checksum are wrong", restore(new byte[10], "x", "0"));
        byte[] noValue = ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 99)
                .put((byte) 0)
                .putShort((short) 9)
                .array();
        ByteBuffer.wrap(noValue).order(ByteOrder.LITTLE_ENDIAN).putLong(4, Crc64.update(0, noValue, 0, 4));
        assertEquals("-ERR Bad data format", restore(noValue, "x", "0"));
        assertEquals(0L, call("EXISTS x"));
    }

    private Object restore(byte[] payload, String key, String ttl, String... options) {
        List<byte[]> args = new ArrayList<>(List.of(Draw.bytes("RESTORE"), Draw.bytes(key), Draw.bytes(ttl), payload));
        for (String option : options) {
            args.add(Draw.bytes(option));
        }
        return script.node().call(args.toArray(new byte[0][]));
    }
}
