package io.cairn.server.command.sortedsets;

import static io.cairn.server.command.KeySpec.Access.DELETE;
import static io.cairn.server.command.KeySpec.Access.RW;

import io.cairn.engine.keyspace.Event;
import io.cairn.engine.types.ScoredCursor;
import io.cairn.engine.types.SortedSetEdit;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.Flag;
import io.cairn.server.command.Handler;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands that remove a range of members.
 *
 * <p><i>Immutable.</i>
 */
final class RangeRemovals {
    private RangeRemovals() {}

    static List<Command> commands() {
        return List.of(
                declare("zremrangebyrank", call -> remove(call, "zremrangebyrank", Range.ranks(call, 2, 3, false)))
                        .since("2.0.0")
                        .summary("Removes the members between two ranks")
                        .build(),
                declare("zremrangebyscore", call -> remove(call, "zremrangebyscore", Range.scores(call, 2, 3, false)))
                        .since("1.2.0")
                        .summary("Removes the members with a score between two bounds")
                        .build(),
                declare("zremrangebylex", call -> remove(call, "zremrangebylex", Range.members(call, 2, 3, false)))
                        .since("2.8.9")
                        .summary("Removes the members between two bounds in byte order")
                        .build());
    }

    private static Command.Builder declare(String name, Handler handler) {
        return SortedSetCommands.declare(name, 4, handler, Flag.WRITE)
                .keys(KeySpec.one(1, RW, DELETE))
                .complexity("O(log(N)+M*log(N)) for M members removed");
    }

    private static Reply remove(Call call, String event, Range range) {
        byte[] row = SortedSetCommands.write(call, 1);
        if (row == null) {
            return Reply.ZERO;
        }
        List<byte[]> members = new ArrayList<>();
        try (ScoredCursor cursor = range.open(call.turn(), row)) {
            while (cursor.next()) {
                members.add(cursor.current().member());
            }
        }
        if (members.isEmpty()) {
            return Reply.ZERO;
        }
        SortedSetEdit edit = new SortedSetEdit(call.turn(), call.db(), call.arg(1), row);
        members.forEach(edit::remove);
        edit.finish();
        call.notifyTaken(Event.SORTED_SET, event, call.arg(1));
        call.changed();
        return Reply.integer(members.size());
    }
}
