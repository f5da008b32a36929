package io.cairn.bench.recovery;

import static io.cairn.bench.recovery.Link.secondsSince;
import static io.cairn.bench.recovery.Link.text;

import io.cairn.bench.load.Loader;
import io.cairn.bench.process.Scratch;
import io.cairn.bench.process.ServerProcess;
import io.cairn.bench.recovery.Kind.Pair;
import io.cairn.bench.report.Chart;
import io.cairn.bench.report.Progress;
import io.cairn.bench.report.Report;
import io.cairn.bench.report.Spread;
import io.cairn.bench.report.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import redis.clients.jedis.Jedis;

/**
 * {@code cairn-bench partial}: how fast a replica that was away catches up, and what replicas that do not read cost the
 * primary.
 *
 * <p><i>Confined to the main thread.</i>
 */
@Command(
        name = "partial",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Times partial resynchronizations, and weighs the primary while its replicas are stopped.")
public final class PartialSyncCommand implements Callable<Integer> {
    private static final String AWAY = "away:";
    /** A heap that grows as the collector likes, and a cache that fills, would hide what replicas cost. */
    private static final String WHOLE_HEAP = "-Xms1g -Xmx1g -XX:+AlwaysPreTouch";

    private static final String[] SMALL_CACHES = {
        "--rocksdb-block-cache-bytes", "64mb", "--rocksdb-row-cache-bytes", "64mb"
    };

    private static final int WARMUP_WRITES = 3;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--pairs",
            split = ",",
            defaultValue = "cairn-cairn,cairn-redis,redis-redis",
            description = "Primary and replica. Default: ${DEFAULT-VALUE}")
    private List<String> pairs = List.of();

    @Option(
            names = "--megabytes",
            defaultValue = "300",
            description = "Written while the replica is away. Default: ${DEFAULT-VALUE}")
    private int megabytes;

    @Option(names = "--size", defaultValue = "1000", description = "Bytes of a value. Default: ${DEFAULT-VALUE}")
    private int size;

    @Option(names = "--rounds", defaultValue = "3", description = "Absences of each replica. Default: ${DEFAULT-VALUE}")
    private int rounds;

    @Option(
            names = "--stopped",
            defaultValue = "8",
            description = "Replicas that are stopped for the second part; 0 leaves it out. Default: ${DEFAULT-VALUE}")
    private int stopped;

    @Option(names = "--out", defaultValue = "bench-report.html", description = "The report. Default: ${DEFAULT-VALUE}")
    private Path out = Path.of("bench-report.html");

    private final Progress progress = Progress.standard();

    private record Return(double shippedSeconds, double seconds, long bytes, boolean partial) {}

    private record Growth(
            String primary, long warmKilobytes, long readKilobytes, long stoppedKilobytes, long stillConnected) {}

    /** Runs both parts; the exit status is 1 if a replica of Cairn needed a full synchronization. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        Map<String, List<Return>> returns = new LinkedHashMap<>();
        List<Growth> growths = new ArrayList<>();
        try (Scratch scratch = Scratch.create()) {
            for (String text : pairs) {
                Pair pair = Pair.of(text);
                cut(pair, scratch, returns.computeIfAbsent(pair + ", link cut", name -> new ArrayList<>()));
                if (pair.replica() == Kind.CAIRN) {
                    kill(pair, scratch, returns.computeIfAbsent(pair + ", killed", name -> new ArrayList<>()));
                }
            }
            if (stopped > 0) {
                for (Kind kind : pairs.stream()
                        .map(text -> Pair.of(text).primary())
                        .distinct()
                        .toList()) {
                    growths.add(grow(kind, scratch));
                }
            }
        }
        report(returns, growths);
        boolean full = returns.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("cairn"))
                .flatMap(entry -> entry.getValue().stream())
                .anyMatch(each -> !each.partial());
        return full ? 1 : 0;
    }

    /** The replica is stopped and its connection closed by the primary; continued, it finds so and comes back. */
    private void cut(Pair pair, Scratch scratch, List<Return> found) throws IOException, InterruptedException {
        try (ServerProcess primary = primary(pair.primary(), scratch);
                ServerProcess replica = pair.replica()
                        .server(scratch.directory("cut-" + pair.replica().text()))) {
            Link link = connect(primary, replica);
            for (int round = 1; round <= rounds; round++) {
                Signal.STOP.send(replica);
                try (Jedis jedis = primary.client()) {
                    jedis.sendCommand(() -> bytes("CLIENT"), "KILL", "TYPE", "replica");
                }
                found.add(comeBack(link, pair + ", link cut", round, () -> Signal.CONTINUE.send(replica)));
            }
        }
        clear(scratch);
    }

    /** The replica is killed, and started again; time counts from when it answers. */
    private void kill(Pair pair, Scratch scratch, List<Return> found) throws IOException, InterruptedException {
        try (ServerProcess primary = primary(pair.primary(), scratch);
                ServerProcess replica = pair.replica()
                        .server(scratch.directory("kill-" + pair.replica().text()))) {
            Link link = connect(primary, replica);
            for (int round = 1; round <= rounds; round++) {
                replica.kill();
                found.add(comeBack(link, pair + ", killed", round, () -> {
                    // A start without it would make a primary of its own of it.
                    replica.start("--replicaof", "127.0.0.1 " + link.primary().port());
                }));
            }
        }
        clear(scratch);
    }

    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    private Return comeBack(Link link, String what, int round, Step back) throws IOException, InterruptedException {
        progress.status("writing " + megabytes + " MB for " + what);
        write(link.primary());
        long partialsBefore = link.partials();
        long sentBefore = link.sentBytes();
        progress.status("waiting for the replica: " + what);
        back.run();
        long started = System.nanoTime();
        link.awaitShipped();
        double shipped = secondsSince(started);
        link.awaitSameOffset();
        double seconds = secondsSince(started);
        link.awaitSameKeys();
        long bytes = link.sentBytes() - sentBefore;
        Return found = new Return(shipped, seconds, bytes, link.partials() > partialsBefore);
        progress.line(text(
                "round %d/%d  %-24s shipped %.2f s  %.0f MB/s, applied %.2f s  %.0f MB/s  %s",
                round,
                rounds,
                what,
                shipped,
                bytes / 1e6 / shipped,
                seconds,
                bytes / 1e6 / seconds,
                found.partial() ? "partial" : "FULL"));
        return found;
    }

    private Growth grow(Kind kind, Scratch scratch) throws IOException, InterruptedException {
        List<ServerProcess> replicas = new ArrayList<>();
        try (ServerProcess primary = fresh(kind, scratch).environment("CAIRN_JAVA_OPTS", WHOLE_HEAP)) {
            primary.start(kind == Kind.CAIRN ? SMALL_CACHES : new String[0]);
            for (int i = 0; i < stopped; i++) {
                ServerProcess replica = Kind.REDIS.server(scratch.directory("stopped-" + i));
                replicas.add(replica);
                progress.status("connecting replica " + (i + 1) + " of " + stopped);
                connect(primary, replica);
            }
            // What a process takes anyway (heap, caches, memtables) should be there before, and what another write adds
            // known.
            for (int i = 0; i < WARMUP_WRITES; i++) {
                writeToReaders(primary, replicas);
            }
            long warm = residentKilobytes(primary);
            writeToReaders(primary, replicas);
            long read = residentKilobytes(primary);
            for (ServerProcess replica : replicas) {
                Signal.STOP.send(replica);
            }
            progress.status("writing " + megabytes + " MB to " + primary.name() + " with stopped replicas");
            write(primary);
            long after = residentKilobytes(primary);
            Growth growth =
                    new Growth(kind.text(), warm, read, after, Link.number(primary, "replication", "connected_slaves"));
            progress.line(text(
                    "%s with %d replicas: %,d KiB, %,d after a write that they read, %,d after one that they did not, %d still connected",
                    kind.text(), stopped, warm, read, after, growth.stillConnected()));
            return growth;
        } finally {
            replicas.forEach(ServerProcess::close);
            clear(scratch);
        }
    }

    private void writeToReaders(ServerProcess primary, List<ServerProcess> replicas)
            throws IOException, InterruptedException {
        progress.status("writing " + megabytes + " MB to " + primary.name() + " with replicas that read");
        write(primary);
        for (ServerProcess replica : replicas) {
            new Link(primary, replica).awaitSameOffset();
        }
    }

    /** A fresh primary, without keys, started. */
    private ServerProcess primary(Kind kind, Scratch scratch) throws IOException, InterruptedException {
        ServerProcess primary = fresh(kind, scratch);
        primary.start();
        return primary;
    }

    /** A server that is not started yet; Redis has a backlog that holds what is written, since 1 MB would not. */
    private ServerProcess fresh(Kind kind, Scratch scratch) throws IOException {
        return kind.server(scratch.directory(kind.text() + "-primary"), "--repl-backlog-size", (2L * megabytes) + "mb");
    }

    private static Link connect(ServerProcess primary, ServerProcess replica) throws IOException, InterruptedException {
        replica.start();
        Link link = new Link(primary, replica);
        link.attach();
        link.awaitSameKeys();
        return link;
    }

    private void write(ServerProcess primary) throws IOException {
        long count = Math.max(1, megabytes * 1_000_000L / (size + 60));
        new Loader(size, 2).load("127.0.0.1", primary.port(), AWAY, 0, count);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static long residentKilobytes(ServerProcess server) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + server.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("/proc does not tell the memory of " + server.name());
    }

    private static void clear(Scratch scratch) throws IOException {
        Scratch.delete(scratch.path());
        Files.createDirectories(scratch.path());
    }

    private void report(Map<String, List<Return>> returns, List<Growth> growths) throws IOException {
        Report report = new Report("Cairn: return of a replica that was away")
                .fact("written meanwhile", text("%d MB in values of %d bytes", megabytes, size))
                .fact("rounds", rounds)
                .note(
                        "Time runs until the replica has received (shipped; with Cairn: logged), and until it has executed (applied),"
                                + " what the primary had logged at the return. After a kill it runs from when the replica answers"
                                + " again.")
                .note(text(
                        "Redis as primary has a repl-backlog-size of %d MB in memory; with its 1 MB each return would be a"
                                + " full synchronization. Cairn has its defaults.",
                        2 * megabytes));
        Table table = new Table(
                "Return",
                "primary -> replica",
                "MB",
                "shipped, s",
                "shipped, MB/s",
                "applied, s",
                "lowest",
                "highest",
                "applied, MB/s",
                "partial");
        List<Spread> shippedRates = new ArrayList<>();
        List<Spread> rates = new ArrayList<>();
        for (Map.Entry<String, List<Return>> entry : returns.entrySet()) {
            List<Return> each = entry.getValue();
            Spread shipped = Spread.of(each.stream().map(Return::shippedSeconds).toList());
            Spread seconds = Spread.of(each.stream().map(Return::seconds).toList());
            Spread shippedRate = Spread.of(each.stream()
                    .map(one -> one.bytes() / 1e6 / one.shippedSeconds())
                    .toList());
            Spread rate = Spread.of(
                    each.stream().map(one -> one.bytes() / 1e6 / one.seconds()).toList());
            shippedRates.add(shippedRate);
            rates.add(rate);
            table.row(
                    entry.getKey(),
                    text("%.0f", each.get(0).bytes() / 1e6),
                    text("%.2f", shipped.median()),
                    text("%.0f", shippedRate.median()),
                    text("%.2f", seconds.median()),
                    text("%.2f", seconds.min()),
                    text("%.2f", seconds.max()),
                    text("%.0f", rate.median()),
                    each.stream().filter(Return::partial).count() + " of " + each.size());
        }
        report.table(table)
                .chart(new Chart("Catching up (median, lowest and highest)", "MB/s", List.copyOf(returns.keySet()))
                        .series("shipped", shippedRates)
                        .series("applied", rates));
        if (!growths.isEmpty()) {
            growthTable(report, growths);
        }
        report.publish(out, spec.commandLine().getOut());
    }

    private void growthTable(Report report, List<Growth> growths) {
        Table table = new Table(
                "Memory of the primary with " + stopped + " stopped replicas",
                "primary",
                "MiB warm",
                "growth, read",
                "growth, stopped",
                "replicas still connected");
        for (Growth growth : growths) {
            table.row(
                    growth.primary(),
                    text("%.1f", growth.warmKilobytes() / 1024.0),
                    text("%.1f", (growth.readKilobytes() - growth.warmKilobytes()) / 1024.0),
                    text("%.1f", (growth.stoppedKilobytes() - growth.readKilobytes()) / 1024.0),
                    Long.toString(growth.stillConnected()));
        }
        report.table(table);
        report.note(text(
                "Memory is VmRSS: warm after %d writes of %d MB, then its growth over one that replicas read and one during"
                        + " which they are stopped. Cairn has small caches and all of its heap from its start: these would grow with what is written.",
                WARMUP_WRITES, megabytes));
    }
}
