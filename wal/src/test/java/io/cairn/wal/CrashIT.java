package io.cairn.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.wal.simulation.Seeded;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;

/** A process is killed while it appends, rolls, syncs and trims; the next one finds all that it had acknowledged. */
class CrashIT {
    @TempDir
    Path path;

    @Seeded(runs = 2, longRuns = 100)
    void killedProcessLosesNothingThatItAcknowledged(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        long acknowledged = 0;
        for (int life = 0; life < 3; life++) {
            acknowledged = Math.max(acknowledged, liveAndDie(random.nextLong(), 1 + random.nextInt(4000)));
            try (Wal wal = Wal.open(FsDirectory.open(path), WalOptions.defaults(), () -> 0, 0, () -> Logs.NEXT_ID)) {
                assertTrue(wal.end() >= acknowledged, "end " + wal.end() + " acknowledged " + acknowledged);
                assertFalse(wal.recovery().closedCleanly());
                assertEquals(LogIdentity.of(Logs.ID), wal.identity());
                wal.replay(wal.start(), (start, bytes, db, millis) -> {
                    for (int i = 0; i < bytes.limit() - bytes.position(); i++) {
                        if (bytes.get(bytes.position() + i) != CrashChild.byteAt(start + i)) {
                            throw new AssertionError("byte after " + (start + i) + " differs");
                        }
                    }
                });
            }
        }
    }

    /** Starts the process, kills it after so many appends, and returns the last position it acknowledged. */
    private long liveAndDie(long seed, int appends) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashChild.class.getName(),
                        path.toString(),
                        Long.toString(seed))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long last = 0;
        try (DataInputStream ends = new DataInputStream(child.getInputStream())) {
            for (int i = 0; i < appends; i++) {
                last = ends.readLong();
            }
            child.toHandle().destroyForcibly(); // unlike the method of Process it leaves the pipe open
            while (true) {
                last = ends.readLong();
            }
        } catch (EOFException e) {
            return last;
        } finally {
            child.destroyForcibly();
            child.waitFor();
        }
    }
}
