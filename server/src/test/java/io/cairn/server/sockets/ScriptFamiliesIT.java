package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.CommandGenerator;
import io.cairn.server.differential.Differential;
import io.cairn.server.differential.Families;
import io.cairn.server.differential.Peer;
import io.cairn.server.differential.RespClient;
import io.cairn.server.differential.Scripted;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.util.List;
import java.util.Random;

/** Commands of all families do in scripts what they do there on a real server, and answer the same. */
final class ScriptFamiliesIT {
    private static final int COMMANDS = 4000;
    private static final int TRANSACTIONS = 100;

    @Seeded(runs = 1, longRuns = 20)
    void answerInScriptsAsOnARealServer(long seed) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (RunningServer server = RunningServer.start()) {
            compare(server, seed);
        }
    }

    @Seeded(runs = 1, longRuns = 20)
    void answerInScriptsWhereTheDiskIsWaitedFor(long seed) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (RunningServer server = RunningServer.inMemory()) {
            server.reluctant(new Random(seed), 4);
            compare(server, seed);
        }
    }

    private static void compare(RunningServer server, long seed) throws IOException {
        List<CommandGenerator> generators = Families.generators();
        try (Peer peer = Peer.start();
                RespClient client = new RespClient(server.port())) {
            client.call("CONFIG", "SET", "stream-node-max-entries", "1");
            Differential plain = new Differential(client, peer, seed);
            Differential scripted = new Differential(new Scripted(client, seed), new Scripted(peer, seed), seed);
            for (int protocol = 2; protocol <= 3; protocol++) {
                plain.speak(protocol);
                scripted.run(COMMANDS, generators);
                scripted.runTransactions(TRANSACTIONS, generators);
                plain.speak(2);
                plain.compareState();
            }
        }
    }
}
