package io.cairn.server.command.lists;

import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.DELETE;
import static io.cairn.server.command.KeySpec.Access.INSERT;
import static io.cairn.server.command.KeySpec.Access.RW;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.types.Lists;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.Flag;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import io.cairn.server.command.Waiting;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * List commands that wait until there is an element. They are logged as those that do not wait.
 *
 * <p><i>Immutable.</i>
 */
final class BlockingLists {
    private static final byte[] LMOVE = "LMOVE".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LEFT = "left".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] RIGHT = "right".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] RPOPLPUSH = "RPOPLPUSH".getBytes(StandardCharsets.US_ASCII);

    private BlockingLists() {}

    static List<Command> commands() {
        KeySpec popped = KeySpec.range(1, -2, 1, RW, ACCESS, DELETE);
        KeySpec source = KeySpec.one(1, RW, ACCESS, DELETE);
        KeySpec target = KeySpec.one(2, RW, INSERT);
        return List.of(
                ListCommands.declare("blpop", -3, call -> pop(call, true), Flag.WRITE, Flag.NOSCRIPT, Flag.BLOCKING)
                        .logs("LPOP key")
                        .keys(popped)
                        .since("2.0.0")
                        .summary("Removes and returns the head of the first list that has any, or waits for one")
                        .complexity("O(N) for N keys")
                        .build(),
                ListCommands.declare("brpop", -3, call -> pop(call, false), Flag.WRITE, Flag.NOSCRIPT, Flag.BLOCKING)
                        .logs("RPOP key")
                        .keys(popped)
                        .since("2.0.0")
                        .summary("Removes and returns the tail of the first list that has any, or waits for one")
                        .complexity("O(N) for N keys")
                        .build(),
                ListCommands.declare(
                                "blmove",
                                6,
                                BlockingLists::blmove,
                                Flag.WRITE,
                                Flag.DENYOOM,
                                Flag.NOSCRIPT,
                                Flag.BLOCKING)
                        .logs("LMOVE source destination from to")
                        .keys(source, target)
                        .since("6.2.0")
                        .summary("Moves an element from an end of a list to an end of another, or waits for one")
                        .build(),
                ListCommands.declare(
                                "brpoplpush",
                                4,
                                BlockingLists::brpoplpush,
                                Flag.WRITE,
                                Flag.DENYOOM,
                                Flag.NOSCRIPT,
                                Flag.BLOCKING)
                        .logs("RPOPLPUSH source destination")
                        .keys(source, target)
                        .since("2.2.0")
                        .summary("Moves the last element of a list to the head of another, or waits for one")
                        .build(),
                ListCommands.declare("blmpop", -5, BlockingLists::blmpop, Flag.WRITE, Flag.BLOCKING, Flag.MOVABLEKEYS)
                        .logs("LPOP key count", "RPOP key count")
                        .keys(KeySpec.count(2, RW, ACCESS, DELETE))
                        .since("7.0.0")
                        .summary("Removes and returns elements of the first list that has any, or waits for some")
                        .complexity("O(N+M) for N keys and M elements returned")
                        .build());
    }

    private static Reply pop(Call call, boolean atHead) {
        return Waiting.takeFirst(call, ValueType.LIST, (taken, key, row) -> popOne(taken, key, row, atHead));
    }

    private static Reply popOne(Call call, byte[] key, byte[] row, boolean atHead) {
        byte[] item = Lists.pop(call.turn(), call.db(), key, row, atHead, 1).get(0);
        ListEnds.notifyPopped(call, atHead, key);
        call.propagate(atHead ? ListEnds.LPOP : ListEnds.RPOP, key);
        return Reply.array(List.of(Reply.bulk(key), Reply.bulk(item)));
    }

    private static Reply blmpop(Call call) {
        ListEnds.MultiPop pop = ListEnds.MultiPop.parse(call, 2);
        long millis = Waiting.seconds(call.arg(1));
        Reply reply = pop.run(call);
        return reply != null
                ? reply
                : call.await(
                        Waiting.on(
                                ValueType.LIST,
                                pop.keys(),
                                millis,
                                (served, key) -> pop.run(served, key, Waiting.ready(served, key, ValueType.LIST))),
                        Reply.NULL_ARRAY);
    }

    private static Reply blmove(Call call) {
        boolean fromHead = ListCommands.isHead(call, 3);
        boolean toHead = ListCommands.isHead(call, 4);
        long millis = Waiting.seconds(call.arg(5));
        byte[][] atOnce = {LMOVE, call.arg(1), call.arg(2), call.arg(3), call.arg(4)};
        byte[][] later = {LMOVE, call.arg(1), call.arg(2), end(fromHead), end(toHead)};
        return move(call, fromHead, toHead, millis, atOnce, later);
    }

    private static byte[] end(boolean head) {
        return head ? LEFT : RIGHT;
    }

    private static Reply brpoplpush(Call call) {
        long millis = Waiting.seconds(call.arg(3));
        byte[][] effect = {RPOPLPUSH, call.arg(1), call.arg(2)};
        return move(call, false, true, millis, effect, effect);
    }

    private static Reply move(
            Call call, boolean fromHead, boolean toHead, long millis, byte[][] atOnce, byte[][] later) {
        if (ListCommands.write(call, 1) != null) {
            Reply reply = ListEnds.move(call, fromHead, toHead);
            call.propagate(atOnce);
            return reply;
        }
        Waiting.Attempt attempt = (served, key) -> {
            Reply reply = ListEnds.move(served, fromHead, toHead);
            served.propagate(later);
            return reply;
        };
        return call.await(
                new Waiting(ValueType.LIST, List.of(call.arg(1)), millis, false, call.arg(2), attempt), Reply.NULL);
    }
}
