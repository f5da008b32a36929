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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code cairn-bench fullsync}: from REPLICAOF on an empty replica to a link that is up and as many keys as the primary has.
 *
 * <p><i>Confined to the main thread.</i>
 */
@Command(
        name = "fullsync",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Times full synchronizations between Cairn and Redis in all roles, rounds taking turns.")
public final class FullSyncCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--pairs",
            split = ",",
            defaultValue = "redis-redis,cairn-cairn,redis-cairn,cairn-redis",
            description = "Primary and replica. Default: ${DEFAULT-VALUE}")
    private List<String> pairs = List.of();

    @Option(
            names = "--keys",
            defaultValue = "3000000",
            description = "Keys of the primaries. Default: ${DEFAULT-VALUE}")
    private long keys;

    @Option(names = "--size", defaultValue = "100", description = "Bytes of a value. Default: ${DEFAULT-VALUE}")
    private int size;

    @Option(
            names = "--rounds",
            defaultValue = "3",
            description = "Synchronizations of each pair. Default: ${DEFAULT-VALUE}")
    private int rounds;

    @Option(names = "--out", defaultValue = "bench-report.html", description = "The report. Default: ${DEFAULT-VALUE}")
    private Path out = Path.of("bench-report.html");

    private final Progress progress = Progress.standard();
    private final Map<Kind, ServerProcess> primaries = new EnumMap<>(Kind.class);

    private record Sync(double seconds, long bytes) {}

    /** Runs the rounds. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Pair> chosen = pairs.stream().map(Pair::of).toList();
        Map<Pair, List<Sync>> found = new LinkedHashMap<>();
        try (Scratch scratch = Scratch.create()) {
            try {
                for (Pair pair : chosen) {
                    startPrimary(pair.primary(), scratch);
                }
                for (int round = 1; round <= rounds; round++) {
                    for (Pair pair : chosen) {
                        Sync sync = synchronize(pair, scratch);
                        found.computeIfAbsent(pair, key -> new ArrayList<>()).add(sync);
                        progress.line(text(
                                "round %d/%d  %-16s %6.2f s  %,10.0f keys/s  %,d bytes",
                                round, rounds, pair, sync.seconds(), keys / sync.seconds(), sync.bytes()));
                    }
                }
            } finally {
                primaries.values().forEach(ServerProcess::close);
            }
        }
        report(found);
        return 0;
    }

    private void startPrimary(Kind kind, Scratch scratch) throws IOException, InterruptedException {
        if (primaries.containsKey(kind)) {
            return;
        }
        ServerProcess primary = kind.server(scratch.directory(kind.text() + "-primary"));
        primaries.put(kind, primary);
        progress.status("loading " + keys + " keys into " + primary.name());
        primary.start();
        new Loader(size, 1).load("127.0.0.1", primary.port(), 0, keys);
    }

    private Sync synchronize(Pair pair, Scratch scratch) throws IOException, InterruptedException {
        ServerProcess primary = Objects.requireNonNull(primaries.get(pair.primary()));
        Path directory = scratch.directory(pair.replica().text() + "-replica");
        try (ServerProcess replica = pair.replica().server(directory)) {
            progress.status("starting a replica for " + pair);
            replica.start();
            Link link = new Link(primary, replica);
            long sentBefore = link.sentBytes();
            progress.status("synchronizing " + pair);
            long started = System.nanoTime();
            link.attach();
            link.awaitSameKeys();
            double seconds = secondsSince(started);
            return new Sync(seconds, link.sentBytes() - sentBefore);
        } finally {
            Scratch.delete(directory);
        }
    }

    private void report(Map<Pair, List<Sync>> found) throws IOException {
        Report report = new Report("Cairn: full synchronization")
                .fact("data", text("%,d keys of %d bytes", keys, size))
                .fact("rounds", rounds + ", pairs taking turns, each with an empty replica of its own")
                .note("Time runs from REPLICAOF to a link that is up and an equal number of keys; Redis as primary has"
                        + " repl-diskless-sync-delay 0, since it would wait for 5 s.")
                .note("Values are random letters, which neither side's snapshot compression makes smaller.");
        Table table = new Table(
                "Full synchronization",
                "primary -> replica",
                "seconds",
                "lowest",
                "highest",
                "keys/s",
                "MB sent",
                "MB/s");
        List<Spread> spreads = new ArrayList<>();
        for (Map.Entry<Pair, List<Sync>> entry : found.entrySet()) {
            Spread seconds =
                    Spread.of(entry.getValue().stream().map(Sync::seconds).toList());
            Spread bytes = Spread.of(
                    entry.getValue().stream().map(sync -> (double) sync.bytes()).toList());
            spreads.add(seconds);
            table.row(
                    entry.getKey().toString(),
                    text("%.2f", seconds.median()),
                    text("%.2f", seconds.min()),
                    text("%.2f", seconds.max()),
                    text("%,.0f", keys / seconds.median()),
                    bytes.median() == 0 ? "-" : text("%.0f", bytes.median() / 1e6),
                    bytes.median() == 0 ? "-" : text("%.0f", bytes.median() / 1e6 / seconds.median()));
        }
        List<String> names = found.keySet().stream().map(Pair::toString).toList();
        report.table(table)
                .chart(new Chart("REPLICAOF to equal numbers of keys (median, lowest and highest)", "seconds", names)
                        .series("full synchronization", spreads))
                .publish(out, spec.commandLine().getOut());
    }
}
