package io.cairn.server.command.streams;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.types.Packed;
import io.cairn.engine.types.StoredStream;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Flag;
import io.cairn.server.command.Handler;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The declarations of all stream commands, and what their handlers share.
 *
 * <p><i>Immutable.</i>
 */
public final class StreamCommands {
    private static final long NONE = Long.MIN_VALUE + 1;

    private StreamCommands() {}

    /** All stream commands. */
    public static List<Command> commands() {
        List<Command> commands = new ArrayList<>();
        commands.addAll(EntryWrites.commands());
        commands.addAll(EntryReads.commands());
        commands.addAll(GroupCommands.commands());
        commands.addAll(PendingCommands.commands());
        commands.addAll(InfoCommands.commands());
        return commands;
    }

    static Command.Builder declare(String name, int arity, Handler handler, Flag... flags) {
        return Command.of(name, arity, handler).flags(flags).group("stream").since("5.0.0");
    }

    /** The stream at a key argument for reading, or null. */
    static @Nullable StoredStream read(Call call, int index) {
        return read(call, call.arg(index));
    }

    /** The stream at a key for reading, or null. */
    static @Nullable StoredStream read(Call call, byte[] key) {
        return stream(call, call.turn().read(call.db(), key));
    }

    /** The stream at a key argument for writing, or null. */
    static @Nullable StoredStream write(Call call, int index) {
        return write(call, call.arg(index));
    }

    /** The stream at a key for writing, or null. */
    static @Nullable StoredStream write(Call call, byte[] key) {
        return stream(call, call.turn().write(call.db(), key));
    }

    private static @Nullable StoredStream stream(Call call, byte @Nullable [] row) {
        if (row == null) {
            return null;
        }
        if (MetaRow.type(row) != ValueType.STREAM) {
            throw CommandException.wrongType();
        }
        return StoredStream.of(call.turn(), row);
    }

    /** An integer argument, or an error with this text. */
    static long integer(Call call, int index, String error) {
        long value = Numbers.parseLongOr(call.arg(index), NONE);
        if (value == NONE && Numbers.parseLongOr(call.arg(index), 0) != NONE) {
            throw new CommandException("ERR " + error);
        }
        return value;
    }

    /** A name as Redis puts it into messages: up to a zero byte. */
    static String text(byte[] name) {
        int end = 0;
        while (end < name.length && name[end] != 0) {
            end++;
        }
        return new String(name, 0, end, StandardCharsets.UTF_8);
    }

    /** The id as a reply. */
    static Reply id(StreamId id) {
        return Reply.bulk(id.text());
    }

    /** An entry as a reply: its id, and its fields and values. */
    static Reply entry(StreamId id, Packed words) {
        List<Reply> items = new ArrayList<>(2 * words.count());
        while (words.next()) {
            items.add(new Reply.Bulk(words.bytes(), words.start(), words.end()));
        }
        return Reply.array(List.of(id(id), Reply.array(items)));
    }

    /** The error for a subcommand with arguments that it does not take. */
    static CommandException subcommand(Call call, String container) {
        return new CommandException("ERR unknown subcommand or wrong number of arguments for '" + call.text(1)
                + "'. Try " + container + " HELP.");
    }
}
