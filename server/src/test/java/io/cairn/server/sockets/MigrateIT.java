package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Peer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Keys that move to another node: to and from a real server, between two of ours, and to one that behaves badly. */
final class MigrateIT {
    private static final String HOST = "127.0.0.1";
    private static final String PASSWORD = "secret";

    // ---- as a real server does

    @Test
    void answersAsARealServerDoes() throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (Peer peer = Peer.start();
                Peer theirTarget = Peer.start("--requirepass", PASSWORD);
                Peer ourTarget = Peer.start("--requirepass", PASSWORD);
                RunningServer server = RunningServer.inMemory()) {
            assertEquals(answers(peer.port(), theirTarget.port()), answers(server.port(), ourTarget.port()));
        }
    }

    private static List<String> answers(int port, int target) throws IOException {
        String to = "MIGRATE 127.0.0.1 " + target;
        String[] lines = {
            "MIGRATE 127.0.0.1 1 k 0 100",
            "SET k v",
            "MIGRATE 127.0.0.1 1 k 0 100",
            "MIGRATE 127.0.0.1 1 k 0 -5",
            "MIGRATE 127.0.0.1 1 k x 100",
            "MIGRATE 127.0.0.1 1 k 0 x",
            "MIGRATE 127.0.0.1 1 k x y foo",
            "MIGRATE 127.0.0.1 1 k 0 100 AUTH",
            "MIGRATE 127.0.0.1 1 k 0 100 AUTH2 x",
            "MIGRATE 127.0.0.1 1 k 0 100 KEYS a",
            "MIGRATE 127.0.0.1 abc k 0 100",
            "MIGRATE nobody.invalid 1 k 0 100",
            "MIGRATE 127.0.0.1 1 k",
            to + " k 0 1000",
            to + " k 0 1000 AUTH wrong",
            to + " k 99 1000 AUTH secret",
            to + " k 0 1000 AUTH secret COPY",
            "EXISTS k",
            to + " k 0 1000 AUTH2 default secret",
            "EXISTS k",
            to + " k 0 1000 REPLACE AUTH2 default secret",
            "EXISTS k",
            to + "  0 1000 KEYS",
            "MSET a 1 b 2 c 3",
            to + "  0 1000 AUTH secret COPY KEYS b",
            to + "  0 1000 AUTH secret KEYS a nokey b c",
            "EXISTS a",
            "EXISTS b",
            "EXISTS c",
            to + "  0 1000 AUTH secret REPLACE KEYS a b",
            "EXISTS a b c",
            to + "  0 1000 AUTH secret KEYS nokey",
            "SET keys 1",
            "SET other 1",
            to + "  3 1000 AUTH secret KEYS other keys",
            "EXISTS keys other",
            "SET volatile 1 PX 100000",
            "MULTI",
            to + " volatile 3 1000 AUTH secret",
            "EXISTS volatile",
            "EXEC",
        };
        List<String> answers = new ArrayList<>();
        try (Wire wire = new Wire(port);
                Wire there = new Wire(target)) {
            for (String line : lines) {
                answers.add(line.replace(" " + target, " TARGET") + " -> " + wire.call(line.split(" ", -1)));
            }
            there.call("AUTH", PASSWORD);
            answers.add(there.call("MGET", "k", "a", "b", "c"));
            there.call("SELECT", "3");
            answers.add(there.call("EXISTS", "keys", "other"));
            long ttl =
                    Long.parseLong(there.call("PTTL", "volatile").substring(1).strip());
            answers.add("has a time to live: " + (ttl > 0 && ttl <= 100_000));
        }
        return answers;
    }

    // ---- values of all types, to and fro

    @Test
    void valuesSurviveTheWayThroughARealServerAndBack() throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (Peer peer = Peer.start();
                RunningServer one = RunningServer.start();
                RunningServer other = RunningServer.inMemory();
                Wire wire = one.connect()) {
            fill(wire);
            String before = look(wire);
            move(one.port(), other.port());
            try (Wire there = other.connect()) {
                assertEquals(before, look(there));
            }
            move(other.port(), peer.port());
            try (Wire there = new Wire(peer.port())) {
                assertEquals(before, look(there));
            }
            move(peer.port(), one.port());
            assertEquals(before, look(wire));
        }
    }

    private static final String[] KEYS = {
        "string",
        "number",
        "large",
        "list",
        "longlist",
        "hash",
        "longhash",
        "set",
        "ints",
        "longset",
        "zset",
        "longzset"
    };

    private static void fill(Wire wire) throws IOException {
        wire.call("SET", "string", "value");
        wire.call("SET", "number", "12345678901");
        wire.call("SET", "large", "x".repeat(3_000_000));
        wire.call("RPUSH", "list", "a", "b", "17");
        wire.call("HSET", "hash", "a", "b", "c", "17");
        wire.call("SADD", "set", "a", "b", "17");
        wire.call("SADD", "ints", "1", "2", "-17");
        wire.call("ZADD", "zset", "1.5", "a", "-inf", "b", "17", "c");
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            many.append(Wire.request("RPUSH", "longlist", "item" + i));
            many.append(Wire.request("HSET", "longhash", "field" + i, "value" + i));
            many.append(Wire.request("SADD", "longset", "member" + i));
            many.append(Wire.request("ZADD", "longzset", i + ".25", "member" + i));
        }
        wire.exchange(many.toString());
        wire.call("PEXPIREAT", "hash", "3000000000000");
    }

    private static String look(Wire wire) throws IOException {
        StringBuilder seen = new StringBuilder();
        seen.append(wire.call("MGET", "string", "number", "large"));
        seen.append(wire.call("LRANGE", "list", "0", "-1")).append(wire.call("LRANGE", "longlist", "0", "-1"));
        seen.append(wire.call("HMGET", "hash", "a", "c")).append(wire.call("HLEN", "longhash"));
        seen.append(wire.call("HMGET", "longhash", "field0", "field999"));
        seen.append(wire.call("SORT", "set", "ALPHA")).append(wire.call("SORT", "longset", "ALPHA"));
        seen.append(wire.call("SORT", "ints")).append(wire.call("ZRANGE", "zset", "0", "-1", "WITHSCORES"));
        seen.append(wire.call("ZRANGE", "longzset", "0", "-1", "WITHSCORES"));
        seen.append(wire.call("TTL", "list"));
        long ttl = Long.parseLong(wire.call("PTTL", "hash").substring(1).strip());
        long due = ttl + System.currentTimeMillis();
        return seen.append(Math.abs(due - 3_000_000_000_000L) < 600_000).toString();
    }

    private static void move(int from, int to) throws IOException {
        List<String> words = new ArrayList<>(List.of("MIGRATE", HOST, Integer.toString(to), "", "0", "60000", "KEYS"));
        words.addAll(List.of(KEYS));
        try (Wire wire = new Wire(from)) {
            assertEquals("+OK\r\n", wire.call(words.toArray(String[]::new)));
            assertEquals(":0\r\n", wire.call("DBSIZE"));
        }
    }

    // ---- what others do meanwhile

    @Test
    void keyThatIsModifiedOnItsWayIsSentAgain() throws IOException {
        try (RunningServer server = RunningServer.inMemory();
                Wire wire = server.connect();
                Wire other = server.connect()) {
            AtomicInteger restores = new AtomicInteger();
            try (FakeTarget target = new FakeTarget(command -> {
                if (command.startsWith("RESTORE a ") && restores.incrementAndGet() == 1) {
                    other.call("APPEND", "a", "more");
                }
                return "+OK\r\n";
            })) {
                wire.call("MSET", "a", "some", "b", "other");
                assertEquals("+OK\r\n", wire.call("MIGRATE", HOST, target.port(), "", "0", "60000", "KEYS", "a", "b"));
                List<String> heard = target.heard();
                assertEquals("SELECT 0", heard.get(0));
                assertTrue(heard.get(1).startsWith("RESTORE a 0 \u0000\u0004some"), heard.get(1));
                assertTrue(heard.get(2).startsWith("RESTORE b 0 \u0000\u0005other"), heard.get(2));
                assertTrue(heard.get(3).startsWith("RESTORE a 0 \u0000\u0008somemore"), heard.get(3));
                assertTrue(heard.get(3).endsWith(" REPLACE"), heard.get(3));
                assertEquals(4, heard.size(), "b is not sent again");
                assertEquals(":0\r\n", wire.call("EXISTS", "a", "b"));
                assertEquals(1, target.connections());
            }
        }
    }

    @Test
    void keyThatIsModifiedAllTheTimeIsHeldAtLast() throws IOException {
        try (RunningServer server = RunningServer.inMemory();
                Wire wire = server.connect();
                Wire other = server.connect()) {
            AtomicInteger restores = new AtomicInteger();
            try (FakeTarget target = new FakeTarget(command -> {
                if (command.startsWith("RESTORE")) {
                    other.send(Wire.request("INCR", "a"));
                    if (restores.incrementAndGet() <= 8) {
                        other.reply();
                    }
                }
                return "+OK\r\n";
            })) {
                wire.call("SET", "a", "1");
                assertEquals("+OK\r\n", wire.call("MIGRATE", HOST, target.port(), "a", "0", "60000"));
                assertEquals(9, restores.get());
                assertEquals(":1\r\n", other.reply(), "it was let in when the key was gone");
            }
        }
    }

    @Test
    void aHashWhoseFieldsExpireStaysIfTheTargetDoesNotKnowSuch() throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (Peer target = Peer.start();
                RunningServer server = RunningServer.inMemory();
                Wire wire = server.connect();
                Wire there = new Wire(target.port())) {
            String refused =
                    "-ERR Target instance replied with error: ERR DUMP payload version or checksum are wrong\r\n";
            String port = Integer.toString(target.port());
            wire.call("HSET", "timed", "a", "1", "b", "2");
            assertEquals("*1\r\n:1\r\n", wire.call("HEXPIRE", "timed", "100000", "FIELDS", "1", "a"));
            wire.call("HSET", "plain", "a", "1");
            assertEquals(refused, wire.call("MIGRATE", HOST, port, "timed", "0", "60000"));
            assertEquals(refused, wire.call("MIGRATE", HOST, port, "", "0", "60000", "KEYS", "timed", "plain"));
            assertEquals("*2\r\n$1\r\na\r\n$1\r\nb\r\n", wire.call("HKEYS", "timed"));
            assertEquals(":0\r\n", there.call("EXISTS", "timed"));
            assertEquals(":1\r\n", there.call("EXISTS", "plain"));
            assertEquals(":0\r\n", wire.call("EXISTS", "plain"), "it was taken, and is not in two places");
            assertEquals("*1\r\n:1\r\n", wire.call("HPERSIST", "timed", "FIELDS", "1", "a"));
            assertEquals("+OK\r\n", wire.call("MIGRATE", HOST, port, "timed", "0", "60000"));
            assertEquals(":2\r\n", there.call("HLEN", "timed"));
        }
    }

    @Test
    void nobodyIsHeldUpByATargetThatDoesNotAnswer() throws IOException {
        try (RunningServer server = RunningServer.start();
                Wire wire = server.connect();
                Wire other = server.connect();
                FakeTarget target = new FakeTarget(command -> null)) {
            wire.call("MSET", "a", "1", "b", "2");
            wire.send(Wire.request("MIGRATE", HOST, target.port(), "", "0", "3000", "KEYS", "a", "b"));
            while (target.heard().size() < 3) {
                Thread.onSpinWait();
            }
            assertEquals(":2\r\n", other.call("INCR", "a"));
            assertEquals("+OK\r\n", other.call("SWAPDB", "1", "2"));
            assertEquals("-IOERR error or timeout reading to target instance\r\n", wire.reply());
            assertEquals(":2\r\n", wire.call("EXISTS", "a", "b"));
        }
    }

    @Test
    void aKeyThatIsDeletedMeanwhileIsNotDeletedTwice() throws IOException {
        try (RunningServer server = RunningServer.inMemory();
                Wire wire = server.connect();
                Wire other = server.connect();
                FakeTarget target = new FakeTarget(command -> {
                    if (command.startsWith("RESTORE")) {
                        other.call("FLUSHALL");
                    }
                    return "+OK\r\n";
                })) {
            wire.call("SET", "a", "1");
            assertEquals("+OK\r\n", wire.call("MIGRATE", HOST, target.port(), "a", "0", "60000"));
            assertEquals(":0\r\n", wire.call("DBSIZE"));
        }
    }

    @Test
    void aKeyThatIsDeletedMeanwhileIsTakenBackFromTheTarget() throws IOException {
        try (RunningServer server = RunningServer.inMemory();
                Wire wire = server.connect();
                Wire other = server.connect();
                FakeTarget target = new FakeTarget(command -> {
                    if (command.startsWith("RESTORE a")) {
                        other.call("RENAME", "a", "elsewhere");
                    }
                    return command.startsWith("DEL") ? ":1\r\n" : "+OK\r\n";
                })) {
            wire.call("MSET", "a", "1", "b", "2");
            assertEquals("+OK\r\n", wire.call("MIGRATE", HOST, target.port(), "", "0", "60000", "KEYS", "a", "b"));
            assertEquals("DEL a", target.heard().get(3));
            assertEquals(4, target.heard().size());
            assertEquals(":1\r\n", wire.call("EXISTS", "a", "b", "elsewhere"));
        }
    }

    // ---- connections

    @Test
    void aConnectionIsKeptAndWhatItHasSelected() throws IOException {
        try (RunningServer server = RunningServer.inMemory();
                Wire wire = server.connect();
                FakeTarget target =
                        new FakeTarget(command -> command.startsWith("RESTORE bad") ? "-ERR no\r\n" : "+OK\r\n")) {
            for (String key : new String[] {"a", "b", "bad", "c"}) {
                wire.call("SET", key, "1");
                String reply = wire.call("MIGRATE", HOST, target.port(), key, "2", "60000");
                assertEquals(
                        key.equals("bad") ? "-ERR Target instance replied with error: ERR no\r\n" : "+OK\r\n", reply);
            }
            assertEquals(1, target.connections());
            assertEquals(2, target.heard().stream().filter("SELECT 2"::equals).count(), "again only behind the error");
        }
    }

    @Test
    void aConnectionThatWasClosedMeanwhileIsMadeAnew() throws IOException {
        try (RunningServer server = RunningServer.inMemory();
                Wire wire = server.connect()) {
            try (FakeTarget target = new FakeTarget(command -> {
                if (command.startsWith("RESTORE b ") && !command.endsWith("REPLACE")) {
                    throw new IOException("hangs up");
                }
                return "+OK\r\n";
            })) {
                wire.call("MSET", "a", "1", "b", "2");
                assertEquals("+OK\r\n", wire.call("MIGRATE", HOST, target.port(), "a", "0", "60000"));
                assertEquals(
                        "-IOERR error or timeout reading to target instance\r\n",
                        wire.call("MIGRATE", HOST, target.port(), "b", "0", "60000"));
                assertEquals(2, target.connections());
                assertEquals("+OK\r\n", wire.call("MIGRATE", HOST, target.port(), "b", "0", "60000", "REPLACE"));
                assertEquals(3, target.connections());
                assertFalse(wire.call("EXISTS", "a", "b").contains("1"));
            }
        }
    }
}
