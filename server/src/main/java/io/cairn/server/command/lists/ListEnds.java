package io.cairn.server.command.lists;

import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.DELETE;
import static io.cairn.server.command.KeySpec.Access.INSERT;
import static io.cairn.server.command.KeySpec.Access.RW;

import io.cairn.engine.keyspace.Event;
import io.cairn.engine.types.Lists;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Flag;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * List commands that work at the ends: push, pop, and move from one list to another.
 *
 * <p><i>Immutable.</i>
 */
final class ListEnds {
    static final byte[] LPOP = "LPOP".getBytes(StandardCharsets.US_ASCII);
    static final byte[] RPOP = "RPOP".getBytes(StandardCharsets.US_ASCII);

    private ListEnds() {}

    static List<Command> commands() {
        KeySpec pushed = KeySpec.one(1, RW, INSERT);
        KeySpec popped = KeySpec.one(1, RW, ACCESS, DELETE);
        KeySpec target = KeySpec.one(2, RW, INSERT);
        return List.of(
                ListCommands.declare("lpush", -3, call -> push(call, true, false), Flag.WRITE, Flag.DENYOOM, Flag.FAST)
                        .keys(pushed)
                        .summary("Pushes elements to the head of a list; makes the list if there is none")
                        .complexity("O(1) for each element")
                        .build(),
                ListCommands.declare("rpush", -3, call -> push(call, false, false), Flag.WRITE, Flag.DENYOOM, Flag.FAST)
                        .keys(pushed)
                        .summary("Pushes elements to the tail of a list; makes the list if there is none")
                        .complexity("O(1) for each element")
                        .build(),
                ListCommands.declare("lpushx", -3, call -> push(call, true, true), Flag.WRITE, Flag.DENYOOM, Flag.FAST)
                        .keys(pushed)
                        .since("2.2.0")
                        .summary("Pushes elements to the head of a list that exists")
                        .complexity("O(1) for each element")
                        .build(),
                ListCommands.declare("rpushx", -3, call -> push(call, false, true), Flag.WRITE, Flag.DENYOOM, Flag.FAST)
                        .keys(pushed)
                        .since("2.2.0")
                        .summary("Pushes elements to the tail of a list that exists")
                        .complexity("O(1) for each element")
                        .build(),
                ListCommands.declare("lpop", -2, call -> pop(call, true), Flag.WRITE, Flag.FAST)
                        .keys(popped)
                        .summary("Removes and returns elements at the head of a list")
                        .complexity("O(N) for N elements returned")
                        .build(),
                ListCommands.declare("rpop", -2, call -> pop(call, false), Flag.WRITE, Flag.FAST)
                        .keys(popped)
                        .summary("Removes and returns elements at the tail of a list")
                        .complexity("O(N) for N elements returned")
                        .build(),
                ListCommands.declare("lmove", 5, ListEnds::lmove, Flag.WRITE, Flag.DENYOOM)
                        .keys(popped, target)
                        .since("6.2.0")
                        .summary("Moves an element from an end of a list to an end of another, and returns it")
                        .build(),
                ListCommands.declare("rpoplpush", 3, call -> move(call, false, true), Flag.WRITE, Flag.DENYOOM)
                        .keys(popped, target)
                        .since("1.2.0")
                        .summary("Moves the last element of a list to the head of another, and returns it")
                        .build(),
                ListCommands.declare("lmpop", -4, ListEnds::lmpop, Flag.WRITE, Flag.MOVABLEKEYS)
                        .logs("LPOP key count", "RPOP key count")
                        .keys(KeySpec.count(1, RW, ACCESS, DELETE))
                        .since("7.0.0")
                        .summary("Removes and returns elements of the first list that has any")
                        .complexity("O(N+M) for N keys and M elements returned")
                        .build());
    }

    private static Reply push(Call call, boolean atHead, boolean onlyIfExists) {
        byte[] row = ListCommands.write(call, 1);
        if (row == null && onlyIfExists) {
            return Reply.ZERO;
        }
        long size = Lists.push(call.turn(), call.db(), call.arg(1), row, atHead, call.args(), 2);
        call.notify(Event.LIST, pushed(atHead), call.arg(1));
        call.changed();
        return Reply.integer(size);
    }

    private static String pushed(boolean atHead) {
        return atHead ? "lpush" : "rpush";
    }

    /** Tells that elements were popped. */
    static void notifyPopped(Call call, boolean atHead, byte[] key) {
        call.notifyTaken(Event.LIST, atHead ? "lpop" : "rpop", key);
    }

    private static Reply pop(Call call, boolean atHead) {
        if (call.count() > 3) {
            throw new CommandException(
                    "ERR wrong number of arguments for '" + (atHead ? "lpop" : "rpop") + "' command");
        }
        boolean counted = call.count() == 3;
        long count = counted ? ListCommands.atLeast(call, 2, 0, "value is out of range, must be positive") : 1;
        byte[] row = ListCommands.write(call, 1);
        if (row == null) {
            return counted ? Reply.NULL_ARRAY : Reply.NULL;
        }
        if (count == 0) {
            return Reply.EMPTY_ARRAY;
        }
        List<byte[]> items = Lists.pop(call.turn(), call.db(), call.arg(1), row, atHead, count);
        notifyPopped(call, atHead, call.arg(1));
        call.changed();
        return counted ? ListCommands.bulks(items) : Reply.bulk(items.get(0));
    }

    private static Reply lmove(Call call) {
        boolean fromHead = ListCommands.isHead(call, 3);
        boolean toHead = ListCommands.isHead(call, 4);
        return move(call, fromHead, toHead);
    }

    static Reply move(Call call, boolean fromHead, boolean toHead) {
        byte[] source = ListCommands.write(call, 1);
        if (source == null) {
            return Reply.NULL;
        }
        byte[] other = ListCommands.write(call, 2);
        if (other == source && Lists.size(source) == 1) {
            // Both are the same list, which stays as it is, with its expiry; Redis logs that too.
            call.turn().touch(call.db(), call.arg(1));
            call.notify(Event.LIST, pushed(toHead), call.arg(2));
            notifyPopped(call, fromHead, call.arg(1));
            call.changed();
            return Reply.bulk(Lists.get(call.turn(), source, 0));
        }
        byte[] item = Lists.pop(call.turn(), call.db(), call.arg(1), source, fromHead, 1)
                .get(0);
        // Read after the pop: source and target may be one list.
        byte[] target = ListCommands.write(call, 2);
        Lists.push(call.turn(), call.db(), call.arg(2), target, toHead, new byte[][] {item}, 0);
        call.notify(Event.LIST, pushed(toHead), call.arg(2));
        notifyPopped(call, fromHead, call.arg(1));
        call.changed();
        return Reply.bulk(item);
    }

    private static Reply lmpop(Call call) {
        Reply reply = MultiPop.parse(call, 1).run(call);
        return reply == null ? Reply.NULL_ARRAY : reply;
    }

    /** What LMPOP and BLMPOP pop: of the first list that has any, from that end, so many. */
    record MultiPop(List<byte[]> keys, boolean atHead, long count) {
        /** Reads it from the number of keys on. */
        static MultiPop parse(Call call, int at) {
            long keys = ListCommands.atLeast(call, at, 1, "numkeys should be greater than 0");
            if (keys >= call.count() - at - 1) {
                throw CommandException.syntax();
            }
            int where = (int) keys + at + 1;
            boolean atHead = ListCommands.isHead(call, where);
            long count = 0;
            for (int i = where + 1; i < call.count(); i += 2) {
                if (count != 0 || !call.is(i, "count") || i + 1 == call.count()) {
                    throw CommandException.syntax();
                }
                count = ListCommands.atLeast(call, i + 1, 1, "count should be greater than 0");
            }
            return new MultiPop(Arrays.asList(call.args()).subList(at + 1, where), atHead, Math.max(count, 1));
        }

        /** The reply, or null if there is no list. */
        @Nullable
        Reply run(Call call) {
            for (byte[] key : keys) {
                byte[] row = ListCommands.requireList(call.turn().write(call.db(), key));
                if (row != null) {
                    return run(call, key, row);
                }
            }
            return null;
        }

        Reply run(Call call, byte[] key, byte[] row) {
            List<byte[]> items = Lists.pop(call.turn(), call.db(), key, row, atHead, count);
            notifyPopped(call, atHead, key);
            call.propagate(atHead ? LPOP : RPOP, key, Numbers.bytes(items.size()));
            return Reply.array(List.of(Reply.bulk(key), ListCommands.bulks(items)));
        }
    }
}
