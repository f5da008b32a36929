package io.cairn.server.command.sortedsets;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.types.Scored;
import io.cairn.server.command.Call;
import io.cairn.server.command.Caller;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Flag;
import io.cairn.server.command.Handler;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The declarations of all sorted set commands, and what their handlers share.
 *
 * <p><i>Immutable.</i>
 */
public final class SortedSetCommands {
    private SortedSetCommands() {}

    /** All sorted set commands. */
    public static List<Command> commands() {
        List<Command> commands = new ArrayList<>();
        commands.addAll(ScoreChanges.commands());
        commands.addAll(ScoreLookups.commands());
        commands.addAll(Pops.commands());
        commands.addAll(BlockingPops.commands());
        commands.addAll(RangeCommands.commands());
        commands.addAll(RangeRemovals.commands());
        commands.addAll(Algebra.commands());
        return commands;
    }

    static Command.Builder declare(String name, int arity, Handler handler, Flag... flags) {
        return Command.of(name, arity, handler).flags(flags).group("sorted-set");
    }

    /** The sorted set at a key argument for reading, or null. */
    public static byte @Nullable [] read(Call call, int index) {
        return requireSortedSet(call.turn().read(call.db(), call.arg(index)));
    }

    /** The sorted set at a key argument for writing, or null. */
    public static byte @Nullable [] write(Call call, int index) {
        return requireSortedSet(call.turn().write(call.db(), call.arg(index)));
    }

    /** Runs a call with the arguments of ZADD. */
    public static Reply zadd(Call call) {
        return ScoreChanges.zadd(call, false);
    }

    /**
     * Puts a new sorted set in the place of whatever stands at a key, nothing if it would be empty; the reply is the number
     * of its members.
     */
    public static Reply store(Call call, String event, byte[] key, List<Scored> members) {
        int longest = 0;
        for (Scored scored : members) {
            longest = Math.max(longest, scored.end() - scored.start());
        }
        return RangeCommands.store(call, event, key, members, members.size(), longest);
    }

    static byte @Nullable [] requireSortedSet(byte @Nullable [] row) {
        if (row != null && MetaRow.type(row) != ValueType.ZSET) {
            throw CommandException.wrongType();
        }
        return row;
    }

    /** An integer argument of at least {@code min}, or an error with this text for whatever it is instead. */
    static long atLeast(Call call, int index, long min, String error) {
        long value = Numbers.parseLongOr(call.arg(index), min - 1);
        if (value < min) {
            throw new CommandException("ERR " + error);
        }
        return value;
    }

    /** Whether replies may use what only RESP3 has. */
    static boolean isResp3(Call call) {
        Caller caller = call.caller();
        return caller != null && caller.protocol() > 2;
    }

    static Reply bulk(Scored scored) {
        return new Reply.Bulk(scored.bytes(), scored.start(), scored.end());
    }

    /**
     * Collects members, with scores in turn or (nested) as pairs.
     *
     * <p><i>Confined to the turn's thread.</i>
     */
    static final class Members {
        private final List<Reply> replies = new ArrayList<>();
        private final boolean withScores;
        private final boolean nested;

        Members(boolean withScores, boolean nested) {
            this.withScores = withScores;
            this.nested = nested;
        }

        void add(Scored scored) {
            if (withScores && nested) {
                replies.add(Reply.array(List.of(bulk(scored), Reply.real(scored.score()))));
                return;
            }
            replies.add(bulk(scored));
            if (withScores) {
                replies.add(Reply.real(scored.score()));
            }
        }

        Reply reply() {
            return replies.isEmpty() ? Reply.EMPTY_ARRAY : Reply.array(replies);
        }
    }
}
