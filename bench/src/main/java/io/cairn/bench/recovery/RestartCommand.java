package io.cairn.bench.recovery;

import static io.cairn.bench.recovery.Link.secondsSince;
import static io.cairn.bench.recovery.Link.text;

import io.cairn.bench.load.AcknowledgedWriter;
import io.cairn.bench.load.Loader;
import io.cairn.bench.process.Scratch;
import io.cairn.bench.process.ServerProcess;
import io.cairn.bench.report.Chart;
import io.cairn.bench.report.Progress;
import io.cairn.bench.report.Report;
import io.cairn.bench.report.Spread;
import io.cairn.bench.report.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import redis.clients.jedis.Jedis;

/**
 * {@code cairn-bench restart}: from the start of a process that was killed under load to its first answered GET.
 *
 * <p><i>Confined to the main thread.</i>
 */
@Command(
        name = "restart",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Kills a loaded server while it writes, starts it again, and looks for every acknowledged write.")
public final class RestartCommand implements Callable<Integer> {
    private static final int WRITERS = 4;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--servers",
            split = ",",
            defaultValue = "cairn,redis",
            description = "cairn, redis (AOF everysec). Default: ${DEFAULT-VALUE}")
    private List<String> servers = List.of();

    @Option(names = "--keys", defaultValue = "3000000", description = "Keys loaded before. Default: ${DEFAULT-VALUE}")
    private long keys;

    @Option(names = "--size", defaultValue = "100", description = "Bytes of a value. Default: ${DEFAULT-VALUE}")
    private int size;

    @Option(names = "--rounds", defaultValue = "3", description = "Kills of each server. Default: ${DEFAULT-VALUE}")
    private int rounds;

    @Option(
            names = "--write-millis",
            defaultValue = "3000",
            description = "Time of writing before each kill. Default: ${DEFAULT-VALUE}")
    private long writeMillis;

    @Option(names = "--out", defaultValue = "bench-report.html", description = "The report. Default: ${DEFAULT-VALUE}")
    private Path out = Path.of("bench-report.html");

    private final Progress progress = Progress.standard();

    private record Restart(double seconds, long acknowledged, long missing) {}

    /** Runs the rounds; the exit status is 1 if Cairn misses an acknowledged write. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        List<List<Restart>> found = new ArrayList<>();
        List<ServerProcess> started = new ArrayList<>();
        try (Scratch scratch = Scratch.create()) {
            try {
                for (String name : servers) {
                    started.add(load(Kind.of(name), scratch));
                    found.add(new ArrayList<>());
                }
                for (int round = 1; round <= rounds; round++) {
                    for (int i = 0; i < started.size(); i++) {
                        Restart restart = restart(started.get(i), round);
                        found.get(i).add(restart);
                        progress.line(text(
                                "round %d/%d  %-6s %.2f s, %,d acknowledged, %d missing",
                                round,
                                rounds,
                                servers.get(i),
                                restart.seconds(),
                                restart.acknowledged(),
                                restart.missing()));
                    }
                }
            } finally {
                started.forEach(ServerProcess::close);
            }
        }
        report(found);
        boolean lost = false;
        for (int i = 0; i < servers.size(); i++) {
            // Redis does lose some: it holds its file's writes back while a sync takes long.
            lost |= Kind.of(servers.get(i)) == Kind.CAIRN
                    && found.get(i).stream().anyMatch(restart -> restart.missing() > 0);
        }
        return lost ? 1 : 0;
    }

    private ServerProcess load(Kind kind, Scratch scratch) throws IOException, InterruptedException {
        ServerProcess server = kind.server(
                scratch.directory(kind.text()),
                "--appendfsync",
                "everysec",
                "--appendonly",
                "yes",
                "--auto-aof-rewrite-percentage",
                "0");
        progress.status("loading " + keys + " keys into " + kind.text());
        server.start();
        new Loader(size, 1).load("127.0.0.1", server.port(), 0, keys);
        return server;
    }

    private Restart restart(ServerProcess server, int round) throws IOException, InterruptedException {
        List<AcknowledgedWriter> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            writers.add(new AcknowledgedWriter(server.client(), "round" + round + ":" + i + ":", size));
        }
        progress.status("writing to " + server.name());
        writers.forEach(AcknowledgedWriter::start);
        Thread.sleep(writeMillis);
        server.kill();
        for (AcknowledgedWriter writer : writers) {
            writer.join();
        }
        long started = System.nanoTime();
        server.start();
        double seconds;
        long missing = 0;
        try (Jedis jedis = server.client()) {
            if (jedis.get(Loader.name("key:", keys / 2)) == null) {
                missing++;
            }
            seconds = secondsSince(started);
            for (AcknowledgedWriter writer : writers) {
                missing += writer.missing(jedis);
            }
        }
        missing += Math.max(0, keys - Link.keys(server));
        return new Restart(
                seconds,
                writers.stream().mapToLong(AcknowledgedWriter::acknowledged).sum(),
                missing);
    }

    private void report(List<List<Restart>> found) throws IOException {
        Report report = new Report("Cairn: restart after kill -9 under load")
                .fact(
                        "data",
                        text(
                                "%,d keys of %d bytes, and what %d writers added in %d ms before each kill",
                                keys, size, WRITERS, writeMillis))
                .fact("rounds", rounds)
                .note(
                        "Time runs from the start of the process, the launcher and the JVM's start included, to the first answered GET.")
                .note(
                        "A killed process loses nothing that it had handed to the kernel: this is no test of a power failure. Redis"
                                + " misses what it held back while a sync of its file was under way.");
        Table table = new Table("Restart", "server", "seconds", "lowest", "highest", "acknowledged", "missing");
        Chart chart = new Chart("Start to first GET (median, lowest and highest)", "seconds", servers);
        List<Spread> spreads = new ArrayList<>();
        for (int i = 0; i < servers.size(); i++) {
            List<Restart> restarts = found.get(i);
            Spread spread = Spread.of(restarts.stream().map(Restart::seconds).toList());
            spreads.add(spread);
            table.row(
                    servers.get(i),
                    text("%.2f", spread.median()),
                    text("%.2f", spread.min()),
                    text("%.2f", spread.max()),
                    text(
                            "%,d",
                            restarts.stream().mapToLong(Restart::acknowledged).sum()),
                    text("%,d", restarts.stream().mapToLong(Restart::missing).sum()));
        }
        report.table(table)
                .chart(chart.series("restart", spreads))
                .publish(out, spec.commandLine().getOut());
    }
}
