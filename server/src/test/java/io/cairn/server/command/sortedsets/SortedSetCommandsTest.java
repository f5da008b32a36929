package io.cairn.server.command.sortedsets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.server.command.Call;
import io.cairn.server.command.Caller;
import io.cairn.server.command.Command;
import io.cairn.server.command.Handler;
import io.cairn.server.command.Reply;
import io.cairn.server.differential.Answers;
import io.cairn.server.differential.Node;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SortedSetCommandsTest {
    private static final String SYNTAX = "-ERR syntax error";
    private static final String NOT_FLOAT = "-ERR value is not a valid float";
    private static final String NOT_BOUND = "-ERR min or max is not a float";
    private static final String NOT_ITEM = "-ERR min or max not valid string range item";
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
        return node.effects(before).stream().map(Answers::text).toList();
    }

    @Test
    void addsAndMovesUnderConditions() {
        assertEquals(3L, call("ZADD z 1 a 2 b 3 c"));
        assertEquals(1L, call("ZADD z 9 a 1 d"));
        assertEquals(2L, call("ZADD z CH 1 a 5 e"));
        assertEquals(0L, call("ZADD z NX 7 a"));
        assertEquals(0L, call("ZADD z XX 7 nobody"));
        assertEquals(0L, call("ZADD z GT CH 0 a"));
        assertEquals(1L, call("ZADD z LT CH 0 a"));
        assertEquals(1L, call("ZADD z GT 4 f"));
        assertEquals(
                List.of("$a", "$0", "$d", "$1", "$b", "$2", "$c", "$3", "$f", "$4", "$e", "$5"),
                call("ZRANGE z 0 -1 WITHSCORES"));
        assertEquals(0L, call("ZADD nothing XX 1 a"));
        assertEquals(0L, call("EXISTS nothing"));
    }

    @Test
    void increments() {
        assertEquals("$1.5", call("ZINCRBY z 1.5 a"));
        assertEquals("$3", call("ZADD z INCR 1.5 a"));
        assertEquals("nil", call("ZADD z NX INCR 1 a"));
        assertEquals("nil", call("ZADD z XX INCR 1 b"));
        assertEquals("nil", call("ZADD z GT INCR -1 a"));
        assertEquals("$inf", call("ZINCRBY z inf a"));
        assertEquals("-ERR resulting score is not a number (NaN)", call("ZINCRBY z -inf a"));
        assertEquals("$inf", call("ZSCORE z a"));
    }

    @Test
    void refusesOptionsThatExcludeEachOther() {
        assertEquals("-ERR XX and NX options at the same time are not compatible", call("ZADD z NX XX 1 a"));
        String either = "-ERR GT, LT, and/or NX options at the same time are not compatible";
        assertEquals(either, call("ZADD z GT LT 1 a"));
        assertEquals(either, call("ZADD z NX GT 1 a"));
        assertEquals("-ERR INCR option supports a single increment-element pair", call("ZADD z INCR 1 a 2 b"));
        assertEquals(SYNTAX, call("ZADD z 1 a 2"));
        assertEquals(SYNTAX, call("ZADD z NX CH"));
        assertEquals(NOT_FLOAT, call("ZADD z 1 a nan b"));
        assertEquals(0L, call("EXISTS z"));
    }

    @Test
    void ranksAndCounts() {
        call("ZADD z 1 a 2 b 2 c 3 d");
        assertEquals(2L, call("ZRANK z c"));
        assertEquals(1L, call("ZREVRANK z c"));
        assertEquals("nil", call("ZRANK z nobody"));
        assertEquals(2L, call("ZCOUNT z 2 (3"));
        assertEquals(4L, call("ZCOUNT z -inf +inf"));
        assertEquals(0L, call("ZCOUNT z (2 (2"));
        assertEquals(NOT_BOUND, call("ZCOUNT nothing x 1"));
        assertEquals(4L, call("ZCARD z"));
        assertEquals(List.of("$2", "nil"), call("ZMSCORE z b nobody"));
        assertEquals(List.of("nil"), call("ZMSCORE nothing a"));
    }

    @Test
    void rangesByRankScoreAndMember() {
        call("ZADD z 1 a 2 b 3 c 4 d");
        assertEquals(List.of("$b", "$c"), call("ZRANGE z 1 -2"));
        assertEquals(List.of("$c", "$b"), call("ZRANGE z 1 2 REV"));
        assertEquals(List.of("$d", "$4"), call("ZREVRANGE z 0 0 WITHSCORES"));
        assertEquals(List.of("$b", "$c"), call("ZRANGE z (1 3 BYSCORE"));
        assertEquals(List.of("$c", "$b"), call("ZRANGE z 3 (1 BYSCORE REV"));
        assertEquals(List.of("$c"), call("ZRANGEBYSCORE z 1 +inf LIMIT 2 1"));
        assertEquals(List.of(), call("ZRANGEBYSCORE z 1 4 LIMIT -1 2"));
        assertEquals(List.of("$d", "$c"), call("ZREVRANGEBYSCORE z +inf -inf LIMIT 0 2"));
        call("ZADD lex 0 a 0 b 0 c");
        assertEquals(List.of("$b", "$c"), call("ZRANGEBYLEX lex (a +"));
        assertEquals(List.of("$b", "$a"), call("ZREVRANGEBYLEX lex [b -"));
        assertEquals(List.of("$c", "$b"), call("ZRANGE lex + [b BYLEX REV"));
        assertEquals(2L, call("ZLEXCOUNT lex - (c"));
        assertEquals(NOT_ITEM, call("ZRANGEBYLEX nothing a b"));
        assertEquals(NOT_BOUND, call("ZRANGE nothing a b BYSCORE"));
        assertEquals(
                "-ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
                call("ZRANGE z 0 1 LIMIT 0 1"));
        assertEquals(
                "-ERR syntax error, WITHSCORES not supported in combination with BYLEX",
                call("ZRANGE lex - + BYLEX WITHSCORES"));
        assertEquals(SYNTAX, call("ZREVRANGE z 0 1 REV"));
    }

    @Test
    void storesRanges() {
        call("ZADD z 1 a 2 b 3 c");
        call("SET target 1");
        assertEquals(2L, call("ZRANGESTORE target z 0 1 REV"));
        assertEquals(List.of("$b", "$2", "$c", "$3"), call("ZRANGE target 0 -1 WITHSCORES"));
        assertEquals(
                List.of("\"ZRANGESTORE\" \"target\" \"nothing\" \"0\" \"1\""),
                effects("ZRANGESTORE target nothing 0 1"));
        assertEquals(0L, call("EXISTS target"));
        assertEquals(List.of(), effects("ZRANGESTORE target nothing 0 1"));
        assertEquals(SYNTAX, call("ZRANGESTORE target z 0 1 WITHSCORES"));
        assertEquals(2L, call("ZRANGESTORE z z 0 1"));
    }

    @Test
    void removesByNameRankScoreAndMember() {
        call("ZADD z 1 a 2 b 3 c 4 d 5 e");
        assertEquals(1L, call("ZREM z a nobody"));
        assertEquals(1L, call("ZREMRANGEBYRANK z -1 -1"));
        assertEquals(1L, call("ZREMRANGEBYSCORE z 2 (3"));
        assertEquals(List.of("$c", "$d"), call("ZRANGE z 0 -1"));
        assertEquals(2L, call("ZREMRANGEBYLEX z - +"));
        assertEquals(0L, call("EXISTS z"));
        assertEquals(0L, call("ZREMRANGEBYSCORE z 0 1"));
        assertEquals(NOT_BOUND, call("ZREMRANGEBYSCORE z x 1"));
    }

    @Test
    void popsFromBothEnds() {
        call("ZADD z 1 a 2 b 3 c 4 d");
        assertEquals(List.of("$a", "$1"), call("ZPOPMIN z"));
        assertEquals(List.of("$d", "$4", "$c", "$3"), call("ZPOPMAX z 2"));
        assertEquals(List.of(), call("ZPOPMIN z 0"));
        assertEquals("-ERR value is out of range, must be positive", call("ZPOPMIN z -1"));
        call("ZADD z 1 a");
        assertEquals(List.of("\"ZPOPMAX\" \"z\" \"1\""), effects("ZMPOP 2 nothing z MAX"));
        assertEquals(List.of("$z", List.of(List.of("$a", "$1"))), call("ZMPOP 1 z MIN COUNT 5"));
        assertEquals("nil", call("ZMPOP 1 z MIN"));
        assertEquals(List.of(), call("ZPOPMIN z"));
        assertEquals("-ERR numkeys should be greater than 0", call("ZMPOP x z MIN"));
        assertEquals("-ERR count should be greater than 0", call("ZMPOP 1 z MIN COUNT -1"));
        assertEquals(SYNTAX, call("ZMPOP 1 z MIDDLE"));
    }

    @Test
    void combinesSortedSetsAndSets() {
        call("ZADD z 1 a 2 b 3 c");
        call("ZADD y 10 b 20 d");
        call("SADD s c d");
        assertEquals(List.of("$a", "$1", "$c", "$4", "$b", "$12", "$d", "$21"), call("ZUNION 3 z y s WITHSCORES"));
        assertEquals(List.of("$b", "$8"), call("ZINTER 2 z y WEIGHTS -1 1 WITHSCORES"));
        assertEquals(List.of("$b", "$10"), call("ZINTER 2 z y AGGREGATE MAX WITHSCORES"));
        assertEquals(List.of("$a", "$1", "$c", "$3"), call("ZDIFF 2 z y WITHSCORES"));
        assertEquals(1L, call("ZINTERCARD 2 z s"));
        assertEquals(1L, call("ZINTERCARD 1 z LIMIT 1"));
        assertEquals(4L, call("ZUNIONSTORE target 3 z y s AGGREGATE MIN"));
        assertEquals(List.of("$a", "$1", "$c", "$1", "$d", "$1", "$b", "$2"), call("ZRANGE target 0 -1 WITHSCORES"));
        assertEquals(2L, call("ZINTERSTORE target 2 target s WEIGHTS 0 1"));
        assertEquals(0L, call("ZDIFFSTORE target 2 y y"));
        assertEquals(0L, call("EXISTS target"));
    }

    @Test
    void neverStoresWhatIsNoNumber() {
        call("ZADD z inf a");
        call("ZADD y -inf a");
        assertEquals(List.of("$a", "$0"), call("ZUNION 2 z y WITHSCORES"));
        assertEquals(List.of("$a", "$0"), call("ZUNION 1 z WEIGHTS 0 WITHSCORES"));
    }

    @Test
    void refusesMalformedCombinations() {
        call("SET str 1");
        assertEquals(WRONG_TYPE, call("ZUNION 2 nothing str"));
        assertEquals("-ERR at least 1 input key is needed for 'zunion' command", call("ZUNION 0 z"));
        assertEquals(SYNTAX, call("ZUNION 3 a b"));
        assertEquals("-ERR weight value is not a float", call("ZUNION 1 z WEIGHTS x"));
        assertEquals(SYNTAX, call("ZUNION 1 z AGGREGATE mean"));
        assertEquals(SYNTAX, call("ZDIFF 1 z WEIGHTS 1"));
        assertEquals(SYNTAX, call("ZUNIONSTORE t 1 z WITHSCORES"));
        assertEquals("-ERR LIMIT can't be negative", call("ZINTERCARD 1 z LIMIT -1"));
    }

    @Test
    void deletesAnExpiredInputBeforeItStores() {
        call("ZADD z 1 a");
        call("ZADD y 1 b");
        call("PEXPIREAT y 1700000000001");
        node.commit();
        long before = node.position();
        call("ZUNIONSTORE t 2 z y");
        assertEquals(1, node.effects(before).size());
        assertEquals(2L, call("ZCARD t"));
    }

    @Test
    void drawsMembersAtRandom() {
        call("ZADD z 1 a 2 b 3 c");
        Set<Object> seen = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            seen.add(call("ZRANDMEMBER z"));
        }
        assertEquals(Set.of("$a", "$b", "$c"), seen);
        assertEquals(3, ((List<?>) call("ZRANDMEMBER z 5")).size());
        assertEquals(5, ((List<?>) call("ZRANDMEMBER z -5")).size());
        assertEquals(10, ((List<?>) call("ZRANDMEMBER z -5 WITHSCORES")).size());
        assertEquals("nil", call("ZRANDMEMBER nothing"));
        assertEquals(List.of(), call("ZRANDMEMBER nothing 1"));
        assertEquals(SYNTAX, call("ZRANDMEMBER z 1 WITH"));
        assertEquals("-ERR value is out of range", call("ZRANDMEMBER z -9223372036854775807 WITHSCORES"));
    }

    @Test
    void scansLargeSetsWithoutLosingAMember() {
        Set<Object> added = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            call("ZADD z " + i + " m" + i);
            added.add("$m" + i);
        }
        Set<Object> found = new HashSet<>();
        String cursor = "0";
        int calls = 0;
        do {
            List<?> reply = (List<?>) call("ZSCAN z " + cursor + " COUNT 20");
            cursor = ((String) reply.get(0)).substring(1);
            List<?> items = (List<?>) reply.get(1);
            for (int i = 0; i < items.size(); i += 2) {
                assertEquals("$" + ((String) items.get(i)).substring(2), items.get(i + 1));
                assertTrue(found.add(items.get(i)));
            }
            calls++;
        } while (!cursor.equals("0"));
        assertEquals(added, found);
        assertTrue(calls > 5);
        assertEquals(SYNTAX, call("ZSCAN z 0 COUNT 0"));
        assertEquals("-ERR invalid cursor", call("ZSCAN z x"));
    }

    @Test
    void logsWhatClientsSentAndNothingThatChangesNothing() {
        assertEquals(List.of("\"SELECT\" \"0\"", "\"ZINCRBY\" \"z\" \"1\" \"a\""), effects("ZINCRBY z 1 a"));
        assertEquals(List.of("\"ZADD\" \"z\" \"INCR\" \"1\" \"a\""), effects("ZADD z INCR 1 a"));
        for (String line : List.of(
                "ZADD z INCR 0 a", "ZADD z 2 a", "ZADD z XX 1 b", "ZREM z b", "ZREMRANGEBYRANK z 5 6", "ZPOPMIN x")) {
            assertEquals(List.of(), effects(line), line);
        }
    }

    @Test
    void keepsToSortedSets() {
        call("SET s 1");
        for (String line : List.of(
                "ZADD s 1 a",
                "ZINCRBY s 1 a",
                "ZREM s a",
                "ZSCORE s a",
                "ZMSCORE s a",
                "ZCARD s",
                "ZCOUNT s 0 1",
                "ZLEXCOUNT s - +",
                "ZRANK s a",
                "ZRANGE s 0 1",
                "ZRANGESTORE t s 0 1",
                "ZREMRANGEBYRANK s 0 1",
                "ZPOPMIN s",
                "ZMPOP 2 nothing s MIN",
                "ZINTERCARD 1 s",
                "ZRANDMEMBER s",
                "ZSCAN s 0")) {
            assertEquals(WRONG_TYPE, call(line), line);
        }
    }

    // ---- RESP3

    private Reply resp3(String line) {
        List<byte[]> args = new ArrayList<>();
        for (String word : line.split(" ")) {
            args.add(word.getBytes(StandardCharsets.ISO_8859_1));
        }
        Command command = SortedSetCommands.commands().stream()
                .filter(each -> each.name().equals(line.split(" ")[0].toLowerCase(Locale.ROOT)))
                .findAny()
                .orElseThrow();
        Handler handler = Objects.requireNonNull(command.handler());
        node.turn().tryLock(0, args.get(1));
        return handler.run(new Call(node.turn(), 0, args.toArray(new byte[0][]), new Resp3()));
    }

    /** A reply with its nesting and its doubles. */
    private static Object shape(Reply reply) {
        if (reply instanceof Reply.Array array) {
            return array.items().stream().map(SortedSetCommandsTest::shape).toList();
        }
        return reply instanceof Reply.Real real ? (Object) real.value() : Answers.of(reply);
    }

    @Test
    void nestsPairsForResp3() {
        call("ZADD z 1 a 2.5 b 3 c 4 d");
        assertEquals(List.of(List.of("$a", 1.0), List.of("$b", 2.5)), shape(resp3("ZRANGE z 0 1 WITHSCORES")));
        assertEquals(List.of("$a"), shape(resp3("ZRANGE z 0 0")));
        assertEquals(List.of(List.of("$d", 4.0)), shape(resp3("ZREVRANGEBYSCORE z 4 4 WITHSCORES")));
        assertEquals(2.5, shape(resp3("ZSCORE z b")));
        assertEquals(List.of(1.0, "nil"), shape(resp3("ZMSCORE z a nobody")));
        assertEquals(2.0, shape(resp3("ZINCRBY z 1 a")));
        assertEquals(List.of("$a", 2.0), shape(resp3("ZPOPMIN z")));
        assertEquals(List.of(List.of("$b", 2.5)), shape(resp3("ZPOPMIN z 1")));
        assertEquals(2, ((List<?>) ((List<?>) shape(resp3("ZRANDMEMBER z 1 WITHSCORES"))).get(0)).size());
        node.turn().abandon();
    }

    private static final class Resp3 implements Caller {
        @Override
        public int protocol() {
            return 3;
        }

        @Override
        public long rememberCursor(int db, byte[] lastKey) {
            throw new IllegalStateException("no keyspace iteration here");
        }

        @Override
        public byte @Nullable [] recallCursor(int db, long cursor) {
            throw new IllegalStateException("no keyspace iteration here");
        }
    }
}
