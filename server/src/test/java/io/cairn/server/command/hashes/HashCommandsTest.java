package io.cairn.server.command.hashes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.server.command.Call;
import io.cairn.server.command.Caller;
import io.cairn.server.command.Command;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HashCommandsTest {
    private static final String WRONG_TYPE = "-WRONGTYPE Operation against a key holding the wrong kind of value";

    @TempDir
    Path directory;

    private Node node;

    @BeforeEach
    void open() throws IOException {
        node = new Node(new MemoryRowStore(), directory, () -> 1_700_000_000_000L, new Random(1));
    }

    @AfterEach
    void close() {
        node.close();
    }

    private Object call(String line) {
        return node.call(line.split(" "));
    }

    private List<String> effects(String line) {
        long before = node.position();
        call(line);
        return node.effects(before).stream().map(Answers::text).collect(Collectors.toList());
    }

    @Test
    void setsAndCountsNewFields() {
        assertEquals(2L, call("HSET h a 1 b 2"));
        assertEquals(1L, call("HSET h b 3 c 4"));
        assertEquals("+OK", call("HMSET h d 5"));
        assertEquals(List.of("$a", "$1", "$b", "$3", "$c", "$4", "$d", "$5"), call("HGETALL h"));
        assertEquals(List.of("$a", "$b", "$c", "$d"), call("HKEYS h"));
        assertEquals(List.of("$1", "$3", "$4", "$5"), call("HVALS h"));
        assertEquals(List.of("$4", "nil"), call("HMGET h c nope"));
        assertEquals(4L, call("HLEN h"));
        assertEquals(1L, call("HSTRLEN h a"));
        assertEquals(0L, call("HSTRLEN h nope"));
        assertEquals(0L, call("HSETNX h a 9"));
        assertEquals(1L, call("HSETNX h e 9"));
        assertEquals(1L, call("HEXISTS h e"));
        assertEquals("$9", call("HGET h e"));
    }

    @Test
    void refusesFieldsWithoutValue() {
        assertEquals("-ERR wrong number of arguments for 'hset' command", call("HSET h a 1 b"));
        assertEquals("-ERR wrong number of arguments for 'hmset' command", call("HMSET h a 1 b"));
    }

    @Test
    void deletesTheHashWithItsLastField() {
        call("HSET h a 1 b 2");
        assertEquals(List.of(), effects("HDEL h nope"));
        assertEquals(2L, call("HDEL h a b a"));
        assertEquals(0L, call("EXISTS h"));
        assertEquals("nil", call("HGET h a"));
        assertEquals(List.of(), call("HGETALL h"));
        assertEquals(List.of("nil"), call("HMGET h a"));
    }

    @Test
    void keepsToHashes() {
        call("SET s 1");
        for (String line : List.of(
                "HSET s a 1",
                "HGET s a",
                "HGETALL s",
                "HDEL s a",
                "HINCRBY s a 1",
                "HLEN s",
                "HRANDFIELD s",
                "HSCAN s 0",
                "HSETNX s a 1",
                "HMGET s a",
                "HINCRBYFLOAT s a 1",
                "HEXISTS s a")) {
            assertEquals(WRONG_TYPE, call(line), line);
        }
    }

    @Test
    void addsIntegersWithinTheirRange() {
        assertEquals(-5L, call("HINCRBY h n -5"));
        call("HSET h n 9223372036854775807 w word");
        assertEquals("-ERR increment or decrement would overflow", call("HINCRBY h n 1"));
        assertEquals("-ERR hash value is not an integer", call("HINCRBY h w 1"));
        assertEquals("-ERR value is not an integer or out of range", call("HINCRBY h n 1.5"));
        assertEquals("$9223372036854775807", call("HGET h n"));
    }

    @Test
    void logsSumsOfFloatsAsTheirResults() {
        call("HSET h f 1.5");
        List<String> effects = effects("HINCRBYFLOAT h f 0.1");
        assertEquals(List.of("\"HSET\" \"h\" \"f\" \"1.6\""), effects);
        assertEquals("$1.6", call("HGET h f"));
        call("HSET h w word i inf");
        assertEquals("-ERR hash value is not a float", call("HINCRBYFLOAT h w 1"));
        assertEquals("-ERR value is not a valid float", call("HINCRBYFLOAT h f nan"));
        assertEquals("-ERR value is NaN or Infinity", call("HINCRBYFLOAT h f inf"));
        assertEquals("-ERR increment would produce NaN or Infinity", call("HINCRBYFLOAT h i 1"));
    }

    @Test
    void movesToAHashTableAtEitherThreshold() {
        StringBuilder many = new StringBuilder("HSET h");
        for (int i = 0; i < 512; i++) {
            many.append(" f").append(i).append(" v");
        }
        call(many.toString());
        assertEquals("$listpack", call("OBJECT ENCODING h"));
        call("HSET h one more");
        assertEquals("$hashtable", call("OBJECT ENCODING h"));
        assertEquals(513L, call("HLEN h"));
        call("HDEL h one f1 f2 f3");
        assertEquals("$hashtable", call("OBJECT ENCODING h"));

        call("HSET long f " + "v".repeat(64));
        assertEquals("$listpack", call("OBJECT ENCODING long"));
        call("HSET long f " + "v".repeat(65));
        assertEquals("$hashtable", call("OBJECT ENCODING long"));
        call("HSET long f v");
        assertEquals("$hashtable", call("OBJECT ENCODING long"));
    }

    @Test
    void iteratesOverEveryFieldThatStays() {
        for (int i = 0; i < 2000; i++) {
            call("HSET h stays" + i + " v" + i + " goes" + i + " x");
        }
        Set<String> seen = new HashSet<>();
        String cursor = "0";
        int step = 0;
        do {
            List<?> reply = (List<?>) Objects.requireNonNull(call("HSCAN h " + cursor + " COUNT 50 MATCH s*"));
            cursor = ((String) reply.get(0)).substring(1);
            List<?> pairs = (List<?>) reply.get(1);
            for (int at = 0; at < pairs.size(); at += 2) {
                String field = (String) pairs.get(at);
                assertTrue(seen.add(field), field + " came twice");
                assertEquals("$v" + field.substring("$stays".length()), pairs.get(at + 1));
            }
            call("HDEL h goes" + step);
            call("HSET h new" + step + " x");
            step++;
        } while (!cursor.equals("0"));
        assertEquals(2000, seen.size());
        assertTrue(step > 10);
    }

    @Test
    void checksTheArgumentsOfAScanInOrder() {
        assertEquals("-ERR invalid cursor", call("HSCAN nope x"));
        assertEquals(List.of("$0", List.of()), call("HSCAN nope 0 NONSENSE"));
        call("HSET h a 1");
        assertEquals("-ERR syntax error", call("HSCAN h 0 NONSENSE"));
        assertEquals("-ERR syntax error", call("HSCAN h 0 COUNT 0"));
        assertEquals("-ERR value is not an integer or out of range", call("HSCAN h 0 COUNT x"));
        assertEquals(List.of("$0", List.of("$a", "$1")), call("HSCAN h 12345678901"));
        assertEquals(List.of("$0", List.of()), call("HSCAN h 0 MATCH b*"));
    }

    @Test
    void drawsFieldsInTheShapeOfTheProtocol() {
        assertEquals("nil", call("HRANDFIELD h"));
        assertEquals(List.of(), call("HRANDFIELD h 2"));
        call("HSET h a 1");
        assertEquals("$a", call("HRANDFIELD h"));
        assertEquals(List.of("$a"), call("HRANDFIELD h 5"));
        assertEquals(List.of("$a", "$a", "$a"), call("HRANDFIELD h -3"));
        assertEquals(List.of("$a", "$1", "$a", "$1"), call("HRANDFIELD h -2 WITHVALUES"));
        assertEquals(List.of(List.of("$a", "$1")), resp3("HRANDFIELD h 1 WITHVALUES"));
        assertEquals("-ERR syntax error", call("HRANDFIELD h 1 VALUES"));
        assertEquals("-ERR value is out of range", call("HRANDFIELD h 4611686018427387904 WITHVALUES"));
        assertEquals("-ERR value is out of range", call("HRANDFIELD h -9223372036854775807"));
        assertEquals(
                "-ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
                call("HRANDFIELD h -9223372036854775808"));
        call("HSET h b 2 c 3");
        assertEquals(3, new HashSet<>(new ArrayList<>((List<?>) call("HRANDFIELD h 3"))).size());
        assertInstanceOf(Reply.Pairs.class, node.run(words("HGETALL h")));
    }

    private static byte[][] words(String line) {
        List<byte[]> words = new ArrayList<>();
        for (String word : line.split(" ")) {
            words.add(word.getBytes(StandardCharsets.UTF_8));
        }
        return words.toArray(byte[][]::new);
    }

    /** Runs a read for a client that speaks RESP3. */
    private Object resp3(String line) {
        byte[][] args = words(line);
        Command command = HashCommands.commands().stream()
                .filter(declared -> declared.name().equalsIgnoreCase(line.split(" ")[0]))
                .findAny()
                .orElseThrow();
        Caller caller = new Caller() {
            @Override
            public int protocol() {
                return 3;
            }

            @Override
            public long rememberCursor(int db, byte[] lastKey) {
                throw new IllegalStateException("no iteration of keys here");
            }

            @Override
            public byte @Nullable [] recallCursor(int db, long cursor) {
                throw new IllegalStateException("no iteration of keys here");
            }
        };
        return Answers.of(Objects.requireNonNull(command.handler()).run(new Call(node.turn(), 0, args, caller)));
    }
}
