package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Draw;
import io.cairn.server.differential.Peer;
import io.cairn.server.differential.RespClient;
import io.cairn.server.differential.Subject;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Libraries of functions run wherever they come to: from a real server, to one, through a restart, through a dump file. */
final class FunctionsIT {
    private static final String ONE = "#!lua name=one\nredis.register_function('f1', function() return 'one' end)";
    private static final String OTHER =
            "#!lua name=other\nredis.register_function('f2', function() return 'other' end)";
    private static final String CHANGED =
            "#!lua name=one\nredis.register_function{function_name='f1', callback=function() return 'new' end,"
                    + " flags={'no-writes'}}"
                    + "\n-- long enough to be compressed: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Condition condition) throws IOException, InterruptedException {
        for (int i = 0; i < 1200; i++) {
            if (condition.holds()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError("never came about");
    }

    private static void follow(Subject replica, int port) throws IOException, InterruptedException {
        assertEquals("+OK", replica.call("REPLICAOF", "127.0.0.1", Integer.toString(port)));
        await(() -> replica.call("INFO", "replication").toString().contains("master_link_status:up"));
    }

    private static Object codes(Subject subject) {
        List<?> libraries = (List<?>) subject.call("FUNCTION", "LIST", "WITHCODE");
        return libraries.stream()
                .map(library -> (List<?>) library)
                .map(library -> library.get(1) + " " + library.get(library.indexOf("$library_code") + 1))
                .sorted()
                .toList();
    }

    private static byte[] dump(Subject subject) {
        return Draw.bytes(((String) subject.call("FUNCTION", "DUMP")).substring(1));
    }

    @Test
    void goFromARealServerThroughOursToARealServer() throws Exception {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        try (Peer first = Peer.start();
                RunningServer server = RunningServer.start();
                RespClient ours = new RespClient(server.port());
                RunningServer chained = RunningServer.start("--engine", "memory");
                RespClient chain = new RespClient(chained.port());
                Peer last = Peer.start()) {
            assertEquals("$one", first.call("FUNCTION", "LOAD", ONE));
            follow(ours, first.port());
            follow(chain, server.port());
            assertEquals(List.of("$one $" + ONE), codes(ours));
            assertEquals(codes(ours), codes(chain));

            assertEquals("$other", first.call("FUNCTION", "LOAD", OTHER));
            assertEquals("$one", first.call("FUNCTION", "LOAD", "REPLACE", CHANGED));
            await(() -> codes(ours).equals(codes(first)));
            await(() -> codes(chain).equals(codes(first)));
            for (Subject replica : List.of(ours, chain)) {
                assertEquals("$new", replica.call("FCALL_RO", "f1", "0"));
                assertEquals("$new", replica.call("FCALL", "F1", "0"));
                assertEquals(
                        "-READONLY You can't write against a read only replica.", replica.call("FCALL", "f2", "0"));
                assertEquals(
                        first.call("FUNCTION", "LIST", "LIBRARYNAME", "one"),
                        replica.call("FUNCTION", "LIST", "LIBRARYNAME", "one"));
            }
            assertEquals("+OK", first.call("FUNCTION", "DELETE", "other"));
            await(() -> codes(chain).equals(List.of("$one $" + CHANGED)));

            assertEquals("+OK", ours.call("REPLICAOF", "NO", "ONE"));
            follow(last, server.port());
            assertEquals(List.of("$one $" + CHANGED), codes(last));
            assertEquals(first.call("FUNCTION", "DUMP"), last.call("FUNCTION", "DUMP"));
            assertEquals("$new", last.call("FCALL", "f1", "0"));

            assertEquals("+OK", ours.call("FUNCTION", "FLUSH"));
            await(() -> codes(last).equals(List.of()));
            await(() -> codes(chain).equals(List.of()));
            byte[] payload = dump(first);
            assertEquals("+OK", ours.call(Draw.bytes("FUNCTION"), Draw.bytes("RESTORE"), payload));
            await(() -> codes(last).equals(codes(first)));
            assertEquals("$new", last.call("FCALL", "f1", "0"));

            assertEquals(
                    "$other",
                    ours.call("FUNCTION", "LOAD", OTHER.replace("return 'other'", "return redis.pcall('get', 'k')")));
            ours.call("SET", "k", "v");
            await(() -> codes(last).equals(codes(ours)) && last.call("GET", "k").equals("$v"));
            await(() -> codes(chain).equals(codes(ours)));
            assertEquals("$v", ours.call("FCALL", "f2", "0"));
            assertEquals("+OK", last.call("REPLICAOF", "NO", "ONE"));
            assertEquals("$v", last.call("FCALL", "f2", "0"));
        }
    }

    @Test
    void restoreWhatARealServerDumpedAndTheOtherWayRound() throws Exception {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        try (Peer peer = Peer.start();
                RunningServer server = RunningServer.start();
                RespClient ours = new RespClient(server.port())) {
            peer.call("FUNCTION", "LOAD", CHANGED);
            peer.call("FUNCTION", "LOAD", OTHER);
            byte[] theirs = dump(peer);
            Object expected = codes(peer);
            assertEquals("+OK", ours.call(Draw.bytes("FUNCTION"), Draw.bytes("RESTORE"), theirs));
            assertEquals(expected, codes(ours));
            byte[] payload = dump(ours);
            for (Subject subject : List.of(ours, peer)) {
                assertEquals(
                        "+OK",
                        subject.call(Draw.bytes("FUNCTION"), Draw.bytes("RESTORE"), payload, Draw.bytes("REPLACE")));
                assertEquals(
                        "+OK",
                        subject.call(Draw.bytes("FUNCTION"), Draw.bytes("RESTORE"), payload, Draw.bytes("FLUSH")));
                assertEquals(expected, codes(subject));
            }
            assertEquals("$other", peer.call("FCALL", "f2", "0"));
            // All in the payload or nothing: the second name is taken.
            for (Subject subject : List.of(ours, peer)) {
                subject.call("FUNCTION", "DELETE", "one");
                assertTrue(subject.call(Draw.bytes("FUNCTION"), Draw.bytes("RESTORE"), payload)
                        .toString()
                        .startsWith("-ERR Library other already exists"));
            }
            assertEquals(codes(peer), codes(ours));
        }
    }

    @Test
    void answerAsARealServerDoes() throws Exception {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        String[][] calls = {
            {"LOAD", "no"},
            {"LOAD", "#!lua name=one"},
            {"LOAD", "#!lua\nx"},
            {"LOAD", "#!lua name=a name=b\nx"},
            {"LOAD", "#!lua foo=a name=b\nx"},
            {"LOAD", "#!foo name=b\nx"},
            {"LOAD", "#!lua name=b-\nx"},
            {"LOAD", "#!lua name=\"b\nx"},
            {"LOAD", "WHAT", "x"},
            {"LOAD", "REPLACE"},
            {"LOAD", ONE},
            {"DELETE", "nothing"},
            {"DELETE"},
            {"FLUSH", "WHAT"},
            {"FLUSH", "SYNC", "ASYNC"},
            {"LIST", "WHAT"},
            {"LIST", "LIBRARYNAME"},
            {"LIST", "WITHCODE", "WITHCODE"},
            {"LIST", "LIBRARYNAME", "a", "LIBRARYNAME", "b"},
            {"LIST", "LIBRARYNAME", "nothing*"},
            {"RESTORE", "x"},
            {"RESTORE", ""},
            {"RESTORE", "x", "WHAT"},
            {"RESTORE", "x", "FLUSH", "WHAT"},
            {"KILL"},
            {"WHAT"},
            {"DELETE", "one"},
            {"DUMP"},
            {"FLUSH", "async"}
        };
        try (Peer peer = Peer.start();
                RunningServer server = RunningServer.start();
                RespClient ours = new RespClient(server.port())) {
            peer.call("FUNCTION", "LOAD", ONE);
            ours.call(Draw.bytes("FUNCTION"), Draw.bytes("RESTORE"), dump(peer));
            for (String[] call : calls) {
                String[] words = new String[call.length + 1];
                words[0] = "FUNCTION";
                System.arraycopy(call, 0, words, 1, call.length);
                assertEquals(peer.call(words), ours.call(words), () -> String.join(" ", words));
            }
        }
    }

    @Test
    void surviveARestartAndADumpFile() throws Exception {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        try (Peer peer = Peer.start();
                RunningServer server = RunningServer.start();
                RespClient ours = new RespClient(server.port())) {
            peer.call("FUNCTION", "LOAD", CHANGED);
            assertEquals("+OK", ours.call(Draw.bytes("FUNCTION"), Draw.bytes("RESTORE"), dump(peer)));
            ours.call("FLUSHALL");
            assertEquals(codes(peer), codes(ours));
            assertEquals("$new", ours.call("FCALL", "f1", "0"));
            assertEquals("+OK", ours.call("SAVE"));
            try (RunningServer third = RunningServer.start(
                            "--load-rdb", server.directory().resolve("dump.rdb").toString());
                    RespClient loaded = new RespClient(third.port())) {
                assertEquals(codes(peer), codes(loaded));
                assertEquals("$new", loaded.call("FCALL_RO", "f1", "0"));
            }
        }
    }
}
