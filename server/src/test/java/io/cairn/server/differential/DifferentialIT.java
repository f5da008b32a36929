package io.cairn.server.differential;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.engine.rows.MemoryRowStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

final class DifferentialIT {
    private static final Logger LOG = LoggerFactory.getLogger(DifferentialIT.class);
    private static final int ROUNDS = 5;
    private static final int COMMANDS = 4000;

    @TempDir
    Path directory;

    @Test
    void answersAsARealServerDoesToAllFamilies() throws IOException {
        compare(Families.generators());
    }

    @Test
    void answersAsARealServerDoesToStringCommands() throws IOException {
        compare(List.of(new StringGenerator()));
    }

    @Test
    void answersAsARealServerDoesToHashAndSetCommands() throws IOException {
        compare(List.of(new HashGenerator(), new SetGenerator()));
    }

    @Test
    void answersAsARealServerDoesToListCommands() throws IOException {
        compare(List.of(new ListGenerator()));
    }

    @Test
    void answersAsARealServerDoesToSortedSetCommands() throws IOException {
        compare(List.of(new SortedSetGenerator()));
    }

    private void compare(List<CommandGenerator> generators) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        long seed = Differential.seed();
        LOG.info("event=differential seed={}", seed);
        try (Peer peer = Peer.start();
                Node node = node("primary", seed);
                Node replica = node("replica", seed)) {
            Differential differential = new Differential(node, peer, seed);
            for (int round = 0; round < ROUNDS; round++) {
                differential.run(COMMANDS, generators);
                differential.compareState();
            }
            replica.applyLogOf(node);
            differential.compareReplica(replica);
        }
    }

    private Node node(String name, long seed) throws IOException {
        Path log = java.nio.file.Files.createDirectory(directory.resolve(name));
        return new Node(new MemoryRowStore(), log, System::currentTimeMillis, new Random(seed));
    }
}
