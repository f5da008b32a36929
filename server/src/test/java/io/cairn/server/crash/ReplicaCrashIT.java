package io.cairn.server.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.Engine;
import io.cairn.engine.keyspace.Step;
import io.cairn.snapshot.peer.RespClient;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/**
 * A replica is killed while it receives a snapshot, while it puts one in place, while it applies the stream, and while it
 * has logged what it has not applied. Each time it comes back with what it had or with all of what it received, never
 * with less, and catches up.
 */
class ReplicaCrashIT {
    private static final int OLD_KEYS = 50;
    private static final List<Step> STEPS = List.of(
            Step.STAGED,
            Step.BEFORE_CURRENT,
            Step.AFTER_CURRENT,
            Step.BEFORE_DELETE,
            Step.BEFORE_APPLY,
            Step.BEFORE_ROWS,
            Step.BEFORE_PUBLISH,
            Step.BEFORE_FLUSH,
            Step.AFTER_FLUSH);

    @TempDir
    Path path;

    @Seeded(runs = 2, longRuns = 20)
    void replicaComesBackWithWholeData(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        Path data = path.resolve("replica");
        try (ServerChild primary = start(path.resolve("primary"));
                RespClient writes = primary.connect()) {
            fill(data);
            Writer writer = new Writer(0, random.split());
            writer.write(writes, 300);
            try (RespClient other = primary.connect()) {
                other.succeed("SET", "xmark", "new"); // the writer's connection may have selected another database
            }
            boolean synced = false;
            for (int life = 0; life < 6; life++) {
                Step step = STEPS.get(life < 3 ? random.nextInt(STEPS.size()) : 4 + random.nextInt(STEPS.size() - 4));
                try (ServerChild replica = follow(data, primary, step, 1 + random.nextInt(3))) {
                    if (replica.listened()) {
                        synced |= requireWholeUnlessEnded(replica, synced);
                        for (int i = 0; i < 100 && replica.isAlive(); i++) {
                            writer.write(writes, 20);
                        }
                        replica.kill();
                    }
                    replica.awaitEnd();
                }
            }
            try (ServerChild replica = follow(data, primary, null, 0);
                    RespClient reads = replica.connect()) {
                requireWhole(replica, synced);
                writer.write(writes, 50);
                awaitSameOffset(writes, reads);
                replica.kill();
            }
            // Once more from the same offset: what is on disk is enough to continue.
            try (ServerChild replica = follow(data, primary, null, 0);
                    RespClient reads = replica.connect()) {
                long snapshots = snapshots(replica);
                expireNothingMore(writes);
                writer.write(writes, 50);
                awaitSameOffset(writes, reads);
                assertEquals(snapshots, snapshots(replica), "a killed replica continues without another snapshot");
                replica.terminate();
            }
            primary.terminate();
        }
        requireSameContents(data);
    }

    @Seeded(runs = 2, longRuns = 20)
    void replicaThatHasLoggedMoreThanItAppliedLosesNothing(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        Path data = path.resolve("replica");
        try (ServerChild primary = start(path.resolve("primary"));
                RespClient writes = primary.connect()) {
            Writer writer = new Writer(0, random.split());
            writer.write(writes, 100);
            try (ServerChild replica = stall(data, primary, 1 + random.nextInt(4));
                    RespClient reads = replica.connect()) {
                long applied = -1;
                for (int round = 0; applied < 0 || field(reads, "slave_repl_offset") > applied; round++) {
                    assertTrue(round < 200, "the applier does not stall");
                    applied = Math.max(0, field(reads, "slave_repl_offset"));
                    writer.write(writes, 100);
                    awaitOffset(writes, reads, "slave_read_repl_offset");
                }
                assertTrue(field(reads, "apply_lag_bytes") > 0, "the log is ahead");
                assertTrue(reads.text("INFO", "replication").contains("master_link_status:up"), "the link goes on");
                assertTrue(reads.call("DBSIZE") instanceof Long, "reads go on");
                replica.kill();
            }
            try (ServerChild replica = follow(data, primary, null, 0);
                    RespClient reads = replica.connect()) {
                long snapshots = snapshots(replica);
                expireNothingMore(writes);
                writer.write(writes, 50);
                awaitSameOffset(writes, reads);
                assertEquals(snapshots, snapshots(replica), "a killed replica continues without another snapshot");
                replica.terminate();
            }
            primary.terminate();
        }
        requireSameContents(data);
    }

    /** Keys that are due would be deleted on the primary after the replica's end. */
    private static void expireNothingMore(RespClient primary) throws IOException {
        primary.succeed("DEBUG", "SET-ACTIVE-EXPIRE", "0");
    }

    private void requireSameContents(Path replica) throws IOException {
        try (Engine ofPrimary = Aftermath.open(path.resolve("primary"), false);
                Engine ofReplica = Aftermath.open(replica, false)) {
            Contents wanted = contents(ofPrimary);
            Contents found = contents(ofReplica);
            assertEquals(List.of(), found.faults());
            assertEquals(wanted.values(), found.values());
            assertEquals(wanted.digest(), found.digest());
            assertEquals(ofPrimary.offset(), ofReplica.offset());
        }
    }

    private static Contents contents(Engine engine) throws IOException {
        return Contents.of(engine.keyspace().store(), engine.keyspace().state());
    }

    private ServerChild start(Path directory) throws IOException {
        return ServerChild.start(directory, path.resolve("log"), null, 0, directives());
    }

    private ServerChild follow(Path directory, ServerChild primary, @Nullable Step step, long passage)
            throws IOException {
        List<String> directives = directives();
        directives.addAll(List.of("--replicaof", "127.0.0.1", Integer.toString(primary.port())));
        return ServerChild.start(directory, path.resolve("log"), step, passage, directives);
    }

    /** A replica whose applier goes no further from some moment on. */
    private ServerChild stall(Path directory, ServerChild primary, long passage) throws IOException {
        List<String> directives = directives();
        directives.addAll(List.of("--replicaof", "127.0.0.1", Integer.toString(primary.port())));
        return ServerChild.stalling(directory, path.resolve("log"), Step.BEFORE_APPLY, passage, directives);
    }

    private static List<String> directives() {
        List<String> directives = new ArrayList<>(Aftermath.DIRECTIVES);
        directives.addAll(List.of("--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "3600"));
        return directives;
    }

    /** The data that the replica has of its own before it follows anybody. */
    private void fill(Path data) throws Exception {
        try (ServerChild server = start(data);
                RespClient client = server.connect()) {
            for (int i = 0; i < OLD_KEYS; i++) {
                client.succeed("SET", "old" + i, "old");
            }
            server.kill();
        }
    }

    /** Either all of the old data or the primary's, never less, and never the old again; whether the primary's. */
    private static boolean requireWhole(ServerChild replica, boolean synced) throws IOException {
        try (RespClient client = replica.connect()) {
            Object[] command = new Object[OLD_KEYS + 2];
            command[0] = "MGET"; // at once: a new keyspace may be put in place meanwhile
            command[OLD_KEYS + 1] = "xmark";
            for (int i = 0; i < OLD_KEYS; i++) {
                command[i + 1] = "old" + i;
            }
            List<Object> found = client.list(command);
            long old =
                    found.subList(0, OLD_KEYS).stream().filter(Objects::nonNull).count();
            boolean primarys = found.get(OLD_KEYS) != null;
            assertEquals(primarys ? 0 : OLD_KEYS, old, "keys of its own, the primary's data there: " + primarys);
            assertTrue(primarys || !synced, "the primary's data was there before");
            return primarys;
        }
    }

    /** It may come to its step before it has answered: then it has ended, and the next life tells. */
    private static boolean requireWholeUnlessEnded(ServerChild replica, boolean synced)
            throws IOException, InterruptedException {
        try {
            return requireWhole(replica, synced);
        } catch (IOException e) {
            if (replica.endsWithin(60_000)) {
                return synced;
            }
            throw e;
        }
    }

    private static void awaitSameOffset(RespClient primary, RespClient replica)
            throws IOException, InterruptedException {
        awaitOffset(primary, replica, "slave_repl_offset");
    }

    private static void awaitOffset(RespClient primary, RespClient replica, String name)
            throws IOException, InterruptedException {
        for (int i = 0; i < 1200; i++) {
            if (replica.text("INFO", "replication").contains("master_link_status:up")
                    && field(primary, "master_repl_offset") == field(replica, name)) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError("replica does not catch up:\n" + replica.text("INFO", "replication"));
    }

    /** Snapshots that replicas received so far: all of them write to the same file. */
    private static long snapshots(ServerChild replica) {
        return replica.messages()
                .lines()
                .filter(line -> line.contains(" full resynchronization primary="))
                .count();
    }

    private static long field(RespClient client, String name) throws IOException {
        Matcher matcher = Pattern.compile(name + ":(\\d+)").matcher(client.text("INFO"));
        assertTrue(matcher.find(), name);
        return Long.parseLong(matcher.group(1));
    }
}
