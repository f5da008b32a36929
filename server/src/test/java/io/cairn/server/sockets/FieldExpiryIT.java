package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Answers;
import io.cairn.server.differential.Draw;
import io.cairn.server.differential.Peer;
import io.cairn.server.differential.RespClient;
import io.cairn.server.differential.Subject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Hashes of which fields expire, on whole servers: deleted when due, and carried to wherever data goes. */
final class FieldExpiryIT {
    private static final long FAR_MILLIS = 4_000_000_000_000L;
    private static final int LARGE = 1500;

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Condition condition, Subject... subjects) throws IOException, InterruptedException {
        for (int i = 0; i < 1200; i++) {
            if (condition.holds()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        StringBuilder seen = new StringBuilder("never came about:");
        for (Subject subject : subjects) {
            seen.append('\n').append(subject.call("INFO", "replication"));
        }
        throw new AssertionError(seen.toString());
    }

    private static void call(Subject subject, List<String> words) {
        Object answer = subject.call(words.toArray(new String[0]));
        assertFalse(answer.toString().startsWith("-"), () -> words.get(0) + " -> " + answer);
    }

    /** A packed hash and a large one, every third field of which expires. */
    private static void fill(Subject primary) {
        call(primary, List.of("HSET", "small", "f0", "v", "f1", "v", "f2", "v"));
        call(primary, List.of("HPEXPIREAT", "small", Long.toString(FAR_MILLIS), "FIELDS", "1", "f0"));
        List<String> set = new ArrayList<>(List.of("HSET", "large"));
        for (int i = 0; i < LARGE; i++) {
            set.addAll(List.of("f" + i, "value " + i));
        }
        call(primary, set);
        for (int i = 0; i < LARGE; i += 3) {
            call(primary, List.of("HPEXPIREAT", "large", Long.toString(FAR_MILLIS + i), "FIELDS", "1", "f" + i));
        }
    }

    private static List<Object> state(Subject subject) {
        List<Object> state = new ArrayList<>();
        for (String key : List.of("small", "large")) {
            state.add(subject.call("OBJECT", "ENCODING", key));
            state.add(Answers.sortedPairs(subject.call("HGETALL", key)));
            for (int i = 0; i < (key.equals("small") ? 3 : LARGE); i++) {
                state.add(subject.call("HPEXPIRETIME", key, "FIELDS", "1", "f" + i));
            }
        }
        return state;
    }

    private static void follow(Subject replica, int port) {
        assertEquals("+OK", replica.call("REPLICAOF", "127.0.0.1", Integer.toString(port)));
    }

    private static boolean isUp(Subject replica) {
        return replica.call("INFO", "replication").toString().contains("master_link_status:up");
    }

    @Test
    void timesGoWithTheDataToReplicasAndIntoFiles() throws Exception {
        try (RunningServer one = RunningServer.start("--engine", "memory");
                RunningServer other = RunningServer.start();
                RespClient primary = new RespClient(one.port());
                RespClient replica = new RespClient(other.port())) {
            fill(primary);
            List<Object> expected = state(primary);
            assertTrue(expected.contains(List.of(FAR_MILLIS)), "times are kept");
            follow(replica, one.port());
            await(() -> isUp(replica), primary, replica);
            assertEquals(expected, state(replica));

            call(primary, List.of("HPERSIST", "small", "FIELDS", "1", "f0"));
            call(primary, List.of("HPEXPIRE", "small", "1000000000", "FIELDS", "1", "f1"));
            List<Object> changed = state(primary);
            await(() -> state(replica).equals(changed), primary, replica);

            assertEquals("+OK", replica.call("REPLICAOF", "NO", "ONE"));
            for (String key : List.of("small", "large")) {
                byte[] payload = Draw.bytes(((String) replica.call("DUMP", key)).substring(1));
                call(replica, List.of("DEL", key));
                Object restored = replica.call(Draw.bytes("RESTORE"), Draw.bytes(key), Draw.bytes("0"), payload);
                assertEquals("+OK", restored);
            }
            assertEquals(changed, state(replica));
            call(replica, List.of("SAVE"));
            try (RunningServer third = RunningServer.start(
                            "--load-rdb", other.directory().resolve("dump.rdb").toString());
                    RespClient loaded = new RespClient(third.port())) {
                assertEquals(changed, state(loaded));
            }
        }
    }

    @Test
    void aRealServerGetsPlainHashesAndTheDeletions() throws Exception {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (Peer peer = Peer.start();
                RunningServer server = RunningServer.start();
                RespClient primary = new RespClient(server.port())) {
            fill(primary);
            follow(peer, server.port());
            await(() -> isUp(peer), primary, peer);
            assertEquals(
                    Answers.sortedPairs(primary.call("HGETALL", "large")),
                    Answers.sortedPairs(peer.call("HGETALL", "large")));
            call(primary, List.of("HPEXPIRE", "large", "1", "FIELDS", "2", "f0", "f7"));
            call(primary, List.of("HPEXPIRE", "small", "1", "FIELDS", "3", "f0", "f1", "f2"));
            await(() -> primary.call("EXISTS", "small").equals(0L), primary);
            await(() -> peer.call("EXISTS", "small").equals(0L), primary, peer);
            await(() -> peer.call("HLEN", "large").equals(LARGE - 2L), primary, peer);
            assertEquals(
                    Answers.sortedPairs(primary.call("HGETALL", "large")),
                    Answers.sortedPairs(peer.call("HGETALL", "large")));
            call(primary, List.of("SET", "behind", "1"));
            await(() -> peer.call("GET", "behind").equals("$1"), primary, peer);
        }
    }

    @Test
    void manyFieldsThatAreDueAtOnceGoEverywhere() throws Exception {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        int many = 9000;
        int more = 50;
        try (Peer peer = Peer.start();
                RunningServer server = RunningServer.start();
                RespClient primary = new RespClient(server.port())) {
            follow(peer, server.port());
            await(() -> isUp(peer), primary, peer);
            call(primary, List.of("DEBUG", "SET-ACTIVE-EXPIRE", "0"));
            for (String key : List.of("all", "most", "later")) {
                List<String> set = new ArrayList<>(List.of("HSET", key));
                List<String> expire = new ArrayList<>(List.of("HPEXPIRE", key, "1", "FIELDS", Integer.toString(many)));
                for (int i = 0; i < many + (key.equals("most") ? more : 0); i++) {
                    set.addAll(List.of("f" + i, "value " + i));
                    if (i < many) {
                        expire.add("f" + i);
                    }
                }
                call(primary, set);
                call(primary, expire);
            }
            call(primary, List.of("HSET", "later", "still", "there"));
            call(primary, List.of("HPEXPIREAT", "later", Long.toString(FAR_MILLIS), "FIELDS", "1", "still"));
            await(() -> scanned(primary, "all").isEmpty(), primary);
            assertEquals(more, scanned(primary, "most").size());
            assertEquals(List.of("still"), scanned(primary, "later"));
            call(primary, List.of("DEBUG", "SET-ACTIVE-EXPIRE", "1"));
            await(() -> peer.call("EXISTS", "all").equals(0L), primary, peer);
            await(() -> peer.call("HLEN", "most").equals((long) more), primary, peer);
            await(() -> peer.call("HLEN", "later").equals(1L), primary, peer);
            assertEquals(
                    Answers.sortedPairs(primary.call("HGETALL", "most")),
                    Answers.sortedPairs(peer.call("HGETALL", "most")));
            assertEquals(List.of(FAR_MILLIS), primary.call("HPEXPIRETIME", "later", "FIELDS", "1", "still"));
            String stats = primary.call("INFO", "stats").toString();
            assertTrue(stats.contains("expired_subkeys:" + 3 * many + "\r\n"), stats);
        }
    }

    /** The fields that a whole iteration shows. */
    private static List<String> scanned(Subject subject, String key) {
        List<String> fields = new ArrayList<>();
        String cursor = "0";
        do {
            List<?> page = (List<?>) subject.call("HSCAN", key, cursor, "COUNT", "1000");
            cursor = page.get(0).toString().substring(1);
            List<?> pairs = (List<?>) page.get(1);
            for (int i = 0; i < pairs.size(); i += 2) {
                fields.add(pairs.get(i).toString().substring(1));
            }
        } while (!cursor.equals("0"));
        return fields;
    }
}
