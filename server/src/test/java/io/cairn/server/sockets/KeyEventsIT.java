package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Peer;
import io.cairn.snapshot.peer.RespClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Events of keys as subscribers get them. */
final class KeyEventsIT {
    private static String message(String channel, String text) {
        return "*3\r\n" + bulk("message") + bulk(channel) + bulk(text);
    }

    private static String bulk(String text) {
        return "$" + text.length() + "\r\n" + text + "\r\n";
    }

    @Test
    void lettersAreNormalisedAsInARealServer() throws Exception {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        try (Peer peer = Peer.start();
                RunningServer ours = RunningServer.inMemory();
                Wire mine = ours.connect();
                Wire theirs = new Wire(peer.port())) {
            for (String letters : List.of(
                    "KEA",
                    "Ag",
                    "Kg$lshzxetdnm",
                    "KA",
                    "m",
                    "n",
                    "xK",
                    "",
                    "EKnmA",
                    "KEgq",
                    "K$g",
                    "tEn",
                    "dK",
                    "KK")) {
                String set = theirs.call("CONFIG", "SET", "notify-keyspace-events", letters);
                assertEquals(set, mine.call("CONFIG", "SET", "notify-keyspace-events", letters), letters);
                assertEquals(
                        theirs.call("CONFIG", "GET", "notify-keyspace-events"),
                        mine.call("CONFIG", "GET", "notify-keyspace-events"),
                        letters);
            }
        }
    }

    @Test
    void bothChannelsAreToldInTheOrderOfChangesAndOnlyWhatHappened() throws Exception {
        try (RunningServer server = RunningServer.start("--notify-keyspace-events", "KEA");
                Wire listener = server.connect();
                Wire writer = server.connect()) {
            listener.call("SUBSCRIBE", "__keyspace@2__:k", "__keyevent@2__:set", "__keyevent@2__:del");
            listener.reply();
            listener.reply();
            writer.call("SELECT", "2");
            writer.call("MULTI");
            writer.call("SET", "k", "v");
            writer.call("LPUSH", "k", "fails");
            writer.call("APPEND", "k", "w");
            writer.call("DEL", "k");
            writer.call("EXEC");
            writer.call("DEL", "k");
            writer.call("SET", "k", "v", "XX");
            writer.call("SET", "k", "v");
            List<String> seen = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                seen.add(listener.reply());
            }
            assertEquals(
                    List.of(
                            message("__keyspace@2__:k", "set"),
                            message("__keyevent@2__:set", "k"),
                            message("__keyspace@2__:k", "append"),
                            message("__keyspace@2__:k", "del"),
                            message("__keyevent@2__:del", "k"),
                            message("__keyspace@2__:k", "set"),
                            message("__keyevent@2__:set", "k")),
                    seen);
        }
    }

    @Test
    void primaryTellsWhenItDeletesWhatExpiredAndReplicasTellWhatTheyApply() throws Exception {
        try (RunningServer primary = RunningServer.start("--notify-keyspace-events", "Ex");
                RunningServer replica = RunningServer.start(
                        "--notify-keyspace-events",
                        "EA",
                        "--replicaof",
                        "127.0.0.1",
                        Integer.toString(primary.port()));
                Wire listener = primary.connect();
                Wire far = replica.connect();
                Wire writer = primary.connect();
                RespClient asks = new RespClient(replica.port())) {
            for (int i = 0; !asks.text("INFO", "replication").contains("master_link_status:up"); i++) {
                assertEquals(true, i < 1200, "the replica is linked");
                TimeUnit.MILLISECONDS.sleep(50);
            }
            listener.call("PSUBSCRIBE", "__key*__:*");
            far.call("PSUBSCRIBE", "__key*__:*");
            writer.call("SET", "k", "v", "PX", "1");
            String pattern = "*4\r\n" + bulk("pmessage") + bulk("__key*__:*");
            assertEquals(pattern + bulk("__keyevent@0__:expired") + bulk("k"), listener.reply());
            assertEquals(pattern + bulk("__keyevent@0__:set") + bulk("k"), far.reply());
            assertEquals(pattern + bulk("__keyevent@0__:expire") + bulk("k"), far.reply());
            assertEquals(pattern + bulk("__keyevent@0__:del") + bulk("k"), far.reply());
        }
    }
}
