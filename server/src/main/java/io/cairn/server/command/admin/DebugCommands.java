package io.cairn.server.command.admin;

import static io.cairn.server.command.Flag.ADMIN;
import static io.cairn.server.command.Flag.LOADING;
import static io.cairn.server.command.Flag.NOSCRIPT;
import static io.cairn.server.command.Flag.OFF_LOOP;
import static io.cairn.server.command.Flag.STALE;

import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.types.Strings;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DEBUG: what tests and benchmarks need of it.
 *
 * <p><i>Thread-safe.</i>
 */
public final class DebugCommands {
    private static final Logger LOG = LoggerFactory.getLogger(DebugCommands.class);
    private static final int KEYS_PER_COMMIT = 1000;
    private static final byte[] SET = "SET".getBytes(StandardCharsets.US_ASCII);

    private final Engine engine;

    /** What DEBUG does to the data's keeper. */
    public interface Engine {
        /** Switches the deletion of expired keys in the background on or off. */
        void activeExpire(boolean on);

        /** Takes a new replication id. */
        void renewReplicationId();
    }

    /** The command. */
    public DebugCommands(Engine engine) {
        this.engine = engine;
    }

    /** The declaration. */
    public List<Command> commands() {
        return List.of(Command.of("debug", -2, this::debug)
                .flags(ADMIN, NOSCRIPT, LOADING, STALE, OFF_LOOP)
                .group("server")
                .summary("A container for commands that tests use.")
                .complexity("Depends on subcommand.")
                .build());
    }

    private Reply debug(Call call) {
        String name = call.text(1).toLowerCase(Locale.ROOT);
        int more = call.count() - 2;
        if (name.equals("sleep") && more == 1) {
            return sleep(call);
        }
        if (name.equals("set-active-expire") && more == 1) {
            engine.activeExpire(Numbers.parseLongOr(call.arg(2), 0) != 0);
            return Reply.OK;
        }
        if (name.equals("object") && more == 1) {
            return object(call);
        }
        if (name.equals("populate") && more >= 1 && more <= 3) {
            return populate(call);
        }
        if (name.equals("change-repl-id") && more == 0) {
            return changeReplicationId();
        }
        if (name.equals("error") && more == 1) {
            return Reply.error(call.text(2));
        }
        if (name.equals("log") && more == 1) {
            LOG.warn("DEBUG LOG: {}", call.text(2));
            return Reply.OK;
        }
        if (name.equals("quicklist-packed-threshold") && more == 1) {
            return Reply.OK; // lists here have no such threshold
        }
        if (name.equals("help") && more == 0) {
            return HELP;
        }
        throw new CommandException(
                "ERR unknown subcommand or wrong number of arguments for '" + call.text(1) + "'. Try DEBUG HELP.");
    }

    private static final Reply HELP = Reply.array(Arrays.asList(
            Reply.simple("DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"),
            Reply.simple("CHANGE-REPL-ID"),
            Reply.simple("    Take a new replication id: replicas resynchronize in full."),
            Reply.simple("ERROR <string>"),
            Reply.simple("    Return the string as an error."),
            Reply.simple("LOG <message>"),
            Reply.simple("    Write the message to the server's log."),
            Reply.simple("OBJECT <key>"),
            Reply.simple("    Show how the key's value is held."),
            Reply.simple("POPULATE <count> [<prefix>] [<size>]"),
            Reply.simple("    Create <count> string keys named <prefix>:<n>, of <size> bytes if given."),
            Reply.simple("QUICKLIST-PACKED-THRESHOLD <size>"),
            Reply.simple("    Accepted."),
            Reply.simple("SET-ACTIVE-EXPIRE <0|1>"),
            Reply.simple("    Switch the deletion of expired keys in the background."),
            Reply.simple("SLEEP <seconds>"),
            Reply.simple("    Answer after <seconds>. Other clients go on."),
            Reply.simple("HELP"),
            Reply.simple("    Prints this help.")));

    private static Reply sleep(Call call) {
        double seconds;
        try {
            seconds = Double.parseDouble(call.text(2));
        } catch (NumberFormatException e) {
            seconds = 0;
        }
        try {
            TimeUnit.MICROSECONDS.sleep((long) (seconds * 1e6));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Reply.OK;
    }

    private static Reply object(Call call) {
        Turn turn = call.turn();
        turn.begin(System.currentTimeMillis());
        byte[] row = turn.read(call.db(), call.arg(2));
        if (row == null) {
            throw new CommandException("ERR no such key");
        }
        return Reply.simple("Value at:0x0 refcount:1 encoding:"
                + MetaRow.encoding(row).objectEncoding()
                + " serializedlength:" + (row.length - MetaRow.payloadStart(row))
                + " in_rows:" + (MetaRow.inRows(row) ? 1 : 0));
    }

    private static Reply populate(Call call) {
        long count = Numbers.parseLongOr(call.arg(2), -1);
        long size = call.count() > 4 ? Numbers.parseLongOr(call.arg(4), -1) : 0;
        if (count < 0 || size < 0 || size > Integer.MAX_VALUE - 64) {
            throw new CommandException("ERR value is out of range, must be positive");
        }
        String prefix = call.count() > 3 ? call.text(3) : "key";
        for (long first = 0; first < count; first += KEYS_PER_COMMIT) {
            populate(call, prefix, first, Math.min(count, first + KEYS_PER_COMMIT), (int) size);
        }
        return Reply.OK;
    }

    private static void populate(Call call, String prefix, long from, long to, int size) {
        Turn turn = call.turn();
        turn.begin(System.currentTimeMillis());
        List<Turn.DbKey> keys = new ArrayList<>();
        for (long i = from; i < to; i++) {
            keys.add(new Turn.DbKey(call.db(), (prefix + ":" + i).getBytes(StandardCharsets.UTF_8)));
        }
        turn.lockAll(keys, false);
        for (long i = from; i < to; i++) {
            byte[] key = keys.get((int) (i - from)).key();
            if (turn.write(call.db(), key) == null) {
                byte[] value = ("value:" + i).getBytes(StandardCharsets.US_ASCII);
                byte[] sized = size == 0 ? value : Arrays.copyOf(value, size);
                Strings.set(turn, call.db(), key, sized, MetaRow.NO_EXPIRY);
                turn.effect(call.db(), SET, key, sized);
                turn.endUnit();
            }
        }
        turn.commit();
    }

    private Reply changeReplicationId() {
        engine.renewReplicationId();
        return Reply.OK;
    }
}
