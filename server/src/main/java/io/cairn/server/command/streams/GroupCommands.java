package io.cairn.server.command.streams;

import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.DELETE;
import static io.cairn.server.command.KeySpec.Access.INSERT;
import static io.cairn.server.command.KeySpec.Access.RO;
import static io.cairn.server.command.KeySpec.Access.RW;
import static io.cairn.server.command.KeySpec.Access.UPDATE;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.keyspace.Event;
import io.cairn.engine.types.StoredStream;
import io.cairn.engine.types.StreamConsumer;
import io.cairn.engine.types.StreamGroup;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Flag;
import io.cairn.server.command.Handler;
import io.cairn.server.command.Help;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * XGROUP, and reading through a group.
 *
 * <p><i>Immutable.</i>
 */
final class GroupCommands {
    private static final String NO_KEY =
            "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you "
                    + "may want to use the MKSTREAM option to create an empty stream automatically.";

    private GroupCommands() {}

    static List<Command> commands() {
        return List.of(
                StreamCommands.declare(
                                "xreadgroup", -7, GroupCommands::read, Flag.WRITE, Flag.BLOCKING, Flag.MOVABLEKEYS)
                        .keys(KeySpec.half("STREAMS", 4, RO, ACCESS))
                        .logs(Effects.CLAIMED, Effects.POSITION, Effects.CONSUMER)
                        .summary("Returns entries of several streams that a group has delivered to nobody, or those "
                                + "pending with a consumer")
                        .complexity("O(M) for M entries returned")
                        .build(),
                Command.container("xgroup")
                        .group("stream")
                        .since("5.0.0")
                        .summary("Commands that manage groups of consumers")
                        .complexity("Depends on subcommand")
                        .sub(sub("create", -5, GroupCommands::create, INSERT, Flag.WRITE, Flag.DENYOOM)
                                .summary("Makes a group"))
                        .sub(sub("setid", -5, GroupCommands::setId, UPDATE, Flag.WRITE)
                                .summary("Sets the id that a group was delivered last"))
                        .sub(sub("destroy", 4, GroupCommands::destroy, DELETE, Flag.WRITE)
                                .summary("Deletes a group")
                                .complexity("O(N) for N pending entries"))
                        .sub(sub("createconsumer", 5, GroupCommands::createConsumer, INSERT, Flag.WRITE, Flag.DENYOOM)
                                .since("6.2.0")
                                .summary("Makes a consumer in a group"))
                        .sub(sub("delconsumer", 5, GroupCommands::deleteConsumer, DELETE, Flag.WRITE)
                                .summary("Deletes a consumer of a group")
                                .complexity("O(N) for N entries that are pending with it"))
                        .sub(help())
                        .build());
    }

    private static Command.Builder sub(String name, int arity, Handler handler, KeySpec.Access access, Flag... flags) {
        return StreamCommands.declare(name, arity, handler, flags).keys(KeySpec.one(2, RW, access));
    }

    private static Command.Builder help() {
        return Help.of(
                "xgroup",
                "stream",
                "CREATE <key> <groupname> <id|$> [option]",
                "    Create a new consumer group. Options are:",
                "    * MKSTREAM",
                "      Create the empty stream if it does not exist.",
                "    * ENTRIESREAD entries_read",
                "      Set the group's entries_read counter (internal use).",
                "CREATECONSUMER <key> <groupname> <consumer>",
                "    Create a new consumer in the specified group.",
                "DELCONSUMER <key> <groupname> <consumer>",
                "    Remove the specified consumer.",
                "DESTROY <key> <groupname>",
                "    Remove the specified group.",
                "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
                "    Set the current group ID and entries_read counter.");
    }

    private static Reply read(Call call) {
        return StreamRead.parse(call).serveOrWait(call);
    }

    private static Reply create(Call call) {
        boolean makeStream = false;
        long entriesRead = StreamPart.State.UNKNOWN;
        for (int i = 5; i < call.count(); i++) {
            if (call.is(i, "mkstream")) {
                makeStream = true;
            } else {
                entriesRead = entriesRead(call, i++);
            }
        }
        StoredStream stream = StreamCommands.write(call, 2);
        if (stream == null && !makeStream) {
            throw new CommandException(NO_KEY);
        }
        if (call.count() > 8) {
            throw StreamCommands.subcommand(call, "XGROUP");
        }
        StreamId last;
        if (call.is(4, "$")) {
            last = stream == null ? StreamId.ZERO : stream.lastId();
        } else {
            last = Ids.strict(call.arg(4));
        }
        if (stream == null) {
            stream = StoredStream.create(call.turn());
        } else if (stream.group(call.arg(3)) != null) {
            throw new CommandException("BUSYGROUP Consumer Group name already exists");
        }
        stream.createGroup(call.arg(3), last, entriesRead);
        stream.store(call.db(), call.arg(2));
        call.notify(Event.STREAM, "xgroup-create", call.arg(2));
        call.changed();
        return Reply.OK;
    }

    private static long entriesRead(Call call, int at) {
        if (!call.is(at, "entriesread") || at + 1 == call.count()) {
            throw StreamCommands.subcommand(call, "XGROUP");
        }
        long read = call.integer(at + 1);
        // A count that a client has set near the greatest number goes on behind it, and is logged so.
        if (read < StreamPart.State.UNKNOWN && call.caller() != null) {
            throw new CommandException("ERR value for ENTRIESREAD must be positive or -1");
        }
        return read;
    }

    private static Reply setId(Call call) {
        long entriesRead = StreamPart.State.UNKNOWN;
        for (int i = 5; i < call.count(); i += 2) {
            entriesRead = entriesRead(call, i);
        }
        StoredStream stream = existing(call);
        StreamGroup group = required(call, stream);
        if (call.count() != 5 && call.count() != 7) {
            throw StreamCommands.subcommand(call, "XGROUP");
        }
        StreamId last = call.is(4, "$") ? stream.lastId() : Ids.lenient(call.arg(4), 0);
        group.lastId(last, entriesRead);
        group.store();
        stream.store(call.db(), call.arg(2));
        call.notify(Event.STREAM, "xgroup-setid", call.arg(2));
        call.changed();
        return Reply.OK;
    }

    private static StoredStream existing(Call call) {
        StoredStream stream = StreamCommands.write(call, 2);
        if (stream == null) {
            throw new CommandException(NO_KEY);
        }
        return stream;
    }

    private static StreamGroup required(Call call, StoredStream stream) {
        StreamGroup group = stream.group(call.arg(3));
        if (group == null) {
            throw noGroup(call);
        }
        return group;
    }

    /** The error of XGROUP and XINFO for a group that is not there. */
    static CommandException noGroup(Call call) {
        return new CommandException("NOGROUP No such consumer group '" + StreamCommands.text(call.arg(3))
                + "' for key name '" + StreamCommands.text(call.arg(2)) + "'");
    }

    private static Reply destroy(Call call) {
        StoredStream stream = existing(call);
        @Nullable StreamGroup group = stream.group(call.arg(3));
        if (group == null) {
            return Reply.ZERO;
        }
        stream.destroy(group);
        stream.store(call.db(), call.arg(2));
        call.notify(Event.STREAM, "xgroup-destroy", call.arg(2));
        call.changed();
        return Reply.ONE;
    }

    private static Reply createConsumer(Call call) {
        StoredStream stream = existing(call);
        StreamGroup group = required(call, stream);
        if (group.consumer(call.arg(4)) != null) {
            return Reply.ZERO;
        }
        group.createConsumer(call.arg(4), call.turn().nowMillis());
        group.store();
        stream.store(call.db(), call.arg(2));
        call.notify(Event.STREAM, "xgroup-createconsumer", call.arg(2));
        call.changed();
        return Reply.ONE;
    }

    private static Reply deleteConsumer(Call call) {
        StoredStream stream = existing(call);
        StreamGroup group = required(call, stream);
        StreamConsumer consumer = group.consumer(call.arg(4));
        if (consumer == null) {
            return Reply.ZERO;
        }
        long pending = consumer.pending();
        group.delete(consumer);
        group.store();
        stream.store(call.db(), call.arg(2));
        call.notify(Event.STREAM, "xgroup-delconsumer", call.arg(2));
        call.changed();
        return Reply.integer(pending);
    }
}
