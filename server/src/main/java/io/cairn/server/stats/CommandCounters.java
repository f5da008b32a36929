package io.cairn.server.stats;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Calls and time of each command as one thread counts them: plain additions, no contention.
 *
 * <p>Written by its thread alone; others may read, and {@link #reset} may lose the count under way.
 *
 * <p><i>Thread-safe.</i>
 */
public final class CommandCounters {
    private final AtomicLongArray calls;
    private final AtomicLongArray nanos;
    private final AtomicLongArray failed;
    private final AtomicLongArray rejected;

    CommandCounters(int commands) {
        calls = new AtomicLongArray(commands);
        nanos = new AtomicLongArray(commands);
        failed = new AtomicLongArray(commands);
        rejected = new AtomicLongArray(commands);
    }

    /** Counts a call of the command with index {@code command}. */
    public void called(int command, long tookNanos, boolean withError) {
        add(calls, command, 1);
        add(nanos, command, tookNanos);
        if (withError) {
            add(failed, command, 1);
        }
    }

    /** Counts a call that was refused before it ran. */
    public void refused(int command) {
        add(rejected, command, 1);
    }

    private static void add(AtomicLongArray counts, int index, long more) {
        counts.setPlain(index, counts.getPlain(index) + more);
    }

    long calls() {
        long sum = 0;
        for (int i = 0; i < calls.length(); i++) {
            sum += calls.getOpaque(i);
        }
        return sum;
    }

    long calls(int command) {
        return calls.getOpaque(command);
    }

    long nanos(int command) {
        return nanos.getOpaque(command);
    }

    long failed(int command) {
        return failed.getOpaque(command);
    }

    long rejected(int command) {
        return rejected.getOpaque(command);
    }

    void reset() {
        for (int i = 0; i < calls.length(); i++) {
            calls.setOpaque(i, 0);
            nanos.setOpaque(i, 0);
            failed.setOpaque(i, 0);
            rejected.setOpaque(i, 0);
        }
    }
}
