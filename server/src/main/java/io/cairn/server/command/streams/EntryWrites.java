package io.cairn.server.command.streams;

import static io.cairn.server.command.KeySpec.Access.DELETE;
import static io.cairn.server.command.KeySpec.Access.RW;
import static io.cairn.server.command.KeySpec.Access.UPDATE;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.keyspace.Event;
import io.cairn.engine.types.StoredStream;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Flag;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import java.util.List;
import java.util.Locale;

/**
 * Stream commands that add and delete entries.
 *
 * <p><i>Immutable.</i>
 */
final class EntryWrites {
    private EntryWrites() {}

    static List<Command> commands() {
        return List.of(
                StreamCommands.declare("xadd", -5, EntryWrites::xadd, Flag.WRITE, Flag.DENYOOM, Flag.FAST)
                        .keys(KeySpec.one(1, RW, UPDATE))
                        .tips("nondeterministic_output")
                        .logs(
                                Command.AS_CALLED,
                                "XADD key [NOMKSTREAM] [MAXLEN|MINID [=] threshold [LIMIT count]] id field value ...")
                        .summary("Appends an entry to a stream; makes the stream if there is none")
                        .complexity("O(1) to add, O(N) for N entries trimmed")
                        .build(),
                StreamCommands.declare("xdel", -3, EntryWrites::xdel, Flag.WRITE, Flag.FAST)
                        .keys(KeySpec.one(1, RW, DELETE))
                        .summary("Deletes entries of a stream by their ids")
                        .complexity("O(1) for each entry")
                        .build(),
                StreamCommands.declare("xtrim", -4, EntryWrites::xtrim, Flag.WRITE)
                        .keys(KeySpec.one(1, RW, DELETE))
                        .tips("nondeterministic_output")
                        .logs(Command.AS_CALLED, "XTRIM key MAXLEN|MINID = threshold [LIMIT count]")
                        .summary("Deletes entries at the front of a stream")
                        .complexity("O(N) for N entries deleted")
                        .build(),
                StreamCommands.declare("xsetid", -3, EntryWrites::xsetid, Flag.WRITE, Flag.DENYOOM, Flag.FAST)
                        .keys(KeySpec.one(1, RW, UPDATE))
                        .summary("Sets the last id of a stream; for internal use")
                        .build());
    }

    private static Reply xadd(Call call) {
        Trim trim = Trim.parse(call, true);
        int idAt = trim.end();
        int fields = call.count() - idAt - 1;
        if (fields < 2 || fields % 2 != 0) {
            throw new CommandException(
                    "ERR wrong number of arguments for '" + call.text(0).toLowerCase(Locale.ROOT) + "' command");
        }
        boolean any = call.is(idAt, "*");
        Long millis = any ? null : Ids.millisOfAny(call.arg(idAt));
        StreamId given = any || millis != null ? null : Ids.strict(call.arg(idAt));
        if (given != null && given.isZero()) {
            throw new CommandException("ERR The ID specified in XADD must be greater than 0-0");
        }
        StoredStream stream = StreamCommands.write(call, 1);
        if (stream == null) {
            if (trim.existing()) {
                return Reply.NULL;
            }
            stream = StoredStream.create(call.turn());
        }
        StreamId last = stream.lastId();
        if (last.isLast()) {
            throw new CommandException("ERR The stream has exhausted the last possible ID, unable to add more items");
        }
        StreamId id = given != null ? given : millis != null ? within(millis, last) : atOnce(call, last);
        if (!id.isAfter(last)) {
            throw new CommandException(
                    "ERR The ID specified in XADD is equal or smaller than the target stream top item");
        }
        stream.append(id, call.args(), idAt + 1);
        boolean trimmed = trim.trims() && trim.apply(stream) > 0;
        stream.store(call.db(), call.arg(1));
        call.notify(Event.STREAM, "xadd", call.arg(1));
        if (trimmed) {
            call.notify(Event.STREAM, "xtrim", call.arg(1));
        }
        if (given != null && !trim.isApproximate()) {
            call.changed();
        } else {
            byte[][] effect = call.args().clone();
            effect[idAt] = given != null ? effect[idAt] : id.text();
            trim.state(effect, stream);
            call.propagate(effect);
        }
        return StreamCommands.id(id);
    }

    /** The next id of a millisecond; one that is not greater than the last if the millisecond has no more. */
    private static StreamId within(long millis, StreamId last) {
        if (last.millis() != millis) {
            return new StreamId(millis, 0);
        }
        return last.sequence() == -1 ? last : last.next();
    }

    private static StreamId atOnce(Call call, StreamId last) {
        long now = call.turn().nowMillis();
        return Long.compareUnsigned(now, last.millis()) > 0 ? new StreamId(now, 0) : last.next();
    }

    private static Reply xdel(Call call) {
        StoredStream stream = StreamCommands.write(call, 1);
        if (stream == null) {
            return Reply.ZERO;
        }
        StreamId[] ids = new StreamId[call.count() - 2];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Ids.strict(call.arg(i + 2));
        }
        long deleted = 0;
        for (StreamId id : ids) {
            deleted += stream.delete(id) ? 1 : 0;
        }
        if (deleted > 0) {
            stream.store(call.db(), call.arg(1));
            call.notify(Event.STREAM, "xdel", call.arg(1));
            call.changed();
        }
        return Reply.integer(deleted);
    }

    private static Reply xtrim(Call call) {
        Trim trim = Trim.parse(call, false);
        StoredStream stream = StreamCommands.write(call, 1);
        if (stream == null) {
            return Reply.ZERO;
        }
        long deleted = trim.apply(stream);
        if (deleted > 0) {
            stream.store(call.db(), call.arg(1));
            call.notify(Event.STREAM, "xtrim", call.arg(1));
            if (trim.isApproximate()) {
                byte[][] effect = call.args().clone();
                trim.state(effect, stream);
                call.propagate(effect);
            } else {
                call.changed();
            }
        }
        return Reply.integer(deleted);
    }

    private static Reply xsetid(Call call) {
        StreamId id = Ids.strict(call.arg(2));
        long added = -1;
        StreamId deleted = StreamId.ZERO;
        for (int i = 3; i < call.count(); i += 2) {
            boolean more = i + 1 < call.count();
            if (more && call.is(i, "entriesadded")) {
                added = call.integer(i + 1);
                if (added < 0) {
                    throw new CommandException("ERR entries_added must be positive");
                }
            } else if (more && call.is(i, "maxdeletedid")) {
                deleted = Ids.strict(call.arg(i + 1));
                if (id.isBefore(deleted)) {
                    throw new CommandException(
                            "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id");
                }
            } else {
                throw CommandException.syntax();
            }
        }
        StoredStream stream = StreamCommands.write(call, 1);
        if (stream == null) {
            throw new CommandException("ERR no such key");
        }
        StreamPart.State state = stream.state();
        if (stream.length() > 0) {
            if (id.isBefore(stream.lastEntryId())) {
                throw new CommandException("ERR The ID specified in XSETID is smaller than the target stream top item");
            }
            if (added != -1 && stream.length() > added) {
                throw new CommandException(
                        "ERR The entries_added specified in XSETID is smaller than the target stream length");
            }
        }
        stream.adjust(
                id, added == -1 ? state.entriesAdded() : added, deleted.isZero() ? state.maxDeletedId() : deleted);
        stream.store(call.db(), call.arg(1));
        call.notify(Event.STREAM, "xsetid", call.arg(1));
        call.changed();
        return Reply.OK;
    }
}
