package io.cairn.bench.compare;

import io.cairn.bench.compare.Results.Measurement;
import io.cairn.bench.load.CollectionLoader;
import io.cairn.bench.load.Loader;
import io.cairn.bench.load.RedisBenchmark;
import io.cairn.bench.load.RedisBenchmark.Outcome;
import io.cairn.bench.process.Scratch;
import io.cairn.bench.process.ServerProcess;
import io.cairn.bench.report.Progress;
import io.cairn.bench.report.Report;
import io.cairn.bench.report.Spread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code cairn-bench compare}: requests per second of several servers under the same load, in the same run.
 *
 * <p><i>Confined to the main thread.</i>
 */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Compares servers under redis-benchmark's load: all started at once, rounds taking turns.")
public final class CompareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--modes",
            split = ",",
            defaultValue = "disk,memory-wal,memory,redis",
            description =
                    "Servers to start: disk, memory-wal, memory, redis (AOF everysec), redis-memory (no AOF). Default: ${DEFAULT-VALUE}")
    private List<String> modes = List.of();

    @Option(
            names = "--against",
            paramLabel = "NAME=HOST:PORT",
            description = "A server that listens already; keys named key:... are written to it. May be repeated.")
    private List<String> against = List.of();

    @Option(
            names = "--reference",
            defaultValue = "redis",
            description = "Server that the others are divided by. Default: ${DEFAULT-VALUE}")
    private String reference = "redis";

    @Option(
            names = "--workloads",
            split = ",",
            defaultValue = "set,get",
            description =
                    "Tests of redis-benchmark -t, or with --elements: incr, mset, lpush, lpop, rpop, lrange_100, sadd, spop, hset,"
                            + " hgetall, zadd, zpopmin, zrange, zscore, zrank, zcount, xadd. Default: ${DEFAULT-VALUE}")
    private List<String> workloads = List.of();

    @Option(
            names = "--elements",
            split = ",",
            defaultValue = "0",
            description =
                    "Elements of the collections that the tests work on, filled before: one key of so many (incr, mset,"
                            + " hgetall: so many keys). 0: as redis-benchmark does it. Default: ${DEFAULT-VALUE}")
    private List<Long> elements = List.of();

    @Option(
            names = "--pipeline",
            split = ",",
            defaultValue = "1,16",
            description = "Requests sent together. Default: ${DEFAULT-VALUE}")
    private List<Integer> pipelines = List.of();

    @Option(names = "--rounds", defaultValue = "5", description = "Rounds that count. Default: ${DEFAULT-VALUE}")
    private int rounds;

    @Option(
            names = "--warmup",
            defaultValue = "1",
            description = "Rounds before, which do not count. Default: ${DEFAULT-VALUE}")
    private int warmup;

    @Option(
            names = "--requests",
            defaultValue = "1000000",
            description = "Requests a measurement. Default: ${DEFAULT-VALUE}")
    private int requests;

    @Option(names = "--clients", defaultValue = "50", description = "Connections. Default: ${DEFAULT-VALUE}")
    private int clients;

    @Option(
            names = "--keys",
            defaultValue = "1000000",
            description = "Keys, all loaded before. Default: ${DEFAULT-VALUE}")
    private int keys;

    @Option(names = "--size", defaultValue = "100", description = "Bytes of a value. Default: ${DEFAULT-VALUE}")
    private int size;

    @Option(
            names = "--settle",
            defaultValue = "500",
            description = "Milliseconds of rest before a measurement. Default: ${DEFAULT-VALUE}")
    private long settleMillis;

    @Option(names = "--java-opts", defaultValue = "", description = "Further flags of Cairn's JVMs.")
    private String javaOptions = "";

    @Option(names = "--out", defaultValue = "bench-report.html", description = "The report. Default: ${DEFAULT-VALUE}")
    private Path out = Path.of("bench-report.html");

    private final Progress progress = Progress.standard();
    private final Results results = new Results();

    /** Elements by server and key. */
    private final Map<String, Long> filled = new HashMap<>();

    /** Runs the comparison. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        String client = RedisBenchmark.version();
        List<Mode> chosen = chosenModes();
        requireKnownTests();
        List<ServerProcess> children = new ArrayList<>();
        try (Scratch scratch = Scratch.create()) {
            try {
                List<Contender> contenders = start(chosen, scratch, children);
                run(contenders);
                Report report = new Report("Cairn: comparison of servers")
                        .fact(
                                "client",
                                client + ", " + clients + " connections, " + requests + " requests a measurement")
                        .fact("data", data())
                        .fact(
                                "rounds",
                                rounds + " after " + warmup
                                        + " to warm up; the order rotates; one server under load at a time")
                        .fact(
                                "Java of Cairn",
                                javaVersion(children) + (javaOptions.isEmpty() ? "" : ", " + javaOptions));
                List<String> names = contenders.stream().map(Contender::name).toList();
                results.report(report, matrix(contenders), names, reference);
                report.note(
                        "Client and servers share the machine's processors: a server that uses several leaves less to the client.");
                report.note("The ratio is taken round by round; its median is shown, not the ratio of the medians.");
                report.publish(out, spec.commandLine().getOut());
                return 0;
            } finally {
                children.forEach(ServerProcess::close);
            }
        }
    }

    private void requireKnownTests() {
        for (String test : workloads) {
            if (elements.stream().anyMatch(count -> count > 0)
                    && ElementTest.named(test).isEmpty()) {
                throw new ParameterException(spec.commandLine(), "no test of collections is called " + test);
            }
        }
    }

    private List<Mode> chosenModes() {
        try {
            return modes.stream().filter(text -> !text.isBlank()).map(Mode::of).toList();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "unknown mode in " + modes, e);
        }
    }

    private List<Contender> start(List<Mode> chosen, Scratch scratch, List<ServerProcess> children)
            throws IOException, InterruptedException {
        List<Contender> contenders = new ArrayList<>();
        for (Mode mode : chosen) {
            ServerProcess child = mode.server(Scratch.root(), scratch.directory(mode.text()))
                    .environment("CAIRN_JAVA_OPTS", javaOptions);
            children.add(child);
            progress.status("starting " + mode.text());
            child.start();
            contenders.add(Contender.of(child));
        }
        against.forEach(text -> contenders.add(Contender.parse(text)));
        for (Contender contender : elements.contains(0L) ? contenders : List.<Contender>of()) {
            progress.status("loading " + keys + " keys into " + contender.name());
            long started = System.nanoTime();
            new Loader(size, 1).load(contender.host(), contender.port(), 0, keys);
            progress.line(String.format(
                    Locale.ROOT,
                    "loaded %s: %,.0f keys/s",
                    contender.name(),
                    keys * 1e9 / (System.nanoTime() - started)));
        }
        return contenders;
    }

    private String data() {
        String text = "values of " + size + " bytes";
        if (elements.contains(0L)) {
            text += ", " + keys + " keys loaded before";
        }
        if (elements.stream().anyMatch(count -> count > 0)) {
            text +=
                    "; collections filled before to the elements that stand behind the test (LPOP, RPOP, SPOP, ZPOPMIN: and as"
                            + " many as are taken)";
        }
        return text;
    }

    /** What all servers can do. */
    private List<Workload> matrix(List<Contender> contenders) {
        List<Workload> matrix = new ArrayList<>();
        for (int pipeline : pipelines) {
            for (long count : elements) {
                for (String test : workloads) {
                    if (missing(test, contenders).isEmpty()) {
                        matrix.add(new Workload(test, pipeline, count));
                    }
                }
            }
        }
        return matrix;
    }

    /** Names of the servers that do not know the command of a test. */
    private static List<String> missing(String test, List<Contender> contenders) {
        Optional<ElementTest> command = ElementTest.named(test);
        return command.isEmpty()
                ? List.of()
                : contenders.stream()
                        .filter(contender -> !contender.knows(command.get().command()))
                        .map(Contender::name)
                        .toList();
    }

    private void run(List<Contender> contenders) throws IOException, InterruptedException {
        for (String test : workloads) {
            List<String> missing = missing(test, contenders);
            if (!missing.isEmpty()) {
                progress.line("left out: " + test + ", which is not known to " + String.join(", ", missing));
            }
        }
        List<Workload> matrix = matrix(contenders);
        List<Contender> order = new ArrayList<>(contenders);
        for (int round = 1 - warmup; round <= rounds; round++) {
            String where = round <= 0 ? "warm-up " + (round + warmup) + "/" + warmup : "round " + round + "/" + rounds;
            for (Workload workload : matrix) {
                for (Contender contender : order) {
                    Measurement measurement = measure(where, round, workload, contender);
                    if (round > 0) {
                        results.add(measurement);
                    }
                    Spread ratio = round > 0 ? results.ratio(workload, contender.name(), reference) : null;
                    progress.line(String.format(
                            Locale.ROOT,
                            "%s  %-24s %-12s %,10.0f/s%s",
                            where,
                            workload,
                            contender.name(),
                            measurement.outcome().requestsPerSecond(),
                            ratio == null
                                    ? ""
                                    : String.format(Locale.ROOT, "  %.2f of %s so far", ratio.median(), reference)));
                }
            }
            Collections.rotate(order, -1);
        }
    }

    private Measurement measure(String where, int round, Workload workload, Contender contender)
            throws IOException, InterruptedException {
        fill(workload, contender);
        Thread.sleep(settleMillis);
        long cpuBefore = contender.cpuNanos();
        Consumer<String> rate =
                so -> progress.status(where + "  " + workload + "  " + contender.name() + "  " + so + "/s so far");
        RedisBenchmark benchmark = new RedisBenchmark(requests, clients, keys, size);
        Outcome outcome;
        if (workload.elements() == 0) {
            outcome = benchmark.run(contender.host(), contender.port(), workload.test(), workload.pipeline(), rate);
        } else {
            ElementTest test = ElementTest.named(workload.test()).orElseThrow();
            outcome = benchmark.run(
                    contender.host(),
                    contender.port(),
                    test.request(size),
                    test.range(workload.elements()),
                    workload.pipeline(),
                    rate);
        }
        double cpuMicros = (contender.cpuNanos() - cpuBefore) / 1e3 / requests;
        return new Measurement(
                round, workload, contender.name(), outcome, contender.process() == null ? Double.NaN : cpuMicros);
    }

    /** Fills the collection that a workload needs, unless it still is as the last round left it. */
    private void fill(Workload workload, Contender contender) {
        if (workload.elements() == 0) {
            return;
        }
        ElementTest test = ElementTest.named(workload.test()).orElseThrow();
        String where = contender.name() + ' ' + test.key();
        long count = test.filled(workload.elements(), requests);
        if (!Long.valueOf(count).equals(filled.get(where))) {
            progress.status("filling " + contender.name() + " for " + workload);
            try (CollectionLoader loader = new CollectionLoader(contender.client(), size)) {
                test.fill(loader, count);
            }
        }
        if (test.keepsSize()) {
            filled.put(where, count);
        } else {
            filled.remove(where);
        }
    }

    private static String javaVersion(List<ServerProcess> children) {
        return children.stream()
                .filter(child -> !child.name().startsWith("redis"))
                .findFirst()
                .map(child -> {
                    String version = child.info("server", "java_version");
                    return version == null ? "unknown" : version;
                })
                .orElse("none");
    }
}
