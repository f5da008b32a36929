package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Differential;
import io.cairn.server.differential.Families;
import io.cairn.server.differential.Peer;
import io.cairn.server.differential.RespClient;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;

/** All families of data commands, alone and in transactions, through sockets, over both engines. */
final class FamiliesIT {
    private static final int ROUNDS = 4;
    private static final int COMMANDS = 2000;
    private static final int TRANSACTIONS = 300;

    @Seeded(runs = 1, longRuns = 10)
    void answersAsARealServerDoesFromMemory(long seed) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (RunningServer ours = RunningServer.inMemory("--stream-node-max-entries", "1")) {
            compare(seed, ours);
        }
    }

    @Seeded(runs = 1, longRuns = 10)
    void answersAsARealServerDoesFromDisk(long seed) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (RunningServer ours = RunningServer.start("--stream-node-max-entries", "1")) {
            compare(seed, ours);
        }
    }

    private static void compare(long seed, RunningServer ours) throws IOException {
        try (Peer peer = Peer.start();
                RespClient client = new RespClient(ours.port())) {
            Differential differential = new Differential(client, peer, seed);
            for (int round = 0; round < ROUNDS; round++) {
                differential.run(COMMANDS, Families.generators());
                differential.runTransactions(TRANSACTIONS, Families.generators());
                differential.compareState();
            }
        }
    }
}
