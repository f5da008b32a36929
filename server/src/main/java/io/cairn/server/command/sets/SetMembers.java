package io.cairn.server.command.sets;

import io.cairn.engine.keyspace.Event;
import io.cairn.engine.types.ElementCursor;
import io.cairn.engine.types.SetEdit;
import io.cairn.engine.types.Sets;
import io.cairn.server.command.Call;
import io.cairn.server.command.ElementScan;
import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The commands on the members of one set that they name, or on all of them.
 *
 * <p><i>Immutable.</i>
 */
final class SetMembers {
    private SetMembers() {}

    static Reply sadd(Call call) {
        SetEdit set = SetCommands.edit(call, 1, SetCommands.write(call, 1));
        long added = 0;
        for (int at = 2; at < call.count(); at++) {
            if (set.add(call.arg(at))) {
                added++;
            }
        }
        if (added > 0) {
            set.store();
            call.notify(Event.SET, "sadd", call.arg(1));
            call.changed();
        }
        return Reply.integer(added);
    }

    static Reply srem(Call call) {
        byte[] row = SetCommands.write(call, 1);
        if (row == null) {
            return Reply.ZERO;
        }
        SetEdit set = SetCommands.edit(call, 1, row);
        long removed = 0;
        for (int at = 2; at < call.count() && set.count() > 0; at++) {
            if (set.remove(call.arg(at))) {
                removed++;
            }
        }
        if (removed > 0) {
            set.store();
            call.notifyTaken(Event.SET, "srem", call.arg(1));
            call.changed();
        }
        return Reply.integer(removed);
    }

    static Reply smove(Call call) {
        byte[] sourceRow = call.turn().write(call.db(), call.arg(1));
        byte[] targetRow = call.turn().write(call.db(), call.arg(2));
        if (sourceRow == null) {
            return Reply.ZERO;
        }
        SetCommands.requireSet(sourceRow);
        SetCommands.requireSet(targetRow);
        byte[] member = call.arg(3);
        if (Arrays.equals(call.arg(1), call.arg(2))) {
            return Reply.integer(Sets.contains(call.turn(), sourceRow, member));
        }
        SetEdit source = SetCommands.edit(call, 1, sourceRow);
        if (!source.remove(member)) {
            return Reply.ZERO;
        }
        source.store();
        call.notifyTaken(Event.SET, "srem", call.arg(1));
        SetEdit target = SetCommands.edit(call, 2, targetRow);
        boolean added = target.add(member);
        target.store();
        if (added) {
            call.notify(Event.SET, "sadd", call.arg(2));
        }
        call.changed();
        return Reply.ONE;
    }

    static Reply sismember(Call call) {
        byte[] row = SetCommands.read(call, 1);
        return Reply.integer(row != null && Sets.contains(call.turn(), row, call.arg(2)));
    }

    static Reply smismember(Call call) {
        byte[] row = SetCommands.read(call, 1);
        List<Reply> found = new ArrayList<>(call.count() - 2);
        for (int at = 2; at < call.count(); at++) {
            found.add(Reply.integer(row != null && Sets.contains(call.turn(), row, call.arg(at))));
        }
        return Reply.array(found);
    }

    static Reply scard(Call call) {
        byte[] row = SetCommands.read(call, 1);
        return Reply.integer(row == null ? 0 : Sets.count(row));
    }

    static Reply smembers(Call call) {
        byte[] row = SetCommands.read(call, 1);
        return new Reply.Members(row == null ? List.of() : members(call, row));
    }

    /** All members of a set. */
    static List<Reply> members(Call call, byte[] row) {
        List<Reply> members = new ArrayList<>((int) Sets.count(row));
        try (ElementCursor cursor = Sets.cursor(call.turn(), row)) {
            while (cursor.next()) {
                members.add(SetCommands.reply(cursor.element()));
            }
        }
        return members;
    }

    static Reply sscan(Call call) {
        long cursor = ElementScan.cursor(call, 2);
        byte[] row = SetCommands.read(call, 1);
        if (row == null) {
            return ElementScan.nothing();
        }
        ElementScan scan = ElementScan.options(call, 3);
        List<Reply> found = new ArrayList<>();
        long next = Sets.scan(call.turn(), row, cursor, scan.count(), element -> {
            if (scan.matchesAll() || scan.matches(element.member())) {
                found.add(SetCommands.reply(element));
            }
        });
        return ElementScan.reply(next, found);
    }
}
