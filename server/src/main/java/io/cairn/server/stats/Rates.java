package io.cairn.server.stats;

/**
 * Commands and bytes a second, averaged over the last samples.
 *
 * <p><i>Guarded by its monitor.</i>
 */
public final class Rates {
    private static final int SAMPLES = 16;
    private static final long MIN_PERIOD_MILLIS = 90;

    private final Counters counters;
    private final double[][] samples = new double[SAMPLES][3];
    private int next;
    private long lastMillis;
    private long lastCommands;
    private long lastInput;
    private long lastOutput;

    /** Rates of these counters. */
    public Rates(Counters counters) {
        this.counters = counters;
    }

    /** What a second brings. */
    public record Rate(double commands, double inputBytes, double outputBytes) {}

    /** Takes a sample if the last one is old enough; call it some ten times a second. */
    public synchronized void sample(long nowMillis) {
        long elapsed = nowMillis - lastMillis;
        if (elapsed < MIN_PERIOD_MILLIS) {
            return;
        }
        long commands = counters.calls();
        long input = counters.netInputBytes.sum();
        long output = counters.netOutputBytes.sum();
        double seconds = elapsed / 1000.0;
        samples[next] = new double[] {
            Math.max(0, commands - lastCommands) / seconds,
            Math.max(0, input - lastInput) / seconds,
            Math.max(0, output - lastOutput) / seconds
        };
        next = (next + 1) % SAMPLES;
        lastMillis = nowMillis;
        lastCommands = commands;
        lastInput = input;
        lastOutput = output;
    }

    /** The averages. */
    public synchronized Rate rate() {
        double[] sums = new double[3];
        for (double[] sample : samples) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += sample[i] / SAMPLES;
            }
        }
        return new Rate(sums[0], sums[1], sums[2]);
    }
}
