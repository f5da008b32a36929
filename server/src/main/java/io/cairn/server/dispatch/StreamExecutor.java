package io.cairn.server.dispatch;

import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.stream.CommandExecutor;
import io.cairn.engine.stream.UnexecutableException;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.CommandTable;
import io.cairn.server.command.KeySpec;
import io.cairn.server.stats.Counters;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs commands out of a stream: a primary's, or the log's own at recovery.
 *
 * <p>No session, no admission: who wrote the stream has decided. A command that is unknown here, or fails where it did not
 * fail for whoever wrote the stream, ends it: going on behind it would let the keyspace differ from the stream unnoticed.
 * Left out on purpose, by name, is only what has no effect on data ({@link #WITHOUT_EFFECT}).
 *
 * <p><i>Thread-safe.</i>
 */
public final class StreamExecutor implements CommandExecutor {
    /** What a primary sends for others than the data: scripts whose effects it logs. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("script");

    private static final int LONGEST_WITHOUT_EFFECT = 6;

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
            if (isWithoutEffect(args[0])) {
                return;
            }
            throw failed("unknown command or wrong number of arguments");
        }
        try {
            Execution.call(entry.command(), new Call(turn, db, args, null));
        } catch (CommandException e) {
            throw failed(e.reply());
        }
    }

    private static boolean isWithoutEffect(byte[] name) {
        return name.length <= LONGEST_WITHOUT_EFFECT
                && WITHOUT_EFFECT.contains(new String(name, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT));
    }

    private UnexecutableException failed(String reason) {
        counters.streamErrors.increment();
        return new UnexecutableException(reason);
    }

    @Override
    public boolean isExclusive(byte[][] args) {
        CommandTable.Entry entry = find(args);
        return entry != null && entry.isExclusive(args);
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
}
