package io.cairn.server.command.keys;

import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Uses;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Subcommands of OBJECT.
 *
 * <p><i>Immutable.</i>
 */
final class Objects {
    /** What Redis answers for the small integers that it shares. */
    private static final Reply SHARED = Reply.integer(Integer.MAX_VALUE);

    private static final long SHARED_INTEGERS = 10_000;

    private static final List<String> HELP = List.of(
            "OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
            "ENCODING <key>",
            "    Return the name of the encoding of the value of <key>.",
            "FREQ <key>",
            "    Return how often <key> is used, 0 to 255, on a scale of logarithms.",
            "IDLETIME <key>",
            "    Return the seconds since <key> was last used.",
            "REFCOUNT <key>",
            "    Return how often the value of <key> is referred to.",
            "HELP",
            "    Prints this help.");

    private Objects() {}

    static Reply help(Call call) {
        return Reply.array(HELP.stream().map(Reply::simple).toList());
    }

    static Reply encoding(Call call) {
        byte[] row = row(call);
        return row == null ? Reply.NULL : Reply.bulk(MetaRow.encoding(row).objectEncoding());
    }

    static Reply freq(Call call) {
        if (row(call) == null) {
            return Reply.NULL;
        }
        Uses uses = call.turn().uses();
        if (!uses.isFrequency()) {
            throw new CommandException(
                    "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please"
                            + " note that when switching between policies at runtime LRU and LFU data will take some time to"
                            + " adjust.");
        }
        requireKnown(uses);
        return Reply.integer(uses.frequency(call.db(), call.arg(2)));
    }

    static Reply idletime(Call call) {
        if (row(call) == null) {
            return Reply.NULL;
        }
        Uses uses = call.turn().uses();
        if (uses.isFrequency()) {
            throw new CommandException(
                    "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that"
                            + " when switching between policies at runtime LRU and LFU data will take some time to adjust.");
        }
        requireKnown(uses);
        return Reply.integer(uses.idleSeconds(call.db(), call.arg(2)));
    }

    private static void requireKnown(Uses uses) {
        if (!uses.isKnown()) {
            throw new CommandException("ERR The use of keys is tracked with engine memory only");
        }
    }

    static Reply refcount(Call call) {
        byte[] row = row(call);
        if (row == null) {
            return Reply.NULL;
        }
        if (MetaRow.encoding(row) != Encoding.INT) {
            return Reply.ONE;
        }
        long value = Numbers.parseLong(MetaRow.payload(row));
        return value >= 0 && value < SHARED_INTEGERS ? SHARED : Reply.ONE;
    }

    private static byte @Nullable [] row(Call call) {
        call.turn().quiet(true);
        return call.turn().peek(call.db(), call.arg(2));
    }
}
