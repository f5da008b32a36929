package io.cairn.bench.large;

import io.cairn.bench.load.CollectionLoader;
import io.cairn.bench.load.Loader;
import io.cairn.bench.process.Scratch;
import io.cairn.bench.process.ServerProcess;
import io.cairn.bench.report.Progress;
import io.cairn.bench.report.Report;
import io.cairn.bench.report.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import redis.clients.jedis.Jedis;

/**
 * {@code cairn-bench large}: the time of single commands on one large collection, one client, one request at a time.
 *
 * <p><i>Confined to the main thread.</i>
 */
@Command(
        name = "large",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Asks a large sorted set for ranks, also after a restart and on a replica; deletes a large set.")
public final class LargeCommand implements Callable<Integer> {
    private static final int VALUE_BYTES = 100;
    private static final long WAIT_SECONDS = 120;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--members",
            defaultValue = "5000000",
            description = "Members of the sorted set. Default: ${DEFAULT-VALUE}")
    private long members;

    @Option(
            names = "--deleted",
            defaultValue = "10000000",
            description = "Members of the set that is deleted. Default: ${DEFAULT-VALUE}")
    private long deleted;

    @Option(names = "--requests", defaultValue = "2000", description = "Requests of a kind. Default: ${DEFAULT-VALUE}")
    private int requests;

    @Option(names = "--out", defaultValue = "bench-report.html", description = "The report. Default: ${DEFAULT-VALUE}")
    private Path out = Path.of("bench-report.html");

    private final Progress progress = Progress.standard();
    private final Random random = new Random(1);

    /** Runs the parts one after the other. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        Table ranks = new Table(
                "Microseconds a request, median (99th percentile)", "request", "primary", "restarted", "replica");
        Table deletion = new Table("A set is deleted", "what", "found");
        try (Scratch scratch = Scratch.create();
                ServerProcess primary = server("primary", scratch);
                ServerProcess replica = server("replica", scratch);
                ServerProcess other = server("other", scratch)) {
            if (members > 0) {
                primary.start();
                ask(primary, replica, ranks);
                primary.stop();
            }
            if (deleted > 0) {
                other.start();
                delete(other, deletion);
            }
        }
        new Report("Cairn: one large collection")
                .fact("requests", requests + " of a kind, one client, one at a time, at random")
                .fact("sorted set", String.format(Locale.ROOT, "%,d members, whole scores", members))
                .table(ranks)
                .table(deletion)
                .publish(out, spec.commandLine().getOut());
        return 0;
    }

    private static ServerProcess server(String name, Scratch scratch) throws IOException {
        return ServerProcess.cairn(
                name, Scratch.root(), scratch.directory(name), ServerProcess.freePort(), "--appendfsync", "everysec");
    }

    // ---- ranks

    private enum Request {
        ZSCORE,
        ZRANK,
        ZCOUNT,
        ZRANGE_BY_RANK,
        ZREMRANGEBYRANK
    }

    private void ask(ServerProcess primary, ServerProcess replica, Table table)
            throws IOException, InterruptedException {
        progress.status("loading a sorted set");
        try (CollectionLoader loader = new CollectionLoader(primary.client(), VALUE_BYTES)) {
            loader.scores("zset", members);
        }
        String[][] cells = new String[Request.values().length][];
        Arrays.setAll(cells, i -> new String[] {Request.values()[i].name(), "-", "-", "-"});
        askAll(primary, cells, 1, true);
        primary.kill();
        primary.start();
        askAll(primary, cells, 2, true);
        replica.start("--replicaof", "127.0.0.1 " + primary.port());
        progress.status("waiting for the replica");
        for (long i = 0; !"up".equals(replica.info("replication", "master_link_status")); i++) {
            if (i > WAIT_SECONDS * 10) {
                throw new IOException("the replica does not come up, see " + replica.log());
            }
            Thread.sleep(100);
        }
        askAll(replica, cells, 3, false);
        replica.stop();
        for (String[] row : cells) {
            table.row(row);
        }
    }

    private void askAll(ServerProcess server, String[][] cells, int column, boolean writes) {
        try (Jedis client = server.client()) {
            for (Request request : Request.values()) {
                if (!writes && request == Request.ZREMRANGEBYRANK) {
                    continue;
                }
                progress.status(server.name() + ": " + request);
                long size = client.zcard("zset");
                long[] nanos = new long[requests];
                for (int i = -requests / 2; i < requests; i++) { // the first ones warm up
                    long number = (long) (random.nextDouble() * (size - 100));
                    long started = System.nanoTime();
                    ask(client, request, number);
                    if (i >= 0) {
                        nanos[i] = System.nanoTime() - started;
                    }
                }
                cells[request.ordinal()][column] = spread(nanos);
            }
        }
    }

    private static void ask(Jedis client, Request request, long number) {
        switch (request) {
            case ZSCORE -> client.zscore("zset", Loader.name("member:", number));
            case ZRANK -> client.zrank("zset", Loader.name("member:", number));
            case ZCOUNT -> client.zcount("zset", (double) number, Double.POSITIVE_INFINITY);
            case ZRANGE_BY_RANK -> client.zrange("zset", number, number + 9);
            case ZREMRANGEBYRANK -> client.zremrangeByRank("zset", number, number);
        }
    }

    private static String spread(long[] nanos) {
        Arrays.sort(nanos);
        return String.format(
                Locale.ROOT, "%.0f (%.0f)", nanos[nanos.length / 2] / 1e3, nanos[nanos.length * 99 / 100] / 1e3);
    }

    // ---- deletion

    private void delete(ServerProcess server, Table table) throws IOException, InterruptedException {
        try (Jedis client = server.client()) {
            long before = rowBytes(server);
            progress.status("loading a set");
            try (CollectionLoader loader = new CollectionLoader(server.client(), VALUE_BYTES)) {
                loader.set("set", deleted, 1);
            }
            Thread.sleep(3000);
            long full = rowBytes(server);
            client.exists("set"); // the connection is warm
            progress.status("deleting it");
            long started = System.nanoTime();
            client.del("set");
            double millis = (System.nanoTime() - started) / 1e6;
            long freed = 0;
            long deadline = System.nanoTime() + WAIT_SECONDS * 1_000_000_000;
            while (freed < (full - before) * 9 / 10 && System.nanoTime() < deadline) {
                Thread.sleep(100);
                freed = full - rowBytes(server);
            }
            double seconds = (System.nanoTime() - started) / 1e9;
            table.row("members", String.format(Locale.ROOT, "%,d", deleted));
            table.row("DEL, round trip", String.format(Locale.ROOT, "%.2f ms", millis));
            table.row("rows on disk before it, and before the set", mib(full) + ", " + mib(before));
            table.row("of that come back", String.format(Locale.ROOT, "%s after %.1f s", mib(freed), seconds));
        }
    }

    private static String mib(long bytes) {
        return String.format(Locale.ROOT, "%,d MiB", bytes >> 20);
    }

    /** Bytes of all tables below the server's directory. */
    private static long rowBytes(ServerProcess server) throws IOException {
        try (Stream<Path> files = Files.walk(server.directory())) {
            return files.filter(file -> file.toString().endsWith(".sst"))
                    .mapToLong(LargeCommand::size)
                    .sum();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0; // compacted away meanwhile
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
