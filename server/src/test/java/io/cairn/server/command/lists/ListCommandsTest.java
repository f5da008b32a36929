package io.cairn.server.command.lists;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.server.differential.Answers;
import io.cairn.server.differential.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListCommandsTest {
    private static final String NOT_INTEGER = "-ERR value is not an integer or out of range";
    private static final String SYNTAX = "-ERR syntax error";

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
    void pushesAndPopsAtBothEnds() {
        assertEquals(3L, call("RPUSH l a b c"));
        assertEquals(5L, call("LPUSH l y x"));
        assertEquals(List.of("$x", "$y", "$a", "$b", "$c"), call("LRANGE l 0 -1"));
        assertEquals("$x", call("LPOP l"));
        assertEquals(List.of("$c", "$b"), call("RPOP l 2"));
        assertEquals(List.of(), call("LPOP l 0"));
        assertEquals(List.of("$y", "$a"), call("LPOP l 9"));
        assertEquals("nil", call("LPOP l"));
        assertEquals("nil", call("LPOP l 0"));
        assertEquals(0L, call("EXISTS l"));
    }

    @Test
    void pushesToListsThatExistOnly() {
        assertEquals(0L, call("LPUSHX l a"));
        assertEquals(0L, call("EXISTS l"));
        call("RPUSH l a");
        assertEquals(2L, call("RPUSHX l b"));
        assertEquals(3L, call("LPUSHX l c"));
    }

    @Test
    void refusesCountsThatAreNone() {
        call("RPUSH l a");
        String range = "-ERR value is out of range, must be positive";
        assertEquals(range, call("LPOP l x"));
        assertEquals(range, call("RPOP nothing -1"));
        assertEquals("-ERR wrong number of arguments for 'lpop' command", call("LPOP l 1 2"));
    }

    @Test
    void findsItemsByIndex() {
        call("RPUSH l a b c");
        assertEquals("$a", call("LINDEX l 0"));
        assertEquals("$c", call("LINDEX l -1"));
        assertEquals("nil", call("LINDEX l 3"));
        assertEquals("nil", call("LINDEX l -4"));
        assertEquals("nil", call("LINDEX nothing x"));
        assertEquals(NOT_INTEGER, call("LINDEX l x"));
        assertEquals("+OK", call("LSET l -2 B"));
        assertEquals("$B", call("LINDEX l 1"));
        assertEquals("-ERR index out of range", call("LSET l 3 x"));
        assertEquals("-ERR no such key", call("LSET nothing x y"));
        assertEquals(List.of("$B", "$c"), call("LRANGE l -2 100"));
        assertEquals(List.of(), call("LRANGE l 2 1"));
        assertEquals(NOT_INTEGER, call("LRANGE nothing 0 x"));
    }

    @Test
    void trimsInsertsAndRemoves() {
        call("RPUSH l a b a c a d");
        assertEquals(2L, call("LREM l -2 a"));
        assertEquals(List.of("$a", "$b", "$c", "$d"), call("LRANGE l 0 -1"));
        assertEquals(0L, call("LREM l 0 nothing"));
        assertEquals(5L, call("LINSERT l BEFORE c x"));
        assertEquals(6L, call("LINSERT l after d y"));
        assertEquals(-1L, call("LINSERT l after nothing y"));
        assertEquals(0L, call("LINSERT nothing after a y"));
        assertEquals(SYNTAX, call("LINSERT nothing beside a y"));
        assertEquals("+OK", call("LTRIM l 1 -2"));
        assertEquals(List.of("$b", "$x", "$c", "$d"), call("LRANGE l 0 -1"));
        assertEquals("+OK", call("LTRIM l 5 9"));
        assertEquals(0L, call("EXISTS l"));
    }

    @Test
    void tellsPositions() {
        call("RPUSH l a b c a b a");
        assertEquals(0L, call("LPOS l a"));
        assertEquals(3L, call("LPOS l a RANK 2"));
        assertEquals(5L, call("LPOS l a RANK -1"));
        assertEquals(List.of(0L, 3L, 5L), call("LPOS l a COUNT 0"));
        assertEquals(List.of(5L, 3L), call("LPOS l a RANK -1 COUNT 2"));
        assertEquals(5L, call("LPOS l a RANK -9223372036854775808"));
        assertEquals(List.of(5L, 3L, 0L), call("LPOS l a RANK -9223372036854775808 COUNT 1"));
        assertEquals(List.of(0L), call("LPOS l a COUNT 0 MAXLEN 3"));
        assertEquals("nil", call("LPOS l z"));
        assertEquals(List.of(), call("LPOS l z COUNT 1"));
        assertEquals(
                "-ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative "
                        + "to start from the end of the list",
                call("LPOS l a RANK 0"));
        assertEquals("-ERR COUNT can't be negative", call("LPOS l a COUNT -1"));
        assertEquals("-ERR MAXLEN can't be negative", call("LPOS l a MAXLEN x"));
        assertEquals(SYNTAX, call("LPOS l a RANK"));
    }

    @Test
    void movesWithinAListAndBetweenTwo() {
        call("RPUSH l a b c");
        assertEquals("$a", call("LMOVE l l LEFT RIGHT"));
        assertEquals(List.of("$b", "$c", "$a"), call("LRANGE l 0 -1"));
        assertEquals("$a", call("RPOPLPUSH l m"));
        assertEquals("$a", call("LMOVE m m left left"));
        assertEquals(List.of("$a"), call("LRANGE m 0 -1"));
        call("PEXPIREAT m 1700000009000");
        assertEquals(List.of("\"RPOPLPUSH\" \"m\" \"m\""), effects("RPOPLPUSH m m"));
        assertEquals(1_700_000_009_000L, call("PEXPIRETIME m"));
        assertEquals("nil", call("LMOVE nothing l left right"));
        assertEquals(SYNTAX, call("LMOVE l l up left"));
        call("SET s 1");
        assertEquals("-WRONGTYPE Operation against a key holding the wrong kind of value", call("LMOVE l s left left"));
        assertEquals(List.of("$b", "$c"), call("LRANGE l 0 -1"));
    }

    @Test
    void popsFromTheFirstListThatHasAny() {
        call("RPUSH l a b c");
        assertEquals(List.of("$l", List.of("$c", "$b")), call("LMPOP 2 nothing l RIGHT COUNT 2"));
        assertEquals("nil", call("LMPOP 1 nothing LEFT"));
        assertEquals("-ERR numkeys should be greater than 0", call("LMPOP 0 l LEFT"));
        assertEquals("-ERR count should be greater than 0", call("LMPOP 1 l LEFT COUNT 0"));
        assertEquals(SYNTAX, call("LMPOP 2 l LEFT"));
        assertEquals(SYNTAX, call("LMPOP 1 l LEFT COUNT 1 COUNT 1"));
    }

    @Test
    void logsWhatPopsTookAndNothingThatChangesNothing() {
        call("RPUSH l a b c d");
        assertEquals(List.of("\"RPOP\" \"l\" \"2\""), effects("LMPOP 2 nothing l RIGHT COUNT 2"));
        assertEquals(List.of("\"LPOP\" \"l\" \"1\""), effects("LMPOP 1 l LEFT"));
        assertEquals(List.of(), effects("LTRIM l 0 -1"));
        assertEquals(List.of(), effects("LREM l 0 nothing"));
        assertEquals(List.of(), effects("LINSERT l before nothing x"));
        assertEquals(List.of(), effects("LPUSHX nothing x"));
        assertEquals(List.of(), effects("RPOP nothing"));
        assertEquals(List.of("\"lset\" \"l\" \"0\" \"b\""), effects("lset l 0 b"));
    }

    @Test
    void keepsToLists() {
        call("SET s 1");
        for (String line : List.of(
                "LPUSH s a",
                "RPUSHX s a",
                "LPOP s",
                "RPOP s 1",
                "LLEN s",
                "LINDEX s 0",
                "LSET s 0 a",
                "LRANGE s 0 -1",
                "LTRIM s 0 1",
                "LREM s 0 a",
                "LINSERT s before a b",
                "LPOS s a",
                "RPOPLPUSH s l",
                "LMPOP 2 nothing s LEFT")) {
            assertEquals("-WRONGTYPE Operation against a key holding the wrong kind of value", call(line), line);
        }
    }
}
