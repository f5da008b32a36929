package io.cairn.server.differential;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

final class DifferentialIT {
    private static final int ROUNDS = 5;
    private static final int COMMANDS = 4000;

    @TempDir
    Path directory;

    @Seeded(runs = 1, longRuns = 20)
    void answersAsARealServerDoesToAllFamilies(long seed) throws IOException {
        compare(seed, Families.generators());
    }

    @Seeded(runs = 1, longRuns = 20)
    void answersAsARealServerDoesToStringCommands(long seed) throws IOException {
        compare(seed, List.of(new StringGenerator()));
    }

    @Seeded(runs = 1, longRuns = 20)
    void answersAsARealServerDoesToBitmapCommands(long seed) throws IOException {
        compare(seed, List.of(new BitmapGenerator()));
    }

    @Seeded(runs = 1, longRuns = 20)
    void answersAsARealServerDoesToHashAndSetCommands(long seed) throws IOException {
        compare(seed, List.of(new HashGenerator(), new SetGenerator()));
    }

    @Seeded(runs = 1, longRuns = 20)
    void answersAsARealServerDoesToListCommands(long seed) throws IOException {
        compare(seed, List.of(new ListGenerator()));
    }

    @Seeded(runs = 1, longRuns = 20)
    void answersAsARealServerDoesToSortedSetCommands(long seed) throws IOException {
        compare(seed, List.of(new SortedSetGenerator()));
    }

    @Seeded(runs = 1, longRuns = 20)
    void answersAsARealServerDoesToGeoCommands(long seed) throws IOException {
        compare(seed, List.of(new GeoGenerator()));
    }

    @Seeded(runs = 1, longRuns = 20)
    void answersAsARealServerDoesToHyperLogLogCommands(long seed) throws IOException {
        compare(seed, List.of(new HyperLogLogGenerator()));
    }

    @Seeded(runs = 1, longRuns = 20)
    void answersAsARealServerDoesToStreamCommands(long seed) throws IOException {
        compare(seed, List.of(new StreamGenerator()));
    }

    private void compare(long seed, List<CommandGenerator> generators) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
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
        Path log = Files.createDirectory(directory.resolve(name));
        return new Node(new MemoryRowStore(), log, System::currentTimeMillis, new Random(seed));
    }
}
