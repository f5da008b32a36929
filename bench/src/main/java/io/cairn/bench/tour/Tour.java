package io.cairn.bench.tour;

import io.cairn.bench.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;

/**
 * The tour: real data, real peers, and every kind of trouble that replication is made for, one printed step after another.
 *
 * <p>Nodes: {@code first} (Cairn), {@code redis} (redis-server), {@code second} (Cairn, replica of first), {@code third} (Cairn,
 * replica of second). Ends with status 0 only if every step held.
 *
 * <p><i>Confined to the main thread.</i>
 */
public final class Tour {
    private static final long SYNC_TIMEOUT_MILLIS = 180_000;

    private final Path root;
    private final Path work;
    private int step;
    private long stepStarted;

    private Tour(Path root, Path work) {
        this.root = root;
        this.work = work;
    }

    /** Runs the tour; {@code args[0]} is the checkout. Everything is kept in a temporary folder if it fails. */
    public static void main(String[] args) throws Exception {
        Path root = Path.of(args.length > 0 ? args[0] : ".").toAbsolutePath().normalize();
        Path work = Files.createTempDirectory("cairn-tour-");
        long started = System.nanoTime();
        try {
            new Tour(root, work).run();
        } catch (Exception e) {
            System.out.println();
            System.out.println("TOUR FAILED: " + e.getMessage());
            System.out.println("logs and data are in " + work);
            e.printStackTrace(System.out);
            System.exit(1);
        }
        delete(work);
        System.out.printf(
                Locale.ROOT,
                "%nThe tour is done, every step held (%d s).%n",
                (System.nanoTime() - started) / 1_000_000_000);
        System.exit(0);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private void step(String what) {
        step++;
        stepStarted = System.nanoTime();
        System.out.printf(Locale.ROOT, "%n%2d. %s%n", step, what);
    }

    private void say(String format, Object... values) {
        System.out.printf(
                Locale.ROOT,
                "    " + format + "  [%d ms]%n",
                append(values, (System.nanoTime() - stepStarted) / 1_000_000));
    }

    private static Object[] append(Object[] values, Object last) {
        Object[] all = java.util.Arrays.copyOf(values, values.length + 1);
        all[values.length] = last;
        return all;
    }

    private ServerProcess cairn(String name) throws IOException {
        return ServerProcess.cairn(name, root, work.resolve(name), ServerProcess.freePort());
    }

    /** Its backlog is in memory and 1 MB by default: less than the writer writes while a replica restarts. */
    private ServerProcess redis(String name) throws IOException {
        return ServerProcess.redis(
                name,
                work.resolve(name),
                ServerProcess.freePort(),
                "--save",
                "",
                "--repl-diskless-sync-delay",
                "0",
                "--repl-backlog-size",
                "64mb");
    }

    private void run() throws Exception {
        try (ServerProcess first = cairn("first");
                ServerProcess second = cairn("second");
                ServerProcess third = cairn("third");
                ServerProcess redis = redis("redis")) {
            load(first);
            try (BackgroundWriter writer = new BackgroundWriter(first)) {
                redisJoins(first, redis, writer);
                cairnsJoin(first, second, third, writer);
                replicasAreKilled(first, second, third, redis, writer);
                primaryIsKilled(first, second, third, redis, writer);
                primaryIsGivenUp(first, second, third, redis, writer);
            }
            cairnFollowsRedis(redis);
        }
    }

    // ---- the steps

    private void load(ServerProcess first) throws Exception {
        step("A primary, and the package index of this machine");
        say("Cairn started on port %d in %d ms", first.port(), first.start());
        int packages = 0;
        try (PackageLoader loader = new PackageLoader(first.client())) {
            for (Path file : PackageIndex.files()) {
                int read = PackageIndex.read(file, loader);
                packages += read;
                say("%d packages from %s", read, file.getFileName());
            }
        }
        if (packages < 1000) {
            throw new IOException("only " + packages + " packages: that is no index of a distribution");
        }
        try (Jedis jedis = first.client()) {
            say("%d packages are %d keys", packages, jedis.dbSize());
        }
    }

    private void redisJoins(ServerProcess first, ServerProcess redis, BackgroundWriter writer) throws Exception {
        step("A real redis-server joins as a replica, while writes go on");
        redis.start("--replicaof", "127.0.0.1 " + first.port());
        awaitOnline(redis);
        say("redis-server is online");
        requireEqual(first, redis, writer);
    }

    private void cairnsJoin(ServerProcess first, ServerProcess second, ServerProcess third, BackgroundWriter writer)
            throws Exception {
        step("A second Cairn joins by REPLICAOF, a third chains from the second");
        second.start();
        try (Jedis jedis = second.client()) {
            jedis.replicaof("127.0.0.1", first.port());
        }
        awaitOnline(second);
        say("second is online");
        third.start();
        try (Jedis jedis = third.client()) {
            jedis.replicaof("127.0.0.1", second.port());
        }
        awaitOnline(third);
        say("third is online");
        requireEqual(first, second, writer);
        requireEqual(first, third, writer);
    }

    private void replicasAreKilled(
            ServerProcess first,
            ServerProcess second,
            ServerProcess third,
            ServerProcess redis,
            BackgroundWriter writer)
            throws Exception {
        step("kill -9 of both Cairn replicas, and the link to the Redis replica is cut");
        long partialsBefore = partials(first);
        long fullBefore = fulls(first);
        second.kill();
        third.kill();
        try (Jedis jedis = first.client()) {
            jedis.clientKill(ClientKillParams.clientKillParams().type(ClientType.REPLICA));
        }
        Thread.sleep(1000);
        say("they were away while %d writes went on", writer.acknowledged());
        second.start("--replicaof", "127.0.0.1 " + first.port());
        third.start("--replicaof", "127.0.0.1 " + second.port());
        awaitOnline(second);
        awaitOnline(third);
        awaitOnline(redis);
        requirePartial("second and redis-server", first, partialsBefore, fullBefore, 2);
        requireLinkPartial(second);
        requireLinkPartial(third);
        requireEqual(first, second, writer);
        requireEqual(first, third, writer);
        requireEqual(first, redis, writer);
    }

    private void primaryIsKilled(
            ServerProcess first,
            ServerProcess second,
            ServerProcess third,
            ServerProcess redis,
            BackgroundWriter writer)
            throws Exception {
        step("kill -9 of the primary, under load");
        String idBefore = field(first, "master_replid");
        first.kill();
        long acknowledged = writer.acknowledged();
        long millis = first.start();
        try (Jedis jedis = first.client()) {
            long journal = jedis.llen("journal");
            say("it serves again after %d ms with %d keys", millis, jedis.dbSize());
            if (journal < acknowledged) {
                throw new IOException(
                        "acknowledged writes are lost: " + acknowledged + " were, " + journal + " are there");
            }
            say("all %d acknowledged writes are there", acknowledged);
        }
        if (!idBefore.equals(field(first, "master_replid"))) {
            throw new IOException("a killed process lost nothing, yet the replication id changed");
        }
        awaitOnline(second);
        awaitOnline(redis);
        awaitOnline(third);
        requirePartial("second and redis-server", first, 0, 0, 2);
        requireEqual(first, second, writer);
        requireEqual(first, third, writer);
        requireEqual(first, redis, writer);
    }

    private void primaryIsGivenUp(
            ServerProcess first,
            ServerProcess second,
            ServerProcess third,
            ServerProcess redis,
            BackgroundWriter writer)
            throws Exception {
        step("The primary is given up: second is promoted, the others follow it under its second id");
        String oldId = field(first, "master_replid");
        writer.pause();
        try {
            awaitOffsets(first, second);
            awaitOffsets(first, redis);
            first.kill();
            try (Jedis jedis = second.client()) {
                jedis.replicaofNoOne();
            }
            writer.follow(second);
        } finally {
            writer.resume();
        }
        try (Jedis jedis = redis.client()) {
            jedis.replicaof("127.0.0.1", second.port());
        }
        first.start("--replicaof", "127.0.0.1 " + second.port());
        awaitOnline(redis);
        awaitOnline(third);
        awaitOnline(first);
        if (!oldId.equals(field(second, "master_replid2"))) {
            throw new IOException("the second id of the promoted node is not the id of the old primary");
        }
        long previous = Long.parseLong(field(second, "psync_previous_id"));
        say("%d replicas continued through the second id, %d full resynchronizations", previous, fulls(second));
        if (previous < 3 || fulls(second) > 0) {
            throw new IOException("not everybody continued through the second id");
        }
        requireEqual(second, redis, writer);
        requireEqual(second, third, writer);
        requireEqual(second, first, writer);
    }

    private void cairnFollowsRedis(ServerProcess redis) throws Exception {
        step("The other way round: a fresh Cairn replicates from the real redis-server");
        try (Jedis jedis = redis.client()) {
            jedis.replicaofNoOne();
            jedis.set("written-on", "redis");
        }
        try (ServerProcess fresh = cairn("fresh");
                BackgroundWriter writer = new BackgroundWriter(redis)) {
            fresh.start("--replicaof", "127.0.0.1 " + redis.port());
            awaitOnline(fresh);
            requireEqual(redis, fresh, writer);
            fresh.kill();
            fresh.start("--replicaof", "127.0.0.1 " + redis.port());
            awaitOnline(fresh);
            requireLinkPartial(fresh);
            requireEqual(redis, fresh, writer);
        }
    }

    // ---- what is required

    private static String field(ServerProcess server, String name) throws IOException {
        String value = server.info("replication", name);
        if (value == null) {
            throw new IOException(server.name() + " tells no " + name);
        }
        return value;
    }

    private static long partials(ServerProcess cairn) throws IOException {
        return Long.parseLong(field(cairn, "psync_same_id")) + Long.parseLong(field(cairn, "psync_previous_id"));
    }

    private static long fulls(ServerProcess cairn) throws IOException {
        long sum = 0;
        for (String reason : List.of("requested", "unknown_id", "beyond_previous", "too_old", "ahead")) {
            sum += Long.parseLong(field(cairn, "psync_" + reason));
        }
        return sum;
    }

    private void requirePartial(String who, ServerProcess primary, long partialsBefore, long fullsBefore, int least)
            throws IOException {
        long partials = partials(primary) - partialsBefore;
        long fulls = fulls(primary) - fullsBefore;
        say("%s: %d partial, %d full resynchronizations", who, partials, fulls);
        if (partials < least || fulls > 0) {
            throw new IOException(who + " should have resumed by " + least + " partial resynchronizations");
        }
    }

    private void requireLinkPartial(ServerProcess replica) throws IOException {
        String partial = field(replica, "link_partial_resyncs");
        String full = field(replica, "link_full_resyncs");
        say("%s: its link counts %s partial, %s full", replica.name(), partial, full);
        if (Long.parseLong(partial) < 1 || !full.equals("0")) {
            throw new IOException(replica.name() + " did not resume by partial resynchronization");
        }
    }

    private static void awaitOnline(ServerProcess replica) throws IOException, InterruptedException {
        long deadline = System.currentTimeMillis() + SYNC_TIMEOUT_MILLIS;
        while (!Objects.equals(replica.info("replication", "master_link_status"), "up")) {
            if (System.currentTimeMillis() > deadline) {
                throw new IOException(
                        replica.name() + " is not online after " + SYNC_TIMEOUT_MILLIS + " ms, see " + replica.log());
            }
            Thread.sleep(50);
        }
    }

    private static void awaitOffsets(ServerProcess primary, ServerProcess replica)
            throws IOException, InterruptedException {
        long deadline = System.currentTimeMillis() + SYNC_TIMEOUT_MILLIS;
        while (!field(primary, "master_repl_offset").equals(field(replica, "slave_repl_offset"))) {
            if (System.currentTimeMillis() > deadline) {
                throw new IOException(replica.name() + " stays behind " + primary.name() + ": "
                        + field(replica, "slave_repl_offset") + " of " + field(primary, "master_repl_offset"));
            }
            Thread.sleep(20);
        }
    }

    /** Compares every key, type, value and expiry, while no write is under way. */
    private void requireEqual(ServerProcess primary, ServerProcess replica, BackgroundWriter writer)
            throws IOException, InterruptedException {
        writer.pause();
        try (Jedis ofPrimary = primary.client();
                Jedis ofReplica = replica.client()) {
            awaitOffsets(primary, replica);
            long keys = Contents.requireEqual(primary.name(), ofPrimary, replica.name(), ofReplica);
            say("%s equals %s: %d keys, types, values and expiries", replica.name(), primary.name(), keys);
        } finally {
            writer.resume();
        }
    }
}
