package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.snapshot.peer.RespClient;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Rows in memory stay below {@code maxmemory}. */
final class MaxMemoryIT {
    private static final String OOM = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
    private static final long LIMIT = 4L << 20;
    private static final String VALUE = "v".repeat(1000);

    private static long field(Wire wire, String name) throws IOException {
        for (String line : wire.call("INFO").split("\r\n")) {
            if (line.startsWith(name + ":")) {
                return Long.parseLong(line.substring(name.length() + 1));
            }
        }
        throw new AssertionError("no " + name);
    }

    /** Writes twice what there is room for; returns the last reply. */
    private static String fill(Wire wire, String prefix, String... more) throws IOException {
        String reply = "";
        for (int i = 0; i < 8000; i++) {
            String[] set = new String[3 + more.length];
            set[0] = "SET";
            set[1] = prefix + i;
            set[2] = VALUE;
            System.arraycopy(more, 0, set, 3, more.length);
            reply = wire.call(set);
        }
        return reply;
    }

    @Test
    void refusesWithoutAPolicy() throws IOException {
        try (RunningServer server = RunningServer.inMemory("--maxmemory", Long.toString(LIMIT));
                Wire wire = server.connect()) {
            assertEquals(OOM, fill(wire, "k"));
            assertTrue(field(wire, "used_memory_dataset") < LIMIT * 11 / 10);
            assertEquals("$1000\r\n" + VALUE + "\r\n", wire.call("GET", "k0"));
            assertEquals("+OK\r\n", wire.call("MULTI"));
            assertEquals(OOM, wire.call("GET", "k0"));
            assertEquals("-EXECABORT Transaction discarded because of previous errors.\r\n", wire.call("EXEC"));
            assertEquals(":1\r\n", wire.call("DEL", "k1"));
            assertEquals("+OK\r\n", wire.call("FLUSHALL"));
            assertEquals("+OK\r\n", wire.call("SET", "k0", "v"));
            assertEquals(0, field(wire, "evicted_keys"));
        }
    }

    @Test
    void evictsAnyKeyAndLogsItAndTellsIt() throws Exception {
        try (RunningServer server = RunningServer.start(
                        "--engine",
                        "memory",
                        "--maxmemory",
                        Long.toString(LIMIT),
                        "--maxmemory-policy",
                        "allkeys-lru",
                        "--notify-keyspace-events",
                        "Ee");
                RunningServer replica =
                        RunningServer.start("--replicaof", "127.0.0.1", Integer.toString(server.port()));
                Wire wire = server.connect();
                Wire listener = server.connect();
                Wire copy = replica.connect();
                RespClient asks = new RespClient(replica.port())) {
            listener.call("SUBSCRIBE", "__keyevent@0__:evicted");
            for (int i = 0; !asks.text("INFO", "replication").contains("master_link_status:up"); i++) {
                assertTrue(i < 1200, "the replica is linked");
                TimeUnit.MILLISECONDS.sleep(50);
            }
            assertEquals("+OK\r\n", fill(wire, "k"));
            long evicted = field(wire, "evicted_keys");
            assertTrue(evicted > 3000, "evicted " + evicted);
            assertTrue(field(wire, "used_memory_dataset") < LIMIT * 11 / 10);
            assertTrue(listener.reply().startsWith("*3\r\n$7\r\nmessage\r\n$22\r\n__keyevent@0__:evicted\r\n$"));
            for (int i = 0; !wire.call("DBSIZE").equals(copy.call("DBSIZE")); i++) {
                assertTrue(i < 1200, "the replica has the same keys");
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    @Test
    void evictsOnlyKeysThatExpireIfToldSo() throws IOException {
        for (String policy : new String[] {"volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"}) {
            try (RunningServer server =
                            RunningServer.inMemory("--maxmemory", Long.toString(LIMIT), "--maxmemory-policy", policy);
                    Wire wire = server.connect()) {
                for (int i = 0; i < 1000; i++) {
                    wire.call("SET", "stays" + i, VALUE);
                }
                assertEquals("+OK\r\n", fill(wire, "goes", "EX", "100000"), policy);
                assertTrue(field(wire, "evicted_keys") > 3000, policy);
                String[] exists = new String[1001];
                exists[0] = "EXISTS";
                for (int i = 0; i < 1000; i++) {
                    exists[i + 1] = "stays" + i;
                }
                assertEquals(":1000\r\n", wire.call(exists), policy);
                assertEquals(OOM, fill(wire, "stuck"), policy);
            }
        }
    }

    @Test
    void evictsLargeCollectionsOnceAndNotMoreThanThat() throws IOException {
        try (RunningServer server = RunningServer.inMemory(
                        "--maxmemory", Long.toString(LIMIT), "--maxmemory-policy", "volatile-random");
                Wire wire = server.connect()) {
            for (int i = 0; i < 1000; i++) {
                wire.call("RPUSH", "large", VALUE, VALUE);
            }
            wire.call("EXPIRE", "large", "100000");
            for (int i = 0; i < 10; i++) {
                wire.call("SET", "small" + i, "v", "EX", "100000");
            }
            for (int i = 0; i < 1900; i++) {
                wire.call("SET", "k" + i, VALUE);
            }
            assertEquals(":0\r\n", wire.call("EXISTS", "large"));
            assertTrue(field(wire, "evicted_keys") <= 11);
        }
    }

    private static long number(String reply) {
        return Long.parseLong(reply.substring(1).strip());
    }

    private static long idleSeconds(Wire wire, String key) throws IOException {
        return number(wire.call("OBJECT", "IDLETIME", key));
    }

    @Test
    void tellsHowKeysAreUsed() throws IOException {
        try (RunningServer server = RunningServer.inMemory();
                RunningServer onDisk = RunningServer.start();
                Wire wire = server.connect();
                Wire disk = onDisk.connect()) {
            wire.call("SET", "k", "v");
            assertTrue(idleSeconds(wire, "k") < 60);
            assertTrue(wire.call("OBJECT", "FREQ", "k").startsWith("-ERR An LFU maxmemory policy is not selected"));
            String dump = wire.call("DUMP", "k");
            String payload = dump.substring(dump.indexOf('\n') + 1, dump.length() - 2);
            assertEquals("+OK\r\n", wire.call("RESTORE", "old", "0", payload, "IDLETIME", "5000"));
            assertTrue(idleSeconds(wire, "old") >= 5000);
            wire.call("TTL", "old");
            wire.call("EXISTS", "old");
            wire.call("CLIENT", "NO-TOUCH", "ON");
            wire.call("GET", "old");
            wire.call("CLIENT", "NO-TOUCH", "OFF");
            assertTrue(idleSeconds(wire, "old") >= 5000);
            assertEquals(":1\r\n", wire.call("TOUCH", "old"));
            assertTrue(idleSeconds(wire, "old") < 60);
            assertEquals("$-1\r\n", wire.call("OBJECT", "IDLETIME", "nothing"));

            wire.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu");
            assertTrue(wire.call("OBJECT", "IDLETIME", "k").startsWith("-ERR An LFU maxmemory policy is selected"));
            assertEquals("+OK\r\n", wire.call("RESTORE", "often", "0", payload, "FREQ", "200"));
            assertTrue(number(wire.call("OBJECT", "FREQ", "often")) > 190); // it decays by one a minute

            disk.call("SET", "k", "v");
            String untracked = "-ERR The use of keys is tracked with engine memory only\r\n";
            assertEquals(untracked, disk.call("OBJECT", "IDLETIME", "k"));
        }
    }
}
