package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Peer;
import io.cairn.snapshot.peer.RespClient;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Messages to subscribers: what they look like, in which order they come, who gets them. */
final class PubsubIT {
    private static final String MARK = "that-was-all";
    private static final String MARKED = "$" + MARK.length() + "\r\n" + MARK + "\r\n";

    private static String message(String channel, String text) {
        return "*3\r\n" + bulk("message") + bulk(channel) + bulk(text);
    }

    private static String bulk(String text) {
        return "$" + text.length() + "\r\n" + text + "\r\n";
    }

    /** All replies up to that of a PING, which even a subscriber may send. */
    private static String replies(Wire wire, String lines) throws IOException {
        wire.send(lines + "\r\nPING " + MARK + "\r\n");
        StringBuilder all = new StringBuilder();
        while (!all.toString().endsWith(MARKED)) {
            all.append(wire.reply());
        }
        return all.toString();
    }

    private static void awaitSubscribers(Wire asks, String channel, int count) throws Exception {
        String expected = "*2\r\n" + bulk(channel) + ":" + count + "\r\n";
        for (int i = 0; i < 1200; i++) {
            if (asks.call("PUBSUB", "NUMSUB", channel).equals(expected)) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError(asks.call("PUBSUB", "NUMSUB", channel));
    }

    /** Each connection sends its lines; what all of them are sent is the same as from a real server. */
    private static void assertSame(Peer peer, RunningServer ours, int protocol, String... linesOfConnections)
            throws IOException {
        List<String> theirs = transcript(peer.port(), protocol, linesOfConnections);
        List<String> mine = transcript(ours.port(), protocol, linesOfConnections);
        assertEquals(String.join("\n", theirs), String.join("\n", mine));
    }

    /** A line begins with the number of the connection that sends it. */
    private static List<String> transcript(int port, int protocol, String... lines) throws IOException {
        List<String> seen = new ArrayList<>();
        try (Wire one = new Wire(port);
                Wire other = new Wire(port)) {
            one.call("HELLO", Integer.toString(protocol));
            other.call("HELLO", Integer.toString(protocol));
            for (String line : lines) {
                Wire sender = line.charAt(0) == '1' ? one : other;
                seen.add(line + " -> " + replies(sender, line.substring(2)));
                seen.add("1 <- " + replies(one, ""));
                seen.add("2 <- " + replies(other, ""));
            }
        }
        return seen;
    }

    @Test
    void repliesAndMessagesAreThoseOfARealServer() throws Exception {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        try (Peer peer = Peer.start();
                RunningServer ours = RunningServer.start()) {
            assertSame(
                    peer,
                    ours,
                    2,
                    "1 UNSUBSCRIBE",
                    "1 PUNSUBSCRIBE",
                    "1 SUNSUBSCRIBE",
                    "1 UNSUBSCRIBE never",
                    "1 SUBSCRIBE a b a",
                    "1 PSUBSCRIBE a* [bc]",
                    "1 SSUBSCRIBE a s",
                    "2 PUBLISH a one",
                    "2 PUBLISH b two",
                    "2 PUBLISH ac three",
                    "2 PUBLISH nobody four",
                    "2 SPUBLISH a five",
                    "2 SPUBLISH b six",
                    "2 PUBSUB NUMSUB a b c",
                    "2 PUBSUB NUMSUB",
                    "2 PUBSUB SHARDNUMSUB a s",
                    "2 PUBSUB NUMPAT",
                    "2 PUBSUB SHARDCHANNELS a*",
                    "2 PUBSUB CHANNELS b",
                    "2 PUBSUB CHANNELS a b",
                    "2 PUBSUB NUMPAT a",
                    "2 PUBSUB",
                    "2 PUBSUB OTHER",
                    "1 GET a",
                    "1 CLIENT ID",
                    "1 EXEC",
                    "1 MULTI",
                    "1 HELLO 3",
                    "1 PING",
                    "1 PING a b",
                    "1 NONSENSE",
                    "1 GET",
                    "1 UNSUBSCRIBE a",
                    "2 PUBLISH a seven",
                    "1 PUNSUBSCRIBE a*",
                    "2 PUBLISH a eight",
                    "1 UNSUBSCRIBE b c",
                    "1 GET a",
                    "1 PUNSUBSCRIBE",
                    "1 SUNSUBSCRIBE a s",
                    "1 GET a",
                    "2 PUBLISH a nine",
                    "1 SUBSCRIBE a",
                    "1 RESET",
                    "1 GET a",
                    "2 PUBLISH a ten",
                    "1 RESET",
                    "2 MULTI\r\nSUBSCRIBE m n\r\nGET k\r\nEXEC",
                    "1 PUBSUB NUMSUB m n",
                    "2 RESET",
                    "1 PUBSUB NUMSUB m n");
            assertSame(
                    peer,
                    ours,
                    3,
                    "1 SUBSCRIBE a",
                    "1 SSUBSCRIBE s",
                    "1 PSUBSCRIBE *",
                    "2 PUBLISH a eleven",
                    "2 SPUBLISH s twelve",
                    "1 CLIENT REPLY OFF\r\nSUBSCRIBE z\r\nCLIENT REPLY ON",
                    "1 UNSUBSCRIBE z",
                    "2 MULTI\r\nPUBLISH a thirteen\r\nSET k v\r\nPUBLISH a fourteen\r\nEXEC",
                    "2 MULTI\r\nSUBSCRIBE m n\r\nGET k\r\nUNSUBSCRIBE m\r\nEXEC",
                    "1 PUBSUB NUMSUB m n",
                    "2 RESET",
                    "1 PUBSUB NUMSUB m n");
        }
    }

    @Test
    void whoHearsItselfDoesSoBeforeTheReply() throws Exception {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        try (Peer peer = Peer.start("--notify-keyspace-events", "KEA");
                RunningServer ours = RunningServer.start("--notify-keyspace-events", "KEA")) {
            assertSame(
                    peer,
                    ours,
                    3,
                    "1 SUBSCRIBE a b",
                    "1 PUBLISH a one\r\nPUBLISH b two\r\nPING x\r\nPUBLISH a three",
                    "1 PSUBSCRIBE a*\r\nPUBLISH a four\r\nECHO x",
                    "1 SSUBSCRIBE s\r\nSPUBLISH s five\r\nPING x",
                    "1 PUBLISH a six\r\nUNSUBSCRIBE a\r\nPUBLISH a seven",
                    "1 SUBSCRIBE __keyevent@0__:set __keyevent@0__:del",
                    "1 SET k v\r\nGET k\r\nDEL k none\r\nGET k\r\nSET k v\r\nSET l v",
                    "1 CLIENT REPLY SKIP\r\nPUBLISH b eight\r\nPING x",
                    "1 CLIENT REPLY OFF\r\nPUBLISH b nine\r\nCLIENT REPLY ON\r\nPUBLISH b ten",
                    "1 UNSUBSCRIBE b\r\nPUBLISH b eleven");
        }
    }

    /** Redis 7.0 has them inside of EXEC's array, where no client can tell them from its elements; from 7.2 on, behind. */
    @Test
    void whoHearsItselfInATransactionDoesSoBehindItsReply() throws Exception {
        try (RunningServer server = RunningServer.start();
                Wire wire = server.connect()) {
            wire.call("HELLO", "3");
            wire.call("SUBSCRIBE", "a");
            String heard = ">3\r\n" + bulk("message") + bulk("a");
            String queued = "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n";
            assertEquals(
                    queued + "*3\r\n:1\r\n:1\r\n:1\r\n" + heard + bulk("one") + heard + bulk("two") + "+PONG\r\n"
                            + MARKED,
                    replies(wire, "MULTI\r\nPUBLISH a one\r\nINCR n\r\nPUBLISH a two\r\nEXEC\r\nPING"));
            String subscribed = ">3\r\n" + bulk("subscribe") + bulk("b") + ":2\r\n";
            assertEquals(
                    queued + "*3\r\n" + subscribed + ":1\r\n:1\r\n" + heard + bulk("one") + ">3\r\n" + bulk("message")
                            + bulk("b") + bulk("two") + "+PONG\r\n" + MARKED,
                    replies(wire, "MULTI\r\nSUBSCRIBE b\r\nPUBLISH a one\r\nPUBLISH b two\r\nEXEC\r\nPING"));
        }
    }

    @Seeded(runs = 1)
    void whoHearsItselfDoesSoBeforeTheReplyThoughTheDiskIsWaitedFor(long seed) throws Exception {
        try (RunningServer server = RunningServer.inMemory("--notify-keyspace-events", "KEA");
                Wire wire = server.connect()) {
            server.reluctant(new Random(seed), 3);
            wire.call("HELLO", "3");
            wire.call("SUBSCRIBE", "__keyevent@0__:set");
            StringBuilder all = new StringBuilder();
            int requests = 300;
            for (int i = 0; i < requests; i++) {
                all.append(Wire.request("SET", "k" + i, "v"));
            }
            wire.send(all.toString());
            int heard = 0;
            for (int answered = 0; answered < requests; ) {
                String next = wire.reply();
                if (next.equals("+OK\r\n")) {
                    answered++;
                    assertTrue(heard >= answered, "heard " + heard + " answered " + answered);
                } else {
                    assertTrue(next.startsWith(">3\r\n"), next);
                    assertTrue(next.endsWith(bulk("k" + heard)), next);
                    heard++;
                }
            }
            assertEquals(requests, heard);
            assertFalse(wire.call("INFO", "stats").contains("commands_off_loop:0\r\n"), "nothing was restarted");
        }
    }

    @Test
    void everySubscriberSeesTheMessagesOfManyPublishersInOneOrder() throws Exception {
        int publishers = 4;
        int messages = 500;
        try (RunningServer server = RunningServer.start();
                Wire first = server.connect();
                Wire second = server.connect();
                Wire third = server.connect()) {
            List<Wire> subscribers = List.of(first, second, third);
            for (Wire subscriber : subscribers) {
                subscriber.call("SUBSCRIBE", "c");
            }
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < publishers; i++) {
                int number = i;
                Thread thread = new Thread(() -> publish(server, number, messages), "publisher");
                threads.add(thread);
                thread.start();
            }
            List<String> order = new ArrayList<>();
            for (int i = 0; i < publishers * messages; i++) {
                String message = first.reply();
                assertEquals(message, second.reply());
                assertEquals(message, third.reply());
                order.add(message);
            }
            for (int i = 0; i < publishers; i++) {
                List<String> own = new ArrayList<>(order);
                String prefix = message("c", i + "-0000")
                        .substring(0, message("c", i + "-0000").length() - 6);
                own.removeIf(message -> !message.startsWith(prefix));
                List<String> expected = new ArrayList<>();
                for (int j = 0; j < messages; j++) {
                    expected.add(message("c", text(i, j)));
                }
                assertEquals(expected, own, "publisher " + i);
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static String text(int publisher, int number) {
        return publisher + "-" + (1000 + number);
    }

    private static void publish(RunningServer server, int publisher, int messages) {
        try (Wire wire = server.connect()) {
            for (int j = 0; j < messages; j += 10) {
                StringBuilder batch = new StringBuilder();
                for (int k = j; k < j + 10; k++) {
                    batch.append(Wire.request("PUBLISH", "c", text(publisher, k)));
                }
                wire.send(batch.toString());
                for (int k = 0; k < 10; k++) {
                    wire.reply();
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void subscriberThatDoesNotReadIsClosed() throws Exception {
        try (RunningServer server = RunningServer.start("--client-output-buffer-limit", "pubsub", "4mb", "0", "0");
                Wire deaf = server.connect();
                Wire publisher = server.connect()) {
            deaf.call("SUBSCRIBE", "c");
            String text = "x".repeat(1 << 20);
            String reply = ":1\r\n";
            for (int i = 0; i < 200 && reply.equals(":1\r\n"); i++) {
                reply = publisher.call("PUBLISH", "c", text);
            }
            awaitSubscribers(publisher, "c", 0);
            String info = publisher.call("INFO", "stats");
            assertTrue(info.contains("client_output_buffer_limit_disconnections:1\r\n"), info);
            assertEquals(":0\r\n", publisher.call("PUBLISH", "c", text));
        }
    }

    @Test
    void subscriberWhoseCommandTakesLongIsClosedToo() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RunningServer server = RunningServer.start("--client-output-buffer-limit", "pubsub", "4mb", "0", "0");
                Wire busy = server.connect();
                Wire publisher = server.connect()) {
            publisher.call("SET", "k", "v");
            busy.call("HELLO", "3");
            busy.call("SUBSCRIBE", "c");
            busy.send(Wire.request("MIGRATE", "127.0.0.1", Integer.toString(silent.getLocalPort()), "k", "0", "20000"));
            try (Socket accepted = silent.accept()) {
                assertTrue(accepted.isConnected());
                String text = "x".repeat(1 << 20);
                for (int i = 0; i < 10; i++) {
                    publisher.call("PUBLISH", "c", text);
                }
                String info = publisher.call("INFO", "stats");
                for (int i = 0; i < 1200 && !info.contains("limit_disconnections:1\r\n"); i++) {
                    TimeUnit.MILLISECONDS.sleep(50);
                    info = publisher.call("INFO", "stats");
                }
                assertTrue(info.contains("limit_disconnections:1\r\n"), info);
            }
        }
    }

    @Test
    void ownMessageComesThoughTheSubscriptionEndsInTheSamePipeline() throws Exception {
        try (RunningServer server = RunningServer.start();
                Wire wire = server.connect()) {
            wire.call("HELLO", "3");
            wire.send(Wire.request("SUBSCRIBE", "a")
                    + Wire.request("PUBLISH", "a", "own")
                    + Wire.request("MULTI")
                    + Wire.request("UNSUBSCRIBE")
                    + Wire.request("EXEC")
                    + Wire.request("ECHO", MARK));
            StringBuilder all = new StringBuilder();
            while (!all.toString().endsWith(MARKED)) {
                all.append(wire.reply());
            }
            String message = ">3\r\n" + bulk("message") + bulk("a") + bulk("own");
            assertTrue(all.toString().contains(message), all.toString());
        }
    }

    @Test
    void clientThatGoesAwayIsForgotten() throws Exception {
        try (RunningServer server = RunningServer.start();
                Wire stays = server.connect()) {
            try (Wire goes = server.connect()) {
                goes.call("SUBSCRIBE", "c");
                goes.call("PSUBSCRIBE", "c*");
                awaitSubscribers(stays, "c", 1);
                String list = stays.call("CLIENT", "LIST", "TYPE", "PUBSUB");
                assertTrue(list.contains(" flags=P ") && list.contains(" sub=1 psub=1 ssub=0 "), list);
                String info = stays.call("INFO", "stats");
                assertTrue(info.contains("pubsub_channels:1\r\npubsub_patterns:1\r\n"), info);
            }
            awaitSubscribers(stays, "c", 0);
            assertEquals(":0\r\n", stays.call("PUBSUB", "NUMPAT"));
        }
    }

    @Test
    void subscribersOfAReplicaHearWhatIsPublishedAtThePrimary() throws Exception {
        try (RunningServer primary = RunningServer.start();
                RunningServer replica =
                        RunningServer.start("--replicaof", "127.0.0.1", Integer.toString(primary.port()));
                Wire listener = replica.connect();
                Wire publisher = primary.connect();
                RespClient asks = new RespClient(replica.port())) {
            awaitLink(asks);
            listener.call("SUBSCRIBE", "c");
            listener.call("SSUBSCRIBE", "s");
            assertEquals(":0\r\n", publisher.call("PUBLISH", "c", "one"));
            publisher.call("MULTI");
            publisher.call("SET", "k", "v");
            publisher.call("PUBLISH", "c", "two");
            publisher.call("EXEC");
            publisher.call("SPUBLISH", "s", "three");
            assertEquals(message("c", "one"), listener.reply());
            assertEquals(message("c", "two"), listener.reply());
            assertEquals("v", asks.text("GET", "k"));
            assertEquals("*3\r\n" + bulk("smessage") + bulk("s") + bulk("three"), listener.reply());
        }
    }

    @Test
    void realReplicaAndRealPrimaryPassMessagesOn() throws Exception {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        try (RunningServer top = RunningServer.start();
                Peer middle = Peer.start("--replicaof", "127.0.0.1", Integer.toString(top.port()));
                RespClient asksMiddle = new RespClient(middle.port())) {
            awaitLink(asksMiddle);
            try (RunningServer bottom =
                            RunningServer.start("--replicaof", "127.0.0.1", Integer.toString(middle.port()));
                    RespClient asksBottom = new RespClient(bottom.port());
                    Wire publisher = top.connect();
                    Wire inTheMiddle = new Wire(middle.port());
                    Wire atTheBottom = bottom.connect()) {
                awaitLink(asksBottom);
                inTheMiddle.call("SUBSCRIBE", "c");
                atTheBottom.call("SUBSCRIBE", "c");
                publisher.call("PUBLISH", "c", "one");
                assertEquals(message("c", "one"), inTheMiddle.reply());
                assertEquals(message("c", "one"), atTheBottom.reply());
            }
        }
    }

    private static void awaitLink(RespClient replica) throws Exception {
        for (int i = 0; i < 1200; i++) {
            if (replica.text("INFO", "replication").contains("master_link_status:up")) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError(replica.text("INFO", "replication"));
    }
}
