package io.cairn.server.command.sortedsets;

import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.DELETE;
import static io.cairn.server.command.KeySpec.Access.RW;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.types.Scored;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.Flag;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import io.cairn.server.command.Waiting;
import java.util.List;

/**
 * Commands that remove and return the members of lowest or highest score, and wait until there is one. They are logged
 * as those that do not wait.
 *
 * <p><i>Immutable.</i>
 */
final class BlockingPops {
    private BlockingPops() {}

    static List<Command> commands() {
        KeySpec popped = KeySpec.range(1, -2, 1, RW, ACCESS, DELETE);
        return List.of(
                SortedSetCommands.declare(
                                "bzpopmin",
                                -3,
                                call -> pop(call, false),
                                Flag.WRITE,
                                Flag.NOSCRIPT,
                                Flag.FAST,
                                Flag.BLOCKING)
                        .logs("ZPOPMIN key")
                        .keys(popped)
                        .since("5.0.0")
                        .summary("Removes and returns the member with the lowest score, or waits for one")
                        .complexity("O(log(N)) for a sorted set of N members")
                        .build(),
                SortedSetCommands.declare(
                                "bzpopmax",
                                -3,
                                call -> pop(call, true),
                                Flag.WRITE,
                                Flag.NOSCRIPT,
                                Flag.FAST,
                                Flag.BLOCKING)
                        .logs("ZPOPMAX key")
                        .keys(popped)
                        .since("5.0.0")
                        .summary("Removes and returns the member with the highest score, or waits for one")
                        .complexity("O(log(N)) for a sorted set of N members")
                        .build(),
                SortedSetCommands.declare(
                                "bzmpop", -5, BlockingPops::bzmpop, Flag.WRITE, Flag.BLOCKING, Flag.MOVABLEKEYS)
                        .logs("ZPOPMIN key count", "ZPOPMAX key count")
                        .keys(KeySpec.count(2, RW, ACCESS, DELETE))
                        .since("7.0.0")
                        .summary("Removes and returns members of the first sorted set that has any, or waits for some")
                        .complexity("O(K+M*log(N)) for K keys and M members returned")
                        .build());
    }

    private static Reply pop(Call call, boolean highest) {
        return Waiting.takeFirst(call, ValueType.ZSET, (taken, key, row) -> popOne(taken, key, row, highest));
    }

    private static Reply popOne(Call call, byte[] key, byte[] row, boolean highest) {
        Scored popped = Pops.remove(call, key, row, highest, 1).get(0);
        call.propagate(highest ? Pops.ZPOPMAX : Pops.ZPOPMIN, key);
        return Reply.array(List.of(Reply.bulk(key), SortedSetCommands.bulk(popped), Reply.real(popped.score())));
    }

    private static Reply bzmpop(Call call) {
        Pops.MultiPop pop = Pops.MultiPop.parse(call, 2);
        long millis = Waiting.seconds(call.arg(1));
        Reply reply = pop.run(call);
        return reply != null
                ? reply
                : call.await(
                        Waiting.on(
                                ValueType.ZSET,
                                pop.keys(),
                                millis,
                                (served, key) -> pop.run(served, key, Waiting.ready(served, key, ValueType.ZSET))),
                        Reply.NULL_ARRAY);
    }
}
