package io.cairn.server.dispatch;

import io.cairn.engine.keyspace.Turn;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.CommandTable;
import io.cairn.server.command.Reply;
import io.cairn.server.session.Session;
import io.cairn.server.stats.CommandCounters;
import io.cairn.server.stats.Counters;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Commands within a command: those that EXEC runs, and those of scripts.
 *
 * <p>Each is taken back if it fails, and counted as if the client had called it. What is abandoned and run again counts again.
 *
 * <p><i>Thread-safe.</i>
 */
public final class InnerCalls {
    private final Counters counters;
    private final ThreadLocal<CommandCounters> ofThread;

    /** Commands of the table that {@code table} gives, once it is made. */
    public InnerCalls(Counters counters, Supplier<CommandTable> table) {
        this.counters = counters;
        this.ofThread = ThreadLocal.withInitial(
                () -> counters.newThread(table.get().all().size()));
    }

    /**
     * Runs a command that may run.
     *
     * @throws CommandException if it fails; nothing of it is left
     */
    Reply run(Turn turn, Session session, CommandTable.Entry entry, byte[][] args) {
        long start = System.nanoTime();
        Turn.Mark mark = turn.mark();
        try {
            Reply reply = Execution.call(entry.command(), new Call(turn, session.db(), args, session));
            account(session, entry, args, start, reply instanceof Reply.Error error ? error.text() : null);
            return reply;
        } catch (CommandException e) {
            turn.rollback(mark);
            account(session, entry, args, start, e.reply());
            throw e;
        }
    }

    private void account(Session session, CommandTable.Entry entry, byte[][] args, long start, @Nullable String error) {
        long nanos = System.nanoTime() - start;
        ofThread.get().called(entry.index(), nanos, error != null);
        if (error != null) {
            counters.error(error);
        }
        Execution.noteSlow(counters, session, entry, args, nanos);
    }
}
