package io.cairn.server.command.lists;

import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.DELETE;
import static io.cairn.server.command.KeySpec.Access.INSERT;
import static io.cairn.server.command.KeySpec.Access.RO;
import static io.cairn.server.command.KeySpec.Access.RW;
import static io.cairn.server.command.KeySpec.Access.UPDATE;

import io.cairn.engine.keyspace.Event;
import io.cairn.engine.types.Lists;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Flag;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.List;

/**
 * List commands that look inside: by index, by range, by value.
 *
 * <p><i>Immutable.</i>
 */
final class ListItems {
    private ListItems() {}

    static List<Command> commands() {
        KeySpec read = KeySpec.one(1, RO, ACCESS);
        return List.of(
                ListCommands.declare("llen", 2, ListItems::llen, Flag.READONLY, Flag.FAST)
                        .keys(KeySpec.one(1, RO))
                        .summary("Returns the length of a list")
                        .build(),
                ListCommands.declare("lindex", 3, ListItems::lindex, Flag.READONLY)
                        .keys(read)
                        .summary("Returns the element at an index of a list")
                        .build(),
                ListCommands.declare("lset", 4, ListItems::lset, Flag.WRITE, Flag.DENYOOM)
                        .keys(KeySpec.one(1, RW, UPDATE))
                        .summary("Replaces the element at an index of a list")
                        .build(),
                ListCommands.declare("lrange", 4, ListItems::lrange, Flag.READONLY)
                        .keys(read)
                        .summary("Returns the elements of a list between two indices")
                        .complexity("O(N) for N elements returned")
                        .build(),
                ListCommands.declare("ltrim", 4, ListItems::ltrim, Flag.WRITE)
                        .keys(KeySpec.one(1, RW, DELETE))
                        .summary("Removes the elements of a list outside of two indices")
                        .complexity("O(N) for N elements removed")
                        .build(),
                ListCommands.declare("lrem", 4, ListItems::lrem, Flag.WRITE)
                        .keys(KeySpec.one(1, RW, DELETE))
                        .summary("Removes elements of a list that equal a value")
                        .complexity("O(N) for a list of N elements")
                        .build(),
                ListCommands.declare("linsert", 5, ListItems::linsert, Flag.WRITE, Flag.DENYOOM)
                        .keys(KeySpec.one(1, RW, INSERT))
                        .since("2.2.0")
                        .summary("Inserts an element before or after the first one that equals a value")
                        .complexity("O(N) for a list of N elements")
                        .build(),
                ListCommands.declare("lpos", -3, ListItems::lpos, Flag.READONLY)
                        .keys(read)
                        .since("6.0.6")
                        .summary("Returns the indices of elements that equal a value")
                        .complexity("O(N) for N elements compared")
                        .build());
    }

    private static Reply llen(Call call) {
        byte[] row = ListCommands.read(call, 1);
        return row == null ? Reply.ZERO : Reply.integer(Lists.size(row));
    }

    private static Reply lindex(Call call) {
        byte[] row = ListCommands.read(call, 1);
        if (row == null) {
            return Reply.NULL;
        }
        long size = Lists.size(row);
        long index = fromTail(call.integer(2), size);
        return index < 0 || index >= size ? Reply.NULL : Reply.bulk(Lists.get(call.turn(), row, index));
    }

    private static Reply lset(Call call) {
        byte[] row = ListCommands.write(call, 1);
        if (row == null) {
            throw new CommandException("ERR no such key");
        }
        long size = Lists.size(row);
        long index = fromTail(call.integer(2), size);
        if (index < 0 || index >= size) {
            throw new CommandException("ERR index out of range");
        }
        Lists.set(call.turn(), call.db(), call.arg(1), row, index, call.arg(3));
        call.notify(Event.LIST, "lset", call.arg(1));
        call.changed();
        return Reply.OK;
    }

    private static Reply lrange(Call call) {
        long first = call.integer(2);
        long last = call.integer(3);
        byte[] row = ListCommands.read(call, 1);
        if (row == null) {
            return Reply.EMPTY_ARRAY;
        }
        long size = Lists.size(row);
        long from = Math.max(0, fromTail(first, size));
        long to = Math.min(size - 1, fromTail(last, size));
        if (from > to) {
            return Reply.EMPTY_ARRAY;
        }
        List<Reply> items = new ArrayList<>();
        Lists.visit(call.turn(), row, from, to, (bytes, start, end) -> items.add(new Reply.Bulk(bytes, start, end)));
        return Reply.array(items);
    }

    private static Reply ltrim(Call call) {
        long first = call.integer(2);
        long last = call.integer(3);
        byte[] row = ListCommands.write(call, 1);
        if (row == null) {
            return Reply.OK;
        }
        long size = Lists.size(row);
        long from = Math.max(0, fromTail(first, size));
        long to = Math.min(size - 1, fromTail(last, size));
        if (from > 0 || to < size - 1) {
            Lists.trim(call.turn(), call.db(), call.arg(1), row, from, to);
            call.changed();
        }
        call.notifyTaken(Event.LIST, "ltrim", call.arg(1));
        return Reply.OK;
    }

    private static Reply lrem(Call call) {
        long count = call.integer(2);
        byte[] row = ListCommands.write(call, 1);
        if (row == null) {
            return Reply.ZERO;
        }
        int removed = Lists.remove(call.turn(), call.db(), call.arg(1), row, call.arg(3), count);
        if (removed > 0) {
            call.notifyTaken(Event.LIST, "lrem", call.arg(1));
            call.changed();
        }
        return Reply.integer(removed);
    }

    private static Reply linsert(Call call) {
        boolean before = call.is(2, "before");
        if (!before && !call.is(2, "after")) {
            throw CommandException.syntax();
        }
        byte[] row = ListCommands.write(call, 1);
        if (row == null) {
            return Reply.ZERO;
        }
        long size = Lists.insert(call.turn(), call.db(), call.arg(1), row, before, call.arg(3), call.arg(4));
        if (size >= 0) {
            call.notify(Event.LIST, "linsert", call.arg(1));
            call.changed();
        }
        return Reply.integer(size);
    }

    private static Reply lpos(Call call) {
        long rank = 1;
        long count = -1;
        long compareMax = 0;
        for (int index = 3; index < call.count(); index += 2) {
            if (index + 1 == call.count()) {
                throw CommandException.syntax();
            }
            if (call.is(index, "rank")) {
                rank = rank(call, index + 1);
            } else if (call.is(index, "count")) {
                count = ListCommands.atLeast(call, index + 1, 0, "COUNT can't be negative");
            } else if (call.is(index, "maxlen")) {
                compareMax = ListCommands.atLeast(call, index + 1, 0, "MAXLEN can't be negative");
            } else {
                throw CommandException.syntax();
            }
        }
        byte[] row = ListCommands.read(call, 1);
        if (row == null) {
            return count < 0 ? Reply.NULL : Reply.EMPTY_ARRAY;
        }
        // The lowest rank has no positive twin: in Redis it overflows, every match is past it and none is the last
        // wanted.
        boolean overflows = rank == Long.MIN_VALUE;
        long limit = count < 0 ? 1 : count == 0 || overflows ? Long.MAX_VALUE : count;
        long[] found = Lists.positions(
                call.turn(),
                row,
                call.arg(2),
                rank < 0,
                overflows ? 0 : Math.abs(rank) - 1,
                limit,
                compareMax == 0 ? Long.MAX_VALUE : compareMax);
        if (count < 0) {
            return found.length == 0 ? Reply.NULL : Reply.integer(found[0]);
        }
        List<Reply> indices = new ArrayList<>(found.length);
        for (long index : found) {
            indices.add(Reply.integer(index));
        }
        return Reply.array(indices);
    }

    private static long rank(Call call, int index) {
        long rank = call.integer(index);
        if (rank == 0) {
            throw new CommandException("ERR RANK can't be zero: use 1 to start from the first match, 2 from the second "
                    + "... or use negative to start from the end of the list");
        }
        return rank;
    }

    /** An index from 0; negative ones count from the tail (and stay negative if they are beyond the head). */
    private static long fromTail(long index, long size) {
        return index < 0 ? index + size : index;
    }
}
