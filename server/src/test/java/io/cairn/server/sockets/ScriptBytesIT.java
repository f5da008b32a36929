package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Peer;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bytes of every value, long strings and many of them pass through scripts unharmed. */
final class ScriptBytesIT {
    private static final int LARGE = 5 << 20;
    private static final int MANY = 100_000;

    private static String allBytes() {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 256; c++) {
            all.append(c);
        }
        return all.toString();
    }

    private static String bulk(String text) {
        return "$" + text.length() + "\r\n" + text + "\r\n";
    }

    private static String random(Random random, int length) {
        StringBuilder text = new StringBuilder();
        String awkward = "\0\r\n\"\\[]0123\u001b\u0080\u00ff";
        for (int i = 0; i < length; i++) {
            boolean any = random.nextBoolean();
            text.append(any ? (char) random.nextInt(256) : awkward.charAt(random.nextInt(awkward.length())));
        }
        return text.toString();
    }

    @Seeded(runs = 1, longRuns = 20)
    void passInAllPlaces(long seed) throws IOException {
        Random random = new Random(seed);
        List<String> values =
                new ArrayList<>(List.of("", "\0", allBytes(), "a\r\nb", "\u001bLua", "]]", "\\", "\"", "\\0"));
        for (int i = 0; i < 200; i++) {
            values.add(random(random, random.nextInt(40)));
        }
        for (int i = 0; i < 256; i++) {
            values.add(String.valueOf((char) i));
        }
        try (RunningServer server = RunningServer.start();
                Wire wire = server.connect()) {
            for (String value : values) {
                assertEquals(bulk(value), wire.call("EVAL", "return ARGV[1]", "0", value));
                assertEquals(bulk(value), wire.call("EVAL", "return KEYS[1]", "1", value));
                assertEquals(":" + value.length() + "\r\n", wire.call("EVAL", "return #ARGV[1]", "0", value));
                String set =
                        "redis.call('set', KEYS[1], ARGV[1]) return {redis.call('get', KEYS[1]), KEYS[1] == ARGV[1]}";
                assertEquals("*2\r\n" + bulk(value) + ":1\r\n", wire.call("EVAL", set, "1", value, value));
                assertEquals(bulk(value), wire.call("GET", value));
                String hash = "redis.call('hset', 'a hash', ARGV[1], ARGV[1]) redis.setresp(3)"
                        + " return redis.call('hgetall', 'a hash').map[ARGV[1]]";
                assertEquals(bulk(value), wire.call("EVAL", hash, "0", value));
                String literal = "return '"
                        + value.replace("\\", "\\\\")
                                .replace("'", "\\'")
                                .replace("\n", "\\n")
                                .replace("\r", "\\r")
                                .replace("\0", "\\000")
                        + "'";
                assertEquals(bulk(value), wire.call("EVAL", literal, "0"));
                assertEquals(
                        bulk(value),
                        wire.call("EVAL", "return coroutine.wrap(function(x) return x end)(ARGV[1])", "0", value));
            }
        }
    }

    @Test
    void digestsAreThoseOfARealServer() throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        String script = "return '"
                + allBytes()
                        .replace("\\", "")
                        .replace("'", "")
                        .replace("\n", "")
                        .replace("\r", "")
                        .replace("\0", "") + "'";
        try (Peer peer = Peer.start();
                RunningServer server = RunningServer.inMemory();
                Wire theirs = new Wire(peer.port());
                Wire ours = server.connect()) {
            for (String text : List.of(script, "return 1 -- " + script, "", "return 'a\0b'", "return 1 --\0")) {
                assertEquals(theirs.call("SCRIPT", "LOAD", text), ours.call("SCRIPT", "LOAD", text));
                assertEquals(theirs.call("EVAL", text, "0"), ours.call("EVAL", text, "0"));
                String sum = "return redis.sha1hex(ARGV[1])";
                assertEquals(theirs.call("EVAL", sum, "0", text), ours.call("EVAL", sum, "0", text));
            }
        }
    }

    @Test
    void largeValuesPass() throws IOException {
        String plain = "v".repeat(LARGE);
        String binary = random(new Random(1), LARGE);
        try (RunningServer server = RunningServer.start();
                Wire wire = server.connect()) {
            for (String value : List.of(plain, binary)) {
                String set = "redis.call('set', KEYS[1], ARGV[1]) return redis.call('get', KEYS[1])";
                assertEquals(bulk(value), wire.call("EVAL", set, "1", "k", value));
                assertEquals(":" + LARGE + "\r\n", wire.call("EVAL", "return #redis.call('get', 'k')", "0"));
                String appended = wire.call("EVAL", "return redis.call('append', 'k', redis.call('get', 'k'))", "0");
                assertEquals(":" + 2 * LARGE + "\r\n", appended);
                assertEquals(bulk(value + value), wire.call("GET", "k"));
                String script = "return #[==["
                        + value.replace(']', ' ').replace('\r', ' ').replace('\n', ' ') + "]==]";
                assertEquals(":" + LARGE + "\r\n", wire.call("EVAL", script.replace('\0', ' '), "0"));
            }
        }
    }

    @Test
    void manyElementsPassInAndOut() throws IOException {
        List<String> call = new ArrayList<>(List.of("EVAL", "return ARGV", "0"));
        StringBuilder expected = new StringBuilder("*" + MANY + "\r\n");
        for (int i = 0; i < MANY; i++) {
            String value = i % 3 == 0 ? "\0" + i + "\u00ff" : "v" + i;
            call.add(value);
            expected.append(bulk(value));
        }
        String[] words = call.toArray(String[]::new);
        try (RunningServer server = RunningServer.start();
                Wire wire = server.connect()) {
            assertTrue(expected.toString().equals(wire.call(words)), "100,000 arguments come back");
            words[1] = "for i = 1, #ARGV, 500 do redis.call('rpush', 'l', unpack(ARGV, i, i + 499)) end"
                    + " return redis.call('lrange', 'l', 0, -1)";
            assertTrue(expected.toString().equals(wire.call(words)), "100,000 elements come back");
            assertTrue(expected.toString().equals(wire.call("LRANGE", "l", "0", "-1")), "and are in the list");
            words[1] = "return #KEYS";
            words[2] = Integer.toString(MANY);
            assertEquals(":" + MANY + "\r\n", wire.call(words));
            String nested =
                    "local t = {} for i = 1, 1000 do t[i] = {} for j = 1, 100 do t[i][j] = i * j end end return t";
            assertTrue(wire.call("EVAL", nested, "0").endsWith(":100000\r\n"));
            String tooMany = wire.call("EVAL", "return redis.call('rpush', 'x', unpack(ARGV))", "0", "a", "b");
            assertEquals(":2\r\n", tooMany);
        }
    }
}
