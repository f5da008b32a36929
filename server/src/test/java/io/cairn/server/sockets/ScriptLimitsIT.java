package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Peer;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What scripts may do on a replica, and where memory is used up, is what they may do on a real server. */
final class ScriptLimitsIT {
    private static final String WRITE = "return redis.call('set', 'k', 'v')";
    private static final String READ = "return redis.call('get', 'k')";
    private static final String[] SCRIPTS = {
        "return 1",
        READ,
        WRITE,
        "return redis.pcall('set', 'k', 'v')",
        "redis.call('del', 'k') return redis.call('get', 'k')",
        "return redis.call('publish', 'c', 'm')",
        "#!lua\nreturn 1",
        "#!lua\n" + WRITE,
        "#!lua flags=no-writes\n" + READ,
        "#!lua flags=no-writes\n" + WRITE,
        "#!lua flags=allow-oom\n" + WRITE,
        "#!lua flags=no-writes,allow-oom\n" + READ,
        "#!lua flags=allow-stale\n" + READ,
    };

    private static void same(Wire theirs, Wire ours) throws IOException {
        for (String script : SCRIPTS) {
            for (String command : new String[] {"EVAL", "EVAL_RO"}) {
                assertEquals(
                        theirs.call(command, script, "0"), ours.call(command, script, "0"), command + " " + script);
                if (script.startsWith("#!")) {
                    continue; // in a transaction a real server refuses these when they are queued, ours when they run
                }
                for (Wire wire : new Wire[] {theirs, ours}) {
                    wire.call("MULTI");
                    wire.call(command, script, "0");
                }
                assertEquals(theirs.call("EXEC"), ours.call("EXEC"), command + " " + script + " in EXEC");
            }
        }
    }

    private static void follow(Wire replica, int port) throws IOException, InterruptedException {
        replica.call("REPLICAOF", "127.0.0.1", Integer.toString(port));
        for (int i = 0; i < 1200 && !replica.call("INFO", "replication").contains("master_link_status:up"); i++) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    @Test
    void readAndDoNotWriteOnAReplica() throws Exception {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        try (Peer primary = Peer.start();
                Peer peer = Peer.start();
                RunningServer server = RunningServer.start();
                Wire theirs = new Wire(peer.port());
                Wire ours = server.connect()) {
            primary.call("SET", "k", "v");
            String library = "#!lua name=l\nredis.register_function('w', function() " + WRITE + " end)"
                    + " redis.register_function{function_name='r', callback=function() " + READ
                    + " end, flags={'no-writes'}}";
            primary.call("FUNCTION", "LOAD", library);
            follow(theirs, primary.port());
            follow(ours, primary.port());
            for (String[] call : new String[][] {
                {"FCALL", "w", "0"},
                {"FCALL_RO", "w", "0"},
                {"FCALL", "r", "0"},
                {"FCALL_RO", "r", "0"},
                {"FUNCTION", "FLUSH"}
            }) {
                assertEquals(theirs.call(call), ours.call(call), String.join(" ", call));
            }
            same(theirs, ours);
            assertEquals("$1\r\nv\r\n", ours.call("EVAL", READ, "0"));
            for (Wire wire : new Wire[] {theirs, ours}) {
                wire.call("CONFIG", "SET", "replica-serve-stale-data", "no");
                wire.call("REPLICAOF", "127.0.0.1", "1");
            }
            same(theirs, ours);
        }
    }

    @Test
    void areRefusedWhatNeedsMemoryWhereThereIsNone() throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        try (Peer peer = Peer.start();
                RunningServer server = RunningServer.inMemory();
                Wire theirs = new Wire(peer.port());
                Wire ours = server.connect()) {
            for (Wire wire : new Wire[] {theirs, ours}) {
                for (int i = 0; i < 2000; i++) {
                    wire.call("SET", "key" + i, "v".repeat(1000));
                }
                wire.call("CONFIG", "SET", "maxmemory", "1048576");
                assertTrue(wire.call("SET", "x", "y").startsWith("-OOM"));
            }
            same(theirs, ours);
            assertTrue(ours.call("EVAL", WRITE, "0").startsWith("-OOM command not allowed when used memory"));
            assertEquals("+OK\r\n", ours.call("EVAL", "#!lua flags=allow-oom\n" + WRITE, "0"));
        }
    }
}
