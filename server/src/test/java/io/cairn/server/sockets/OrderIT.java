package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What many clients at a time may see, and in which order a client gets its replies. */
final class OrderIT {
    private static final int CLIENTS = 8;

    private static <T> FutureTask<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "client");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private static String bulk(String text) {
        return "$" + text.length() + "\r\n" + text + "\r\n";
    }

    private static long number(String reply) {
        return Long.parseLong(reply.replaceFirst("(?s)^(\\$\\d+\r\n|:)", "").strip());
    }

    @Test
    void watchedKeysLetExactlyOneOfSeveralTransactionsThrough() throws Exception {
        try (RunningServer server = RunningServer.inMemory()) {
            List<FutureTask<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(start(() -> incrementWatched(server, 100)));
            }
            int succeeded = 0;
            for (FutureTask<Integer> client : clients) {
                succeeded += client.get();
            }
            try (Wire wire = server.connect()) {
                assertEquals(succeeded, number(wire.call("GET", "counter")));
                assertTrue(succeeded > 0);
            }
        }
    }

    private static int incrementWatched(RunningServer server, int attempts) throws IOException {
        int succeeded = 0;
        try (Wire wire = server.connect()) {
            for (int i = 0; i < attempts; i++) {
                wire.call("WATCH", "counter");
                String value = wire.call("GET", "counter");
                long next = value.equals("$-1\r\n") ? 1 : number(value) + 1;
                wire.call("MULTI");
                wire.call("SET", "counter", Long.toString(next));
                succeeded += wire.call("EXEC").equals("*-1\r\n") ? 0 : 1;
            }
        }
        return succeeded;
    }

    @Test
    void nobodySeesHalfOfATransactionOrOfMset() throws Exception {
        try (RunningServer server = RunningServer.start()) {
            AtomicBoolean stop = new AtomicBoolean();
            List<FutureTask<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                readers.add(start(() -> compareReads(server, stop)));
            }
            try (Wire wire = server.connect()) {
                for (int i = 0; i < 500; i++) {
                    wire.call("MSET", "a", "m" + i, "b", "m" + i, "c", "m" + i);
                    wire.send(Wire.request("MULTI")
                            + Wire.request("SET", "a", "t" + i)
                            + Wire.request("SET", "b", "t" + i)
                            + Wire.request("SET", "c", "t" + i)
                            + Wire.request("EXEC"));
                    for (int reply = 0; reply < 5; reply++) {
                        wire.reply();
                    }
                }
            }
            stop.set(true);
            for (FutureTask<Integer> reader : readers) {
                assertTrue(reader.get() > 0);
            }
        }
    }

    /** Reads once at least, however late the machine lets it begin. */
    private static int compareReads(RunningServer server, AtomicBoolean stop) throws IOException {
        int reads = 0;
        try (Wire wire = server.connect()) {
            do {
                String all = wire.call("MGET", "a", "b", "c");
                String[] parts = all.split("\r\n");
                if (parts.length == 7) {
                    assertEquals(parts[2], parts[4], all);
                    assertEquals(parts[2], parts[6], all);
                }
                reads++;
            } while (!stop.get());
        }
        return reads;
    }

    @Test
    void repliesComeInOrderWhenACommandLeavesTheEventLoop() throws Exception {
        try (RunningServer server = RunningServer.inMemory();
                Wire slow = server.connect();
                Wire other = server.connect()) {
            slow.send(Wire.request("SET", "a", "1")
                    + Wire.request("DEBUG", "SLEEP", "0.3")
                    + Wire.request("GET", "a")
                    + Wire.request("INCR", "a")
                    + Wire.request("FLUSHALL")
                    + Wire.request("GET", "a")
                    + Wire.request("PING"));
            assertEquals("+OK\r\n", slow.reply());
            // The one that sleeps does not hold up the others, whichever loop they are on.
            for (int i = 0; i < 20; i++) {
                assertEquals("+PONG\r\n", other.call("PING"));
            }
            assertEquals("+OK\r\n", slow.reply());
            assertEquals(bulk("1"), slow.reply());
            assertEquals(":2\r\n", slow.reply());
            assertEquals("+OK\r\n", slow.reply());
            assertEquals("$-1\r\n", slow.reply());
            assertEquals("+PONG\r\n", slow.reply());
        }
    }

    @Test
    void readsOfColdKeysKeepTheOrderOfTheirConnection() throws Exception {
        try (RunningServer server = RunningServer.start(
                "--rocksdb-row-cache-bytes",
                "1",
                "--rocksdb-block-cache-bytes",
                "1mb",
                "--rocksdb-write-buffer-bytes",
                "64kb")) {
            int keys = 20_000;
            try (Wire wire = server.connect()) {
                StringBuilder sets = new StringBuilder();
                for (int i = 0; i < keys; i++) {
                    sets.append(Wire.request("SET", "key:" + i, "value-" + i + "-" + "x".repeat(200)));
                }
                wire.send(sets.toString());
                for (int i = 0; i < keys; i++) {
                    assertEquals("+OK\r\n", wire.reply());
                }
            }
            List<FutureTask<Integer>> clients = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                int seed = client;
                clients.add(start(() -> readPipelined(server, keys, seed)));
            }
            for (FutureTask<Integer> client : clients) {
                assertEquals(1500, client.get());
            }
            whatFollowsAColdReadIsAnsweredBehindIt(server, keys);
            try (Wire wire = server.connect()) {
                String info = wire.call("INFO", "stats");
                assertTrue(number(":" + info.replaceFirst("(?s).*commands_off_loop:(\\d+).*", "$1")) > 0, info);
            }
        }
    }

    private static void whatFollowsAColdReadIsAnsweredBehindIt(RunningServer server, int keys) throws IOException {
        Random random = new Random(5);
        for (int i = 0; i < 100; i++) {
            int key = random.nextInt(keys);
            String get = Wire.request("GET", "key:" + key);
            String value = bulk("value-" + key + "-" + "x".repeat(200));
            try (Wire wire = server.connect()) {
                String requests = get
                        + Wire.request("MULTI")
                        + Wire.request("SET", "m", "" + i)
                        + get
                        + Wire.request("EXEC")
                        + Wire.request("SELECT", "1")
                        + Wire.request("GET", "m")
                        + Wire.request("SELECT", "0")
                        + Wire.request("GET", "m")
                        + Wire.request("GET")
                        + get;
                String replies = value + "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n" + value + "+OK\r\n$-1\r\n+OK\r\n"
                        + bulk("" + i) + "-ERR wrong number of arguments for 'get' command\r\n" + value;
                assertEquals(replies, wire.exchange(requests));
                assertEquals(
                        value + value + "-ERR Protocol error: expected '$', got ':'\r\n(closed)",
                        wire.exchange(get + get + "*1\r\n:x\r\n" + get));
            }
        }
    }

    private static int readPipelined(RunningServer server, int keys, int seed) throws IOException {
        Random random = new Random(seed);
        int right = 0;
        try (Wire wire = server.connect()) {
            for (int round = 0; round < 100; round++) {
                StringBuilder requests = new StringBuilder();
                List<String> expected = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    int key = random.nextInt(keys);
                    String own = "own:" + seed + ":" + i;
                    requests.append(Wire.request("SET", own, "r" + round));
                    expected.add("+OK\r\n");
                    requests.append(Wire.request("GET", "key:" + key));
                    expected.add(bulk("value-" + key + "-" + "x".repeat(200)));
                    requests.append(Wire.request("GET", own));
                    expected.add(bulk("r" + round));
                }
                wire.send(requests.toString());
                for (String reply : expected) {
                    right += wire.reply().equals(reply) ? 1 : 0;
                }
            }
        }
        return right;
    }

    @Test
    void pausedClientsGoOnWhenThePauseEnds() throws IOException, InterruptedException, ExecutionException {
        try (RunningServer server = RunningServer.inMemory();
                Wire admin = server.connect();
                Wire writer = server.connect()) {
            assertEquals("+OK\r\n", admin.call("CLIENT", "PAUSE", "60000", "WRITE"));
            writer.send(Wire.request("GET", "a") + Wire.request("SET", "a", "1") + Wire.request("GET", "a"));
            assertEquals("$-1\r\n", writer.reply());
            assertEquals("$-1\r\n", admin.call("GET", "a"));
            assertEquals("+OK\r\n", admin.call("CLIENT", "UNPAUSE"));
            assertEquals("+OK\r\n", writer.reply());
            assertEquals(bulk("1"), writer.reply());
        }
    }

    @Test
    void killedClientsAreGoneAndTheOthersStay() throws IOException {
        try (RunningServer server = RunningServer.inMemory();
                Wire victim = server.connect();
                Wire killer = server.connect()) {
            long id = number(victim.call("CLIENT", "ID"));
            assertEquals(":1\r\n", killer.call("CLIENT", "KILL", "ID", Long.toString(id)));
            assertEquals("(closed)", victim.exchange(""));
            assertEquals("+PONG\r\n", killer.call("PING"));
            String list = killer.call("CLIENT", "LIST").toLowerCase(Locale.ROOT);
            assertTrue(!list.contains("id=" + id + " "), list);
        }
    }

    @Test
    void clientsBeyondTheLimitAreTurnedAway() throws IOException {
        try (RunningServer server = RunningServer.inMemory("--maxclients", "2", "--requirepass", "secret");
                Wire one = server.connect();
                Wire two = server.connect()) {
            assertEquals("-NOAUTH Authentication required.\r\n", one.call("PING"));
            assertEquals("-WRONGPASS invalid username-password pair or user is disabled.\r\n", one.call("AUTH", "x"));
            assertEquals("+OK\r\n", one.call("AUTH", "secret"));
            assertEquals("+PONG\r\n", one.call("PING"));
            assertEquals("-NOAUTH Authentication required.\r\n", two.call("PING"));
            try (Wire three = server.connect()) {
                assertEquals("-ERR max number of clients reached\r\n(closed)", three.exchange(""));
            }
            assertEquals(
                    "-ERR Protocol error: unauthenticated bulk length\r\n(closed)",
                    two.exchange("*2\r\n$4\r\nECHO\r\n$20000\r\n"));
        }
    }
}
