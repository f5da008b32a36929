package io.cairn.server.dispatch;

import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.stream.CommandExecutor;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.CommandTable;
import io.cairn.server.command.Flag;
import io.cairn.server.command.KeySpec;
import io.cairn.server.stats.Counters;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs commands out of a stream: a primary's, or the log's own at recovery.
 *
 * <p>No session, no admission: who wrote the stream has decided. A command that is unknown here or fails as a command is
 * logged and counted, and the stream goes on, as in Redis. A failure of another kind is the caller's: going on behind
 * it would let the keyspace differ from the stream unnoticed.
 *
 * <p><i>Thread-safe.</i>
 */
public final class StreamExecutor implements CommandExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(StreamExecutor.class);

    private final CommandTable table;
    private final Counters counters;

    /** Runs the table's commands. */
    public StreamExecutor(CommandTable table, Counters counters) {
        this.table = table;
        this.counters = counters;
    }

    @Override
    public void execute(Turn turn, int db, byte[][] args) {
        CommandTable.Entry entry = find(args);
        if (entry == null) {
            report(args, "unknown command or wrong number of arguments");
            return;
        }
        Turn.Mark mark = turn.mark();
        try {
            Execution.call(entry.command(), new Call(turn, db, args, null));
        } catch (CommandException e) {
            turn.rollback(mark);
            report(args, e.reply());
        }
    }

    @Override
    public boolean isExclusive(byte[][] args) {
        CommandTable.Entry entry = find(args);
        return entry != null && entry.is(Flag.EXCLUSIVE);
    }

    @Override
    public void keys(byte[][] args, Consumer<byte[]> each) {
        CommandTable.Entry entry = find(args);
        if (entry != null && entry.onlyKey() > 0) {
            each.accept(args[entry.onlyKey()]);
        } else if (entry != null) {
            for (int index : KeySpec.keys(entry.command().keys(), args)) {
                each.accept(args[index]);
            }
        }
    }

    private CommandTable.@Nullable Entry find(byte[][] args) {
        CommandTable.Entry entry = table.find(args);
        boolean runs = entry != null
                && entry.command().handler() != null
                && entry.command().accepts(args.length);
        return runs ? entry : null;
    }

    private void report(byte[][] args, String reason) {
        counters.streamErrors.increment();
        LOG.error(
                "command of the stream failed command={} args={} reason=\"{}\"",
                new String(args[0], StandardCharsets.UTF_8),
                args.length - 1,
                reason);
    }
}
