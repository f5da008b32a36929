package io.cairn.replication.simulation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four nodes, writes, cuts, restarts, crashes, promotions, chains, and appliers that come behind at their own pace. After
 * each step: nodes of one history hold the same bytes under the same positions, nobody has applied more than is logged,
 * and a primary all of it. At the end, when peace returns: everybody holds the same keys.
 */
class ReplicationSimulationTest {
    private static final int NODES = 4;
    private static final int FIRST_PORT = 9000;
    private static final int STEPS = 60;

    private final List<SimulatedNode> nodes = new ArrayList<>();

    @TempDir
    private Path directory;

    @AfterEach
    void stop() throws IOException, InterruptedException {
        for (SimulatedNode node : nodes) {
            if (node.isUp()) {
                node.stop();
            }
        }
    }

    @Seeded(runs = 6, longRuns = 500)
    void nodesOfOneHistoryHoldTheSameBytes(long seed) throws IOException, InterruptedException {
        Random random = new Random(seed);
        World world = new World(random);
        for (int i = 0; i < NODES; i++) {
            nodes.add(new SimulatedNode(world, FIRST_PORT + i, directory.resolve("node-" + i), i % 2 == 1));
        }
        SimulatedNode primary = nodes.get(0);
        for (int i = 1; i < NODES; i++) {
            nodes.get(i).follow(FIRST_PORT + random.nextInt(i));
        }
        for (int step = 0; step < STEPS; step++) {
            primary = step(world, random, primary);
            world.run(random.nextInt(400));
            requireSameBytes();
            requireOrder();
        }
        heal(world, primary);
        requireSameBytes();
        for (SimulatedNode node : nodes) {
            assertTrue(node.isCaughtUpWith(primary), "node " + node.port() + " follows " + primary.port());
            assertEquals(List.of(), primary.differences(node), "keys of node " + node.port());
        }
    }

    private SimulatedNode step(World world, Random random, SimulatedNode primary)
            throws IOException, InterruptedException {
        switch (random.nextInt(12)) {
            case 0, 1 -> world.cutOne();
            case 2 -> restart(world, random.nextInt(NODES), random);
            case 10, 11 -> {
                return withLag(world, random, primary);
            }
            case 3 -> {
                SimulatedNode next = nodes.get(random.nextInt(NODES));
                if (next.isUp() && random.nextBoolean()) {
                    return handOver(primary, next);
                }
            }
            case 4 -> {
                SimulatedNode node = nodes.get(random.nextInt(NODES));
                SimulatedNode other = nodes.get(random.nextInt(NODES));
                if (node != primary && node != other && node.isUp()) {
                    node.follow(other.port());
                }
            }
            default -> write(random, primary);
        }
        return primary;
    }

    /** A replica has logged what it has not applied when its link is cut, it dies, is promoted or gets another primary. */
    private SimulatedNode withLag(World world, Random random, SimulatedNode primary)
            throws IOException, InterruptedException {
        SimulatedNode node = nodes.get(random.nextInt(NODES));
        if (node == primary || !node.isUp() || !primary.isUp()) {
            return primary;
        }
        node.stall(true);
        write(random, primary);
        world.run(random.nextInt(600));
        SimulatedNode next = primary;
        switch (random.nextInt(4)) {
            case 0 -> world.cutAllOf(node);
            case 1 -> {
                if (!node.isInMemory()) {
                    node.crash();
                    world.run(random.nextInt(300));
                    node.start();
                }
            }
            case 2 -> next = handOver(primary, node);
            default -> {
                SimulatedNode other = nodes.get(random.nextInt(NODES));
                if (other != node) {
                    node.follow(other.port());
                }
            }
        }
        requireOrder();
        world.run(random.nextInt(300));
        node.stall(false);
        return next;
    }

    private void requireOrder() {
        for (SimulatedNode node : nodes) {
            if (node.isUp()) {
                long applied = node.engine().applied();
                long logged = node.engine().offset();
                assertTrue(applied <= logged, "node " + node.port() + " has applied " + applied + " of " + logged);
                assertTrue(
                        !node.isPrimary() || applied == logged,
                        "primary " + node.port() + " has applied " + applied + " of " + logged);
                assertNull(node.engine().applier().stopped(), "node " + node.port());
            }
        }
    }

    private static void write(Random random, SimulatedNode primary) {
        for (int i = random.nextInt(50); i >= 0 && primary.isUp(); i--) {
            String key = "key" + random.nextInt(100);
            if (random.nextInt(5) == 0) {
                primary.write("DEL", key);
            } else {
                primary.write("SET", key, "v".repeat(random.nextInt(200)) + random.nextInt());
            }
        }
        if (random.nextInt(30) == 0 && primary.isUp()) {
            primary.write("FLUSHALL");
        }
    }

    private void restart(World world, int index, Random random) throws IOException, InterruptedException {
        SimulatedNode node = nodes.get(index);
        if (node.isInMemory()) {
            return; // what it holds would be gone: a server saves a dump file for that
        }
        if (node.isUp()) {
            if (random.nextBoolean()) {
                node.crash();
            } else {
                node.stop();
            }
            world.run(random.nextInt(1000));
        }
        if (!node.isUp()) {
            node.start();
        }
    }

    /** The old primary follows the new one, with what it has: it may be ahead of it. */
    private SimulatedNode handOver(SimulatedNode primary, SimulatedNode next) {
        if (next == primary) {
            return primary;
        }
        next.promote();
        primary.follow(next.port());
        return next;
    }

    private void heal(World world, SimulatedNode primary) throws IOException, InterruptedException {
        for (SimulatedNode node : nodes) {
            node.stall(false);
            if (!node.isUp()) {
                node.start();
            }
        }
        if (!primary.isPrimary()) {
            primary.promote();
        }
        for (SimulatedNode node : nodes) {
            if (node != primary) {
                node.follow(primary.port());
            }
        }
        world.run(60_000);
        // A primary goes on saying that it lives, so there are moments at which somebody is a word behind.
        SimulatedNode followed = primary;
        for (int i = 0; i < 1_000 && !nodes.stream().allMatch(node -> node.isCaughtUpWith(followed)); i++) {
            world.run(10);
        }
    }

    private void requireSameBytes() throws IOException {
        for (SimulatedNode one : nodes) {
            for (SimulatedNode other : nodes) {
                if (one.port() < other.port() && one.isUp() && other.isUp() && sameHistory(one, other)) {
                    long from = Math.max(one.wal().start(), other.wal().start());
                    long to = Math.min(one.wal().end(), other.wal().end());
                    if (from < to) {
                        assertArrayEquals(
                                one.logBytes(from, to),
                                other.logBytes(from, to),
                                "bytes " + from + " to " + to + " of " + one.port() + " and " + other.port());
                    }
                }
            }
        }
    }

    private static boolean sameHistory(SimulatedNode one, SimulatedNode other) {
        return one.engine().identity().id().equals(other.engine().identity().id());
    }
}
