package io.cairn.server.crash;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.CommandGenerator;
import io.cairn.server.differential.Differential;
import io.cairn.server.differential.Families;
import io.cairn.server.differential.Peer;
import io.cairn.server.differential.RespClient;
import io.cairn.server.differential.Scripted;
import io.cairn.server.differential.Subject;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same commands, of all families, give the same data in five places: here, in a real server, on a replica of ours, on a
 * real replica of ours, and here after a kill and recovery.
 */
final class EqualitiesIT {
    private static final int ROUNDS = 3;
    private static final int COMMANDS = 2000;
    private static final int TRANSACTIONS = 100;
    private static final List<String> SMALL = List.of(
            "--hash-max-listpack-entries",
            "6",
            "--set-max-intset-entries",
            "8",
            "--zset-max-listpack-entries",
            "6",
            "--list-max-listpack-size",
            "5");

    @TempDir
    Path path;

    @Seeded(runs = 1, longRuns = 10)
    void dataIsTheSameEverywhere(long seed) throws Exception {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        equal(seed, List.of());
    }

    @Seeded(runs = 1, longRuns = 10)
    void dataIsTheSameEverywhereInRows(long seed) throws Exception {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        equal(seed, SMALL);
    }

    private void equal(long seed, List<String> thresholds) throws Exception {
        Random random = new Random(seed);
        List<String> directives = new ArrayList<>(thresholds);
        directives.addAll(List.of("--stream-node-max-entries", "1"));
        directives.addAll(List.of("--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "3600"));
        ServerChild primary = start("primary", directives);
        try (Peer peer = Peer.start(thresholds.toArray(String[]::new));
                Peer real = Peer.start(thresholds.toArray(String[]::new));
                ServerChild replica = start("replica", directives);
                RespClient replicated = new RespClient(replica.port())) {
            follow(primary, real, replicated);
            for (int round = 0; round < ROUNDS; round++) {
                try (RespClient client = new RespClient(primary.port())) {
                    Differential differential = new Differential(client, peer, random.nextLong());
                    sameAsARealServer(differential, round % 2 == 0 ? 2 : 3);
                    long scripts = random.nextLong();
                    new Differential(new Scripted(client, scripts), new Scripted(peer, scripts), scripts)
                            .run(COMMANDS, Families.generators());
                    differential.compareState();
                    differential.runAlone(COMMANDS, Families.generators());
                    sameOnReplicas(differential, client, real, replicated);
                }
                primary.kill();
                primary = start("primary", directives);
                follow(primary, real, replicated);
                try (RespClient client = new RespClient(primary.port())) {
                    sameOnReplicas(new Differential(client, peer, seed), client, real, replicated);
                }
            }
        } finally {
            primary.close();
        }
    }

    private static void sameAsARealServer(Differential differential, int protocol) {
        List<CommandGenerator> generators = Families.generators();
        differential.step("FLUSHALL");
        differential.speak(protocol);
        differential.run(COMMANDS, generators);
        differential.runTransactions(TRANSACTIONS, generators);
        differential.speak(2);
        differential.compareState();
    }

    private static void sameOnReplicas(Differential differential, Subject primary, Subject... replicas)
            throws InterruptedException {
        for (Subject replica : replicas) {
            awaitSameOffset(primary, replica);
            differential.compareReplica(replica);
        }
    }

    private static void follow(ServerChild primary, Subject... replicas) {
        for (Subject replica : replicas) {
            replica.call("REPLICAOF", "127.0.0.1", Integer.toString(primary.port()));
        }
    }

    private static void awaitSameOffset(Subject primary, Subject replica) throws InterruptedException {
        String wanted = field(primary, "master_repl_offset");
        for (int i = 0; i < 1200; i++) {
            if (field(replica, "master_link_status").equals("up")
                    && field(replica, "slave_repl_offset").equals(wanted)) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(50);
            wanted = field(primary, "master_repl_offset"); // keys may expire meanwhile
        }
        throw new AssertionError("a replica does not catch up: " + replica.call("INFO", "replication"));
    }

    private static String field(Subject subject, String name) {
        Matcher matcher = Pattern.compile(name + ":(\\S+)")
                .matcher(subject.call("INFO", "replication").toString());
        assertTrue(matcher.find(), name);
        return matcher.group(1);
    }

    private ServerChild start(String name, List<String> directives) throws IOException {
        return ServerChild.start(path.resolve(name), path.resolve(name + ".log"), null, 0, directives);
    }
}
