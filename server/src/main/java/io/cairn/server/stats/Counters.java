package io.cairn.server.stats;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counters of the whole server, under the names that INFO gives them where it has any.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Counters {
    private static final int MAX_ERROR_CODES = 128;

    /** Connections accepted. */
    public final LongAdder connectionsReceived = new LongAdder();

    /** Connections refused because there were {@code maxclients}. */
    public final LongAdder rejectedConnections = new LongAdder();

    /** Bytes received from clients. */
    public final LongAdder netInputBytes = new LongAdder();

    /** Bytes sent to clients. */
    public final LongAdder netOutputBytes = new LongAdder();

    /** Commands that left the event loop for the disk pool. */
    public final LongAdder commandsOffLoop = new LongAdder();

    /** Subscribers that were disconnected because they did not read. */
    public final LongAdder outputLimitDisconnections = new LongAdder();

    /** Turns that event loops committed. */
    public final LongAdder turns = new LongAdder();

    /** Error replies. */
    public final LongAdder errorReplies = new LongAdder();

    /** Commands out of a stream that failed. */
    public final LongAdder streamErrors = new LongAdder();

    /** Commands that took long. */
    public final SlowLog slowLog = new SlowLog();

    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
    private final List<CommandCounters> perThread = new CopyOnWriteArrayList<>();

    /** Makes counters that are all zero. */
    public Counters() {}

    /** What one command has come to. */
    public record CommandTotal(long calls, long nanos, long failed, long rejected) {}

    /** Counters for one more thread, of that many commands. */
    public CommandCounters newThread(int commands) {
        CommandCounters counters = new CommandCounters(commands);
        perThread.add(counters);
        return counters;
    }

    /** Sums for the command with that index. */
    public CommandTotal total(int command) {
        long calls = 0;
        long nanos = 0;
        long failed = 0;
        long rejected = 0;
        for (CommandCounters counters : perThread) {
            calls += counters.calls(command);
            nanos += counters.nanos(command);
            failed += counters.failed(command);
            rejected += counters.rejected(command);
        }
        return new CommandTotal(calls, nanos, failed, rejected);
    }

    /** Calls of all commands. */
    public long calls() {
        long calls = 0;
        for (CommandCounters thread : perThread) {
            calls += thread.calls();
        }
        return calls;
    }

    /** Counts an error reply by its code, the text's first word. */
    public void error(String text) {
        errorReplies.increment();
        int blank = text.indexOf(' ');
        String code = blank < 0 ? text : text.substring(0, blank);
        LongAdder count = errors.get(code);
        if (count == null && errors.size() < MAX_ERROR_CODES) {
            count = errors.computeIfAbsent(code, c -> new LongAdder());
        }
        if (count != null) {
            count.increment();
        }
    }

    /** Error replies by code. */
    public Map<String, Long> errors() {
        Map<String, Long> counts = new TreeMap<>();
        errors.forEach((code, count) -> counts.put(code, count.sum()));
        return counts;
    }

    /** Sets everything to zero. */
    public void reset() {
        for (LongAdder counter : List.of(
                connectionsReceived,
                rejectedConnections,
                netInputBytes,
                netOutputBytes,
                commandsOffLoop,
                outputLimitDisconnections,
                turns,
                errorReplies,
                streamErrors)) {
            counter.reset();
        }
        errors.clear();
        perThread.forEach(CommandCounters::reset);
    }
}
