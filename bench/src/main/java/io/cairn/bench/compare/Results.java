package io.cairn.bench.compare;

import io.cairn.bench.load.RedisBenchmark.Outcome;
import io.cairn.bench.report.Chart;
import io.cairn.bench.report.Report;
import io.cairn.bench.report.Spread;
import io.cairn.bench.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * All measurements of a comparison, and the tables and charts made of them.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class Results {
    /** One run of the client in one round. */
    record Measurement(int round, Workload workload, String server, Outcome outcome, double cpuMicrosPerRequest) {}

    private final List<Measurement> measurements = new ArrayList<>();

    void add(Measurement measurement) {
        measurements.add(measurement);
    }

    /** Of the rounds so far: requests per second of one server to those of another, round by round. */
    @Nullable
    Spread ratio(Workload workload, String server, String reference) {
        List<Double> ratios = new ArrayList<>();
        for (Measurement ours : of(workload, server)) {
            for (Measurement theirs : of(workload, reference)) {
                if (ours.round() == theirs.round()) {
                    ratios.add(ours.outcome().requestsPerSecond()
                            / theirs.outcome().requestsPerSecond());
                }
            }
        }
        return ratios.isEmpty() ? null : Spread.of(ratios);
    }

    void report(Report report, List<Workload> workloads, List<String> servers, String reference) {
        Chart rates = new Chart(
                "Throughput (median, lowest and highest round)",
                "requests per second",
                workloads.stream().map(Workload::toString).toList());
        Chart ratios = new Chart("Throughput relative to " + reference, "times", rates(workloads));
        Chart tails = new Chart("Latency, 99th percentile", "milliseconds", rates(workloads));
        for (String server : servers) {
            rates.series(server, spreads(workloads, server, m -> m.outcome().requestsPerSecond()));
            tails.series(server, spreads(workloads, server, m -> m.outcome().p99Millis()));
            if (servers.contains(reference) && !server.equals(reference)) {
                ratios.series(
                        server,
                        workloads.stream()
                                .map(workload -> ratioOrNothing(workload, server, reference))
                                .toList());
            }
        }
        report.chart(rates);
        if (servers.contains(reference) && servers.size() > 1) {
            report.chart(ratios);
        }
        report.chart(tails);
        for (Workload workload : workloads) {
            report.table(table(workload, servers, reference));
        }
    }

    private Table table(Workload workload, List<String> servers, String reference) {
        Table table = new Table(
                workload.toString(),
                "server",
                "requests/s",
                "lowest",
                "highest",
                "to " + reference,
                "lowest",
                "highest",
                "p50 ms",
                "p99 ms",
                "server CPU us/request");
        for (String server : servers) {
            Spread rate = spread(workload, server, m -> m.outcome().requestsPerSecond());
            Spread ratio = ratioOrNothing(workload, server, reference);
            table.row(
                    server,
                    text("%,.0f", rate.median()),
                    text("%,.0f", rate.min()),
                    text("%,.0f", rate.max()),
                    text("%.2f", ratio.median()),
                    text("%.2f", ratio.min()),
                    text("%.2f", ratio.max()),
                    text(
                            "%.2f",
                            spread(workload, server, m -> m.outcome().p50Millis())
                                    .median()),
                    text(
                            "%.2f",
                            spread(workload, server, m -> m.outcome().p99Millis())
                                    .median()),
                    text(
                            "%.2f",
                            spread(workload, server, Measurement::cpuMicrosPerRequest)
                                    .median()));
        }
        return table;
    }

    private Spread ratioOrNothing(Workload workload, String server, String reference) {
        Spread ratio = ratio(workload, server, reference);
        return ratio == null ? new Spread(Double.NaN, Double.NaN, Double.NaN) : ratio;
    }

    private static List<String> rates(List<Workload> workloads) {
        return workloads.stream().map(Workload::toString).toList();
    }

    private List<Spread> spreads(List<Workload> workloads, String server, ToDoubleFunction<Measurement> value) {
        return workloads.stream()
                .map(workload -> spread(workload, server, value))
                .toList();
    }

    private Spread spread(Workload workload, String server, ToDoubleFunction<Measurement> value) {
        return Spread.of(of(workload, server).stream().map(value::applyAsDouble).toList());
    }

    private List<Measurement> of(Workload workload, String server) {
        return measurements.stream()
                .filter(measurement -> measurement.workload().equals(workload)
                        && measurement.server().equals(server))
                .toList();
    }

    private static String text(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }
}
