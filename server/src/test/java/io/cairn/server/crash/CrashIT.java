package io.cairn.server.crash;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.keyspace.Step;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server is killed at named steps and at any time, under load, again and again on the same directory: every write that
 * it acknowledged is there, transactions are whole, and the store is what its log comes to.
 */
class CrashIT {
    private static final Logger LOG = LoggerFactory.getLogger(CrashIT.class);
    private static final int WRITERS = 3;
    private static final int LIVES = 10;
    private static final List<Step> STEPS = List.of(
            Step.BEFORE_APPEND,
            Step.BEFORE_ROWS,
            Step.BEFORE_PUBLISH,
            Step.AFTER_PUBLISH,
            Step.BEFORE_FLUSH,
            Step.AFTER_FLUSH);

    @TempDir
    Path path;

    @Seeded(runs = 6, longRuns = 40)
    void serverOnDiskKeepsWhatItAcknowledged(long seed) throws Exception {
        lives(seed, false, "everysec");
    }

    @Seeded(runs = 2, longRuns = 20)
    void serverThatSyncsAlwaysKeepsWhatItAcknowledged(long seed) throws Exception {
        lives(seed, false, "always");
    }

    @Seeded(runs = 2, longRuns = 20)
    void serverInMemoryKeepsWhatItAcknowledged(long seed) throws Exception {
        lives(seed, true, "everysec");
    }

    private void lives(long seed, boolean memory, String appendfsync) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        Path data = path.resolve("data");
        Path log = path.resolve("log");
        List<String> directives = new ArrayList<>(Aftermath.DIRECTIVES);
        directives.addAll(List.of("--appendfsync", appendfsync, "--engine", memory ? "memory" : "rocksdb"));
        List<Writer> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            writers.add(new Writer(i, random.split()));
        }
        String id = "";
        long offset = 0;
        for (int life = 0; life < LIVES; life++) {
            @Nullable Step step = random.nextInt(3) == 0 ? null : STEPS.get(random.nextInt(STEPS.size()));
            long passage = step == null ? 0 : passage(random, step);
            long pauseMillis = random.nextInt(random.nextInt(4) == 0 ? 1500 : 400);
            try (ServerChild child = ServerChild.start(data, log, step, passage, directives)) {
                if (child.listened()) {
                    loadAndKill(child, writers, step == null ? pauseMillis : 1000);
                }
                int status = child.awaitEnd();
                assertTrue(status == CrashChild.HALTED || status == 137, "status " + status + "\n" + child.messages());
                Path copy = path.resolve("copy");
                Directories.copy(data, copy);
                Aftermath after = Aftermath.of(copy, memory);
                Directories.delete(copy);
                writers.forEach(writer -> writer.settle(after.values()));
                assertTrue(after.offset() >= offset, "offset went back");
                assertTrue(id.isEmpty() || id.equals(after.id()), "replication id changed, though the kernel went on");
                id = after.id();
                offset = after.offset();
            } catch (AssertionError | IOException | RuntimeException e) {
                throw new AssertionError("life " + life + " step " + step + " passage " + passage + ": " + e, e);
            }
        }
        LOG.info(
                "killed={} seed={} acknowledged={} offset={}",
                LIVES,
                seed,
                writers.stream().mapToLong(Writer::total).sum(),
                offset);
    }

    /** Steps of commits are passed thousands of times a second, those of flushes a few times. */
    private static long passage(SplittableRandom random, Step step) {
        return switch (step) {
            case BEFORE_FLUSH, AFTER_FLUSH -> 1 + random.nextInt(4);
            default -> 1 + random.nextInt(1 << random.nextInt(12));
        };
    }

    private static void loadAndKill(ServerChild child, List<Writer> writers, long killAfterMillis) throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (Writer writer : writers) {
            Thread thread = new Thread(() -> writer.write(child.port()), "writer");
            thread.start();
            threads.add(thread);
        }
        try {
            if (!child.endsWithin(killAfterMillis)) {
                child.kill();
            }
        } finally {
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }
}
