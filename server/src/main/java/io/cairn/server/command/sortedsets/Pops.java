package io.cairn.server.command.sortedsets;

import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.DELETE;
import static io.cairn.server.command.KeySpec.Access.RW;

import io.cairn.engine.keyspace.Event;
import io.cairn.engine.types.Scored;
import io.cairn.engine.types.ScoredCursor;
import io.cairn.engine.types.SortedSetEdit;
import io.cairn.engine.types.SortedSets;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Flag;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Commands that remove and return the members of lowest or highest score.
 *
 * <p><i>Immutable.</i>
 */
final class Pops {
    static final byte[] ZPOPMIN = "ZPOPMIN".getBytes(StandardCharsets.US_ASCII);
    static final byte[] ZPOPMAX = "ZPOPMAX".getBytes(StandardCharsets.US_ASCII);

    private Pops() {}

    static List<Command> commands() {
        KeySpec popped = KeySpec.one(1, RW, ACCESS, DELETE);
        return List.of(
                SortedSetCommands.declare("zpopmin", -2, call -> pop(call, false), Flag.WRITE, Flag.FAST)
                        .keys(popped)
                        .since("5.0.0")
                        .summary("Removes and returns the members with the lowest scores")
                        .complexity("O(M*log(N)) for M members returned")
                        .build(),
                SortedSetCommands.declare("zpopmax", -2, call -> pop(call, true), Flag.WRITE, Flag.FAST)
                        .keys(popped)
                        .since("5.0.0")
                        .summary("Removes and returns the members with the highest scores")
                        .complexity("O(M*log(N)) for M members returned")
                        .build(),
                SortedSetCommands.declare("zmpop", -4, Pops::zmpop, Flag.WRITE, Flag.MOVABLEKEYS)
                        .logs("ZPOPMIN key count", "ZPOPMAX key count")
                        .keys(KeySpec.count(1, RW, ACCESS, DELETE))
                        .since("7.0.0")
                        .summary("Removes and returns members of the first sorted set that has any")
                        .complexity("O(K+M*log(N)) for K keys and M members returned")
                        .build());
    }

    private static Reply pop(Call call, boolean highest) {
        if (call.count() > 3) {
            throw CommandException.syntax();
        }
        boolean counted = call.count() == 3;
        long count = counted ? SortedSetCommands.atLeast(call, 2, 0, "value is out of range, must be positive") : 1;
        byte[] row = SortedSetCommands.write(call, 1);
        if (row == null || count == 0) {
            return Reply.EMPTY_ARRAY;
        }
        SortedSetCommands.Members members =
                new SortedSetCommands.Members(true, counted && SortedSetCommands.isResp3(call));
        remove(call, call.arg(1), row, highest, count).forEach(members::add);
        call.changed();
        return members.reply();
    }

    private static Reply zmpop(Call call) {
        Reply reply = MultiPop.parse(call, 1).run(call);
        return reply == null ? Reply.NULL_ARRAY : reply;
    }

    /** What ZMPOP and BZMPOP pop: of the first sorted set that has any, from that end, so many. */
    record MultiPop(List<byte[]> keys, boolean highest, long count) {
        /** Reads it from the number of keys on. */
        static MultiPop parse(Call call, int at) {
            long keys = SortedSetCommands.atLeast(call, at, 1, "numkeys should be greater than 0");
            if (keys >= call.count() - at - 1) {
                throw CommandException.syntax();
            }
            int where = (int) keys + at + 1;
            boolean highest = call.is(where, "max");
            if (!highest && !call.is(where, "min")) {
                throw CommandException.syntax();
            }
            long count = 0;
            for (int i = where + 1; i < call.count(); i += 2) {
                if (count != 0 || !call.is(i, "count") || i + 1 == call.count()) {
                    throw CommandException.syntax();
                }
                count = SortedSetCommands.atLeast(call, i + 1, 1, "count should be greater than 0");
            }
            return new MultiPop(Arrays.asList(call.args()).subList(at + 1, where), highest, Math.max(count, 1));
        }

        /** The reply, or null if there is no sorted set. */
        @Nullable
        Reply run(Call call) {
            for (byte[] key : keys) {
                byte[] row = SortedSetCommands.requireSortedSet(call.turn().write(call.db(), key));
                if (row != null) {
                    return run(call, key, row);
                }
            }
            return null;
        }

        Reply run(Call call, byte[] key, byte[] row) {
            List<Scored> popped = remove(call, key, row, highest, count);
            call.propagate(highest ? ZPOPMAX : ZPOPMIN, key, Numbers.bytes(popped.size()));
            SortedSetCommands.Members members = new SortedSetCommands.Members(true, true);
            popped.forEach(members::add);
            return Reply.array(List.of(Reply.bulk(key), members.reply()));
        }
    }

    static List<Scored> remove(Call call, byte[] key, byte[] row, boolean highest, long count) {
        if (count >= SortedSets.size(row)) {
            List<Scored> all = all(call, row, highest);
            call.turn().set(call.db(), key, null);
            notifyPopped(call, key, highest);
            return all;
        }
        SortedSetEdit edit = new SortedSetEdit(call.turn(), call.db(), key, row);
        List<Scored> popped = edit.pop(highest, (int) count);
        edit.finish();
        notifyPopped(call, key, highest);
        return popped;
    }

    private static List<Scored> all(Call call, byte[] row, boolean highest) {
        long size = SortedSets.size(row);
        List<Scored> all = new ArrayList<>((int) size);
        try (ScoredCursor members = SortedSets.byRank(call.turn(), row, 0, size - 1, highest)) {
            while (members.next()) {
                all.add(members.current());
            }
        }
        return all;
    }

    private static void notifyPopped(Call call, byte[] key, boolean highest) {
        call.notifyTaken(Event.SORTED_SET, highest ? "zpopmax" : "zpopmin", key);
    }
}
