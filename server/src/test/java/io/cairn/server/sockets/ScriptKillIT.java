package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Scripts that would last for ever are ended when somebody asks for it, and leave nothing; others go on meanwhile. */
final class ScriptKillIT {
    private static final long PATIENCE_SECONDS = 60;
    private static final String NOT_BUSY = "-NOTBUSY No scripts in execution right now.\r\n";

    /** Ways to go on for ever, and to catch whatever would end it. */
    private static final String[] ENDLESS = {
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "while true do xpcall(function() while true do end end, function(e) while true do end end) end",
        "xpcall(function() while true do end end, function() error('x') end) while true do end",
        "local function f() local ok = pcall(f) f() end f()",
        "local function f() pcall(f) while true do pcall(f) end end f()",
        "local function f(n) if n > 190 then while true do pcall(function() while true do end end) end end"
                + " string.gsub('x', 'x', function() f(n + 1) end) end f(1)",
        "local function f(n) local ok = pcall(f, n + 1) while true do end end f(1)",
        "while true do coroutine.wrap(function() while true do end end)() end",
        "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
        "local c = coroutine.wrap(function() while true do coroutine.yield() end end) while true do c() end",
        "while true do pcall(redis.call, 'incr', KEYS[1]) end",
        "while true do redis.pcall('incr', KEYS[1]) end",
        "while true do redis.pcall() end",
        "while true do pcall(error, setmetatable({}, {__index = function() while true do end end})) end",
        "while true do string.gsub('x', 'x', function() pcall(function() while true do end end) end) end",
        "while true do local s = string.rep('x', 100000) end",
        "table.sort({1, 2, 3}, function() while true do end end)",
        "error(tostring(setmetatable({}, {__tostring = function() while true do end end})))",
        "return setmetatable({}, {__index = function() while true do end end}).x",
        "load(function() return ' ' end)",
        "while true do pcall(load, function() return 'x' end) end",
        "while true do loadstring('return 1')() end",
        "local f f = function() return f() end return f()",
        "repeat collectgarbage() until false",
    };

    private static void kill(Wire killer, String command) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        String reply = killer.call(command, "KILL");
        while (reply.equals(NOT_BUSY) && System.nanoTime() < deadline) {
            reply = killer.call(command, "KILL");
        }
        assertEquals("+OK\r\n", reply);
    }

    @Test
    void whateverLoopsIsEndedAndWhatItWroteIsUndone() throws IOException {
        try (RunningServer server = RunningServer.start("--busy-reply-threshold", "20");
                Wire killer = server.connect();
                Wire client = server.connect()) {
            for (String script : ENDLESS) {
                client.send(Wire.request("EVAL", "redis.call('incr', KEYS[1]) " + script, "1", "k"));
                kill(killer, "SCRIPT");
                String reply = client.reply();
                assertTrue(
                        reply.startsWith("-ERR Script killed by user with SCRIPT KILL"), () -> script + " -> " + reply);
                assertEquals("$-1\r\n", client.call("GET", "k"), script);
            }
            assertEquals(NOT_BUSY, killer.call("SCRIPT", "KILL"));
        }
    }

    @Test
    void functionsAreEndedByTheirOwnCommand() throws IOException {
        try (RunningServer server = RunningServer.start("--busy-reply-threshold", "20");
                Wire killer = server.connect();
                Wire client = server.connect()) {
            client.call(
                    "FUNCTION",
                    "LOAD",
                    "#!lua name=l\nredis.register_function('f', function(keys)"
                            + " redis.call('set', keys[1], '1') while true do end end)");
            client.send(Wire.request("FCALL", "f", "1", "k"));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!killer.call("FUNCTION", "STATS").contains("duration_ms") && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertEquals(NOT_BUSY, killer.call("SCRIPT", "KILL"));
            kill(killer, "FUNCTION");
            assertTrue(client.reply().startsWith("-ERR Script killed by user with FUNCTION KILL"));
            assertEquals("$-1\r\n", client.call("GET", "k"));
        }
    }

    @Test
    void aScriptInATransactionIsEndedAndTheRestOfItStands() throws IOException {
        try (RunningServer server = RunningServer.start("--busy-reply-threshold", "20");
                Wire killer = server.connect();
                Wire client = server.connect()) {
            client.send(Wire.request("MULTI")
                    + Wire.request("SET", "a", "1")
                    + Wire.request("EVAL", "redis.call('set', 'b', '1') while true do end", "0")
                    + Wire.request("SET", "c", "1")
                    + Wire.request("EXEC"));
            kill(killer, "SCRIPT");
            for (int i = 0; i < 4; i++) {
                client.reply();
            }
            String reply = client.reply();
            assertTrue(reply.startsWith("*3\r\n+OK\r\n-ERR Script killed by user"), reply);
            assertEquals("*3\r\n$1\r\n1\r\n$-1\r\n$1\r\n1\r\n", client.call("MGET", "a", "b", "c"));
        }
    }

    @Test
    void aTransactionThatIsToldBusyIsOver() throws IOException {
        try (RunningServer server = RunningServer.start("--busy-reply-threshold", "20");
                Wire killer = server.connect();
                Wire other = server.connect();
                Wire client = server.connect()) {
            client.send(Wire.request("EVAL", "redis.call('set', KEYS[1], 'x') while true do end", "1", "k"));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!other.call("SET", "k", "v").startsWith("-BUSY") && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            other.call("MULTI");
            other.call("SET", "k", "v");
            assertEquals(
                    "-EXECABORT Transaction discarded because of: BUSY Redis is busy running a script."
                            + " You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n",
                    other.call("EXEC"));
            assertEquals("+PONG\r\n", other.call("PING"));
            assertEquals("-ERR EXEC without MULTI\r\n", other.call("EXEC"));
            kill(killer, "SCRIPT");
            client.reply();
        }
    }

    /** Two strings are compared for long, under their stripes, and on other threads: many who do so wait for each other. */
    @Test
    void nobodyIsToldBusyWhoWaitsForSomebodyElse() throws IOException {
        try (RunningServer server = RunningServer.start("--busy-reply-threshold", "20");
                Wire killer = server.connect();
                Wire client = server.connect();
                Wire one = server.connect();
                Wire two = server.connect();
                Wire three = server.connect()) {
            one.call("SET", "a", "xy".repeat(1000));
            one.call("SET", "b", "yz".repeat(1000));
            client.send(Wire.request("EVAL", "redis.call('set', KEYS[1], 'x') while true do end", "1", "k"));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!one.call("SET", "k", "v").startsWith("-BUSY") && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            for (int i = 0; i < 10; i++) {
                for (Wire other : List.of(one, two, three)) {
                    other.send(Wire.request("LCS", "a", "b", "LEN"));
                }
                for (Wire other : List.of(one, two, three)) {
                    assertEquals(":1000\r\n", other.reply());
                }
            }
            kill(killer, "SCRIPT");
            client.reply();
        }
    }

    @Test
    void othersGoOnWhileAScriptLasts() throws IOException {
        try (RunningServer server = RunningServer.start("--busy-reply-threshold", "60000");
                Wire client = server.connect()) {
            client.send(Wire.request(
                    "EVAL",
                    "redis.call('set', KEYS[1], 'x') while true do end return redis.call('get', KEYS[1])",
                    "1",
                    "k"));
            try (Wire one = server.connect();
                    Wire two = server.connect();
                    Wire three = server.connect()) {
                for (int i = 0; i < 200; i++) {
                    for (Wire other : List.of(one, two, three)) {
                        assertEquals("+OK\r\n", other.call("SET", "other" + i, "v"));
                        assertEquals(
                                "$1\r\nv\r\n",
                                other.call("EVAL", "return redis.call('get', KEYS[1])", "1", "other" + i));
                        assertEquals("$-1\r\n", other.call("GET", "k")); // nothing of it is seen
                    }
                }
                one.call("CONFIG", "SET", "busy-reply-threshold", "1");
                kill(one, "SCRIPT");
            }
            assertTrue(client.reply().startsWith("-ERR Script killed by user"));
        }
    }

    @Test
    void aScriptGoesOnWhenItsClientHasLeft() throws Exception {
        try (RunningServer server = RunningServer.start();
                Wire other = server.connect()) {
            try (Wire client = server.connect()) {
                client.send(Wire.request(
                        "EVAL",
                        "local x = 0 for i = 1, 3e7 do x = x + i end redis.call('set', 'left', x) return x",
                        "0"));
            }
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (other.call("GET", "left").equals("$-1\r\n") && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            assertEquals("$15\r\n450000015000000\r\n", other.call("GET", "left"));
        }
    }
}
