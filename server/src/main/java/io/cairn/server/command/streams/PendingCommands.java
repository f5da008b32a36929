package io.cairn.server.command.streams;

import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.DELETE;
import static io.cairn.server.command.KeySpec.Access.RO;
import static io.cairn.server.command.KeySpec.Access.RW;
import static io.cairn.server.command.KeySpec.Access.UPDATE;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.types.PendingEntry;
import io.cairn.engine.types.StoredStream;
import io.cairn.engine.types.StreamConsumer;
import io.cairn.engine.types.StreamGroup;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Flag;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Commands on what is pending: XACK, XPENDING, and the declarations of XCLAIM and XAUTOCLAIM.
 *
 * <p><i>Immutable.</i>
 */
final class PendingCommands {
    private PendingCommands() {}

    static List<Command> commands() {
        return List.of(
                StreamCommands.declare("xack", -4, PendingCommands::xack, Flag.WRITE, Flag.FAST)
                        .keys(KeySpec.one(1, RW, UPDATE))
                        .summary("Acknowledges entries, so that they are not pending any more")
                        .complexity("O(1) for each entry")
                        .build(),
                StreamCommands.declare("xpending", -3, PendingCommands::xpending, Flag.READONLY)
                        .keys(KeySpec.one(1, RO, ACCESS))
                        .tips("nondeterministic_output")
                        .summary("Returns what is pending in a group")
                        .complexity("O(N) for N consumers or entries returned")
                        .build(),
                StreamCommands.declare("xclaim", -6, Claims::xclaim, Flag.WRITE, Flag.FAST)
                        .keys(KeySpec.one(1, RW, UPDATE))
                        .tips("nondeterministic_output")
                        .logs(Effects.CLAIMED, Effects.POSITION)
                        .summary("Makes entries pending with another consumer")
                        .complexity("O(log(N)) for each entry, N entries being pending")
                        .build(),
                StreamCommands.declare("xautoclaim", -6, Claims::xautoclaim, Flag.WRITE, Flag.FAST)
                        .keys(KeySpec.one(1, RW, DELETE))
                        .since("6.2.0")
                        .tips("nondeterministic_output")
                        .logs(Effects.CLAIMED)
                        .summary("Makes entries that have been pending for long pending with another consumer")
                        .complexity("O(N) for N entries looked at")
                        .build());
    }

    private static Reply xack(Call call) {
        StoredStream stream = StreamCommands.read(call, 1);
        StreamGroup group = stream == null ? null : stream.group(call.arg(2));
        if (stream == null || group == null) {
            return Reply.ZERO;
        }
        StreamId[] ids = new StreamId[call.count() - 3];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Ids.strict(call.arg(i + 3));
        }
        long acknowledged = 0;
        for (StreamId id : ids) {
            PendingEntry entry = group.pending(id);
            if (entry != null) {
                group.release(entry);
                acknowledged++;
            }
        }
        if (acknowledged > 0) {
            group.store();
            stream.store(call.db(), call.arg(1));
            call.changed();
        }
        return Reply.integer(acknowledged);
    }

    /** The error for a key or a group that is not there. */
    static CommandException noGroup(Call call) {
        return new CommandException("NOGROUP No such key '" + StreamCommands.text(call.arg(1)) + "' or consumer group '"
                + StreamCommands.text(call.arg(2)) + "'");
    }

    private static Reply xpending(Call call) {
        if (call.count() == 3) {
            return summary(group(call));
        }
        if (call.count() < 6 || call.count() > 9) {
            throw CommandException.syntax();
        }
        int at = 3;
        long minIdle = 0;
        if (call.is(3, "idle")) {
            minIdle = call.integer(4);
            if (call.count() < 8) {
                throw CommandException.syntax();
            }
            at = 5;
        }
        long count = Math.max(0, call.integer(at + 2));
        StreamId start = Ids.start(call.arg(at));
        StreamId end = Ids.end(call.arg(at + 1));
        byte[] consumer = at + 3 < call.count() ? call.arg(at + 3) : null;
        return list(call, group(call), start, end, count, minIdle, consumer);
    }

    private static StreamGroup group(Call call) {
        StoredStream stream = StreamCommands.read(call, 1);
        StreamGroup group = stream == null ? null : stream.group(call.arg(2));
        if (group == null) {
            throw noGroup(call);
        }
        return group;
    }

    private static Reply summary(StreamGroup group) {
        if (group.pending() == 0) {
            return Reply.array(List.of(Reply.ZERO, Reply.NULL, Reply.NULL, Reply.NULL_ARRAY));
        }
        List<Reply> consumers = new ArrayList<>();
        for (StreamConsumer consumer : group.consumers()) {
            if (consumer.pending() > 0) {
                consumers.add(Reply.array(
                        List.of(Reply.bulk(consumer.name()), Reply.bulk(Numbers.bytes(consumer.pending())))));
            }
        }
        return Reply.array(List.of(
                Reply.integer(group.pending()),
                StreamCommands.id(group.edge(false)),
                StreamCommands.id(group.edge(true)),
                Reply.array(consumers)));
    }

    private static Reply list(
            Call call,
            StreamGroup group,
            StreamId start,
            StreamId end,
            long count,
            long minIdle,
            byte @Nullable [] name) {
        StreamConsumer consumer = name == null ? null : group.consumer(name);
        List<Reply> found = new ArrayList<>();
        if (count == 0 || name != null && consumer == null) {
            return Reply.array(found);
        }
        long now = call.turn().nowMillis();
        Predicate<PendingEntry> visitor = entry -> {
            long idle = now - entry.deliveredMillis();
            if (minIdle == 0 || idle >= minIdle) {
                found.add(Reply.array(List.of(
                        StreamCommands.id(entry.id()),
                        Reply.bulk(entry.consumer()),
                        Reply.integer(Math.max(0, idle)),
                        Reply.integer(entry.deliveries()))));
            }
            return found.size() < count;
        };
        if (consumer == null) {
            group.visitPending(start, end, visitor);
        } else {
            group.visitClaimed(consumer, start, end, visitor);
        }
        return Reply.array(found);
    }
}
