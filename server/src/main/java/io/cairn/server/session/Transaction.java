package io.cairn.server.session;

import io.cairn.server.command.CommandTable;
import io.cairn.server.command.Flag;
import java.util.ArrayList;
import java.util.List;

/**
 * A session's MULTI: the commands queued so far, or that it must not be executed.
 *
 * <pre>
 *   closed --MULTI--> open --EXEC, DISCARD--> closed
 *                     open --a refused command--> aborted --EXEC, DISCARD--> closed
 * </pre>
 *
 * <p><i>Confined to the thread that runs the session's commands.</i>
 */
public final class Transaction {
    /** A queued command. */
    public record Queued(CommandTable.Entry entry, byte[][] args) {}

    private final List<Queued> queue = new ArrayList<>();
    private boolean open;
    private boolean aborted;
    private boolean running;

    Transaction() {}

    /** Whether MULTI was called and neither EXEC nor DISCARD since. */
    public boolean isOpen() {
        return open;
    }

    /** Whether a command was refused while queueing. */
    public boolean isAborted() {
        return aborted;
    }

    /** Whether EXEC is running the queue. */
    public boolean isRunning() {
        return running;
    }

    /** Says whether EXEC is running the queue. */
    public void running(boolean now) {
        running = now;
    }

    /** Begins. */
    public void open() {
        open = true;
    }

    /** Makes EXEC refuse; without effect outside of MULTI. */
    public void abort() {
        aborted = open;
    }

    /** Queues a command. */
    public void add(CommandTable.Entry entry, byte[][] args) {
        queue.add(new Queued(entry, args));
    }

    /** The commands queued. */
    public List<Queued> queue() {
        return queue;
    }

    /** Whether a queued command writes. */
    public boolean writes() {
        return any(Flag.WRITE);
    }

    /** Whether a queued command may need memory. */
    public boolean needsMemory() {
        return any(Flag.DENYOOM);
    }

    /** Whether a queued command runs a script. */
    public boolean runsScript() {
        return any(Flag.RUNS_SCRIPT);
    }

    private boolean any(Flag flag) {
        for (Queued queued : queue) {
            if (queued.entry().is(flag)) {
                return true;
            }
        }
        return false;
    }

    /** Ends. */
    public void close() {
        open = false;
        aborted = false;
        queue.clear();
    }
}
