package io.cairn.server.stats;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * The last commands that took long.
 *
 * <p>Keeps little of each: at most {@value #MAX_ARGS} arguments of at most {@value #MAX_ARG_BYTES} bytes.
 *
 * <p><i>Thread-safe.</i>
 */
public final class SlowLog {
    private static final int MAX_ARGS = 32;
    private static final int MAX_ARG_BYTES = 128;

    /** A command that took long. */
    public record Entry(long id, long atSeconds, long micros, List<byte[]> args, String address, String clientName) {}

    private final Deque<Entry> newestFirst = new ArrayDeque<>();
    private volatile long thresholdNanos = Long.MAX_VALUE;
    private int maxEntries = 128;
    private long nextId;

    /** An empty log that takes nothing yet. */
    public SlowLog() {}

    /** Takes commands from so many microseconds on; negative for none. */
    public void thresholdMicros(long micros) {
        thresholdNanos = micros < 0 || micros > Long.MAX_VALUE / 1000 ? Long.MAX_VALUE : micros * 1000;
    }

    /** Keeps so many commands. */
    public synchronized void maxEntries(int entries) {
        maxEntries = entries;
        trim();
    }

    /** Nanoseconds from which a command is to be {@link #add}ed. */
    public long thresholdNanos() {
        return thresholdNanos;
    }

    /** Adds a command. */
    public synchronized void add(byte[][] args, long nanos, long nowMillis, String address, String clientName) {
        List<byte[]> kept = new ArrayList<>();
        for (int i = 0; i < args.length && i < MAX_ARGS; i++) {
            boolean isLast = i == MAX_ARGS - 1 && args.length > MAX_ARGS;
            kept.add(isLast ? text("... (" + (args.length - i) + " more arguments)") : clipped(args[i]));
        }
        newestFirst.addFirst(new Entry(nextId++, nowMillis / 1000, nanos / 1000, kept, address, clientName));
        trim();
    }

    private void trim() {
        while (newestFirst.size() > maxEntries) {
            newestFirst.removeLast();
        }
    }

    private static byte[] clipped(byte[] arg) {
        if (arg.length <= MAX_ARG_BYTES) {
            return arg;
        }
        byte[] more = text("... (" + (arg.length - MAX_ARG_BYTES) + " more bytes)");
        byte[] clipped = Arrays.copyOf(arg, MAX_ARG_BYTES + more.length);
        System.arraycopy(more, 0, clipped, MAX_ARG_BYTES, more.length);
        return clipped;
    }

    private static byte[] text(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    /** Number of commands kept. */
    public synchronized int size() {
        return newestFirst.size();
    }

    /** The last {@code count} commands, newest first. */
    public synchronized List<Entry> last(long count) {
        return newestFirst.stream().limit(count).toList();
    }

    /** Forgets all. */
    public synchronized void clear() {
        newestFirst.clear();
    }
}
