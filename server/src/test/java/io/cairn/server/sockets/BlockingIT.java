package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Peer;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Clients that wait: played on a real server and on ours, the same scenes give the same replies and effects. */
final class BlockingIT {
    private interface Play {
        void on(Scene scene) throws IOException;
    }

    private static Map<String, Play> plays() {
        Map<String, Play> plays = new LinkedHashMap<>();
        plays.put("an element goes to who waits, not to who asks next", scene -> {
            scene.block("a", "BLPOP k 0");
            scene.pipeline("w", "LPUSH k x", "LPOP k", "LLEN k");
            scene.reply("a");
        });
        plays.put("clients are served in order of arrival", scene -> {
            scene.block("a", "BLPOP k 0");
            scene.block("b", "BRPOP k 0");
            scene.block("c", "BLPOP k 0");
            scene.call("w", "RPUSH k 1 2");
            scene.reply("a");
            scene.reply("b");
            scene.stillBlocked("c");
            scene.block("a", "BLPOP k 0");
            scene.call("w", "RPUSH k 3 4 5");
            scene.reply("c");
            scene.reply("a");
            scene.call("w", "LRANGE k 0 -1");
        });
        plays.put("a transaction serves behind its end", scene -> {
            scene.block("a", "BLPOP k 0");
            scene.block("b", "BLPOP k 0");
            scene.pipeline("w", "MULTI", "RPUSH k 1", "RPUSH k 2", "LLEN k", "LPOP k", "RPUSH k 3", "EXEC", "LLEN k");
            scene.reply("a");
            scene.reply("b");
        });
        plays.put("what a transaction takes away again is not served", scene -> {
            scene.block("a", "BLPOP k 0");
            scene.pipeline("w", "MULTI", "RPUSH k 1", "DEL k", "EXEC");
            scene.stillBlocked("a");
            scene.pipeline("w", "MULTI", "RPUSH k 1", "DEL k", "SADD k 1", "EXEC");
            scene.stillBlocked("a");
            scene.pipeline("w", "MULTI", "DEL k", "RPUSH k 2", "EXEC");
            scene.reply("a");
        });
        plays.put("the key that was ready first serves", scene -> {
            scene.block("a", "BLPOP a b c 0");
            scene.pipeline("w", "MULTI", "RPUSH c 1", "RPUSH a 1", "RPUSH b 1", "RPUSH a 2", "EXEC");
            scene.reply("a");
            scene.pipeline("w", "LRANGE a 0 -1", "LRANGE b 0 -1", "EXISTS c");
            scene.call("a", "BLPOP x b a 0");
        });
        plays.put("moves make others ready, in chains", scene -> {
            scene.block("a", "BLMOVE one two LEFT RIGHT 0");
            scene.block("b", "BRPOPLPUSH two three 0");
            scene.block("c", "BLMPOP 0 2 four three RIGHT COUNT 5");
            scene.block("d", "BLPOP three 0");
            scene.call("w", "RPUSH one x");
            scene.reply("a");
            scene.reply("b");
            scene.reply("c");
            scene.stillBlocked("d");
            scene.call("w", "RPUSH one y z");
            scene.call("w", "RPUSH three t");
            scene.reply("d");
            scene.call("w", "LRANGE one 0 -1");
        });
        plays.put("a move onto itself, and one in a ring", scene -> {
            scene.block("a", "BLMOVE k k LEFT RIGHT 0");
            scene.block("b", "BLMOVE k l LEFT RIGHT 0");
            scene.block("c", "BLMOVE l k LEFT RIGHT 0");
            scene.call("w", "RPUSH k 1 2");
            scene.reply("a");
            scene.reply("b");
            scene.reply("c");
            scene.pipeline("w", "LRANGE k 0 -1", "LRANGE l 0 -1");
        });
        plays.put("a move to a key of another type fails, and the next is served", scene -> {
            scene.block("a", "BLMOVE k d LEFT RIGHT 0");
            scene.block("b", "BRPOPLPUSH k d 0");
            scene.block("c", "BLPOP k 0");
            scene.pipeline("w", "SET d x", "RPUSH k 1 2", "LRANGE k 0 -1");
            scene.reply("a");
            scene.reply("b");
            scene.reply("c");
        });
        plays.put("sorted sets", scene -> {
            scene.block("a", "BZPOPMIN z y 0");
            scene.block("b", "BZPOPMAX y z 0");
            scene.block("c", "BZMPOP 0 2 y z MAX COUNT 2");
            scene.block("d", "BLPOP z 0");
            scene.call("w", "ZADD z 1 one 2.5 two 3 three 4 four 5 five");
            scene.reply("a");
            scene.reply("b");
            scene.reply("c");
            scene.stillBlocked("d");
            scene.call("w", "ZRANGE z 0 -1 WITHSCORES");
            scene.pipeline("w", "DEL z", "RPUSH z x");
            scene.reply("d");
            scene.pipeline("a", "ZADD z 1 a", "BZPOPMIN nothing z 0", "ZADD z 1 a 2 b 3 c", "BZMPOP 0 1 z MIN COUNT 2");
        });
        plays.put("sorted sets in the newer protocol", scene -> {
            scene.prepare("a", "HELLO 3");
            scene.prepare("b", "HELLO 3");
            scene.pipeline("a", "BZPOPMIN z 0.01", "BLMOVE k d LEFT LEFT 0.01", "ZADD z 2 a", "BZPOPMIN z 0");
            scene.block("a", "BZPOPMIN z 0");
            scene.block("b", "BZMPOP 0 1 z MIN");
            scene.pipeline("w", "GEOADD g 13.361389 38.115556 Palermo", "GEORADIUS g 15 37 200 km STORE z");
            scene.reply("a");
            scene.stillBlocked("b");
            scene.call("w", "ZUNIONSTORE z 1 g");
            scene.reply("b");
        });
        plays.put("whatever makes a key wakes", scene -> {
            scene.call("w", "RPUSH src 3 1 2");
            String[] makers = {"SORT src STORE k", "COPY src k", "RENAME src k", "LMOVE k2 k LEFT RIGHT"};
            for (String maker : makers) {
                scene.pipeline("w", "DEL k src k2", "RPUSH src 3 1 2", "RPUSH k2 7");
                scene.block("a", "BLMPOP 0 1 k LEFT COUNT 9");
                scene.call("w", maker);
                scene.reply("a");
            }
            scene.block("a", "BLPOP k 0");
            scene.pipeline("w", "SELECT 1", "RPUSH k other", "MOVE k 0");
            scene.reply("a");
        });
        plays.put("swapped databases wake", scene -> {
            scene.pipeline("a", "SELECT 1", "DEL k");
            scene.block("a", "BLPOP k 0");
            scene.block("b", "BLPOP k 0");
            scene.pipeline("w", "SELECT 2", "RPUSH k 1 2", "SWAPDB 1 2", "LRANGE k 0 -1");
            scene.reply("a");
            scene.stillBlocked("b");
            scene.pipeline("w", "SWAPDB 0 1", "SWAPDB 0 1", "FLUSHALL");
            scene.reply("b");
        });
        plays.put("a key of another type wakes nobody", scene -> {
            scene.block("a", "BLPOP k 0");
            scene.pipeline("w", "SET k 1", "DEL k", "ZADD k 1 a", "ZADD k 2 b");
            scene.stillBlocked("a");
            scene.pipeline("w", "RPUSH k x", "DEL k", "RPUSH k y");
            scene.reply("a");
        });
        plays.put(
                "in a transaction nobody waits",
                scene -> scene.pipeline(
                        "a",
                        "MULTI",
                        "BLPOP k 0",
                        "BRPOP k 0",
                        "BLMOVE k d LEFT RIGHT 0",
                        "BRPOPLPUSH k d 0",
                        "BLMPOP 0 1 k LEFT",
                        "BZPOPMIN k 0",
                        "BZPOPMAX k 0",
                        "BZMPOP 0 1 k MIN",
                        "RPUSH k 1 2 3 4 5",
                        "BLPOP k 0",
                        "BRPOP k 0",
                        "BLMOVE k d LEFT RIGHT 0",
                        "BRPOPLPUSH k d 0",
                        "BLMPOP 0 1 k LEFT COUNT 3",
                        "EXEC"));
        plays.put("time runs out", scene -> {
            scene.call("a", "BLPOP k 0.001");
            scene.call("a", "BZMPOP 0.02 1 k MIN");
            scene.call("a", "BLMOVE k d LEFT RIGHT 0.01");
            scene.call("a", "BRPOPLPUSH k d 0.01");
            scene.pipeline("a", "BLPOP k 0.01", "RPUSH k 1", "BLPOP k 1", "LLEN k");
        });
        plays.put("the longest times", scene -> {
            String[] waits = {
                "BLPOP k 9223372036854775",
                "BRPOP k 9223372036854775.807",
                "BZPOPMIN k 9.223372036854775807e15",
                "BLMOVE k l LEFT LEFT 1e15",
                "BZMPOP 9e15 1 k MIN",
                "XREAD BLOCK 9223372036854775807 STREAMS k $",
                "XREAD BLOCK 9223370000000000000 STREAMS k $",
                "WAIT 1 9223372036854775807"
            };
            for (String wait : waits) {
                scene.block("a", wait);
                scene.stillBlocked("a");
                scene.call("w", "CLIENT UNBLOCK <a>");
                scene.reply("a");
            }
            for (String timeout : new String[] {"9223372036854775.808", "9223372036854775.8075", "1e16", "1e17"}) {
                scene.call("a", "BLPOP k " + timeout);
                scene.call("a", "BLMPOP " + timeout + " 1 k LEFT");
            }
            scene.call("a", "XREAD BLOCK 9223372036854775808 STREAMS k $");
            scene.call("a", "WAIT 1 9223372036854775808");
        });
        plays.put("errors", scene -> {
            for (String timeout :
                    new String[] {"x", "-1", "1e400", "inf", "-inf", "nan", "9223372036854776", "1e16", "1,5"}) {
                scene.call("a", "BLPOP k " + timeout);
                scene.call("a", "BZPOPMAX k " + timeout);
            }
            scene.pipeline(
                    "a",
                    "SET str 1",
                    "BLPOP k",
                    "BLPOP str x",
                    "BLPOP k str 0",
                    "BZPOPMIN k str 0",
                    "BLMOVE str d LEFT RIGHT 0",
                    "BLMOVE k d LEFT UP x",
                    "BLMOVE k d LEFT LEFT x",
                    "BRPOPLPUSH str d 0",
                    "BRPOPLPUSH k d x",
                    "BLMPOP x 0 k LEFT",
                    "BLMPOP x 1 k LEFT",
                    "BLMPOP 0 1 k",
                    "BLMPOP 0 1 k UP",
                    "BLMPOP 0 1 k LEFT COUNT 0",
                    "BLMPOP 0 2 k LEFT",
                    "BLMPOP 0 1 str LEFT",
                    "BZMPOP 0 1 k UP",
                    "BZMPOP -1 1 k MIN",
                    "BZMPOP 0 1 str MIN COUNT 2",
                    "RPUSH l 1",
                    "BLMOVE l str LEFT LEFT 0",
                    "LLEN l");
        });
        plays.put("the same key twice", scene -> {
            scene.block("a", "BLPOP k k 0");
            scene.block("b", "BLPOP k k 0");
            scene.call("w", "RPUSH k 1 2 3");
            scene.reply("a");
            scene.reply("b");
            scene.call("w", "LRANGE k 0 -1");
        });
        plays.put("others end the waiting", scene -> {
            scene.block("a", "BLPOP k 0");
            scene.call("w", "CLIENT UNBLOCK <a>");
            scene.reply("a");
            scene.block("a", "BLMOVE k d LEFT RIGHT 100");
            scene.call("w", "CLIENT UNBLOCK <a> error");
            scene.reply("a");
            scene.call("w", "CLIENT UNBLOCK <a> TIMEOUT");
            scene.block("a", "WAIT 3 0");
            scene.call("w", "CLIENT UNBLOCK <a> TIMEOUT");
            scene.reply("a");
            scene.block("a", "WAIT 3 0");
            scene.call("w", "CLIENT UNBLOCK <a> ERROR");
            scene.reply("a");
            scene.pipeline(
                    "w",
                    "CLIENT UNBLOCK x",
                    "CLIENT UNBLOCK 1000000",
                    "CLIENT UNBLOCK x y",
                    "CLIENT UNBLOCK 1 ERROR x");
            scene.call("w", "RPUSH k 1");
            scene.call("w", "LLEN k");
        });
        plays.put("who is gone takes nothing along", scene -> {
            scene.block("a", "BLPOP k l 0");
            scene.block("b", "BLPOP k 0");
            scene.block("c", "BLPOP k 0");
            scene.leave("a");
            scene.call("w", "CLIENT KILL ID <b>");
            scene.call("w", "RPUSH k 1");
            scene.reply("c");
            scene.call("w", "LLEN k");
        });
        plays.put("a command behind one that waits is run when that is answered", scene -> {
            scene.pipeline("a", "CLIENT REPLY ON");
            scene.block("a", "BLPOP k 0");
            scene.pipeline("w", "RPUSH k 1", "RPUSH k 2");
            scene.reply("a");
            scene.pipeline("a", "BLPOP k 0", "INCR n", "BLPOP k 0.01", "INCR n");
        });
        plays.put("who waits in many lists is served once", scene -> {
            scene.block("a", "BLPOP k1 k2 k3 0");
            scene.block("b", "BLPOP k3 k2 0");
            scene.pipeline("w", "RPUSH k2 1", "RPUSH k3 2", "RPUSH k1 3", "LLEN k1", "LLEN k2", "LLEN k3");
            scene.reply("a");
            scene.reply("b");
        });
        plays.putAll(streams());
        return plays;
    }

    private static Map<String, Play> streams() {
        Map<String, Play> plays = new LinkedHashMap<>();
        plays.put("a stream's next entry goes to all who wait", scene -> {
            scene.call("w", "XADD s 1-1 a b");
            scene.block("a", "XREAD BLOCK 0 STREAMS s $");
            scene.block("b", "XREAD BLOCK 0 COUNT 1 STREAMS t s u 0 1-1 0");
            scene.block("c", "XREAD BLOCK 0 STREAMS s 5-0");
            scene.pipeline("w", "XADD s 2-1 a b", "DEL s", "XADD s 6-1 c d");
            scene.reply("a");
            scene.reply("b");
            scene.reply("c");
        });
        plays.put("what a transaction adds to a stream is served behind its end", scene -> {
            scene.block("a", "XREAD BLOCK 0 STREAMS s 0");
            scene.pipeline("w", "MULTI", "XADD s 1-1 a b", "DEL s", "EXEC");
            scene.stillBlocked("a");
            scene.pipeline("w", "MULTI", "XADD s 1-1 a b", "XADD s 2-2 a b", "XDEL s 1-1", "EXEC");
            scene.reply("a");
        });
        plays.put("an entry that is gone at once still ends the waiting", scene -> {
            String[] adding = {
                "XADD s MAXLEN 0 2-2 a b",
                "XADD s MAXLEN ~ 0 2-2 a b",
                "XADD s MINID 9 2-2 a b",
                "MULTI;XADD s 2-2 a b;XDEL s 2-2;EXEC",
                "MULTI;XADD s 2-2 a b;XTRIM s MAXLEN 0;EXEC"
            };
            for (String each : adding) {
                for (String before : new String[] {"DEL s", "XADD s 1-1 a b"}) {
                    scene.pipeline("w", "DEL s", before);
                    scene.block("a", "XREAD BLOCK 0 STREAMS t s 0 $");
                    scene.block("b", "XREAD BLOCK 0 STREAMS s 2-2");
                    scene.pipeline("w", each.split(";"));
                    scene.reply("a");
                    scene.stillBlocked("b");
                    scene.call("w", "XADD s 3-3 c d");
                    scene.reply("b");
                }
            }
            scene.pipeline("w", "DEL s", "XADD s 1-1 a b", "XDEL s 1-1");
            scene.block("a", "XREAD BLOCK 0 STREAMS s 0");
            scene.block("b", "XREAD BLOCK 0 STREAMS s $");
            scene.call("w", "XSETID s 5-5");
            scene.stillBlocked("a");
            scene.stillBlocked("b");
            scene.call("w", "XADD s 6-6 a b");
            scene.reply("a");
            scene.reply("b");
            scene.prepare("a", "HELLO 3");
            scene.block("a", "XREAD BLOCK 0 STREAMS s $");
            scene.call("w", "XADD s MAXLEN 0 7-7 a b");
            scene.reply("a");
        });
        plays.put("an entry that is gone at once ends the waiting of a group's consumer", scene -> {
            scene.pipeline("w", "XGROUP CREATE s g $ MKSTREAM", "XGROUP CREATECONSUMER s g one");
            scene.block("a", "XREADGROUP GROUP g one BLOCK 0 STREAMS s >");
            scene.block("b", "XREADGROUP GROUP g two BLOCK 0 NOACK STREAMS s >");
            scene.call("w", "XADD s MAXLEN 0 2-2 a b");
            scene.reply("a");
            scene.reply("b");
            scene.pipeline("w", "XINFO GROUPS s", "XADD s 3-3 a b", "XREADGROUP GROUP g one STREAMS s >");
        });
        plays.put("a stream in the newer protocol", scene -> {
            scene.prepare("a", "HELLO 3");
            scene.block("a", "XREAD BLOCK 0 STREAMS s $");
            scene.call("w", "XADD s 1-1 a b");
            scene.reply("a");
            scene.call("a", "XREAD BLOCK 10 STREAMS s $");
        });
        plays.put("who reads a stream waits through other types", scene -> {
            scene.block("a", "XREAD BLOCK 0 STREAMS s 0");
            scene.pipeline("w", "SET s x", "DEL s", "XGROUP CREATE s g $ MKSTREAM");
            scene.stillBlocked("a");
            scene.call("w", "XADD s 1-1 a b");
            scene.reply("a");
        });
        plays.put("a group's entries go to one consumer each, in order of arrival", scene -> {
            scene.call("w", "XGROUP CREATE s g $ MKSTREAM");
            scene.block("a", "XREADGROUP GROUP g one BLOCK 0 COUNT 1 STREAMS s >");
            scene.block("b", "XREADGROUP GROUP g two BLOCK 0 NOACK STREAMS s >");
            scene.block("c", "XREADGROUP GROUP g three BLOCK 0 STREAMS s >");
            scene.call("w", "XADD s 1-1 a b");
            scene.reply("a");
            scene.stillBlocked("b");
            scene.pipeline("w", "MULTI", "XADD s 2-1 a b", "XADD s 3-1 a b", "EXEC", "XPENDING s g");
            scene.reply("b");
            scene.stillBlocked("c");
            scene.call("w", "XADD s 4-1 a b");
            scene.reply("c");
            scene.call("w", "XPENDING s g");
        });
        String[] ends = {
            "DEL s",
            "XGROUP DESTROY s g",
            "SET s x",
            "RENAME s t",
            "RENAME other s",
            "MOVE s 1",
            "FLUSHALL",
            "FLUSHDB",
            "SWAPDB 0 1",
            "PEXPIRE s -1",
            "COPY other s REPLACE"
        };
        for (String end : ends) {
            plays.put("a group is gone by " + end, scene -> {
                scene.pipeline("w", "SET other x", "XGROUP CREATE s g $ MKSTREAM", "XGROUP CREATE s2 g $ MKSTREAM");
                scene.block("a", "XREADGROUP GROUP g c BLOCK 0 STREAMS s >");
                scene.block("b", "XREADGROUP GROUP g c BLOCK 0 STREAMS s2 s > >");
                scene.call("w", end);
                scene.reply("a");
                scene.reply("b");
            });
        }
        plays.put("a group is gone and another there at once", scene -> {
            scene.call("w", "XGROUP CREATE s g $ MKSTREAM");
            scene.block("a", "XREADGROUP GROUP g c BLOCK 0 STREAMS s >");
            scene.pipeline("w", "MULTI", "DEL s", "XGROUP CREATE s g $ MKSTREAM", "EXEC");
            scene.stillBlocked("a");
            scene.pipeline("w", "MULTI", "DEL s", "XADD s 1-1 a b", "EXEC");
            scene.reply("a");
        });
        plays.put("a stream's time runs out, or may not begin", scene -> {
            scene.call("a", "XREAD BLOCK 10 STREAMS s $");
            scene.call("a", "XREAD BLOCK x STREAMS s $");
            scene.call("a", "XREAD BLOCK -1 STREAMS s $");
            scene.call("a", "XREAD BLOCK 1.5 STREAMS s $");
            scene.call("a", "XREADGROUP GROUP g c BLOCK 0 STREAMS s >");
            scene.pipeline("a", "SET str x", "XREAD BLOCK 0 STREAMS str $", "XGROUP CREATE s g $ MKSTREAM");
            scene.pipeline("a", "XREADGROUP GROUP g c BLOCK 10 STREAMS s >", "XINFO CONSUMERS s g");
            scene.pipeline(
                    "a", "MULTI", "XREAD BLOCK 0 STREAMS s $", "XREADGROUP GROUP g c BLOCK 0 STREAMS s >", "EXEC");
            scene.block("a", "XREAD BLOCK 0 STREAMS s $");
            scene.call("w", "CLIENT UNBLOCK <a> ERROR");
            scene.reply("a");
        });
        return plays;
    }

    @Test
    void goAsOnARealServerInMemory() throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (Peer peer = Peer.start();
                RunningServer server = RunningServer.inMemory()) {
            for (Map.Entry<String, Play> play : plays().entrySet()) {
                assertEquals(played(play, peer.port()), played(play, server.port()), play.getKey());
            }
        }
    }

    @Seeded(runs = 1, longRuns = 20)
    void goAsOnARealServerWhereTheDiskIsWaitedFor(long seed) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (Peer peer = Peer.start();
                RunningServer server = RunningServer.inMemory()) {
            server.reluctant(new Random(seed), 3);
            for (Map.Entry<String, Play> play : plays().entrySet()) {
                assertEquals(played(play, peer.port()), played(play, server.port()), play.getKey());
            }
            try (Wire wire = server.connect()) {
                assertFalse(wire.call("INFO", "stats").contains("commands_off_loop:0\r\n"), "nothing was restarted");
            }
        }
    }

    @Test
    void goAsOnARealServerOnDiskAndAreLoggedAlike() throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (Peer peer = Peer.start("--appendonly", "yes", "--appendfsync", "always");
                RunningServer server = RunningServer.start("--appendfsync", "always")) {
            for (Map.Entry<String, Play> play : plays().entrySet()) {
                long theirStart = peer.appended();
                int ourStart = Logged.bytes(server).length;
                assertEquals(played(play, peer.port()), played(play, server.port()), play.getKey());
                byte[] ours = Logged.bytes(server);
                assertEquals(
                        lines(peer.appendedSince(theirStart)),
                        lines(Arrays.copyOfRange(ours, ourStart, ours.length)),
                        play.getKey());
            }
        }
    }

    @Test
    void aReplicasClientsReadWhatItsPrimaryAdds() throws IOException {
        try (RunningServer primary = RunningServer.start();
                RunningServer replica = RunningServer.start();
                Wire writer = primary.connect();
                Scene scene = new Scene(replica.port())) {
            assertEquals("+OK\r\n", scene.director().call("REPLICAOF", "127.0.0.1", Integer.toString(primary.port())));
            String role = "";
            for (int tries = 0; tries < 6000 && !role.contains("master_link_status:up"); tries++) {
                role = scene.director().call("INFO", "replication");
            }
            scene.block("a", "XREAD BLOCK 0 STREAMS s $");
            assertEquals("$3\r\n1-1\r\n", writer.call("XADD", "s", "1-1", "a", "b"));
            scene.reply("a");
            assertTrue(scene.text().endsWith("a gets -> *1 *2 $1 s *1 *2 $3 1-1 *2 $1 a $1 b\n"), scene.text());
        }
    }

    @Test
    void aGroupIsGoneWhenTheTimeOfItsStreamHasCome() throws IOException {
        try (RunningServer server = RunningServer.inMemory();
                Scene scene = new Scene(server.port())) {
            scene.call("w", "XGROUP CREATE s g $ MKSTREAM");
            scene.block("a", "XREADGROUP GROUP g c BLOCK 0 STREAMS s >");
            scene.call("w", "PEXPIRE s 20");
            scene.reply("a"); // nobody asks for the key: expiry itself deletes it
            assertTrue(scene.text().endsWith("a gets -> -UNBLOCKED the stream key no longer exists\n"), scene.text());
        }
    }

    @Test
    void whoWaitsOnAPrimaryThatBecomesAReplicaIsToldAndLetGo() throws IOException {
        try (RunningServer server = RunningServer.inMemory();
                Scene scene = new Scene(server.port())) {
            scene.block("a", "BLPOP k 0");
            scene.block("b", "XREAD BLOCK 0 STREAMS s $");
            assertEquals("+OK\r\n", scene.director().call("REPLICAOF", "127.0.0.1", "1"));
            scene.replyAndEnd("a");
            scene.replyAndEnd("b");
            String told = "-UNBLOCKED force unblock from blocking operation, instance state changed"
                    + " (master -> replica?) (closed)";
            assertTrue(scene.text().endsWith("a gets -> " + told + "\nb gets -> " + told + "\n"), scene.text());
        }
    }

    private static String played(Map.Entry<String, Play> play, int port) throws IOException {
        try (Scene scene = new Scene(port)) {
            play.getValue().on(scene);
            return scene.text();
        }
    }

    /**
     * The commands in a stream as text, without those that select a database or frame a transaction, and the times of
     * deliveries. Where a group stands is logged by ours more often, so that its count of read entries is the same on replicas.
     */
    private static String lines(byte[] stream) {
        return Logged.lines(stream).stream()
                .filter(line -> !line.matches("(select|multi|exec)\\b.*|xgroup SETID.*"))
                .map(line -> line.replaceAll("TIME \\d+", "TIME now"))
                .collect(Collectors.joining("\n"));
    }
}
