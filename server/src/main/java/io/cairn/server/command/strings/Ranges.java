package io.cairn.server.command.strings;

import io.cairn.engine.keyspace.Event;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.types.Strings;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Reply;

/**
 * Commands on parts of values; on a large value they touch only the chunks concerned.
 *
 * <p><i>Immutable.</i>
 */
final class Ranges {
    private static final Reply EMPTY = Reply.bulk(new byte[0]);

    private Ranges() {}

    static Reply append(Call call) {
        byte[] row = StringCommands.write(call, 1);
        byte[] more = call.arg(2);
        call.changed();
        if (row == null) {
            Strings.set(call.turn(), call.db(), call.arg(1), more, MetaRow.NO_EXPIRY);
            call.notify(Event.STRING, "append", call.arg(1));
            return Reply.integer(more.length);
        }
        long length = Strings.length(row);
        requireLength(call, length, more.length);
        Strings.writeRange(call.turn(), call.db(), call.arg(1), row, length, more);
        call.notify(Event.STRING, "append", call.arg(1));
        return Reply.integer(length + more.length);
    }

    static Reply strlen(Call call) {
        byte[] row = StringCommands.read(call, 1);
        return Reply.integer(row == null ? 0 : Strings.length(row));
    }

    static Reply getrange(Call call) {
        long start = call.integer(2);
        long end = call.integer(3);
        byte[] row = StringCommands.read(call, 1);
        if (row == null || start < 0 && end < 0 && start > end) {
            return EMPTY;
        }
        long length = Strings.length(row);
        start = Math.max(start < 0 ? length + start : start, 0);
        end = Math.min(Math.max(end < 0 ? length + end : end, 0), length - 1);
        if (start > end || length == 0) {
            return EMPTY;
        }
        int wanted = Math.toIntExact(end - start + 1);
        if (MetaRow.inRows(row)) {
            return Reply.bulk(Strings.readRange(call.turn(), row, start, wanted));
        }
        int from = MetaRow.payloadStart(row) + (int) start;
        return new Reply.Bulk(row, from, from + wanted);
    }

    static Reply setrange(Call call) {
        long offset = call.integer(2);
        if (offset < 0) {
            throw new CommandException("ERR offset is out of range");
        }
        byte[] row = StringCommands.write(call, 1);
        byte[] part = call.arg(3);
        long length = row == null ? 0 : Strings.length(row);
        if (part.length == 0) {
            return Reply.integer(length);
        }
        requireLength(call, offset, part.length);
        Strings.writeRange(call.turn(), call.db(), call.arg(1), row, offset, part);
        call.notify(Event.STRING, "setrange", call.arg(1));
        call.changed();
        return Reply.integer(Math.max(length, offset + part.length));
    }

    /** What a primary has accepted is applied, whatever its limit is. */
    private static void requireLength(Call call, long length, int more) {
        if (length > call.turn().limits().stringMaxBytes() - more
                && !call.turn().isStreaming()) {
            throw new CommandException("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
        }
    }
}
