package io.cairn.server.command.lists;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.server.command.Call;
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
 * The declarations of all list commands, and what their handlers share.
 *
 * <p><i>Immutable.</i>
 */
public final class ListCommands {
    private ListCommands() {}

    /** All list commands. */
    public static List<Command> commands() {
        List<Command> commands = new ArrayList<>();
        commands.addAll(ListEnds.commands());
        commands.addAll(ListItems.commands());
        commands.addAll(BlockingLists.commands());
        return commands;
    }

    static Command.Builder declare(String name, int arity, Handler handler, Flag... flags) {
        return Command.of(name, arity, handler).flags(flags).group("list");
    }

    /** The list at a key argument for reading, or null. */
    static byte @Nullable [] read(Call call, int index) {
        return requireList(call.turn().read(call.db(), call.arg(index)));
    }

    /** The list at a key argument for writing, or null. */
    static byte @Nullable [] write(Call call, int index) {
        return requireList(call.turn().write(call.db(), call.arg(index)));
    }

    static byte @Nullable [] requireList(byte @Nullable [] row) {
        if (row != null && MetaRow.type(row) != ValueType.LIST) {
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

    /** LEFT or RIGHT: whether the head is meant. */
    static boolean isHead(Call call, int index) {
        if (call.is(index, "left")) {
            return true;
        }
        if (call.is(index, "right")) {
            return false;
        }
        throw CommandException.syntax();
    }

    static Reply bulks(List<byte[]> items) {
        List<Reply> replies = new ArrayList<>(items.size());
        for (byte[] item : items) {
            replies.add(Reply.bulk(item));
        }
        return Reply.array(replies);
    }
}
