package io.cairn.server.command.sets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.server.command.Reply;
import io.cairn.server.differential.Answers;
import io.cairn.server.differential.Node;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetCommandsTest {
    private static final String WRONG_TYPE = "-WRONGTYPE Operation against a key holding the wrong kind of value";
    private static final long NOW = 1_700_000_000_000L;

    @TempDir
    Path directory;

    private long now = NOW;
    private Node node;

    @BeforeEach
    void open() throws IOException {
        node = new Node(new MemoryRowStore(), directory, () -> now, new Random(1));
    }

    @AfterEach
    void close() {
        node.close();
    }

    private Object call(String line) {
        return node.call(line.split(" "));
    }

    private Object sorted(String line) {
        return Answers.sorted(call(line));
    }

    /** What a command logs, the selection of the database left out. */
    private List<String> effects(String line) {
        long before = node.position();
        call(line);
        List<String> effects = new ArrayList<>();
        for (byte[][] effect : node.effects(before)) {
            if (!new String(effect[0], StandardCharsets.US_ASCII).equals("SELECT")) {
                effects.add(Answers.text(effect).replace("\"", ""));
            }
        }
        return effects;
    }

    private void fill(String key, String prefix, int from, int to) {
        StringBuilder line = new StringBuilder("SADD ").append(key);
        for (int i = from; i < to; i++) {
            line.append(' ').append(prefix).append(i);
        }
        call(line.toString());
    }

    @Test
    void addsAndRemovesMembers() {
        assertEquals(3L, call("SADD s 3 1 2"));
        assertEquals(List.of("$1", "$2", "$3"), call("SMEMBERS s"));
        assertEquals(1L, call("SADD s 1 word"));
        assertEquals(4L, call("SCARD s"));
        assertEquals(1L, call("SISMEMBER s 2"));
        assertEquals(0L, call("SISMEMBER s 02"));
        assertEquals(List.of(1L, 0L), call("SMISMEMBER s word nope"));
        assertEquals(List.of(0L), call("SMISMEMBER nope word"));
        assertEquals(2L, call("SREM s 1 2 nope"));
        assertEquals(2L, call("SREM s 3 word"));
        assertEquals(0L, call("EXISTS s"));
        assertEquals(0L, call("SREM s 3"));
        assertInstanceOf(
                Reply.Members.class, node.run("SMEMBERS".getBytes(StandardCharsets.US_ASCII), new byte[] {'s'}));
    }

    @Test
    void logsOnlyWhatChangesSomething() {
        assertEquals(List.of("SADD s a"), effects("SADD s a"));
        assertEquals(List.of(), effects("SADD s a"));
        assertEquals(List.of("SADD s a b"), effects("SADD s a b"));
        assertEquals(List.of(), effects("SREM s c"));
        assertEquals(List.of("SREM s c a"), effects("SREM s c a"));
        assertEquals(List.of(), effects("SMOVE s t nope"));
        assertEquals(List.of(), effects("SMOVE s s b"));
        assertEquals(List.of(), effects("SINTERSTORE d s nope"));
        assertEquals(List.of("SUNIONSTORE d s"), effects("SUNIONSTORE d s"));
        assertEquals(List.of("SINTERSTORE d s nope"), effects("SINTERSTORE d s nope"));
        assertEquals(0L, call("EXISTS d"));
    }

    @Test
    void choosesTheEncodingAsRedisDoes() {
        fill("s", "", 0, 512);
        assertEquals("$intset", call("OBJECT ENCODING s"));
        call("SADD s 512");
        assertEquals("$hashtable", call("OBJECT ENCODING s"));
        call("SADD t 1 2");
        assertEquals("$intset", call("OBJECT ENCODING t"));
        call("SADD t word");
        assertEquals("$hashtable", call("OBJECT ENCODING t"));
        call("SREM t word");
        assertEquals("$hashtable", call("OBJECT ENCODING t"));
        call("SUNIONSTORE u t");
        assertEquals("$intset", call("OBJECT ENCODING u"));
    }

    @Test
    void movesAMember() {
        call("SADD s a b");
        assertEquals(List.of("SMOVE s t a"), effects("SMOVE s t a"));
        assertEquals(List.of("$b"), call("SMEMBERS s"));
        assertEquals(List.of("$a"), call("SMEMBERS t"));
        assertEquals(1L, call("SMOVE s s b"));
        assertEquals(1L, call("SMOVE s t b"));
        assertEquals(0L, call("EXISTS s"));
        call("SET str 1");
        assertEquals(0L, call("SMOVE nope str a"));
        assertEquals(WRONG_TYPE, call("SMOVE t str a"));
        assertEquals(WRONG_TYPE, call("SMOVE str t a"));
    }

    @Test
    void logsWhatWasPoppedByName() {
        assertEquals("nil", call("SPOP s"));
        assertEquals(List.of(), call("SPOP s 3"));
        call("SADD s a");
        assertEquals(List.of("SREM s a"), effects("SPOP s"));
        call("SADD s a b");
        assertEquals(List.of("DEL s"), effects("SPOP s 2"));
        call("SADD s a b");
        assertEquals(List.of(), effects("SPOP s 0"));
        fill("s", "m", 0, 50);
        List<String> effects = effects("SPOP s 7");
        assertEquals(1, effects.size());
        assertEquals(9, effects.get(0).split(" ").length);
        assertEquals(45L, call("SCARD s"));
        assertEquals("-ERR value is out of range, must be positive", call("SPOP s -1"));
        assertEquals("-ERR value is out of range, must be positive", call("SPOP nope x"));
        assertEquals("-ERR syntax error", call("SPOP s 1 2"));
    }

    @Test
    void popsManyInEffectsOfBoundedLength() {
        for (int i = 0; i < 5000; i += 500) {
            fill("s", "m", i, i + 500);
        }
        long before = node.position();
        List<?> popped = (List<?>) Objects.requireNonNull(call("SPOP s 3000"));
        assertEquals(3000, new HashSet<>(popped).size());
        assertEquals(2000L, call("SCARD s"));
        int removed = 0;
        for (byte[][] effect : node.effects(before)) {
            if (new String(effect[0], StandardCharsets.US_ASCII).equals("SREM")) {
                assertTrue(effect.length <= 1026);
                removed += effect.length - 2;
            }
        }
        assertEquals(3000, removed);
    }

    @Test
    void drawsMembers() {
        assertEquals("nil", call("SRANDMEMBER s"));
        assertEquals(List.of(), call("SRANDMEMBER s -3"));
        call("SADD s a");
        assertEquals("$a", call("SRANDMEMBER s"));
        assertEquals(List.of("$a"), call("SRANDMEMBER s 3"));
        assertEquals(List.of("$a", "$a"), call("SRANDMEMBER s -2"));
        assertEquals("-ERR syntax error", call("SRANDMEMBER s 1 2"));
        assertEquals("-ERR value is not an integer or out of range", call("SRANDMEMBER s x"));
        fill("s", "m", 0, 3000);
        Set<Object> drawn = new HashSet<>((List<?>) Objects.requireNonNull(call("SRANDMEMBER s 100")));
        assertEquals(100, drawn.size());
        assertEquals(3001L, call("SCARD s"));
    }

    @Test
    void intersectsUnitesAndSubtracts() {
        call("SADD a 1 2 3 4 w");
        call("SADD b 3 4 5 w");
        fill("c", "", 0, 1000);
        assertEquals(List.of("$3", "$4", "$w"), sorted("SINTER a b"));
        assertEquals(List.of("$3", "$4"), sorted("SINTER a b c"));
        assertEquals(List.of(), call("SINTER a nope"));
        assertEquals(List.of("$1", "$2", "$3", "$4", "$5", "$w"), sorted("SUNION a b nope"));
        assertEquals(List.of("$1", "$2"), sorted("SDIFF a b"));
        assertEquals(List.of("$w"), call("SDIFF a c nope"));
        assertEquals(List.of(), call("SDIFF nope a"));
        assertEquals(995L, call("SDIFFSTORE d c a b"));
        assertEquals(995L, call("SCARD d"));
        assertEquals(2L, call("SINTERSTORE a a b c"));
        assertEquals("$intset", call("OBJECT ENCODING a"));
        assertEquals(1001L, call("SUNIONSTORE d b c a"));
    }

    /** Encodings as a real server 7.0 leaves them, right and left of the point where the other way becomes cheaper. */
    @Test
    void storesADifferenceInTheEncodingThatItWasComputedIn() {
        call("SADD first 1 2 3 w");
        call("SADD x x");
        call("SADD y y");
        call("SADD z z");
        call("SADD w w");
        assertEquals(3L, call("SDIFFSTORE d first w y"));
        assertEquals("$intset", call("OBJECT ENCODING d"));
        assertEquals(3L, call("SDIFFSTORE d first w y z"));
        assertEquals("$hashtable", call("OBJECT ENCODING d"));
        assertEquals(3L, call("SDIFFSTORE d first w nope nope"));
        assertEquals("$intset", call("OBJECT ENCODING d"));
        assertEquals(0L, call("SDIFFSTORE d first x y z first"));

        call("SADD odd 1 2 3 4 w");
        assertEquals(4L, call("SDIFFSTORE d odd w y"));
        assertEquals("$intset", call("OBJECT ENCODING d"));

        fill("many", "", 0, 513);
        call("SADD few 1 2 3");
        assertEquals(510L, call("SDIFFSTORE d many few x y"));
        assertEquals("$hashtable", call("OBJECT ENCODING d"));
        assertEquals(510L, call("SUNIONSTORE e d"));
        assertEquals("$intset", call("OBJECT ENCODING e"));
        assertEquals(510L, call("SINTERSTORE e d many"));
        assertEquals("$intset", call("OBJECT ENCODING e"));
    }

    @Test
    void readsEveryTypeEvenIfOneKeyIsMissing() {
        call("SET str 1");
        for (String line : List.of(
                "SINTER nope str",
                "SINTER str nope",
                "SUNION nope str",
                "SDIFF nope str",
                "SINTERCARD 2 nope str",
                "SINTERSTORE d nope str",
                "SADD str a",
                "SMEMBERS str",
                "SPOP str")) {
            assertEquals(WRONG_TYPE, call(line), line);
        }
        call("SADD s a");
        assertEquals(1L, call("SUNIONSTORE str s"));
        assertEquals(List.of("$a"), call("SMEMBERS str"));
    }

    @Test
    void countsAnIntersectionUpToALimit() {
        fill("a", "m", 0, 300);
        fill("b", "m", 100, 400);
        assertEquals(200L, call("SINTERCARD 2 a b"));
        assertEquals(200L, call("SINTERCARD 2 a b LIMIT 0"));
        assertEquals(10L, call("SINTERCARD 2 a b LIMIT 10"));
        assertEquals(200L, call("SINTERCARD 2 a b LIMIT 500"));
        assertEquals("-ERR numkeys should be greater than 0", call("SINTERCARD 0 a"));
        assertEquals("-ERR Number of keys can't be greater than number of args", call("SINTERCARD 3 a b"));
        assertEquals("-ERR LIMIT can't be negative", call("SINTERCARD 1 a LIMIT -1"));
        assertEquals("-ERR syntax error", call("SINTERCARD 1 a LIMIT"));
        assertEquals("-ERR syntax error", call("SINTERCARD 1 a b"));
    }

    @Test
    void deletesExpiredSourcesBeforeItStores() {
        call("SADD a 1");
        call("SADD b 2");
        call("PEXPIRE b 1000");
        node.commit();
        now += 2000;
        assertEquals(List.of("MULTI", "DEL b", "SUNIONSTORE d a b", "EXEC"), effects("SUNIONSTORE d a b"));
        assertEquals(List.of("$1"), call("SMEMBERS d"));
    }

    @Test
    void keepsTheExpiryOfASetThatChanges() {
        call("SADD s 1");
        call("PEXPIREAT s " + (NOW + 5000));
        call("SADD s word");
        assertEquals(NOW + 5000, call("PEXPIRETIME s"));
        fill("s", "m", 0, 500);
        call("SREM s 1 m3");
        assertEquals(NOW + 5000, call("PEXPIRETIME s"));
        call("SUNIONSTORE s s");
        assertEquals(-1L, call("PEXPIRETIME s"));
    }

    @Test
    void iteratesOverALargeSetInSteps() {
        fill("s", "member:", 0, 1000);
        Set<Object> seen = new HashSet<>();
        String cursor = "0";
        int steps = 0;
        do {
            List<?> reply = (List<?>) Objects.requireNonNull(call("SSCAN s " + cursor));
            cursor = ((String) reply.get(0)).substring(1);
            List<?> members = (List<?>) reply.get(1);
            members.forEach(member -> assertTrue(seen.add(member)));
            steps++;
        } while (!cursor.equals("0"));
        assertEquals(1000, seen.size());
        assertEquals(100, steps);
    }
}
