package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Peer;
import io.cairn.snapshot.peer.RespClient;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A replica of a real Redis: what it takes out of the stream, and what becomes of what it cannot run. */
class ReplicaStreamIT {
    /** Defined in Redis, and not here. */
    private static final String[] UNKNOWN = {"PFDEBUG", "TODENSE", "sketch"};

    private static RunningServer replicaOf(Peer primary) throws IOException {
        return RunningServer.start("--replicaof", "127.0.0.1", Integer.toString(primary.port()));
    }

    private static String field(RespClient client, String name) throws IOException {
        for (String line : client.text("INFO", "replication").split("\r\n")) {
            if (line.startsWith(name + ":")) {
                return line.substring(name.length() + 1);
            }
        }
        return "";
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(RespClient replica, Condition condition) throws IOException, InterruptedException {
        for (int i = 0; i < 1200; i++) {
            if (condition.holds()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError(replica.text("INFO", "replication"));
    }

    private static void awaitSame(RespClient primary, RespClient replica) throws IOException, InterruptedException {
        await(
                replica,
                () -> field(replica, "master_link_status").equals("up")
                        && field(primary, "master_repl_offset").equals(field(replica, "slave_repl_offset")));
    }

    private static void awaitStopped(RespClient replica) throws IOException, InterruptedException {
        await(replica, () -> field(replica, "apply_stopped_command").equals("PFDEBUG"));
        await(replica, () -> field(replica, "master_link_status").equals("down"));
        assertEquals(field(replica, "slave_repl_offset"), field(replica, "apply_stopped_offset"));
        assertFalse(field(replica, "apply_stopped_reason").isEmpty());
    }

    @Test
    void stopsAtACommandThatItDoesNotKnowUntilItIsToldToBeginAnew() throws Exception {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        try (Peer primary = Peer.start();
                RespClient writes = new RespClient(primary.port());
                RunningServer server = replicaOf(primary);
                RespClient reads = new RespClient(server.port())) {
            writes.succeed("SET", "before", "1");
            writes.succeed("PFADD", "sketch", "element");
            awaitSame(writes, reads);
            writes.succeed((Object[]) UNKNOWN);
            writes.succeed("SET", "behind", "2");
            awaitStopped(reads);
            assertEquals("1", reads.text("GET", "before"));
            assertNull(reads.call("GET", "behind"));

            writes.succeed("DEL", "sketch");
            reads.succeed("REPLICAOF", "127.0.0.1", Integer.toString(primary.port()));
            awaitSame(writes, reads);
            assertEquals("2", reads.text("GET", "behind"));
            assertEquals("", field(reads, "apply_stopped_command"));
        }
    }

    @Test
    void promotionOfAStoppedReplicaKeepsWhatIsApplied() throws Exception {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        try (Peer primary = Peer.start();
                RespClient writes = new RespClient(primary.port());
                RunningServer server = replicaOf(primary);
                RespClient client = new RespClient(server.port())) {
            writes.succeed("SET", "before", "1");
            writes.succeed("PFADD", "sketch", "element");
            awaitSame(writes, client);
            writes.succeed((Object[]) UNKNOWN);
            writes.succeed("SET", "behind", "2");
            awaitStopped(client);
            String id = field(client, "master_replid");
            long applied = Long.parseLong(field(client, "slave_repl_offset"));
            client.succeed("REPLICAOF", "NO", "ONE");
            assertEquals(id, field(client, "master_replid2"));
            assertEquals(applied + 1, Long.parseLong(field(client, "second_repl_offset")));
            client.succeed("SET", "own", "3");
            assertEquals("1", client.text("GET", "before"));
            assertNull(client.call("GET", "behind"));
        }
    }

    @Test
    void takesWhatConcernsNoDataAndValuesOfAnySize() throws Exception {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        try (Peer primary = Peer.start();
                RespClient writes = new RespClient(primary.port());
                RunningServer server = replicaOf(primary);
                RespClient reads = new RespClient(server.port())) {
            writes.succeed("SET", "before", "1");
            writes.succeed("PFADD", "sketch", "element");
            awaitSame(writes, reads);
            writes.call("PUBLISH", "channel", "message");
            writes.call("SPUBLISH", "channel", "message");
            writes.call("SCRIPT", "LOAD", "return 1");
            String large = "x".repeat(9_000_000);
            writes.succeed("SET", "large", large);
            writes.call("MULTI");
            writes.call("SET", "one", large);
            writes.call("PUBLISH", "channel", "message");
            writes.call("INCR", "counter");
            writes.call("EXEC");
            awaitSame(writes, reads);
            assertEquals((long) large.length(), reads.call("STRLEN", "large"));
            assertEquals((long) large.length(), reads.call("STRLEN", "one"));
            assertEquals("1", reads.text("GET", "counter"));
        }
    }

    @Test
    void promotionInATransactionAppliesWhatIsLogged() throws Exception {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        try (Peer primary = Peer.start();
                RespClient writes = new RespClient(primary.port());
                RunningServer server = replicaOf(primary);
                RespClient client = new RespClient(server.port())) {
            writes.succeed("SET", "before", "1");
            writes.succeed("PFADD", "sketch", "element");
            awaitSame(writes, client);
            for (int i = 0; i < 2_000; i++) {
                writes.succeed("SET", "key" + i, "v");
            }
            // As Sentinel does it. What was received by then is applied when it answers.
            client.call("MULTI");
            client.call("REPLICAOF", "NO", "ONE");
            client.call("CONFIG", "SET", "slowlog-max-len", "64");
            client.call("EXEC");
            assertEquals("master", field(client, "role"));
            long keys = (Long) client.call("DBSIZE");
            assertTrue(keys >= 1, "keys " + keys);
            client.succeed("SET", "own", "1");
            assertEquals(keys + 1, client.call("DBSIZE"));
        }
    }
}
