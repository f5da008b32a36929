package io.cairn.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code redis-benchmark} program, as the same client for every server: one thread, so that it takes one processor at
 * most, and written in C, so that it takes little of it.
 *
 * <p><i>Immutable.</i>
 */
public record RedisBenchmark(int requests, int clients, int keys, int valueBytes) {
    private static final Pattern RATE = Pattern.compile("overall: ([0-9.]+)\\)");
    private static final Pattern THROUGHPUT = Pattern.compile("throughput summary: ([0-9.]+) requests per second");
    /** avg, min, p50, p95, p99, max in milliseconds, below their names. */
    private static final Pattern LATENCY =
            Pattern.compile("\\s+([0-9.]+)\\s+([0-9.]+)\\s+([0-9.]+)\\s+([0-9.]+)\\s+([0-9.]+)\\s+([0-9.]+)\\s*");

    /** What one run found. */
    public record Outcome(double requestsPerSecond, double p50Millis, double p99Millis, double maxMillis) {}

    /** Fails with what to do if the program is not there. */
    public static String version() throws IOException {
        try {
            Process process = new ProcessBuilder("redis-benchmark", "--version")
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader out = reader(process)) {
                String line = out.readLine();
                return line == null ? "redis-benchmark of unknown version" : line;
            }
        } catch (IOException e) {
            throw new IOException("redis-benchmark is not installed (on Debian: apt-get install redis-tools)", e);
        }
    }

    /** Runs one test of the program, by its name for {@code -t}; {@code rate} hears the rate so far. */
    public Outcome run(String host, int port, String test, int pipeline, Consumer<String> rate)
            throws IOException, InterruptedException {
        return run(host, port, pipeline, keys, List.of("-t", test), rate);
    }

    /**
     * Runs a request of whatever command.
     *
     * @param request its words; {@code __rand_int__} in them becomes a number of twelve digits below {@code range}
     */
    public Outcome run(String host, int port, List<String> request, long range, int pipeline, Consumer<String> rate)
            throws IOException, InterruptedException {
        return run(host, port, pipeline, range, request, rate);
    }

    private Outcome run(String host, int port, int pipeline, long range, List<String> what, Consumer<String> rate)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "redis-benchmark",
                "-h",
                host,
                "-p",
                Integer.toString(port),
                "-n",
                Integer.toString(requests),
                "-c",
                Integer.toString(clients),
                "-r",
                Long.toString(range),
                "-d",
                Integer.toString(valueBytes),
                "-P",
                Integer.toString(pipeline)));
        command.addAll(what);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader out = reader(process)) {
            Outcome outcome = read(out, rate);
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException(String.join(" ", command) + " ended with status " + status);
            }
            return outcome;
        } finally {
            process.destroyForcibly();
        }
    }

    private static BufferedReader reader(Process process) {
        return process.inputReader(StandardCharsets.UTF_8);
    }

    /** The program ends what it writes over with a carriage return, which is a line's end for the reader, too. */
    static Outcome read(Reader output, Consumer<String> rate) throws IOException {
        double throughput = Double.NaN;
        double[] millis = null;
        boolean latency = false;
        List<String> seen = new ArrayList<>();
        BufferedReader lines = new BufferedReader(output);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher matcher = RATE.matcher(line);
            if (matcher.find()) {
                rate.accept(matcher.group(1));
                continue;
            }
            matcher = THROUGHPUT.matcher(line);
            if (matcher.find()) {
                throughput = Double.parseDouble(matcher.group(1));
            } else if (line.contains("latency summary")) {
                latency = true;
            } else if (latency && (matcher = LATENCY.matcher(line)).matches()) {
                millis = new double[] {number(matcher, 3), number(matcher, 5), number(matcher, 6)};
            } else if (!line.isBlank() && seen.size() < 20) {
                seen.add(line);
            }
        }
        if (Double.isNaN(throughput) || millis == null) {
            throw new IOException("redis-benchmark printed no summary but: " + seen);
        }
        return new Outcome(throughput, millis[0], millis[1], millis[2]);
    }

    private static double number(Matcher matcher, int group) {
        return Double.parseDouble(matcher.group(group));
    }
}
