package io.cairn.server.command.streams;

import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.RO;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.types.StoredStream;
import io.cairn.engine.types.StreamConsumer;
import io.cairn.engine.types.StreamGroup;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Flag;
import io.cairn.server.command.Handler;
import io.cairn.server.command.Help;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.List;

/**
 * XINFO.
 *
 * <p>Redis tells the keys and nodes of the tree that it keeps entries in. Here each entry counts as one key.
 *
 * <p><i>Immutable.</i>
 */
final class InfoCommands {
    private static final int FULL_COUNT = 10;

    private InfoCommands() {}

    static List<Command> commands() {
        return List.of(Command.container("xinfo")
                .group("stream")
                .since("5.0.0")
                .summary("Commands that look into streams")
                .complexity("Depends on subcommand")
                .sub(sub("stream", -3, InfoCommands::stream).summary("Returns what is known of a stream"))
                .sub(sub("groups", 3, InfoCommands::groups)
                        .summary("Returns the groups of a stream")
                        .complexity("O(N) for N groups"))
                .sub(sub("consumers", 4, InfoCommands::consumers)
                        .tips("nondeterministic_output")
                        .summary("Returns the consumers of a group")
                        .complexity("O(N) for N consumers"))
                .sub(Help.of(
                        "xinfo",
                        "stream",
                        "CONSUMERS <key> <groupname>",
                        "    Show consumers of <groupname>.",
                        "GROUPS <key>",
                        "    Show the stream consumer groups.",
                        "STREAM <key> [FULL [COUNT <count>]",
                        "    Show information about the stream."))
                .build());
    }

    private static Command.Builder sub(String name, int arity, Handler handler) {
        return StreamCommands.declare(name, arity, handler, Flag.READONLY).keys(KeySpec.one(2, RO, ACCESS));
    }

    private static StoredStream existing(Call call) {
        StoredStream stream = StreamCommands.read(call, 2);
        if (stream == null) {
            throw new CommandException("ERR no such key");
        }
        return stream;
    }

    private static Reply stream(Call call) {
        StoredStream stream = existing(call);
        long count = call.count() > 3 ? fullCount(call) : -1;
        StreamPart.State state = stream.state();
        List<Reply> fields = new ArrayList<>();
        add(fields, "length", Reply.integer(state.length()));
        add(fields, "radix-tree-keys", Reply.integer(state.length()));
        add(fields, "radix-tree-nodes", Reply.integer(state.length() + 1));
        add(fields, "last-generated-id", StreamCommands.id(state.lastId()));
        add(fields, "max-deleted-entry-id", StreamCommands.id(state.maxDeletedId()));
        add(fields, "entries-added", Reply.integer(state.entriesAdded()));
        add(fields, "recorded-first-entry-id", StreamCommands.id(state.firstId()));
        if (count < 0) {
            add(fields, "groups", Reply.integer(state.groups()));
            add(fields, "first-entry", edge(stream, false));
            add(fields, "last-entry", edge(stream, true));
        } else {
            List<Reply> entries = EntryReads.entries(stream, StreamId.ZERO, StreamId.LAST, false, count);
            add(fields, "entries", Reply.array(entries));
            List<Reply> groups = new ArrayList<>();
            stream.groups().forEach(group -> groups.add(full(state, group, count)));
            add(fields, "groups", Reply.array(groups));
        }
        return new Reply.Pairs(fields);
    }

    private static long fullCount(Call call) {
        int options = call.count() - 3;
        if (options != 1 && options != 3 || !call.is(3, "full") || options == 3 && !call.is(4, "count")) {
            throw StreamCommands.subcommand(call, "XINFO");
        }
        long count = options == 3 ? call.integer(5) : FULL_COUNT;
        return count < 0 ? FULL_COUNT : count;
    }

    private static Reply edge(StoredStream stream, boolean last) {
        List<Reply> entry = EntryReads.entries(stream, StreamId.ZERO, StreamId.LAST, last, 1);
        return entry.isEmpty() ? Reply.NULL : entry.get(0);
    }

    private static Reply full(StreamPart.State state, StreamGroup group, long count) {
        List<Reply> fields = new ArrayList<>();
        add(fields, "name", Reply.bulk(group.name()));
        add(fields, "last-delivered-id", StreamCommands.id(group.lastId()));
        add(fields, "entries-read", orNull(group.entriesRead()));
        add(fields, "lag", lag(state, group));
        add(fields, "pel-count", Reply.integer(group.pending()));
        List<Reply> pending = new ArrayList<>();
        group.visitPending(StreamId.ZERO, StreamId.LAST, entry -> {
            pending.add(Reply.array(List.of(
                    StreamCommands.id(entry.id()),
                    Reply.bulk(entry.consumer()),
                    Reply.integer(entry.deliveredMillis()),
                    Reply.integer(entry.deliveries()))));
            return count == 0 || pending.size() < count;
        });
        add(fields, "pending", Reply.array(pending));
        List<Reply> consumers = new ArrayList<>();
        group.consumers().forEach(consumer -> consumers.add(full(group, consumer, count)));
        add(fields, "consumers", Reply.array(consumers));
        return new Reply.Pairs(fields);
    }

    private static Reply full(StreamGroup group, StreamConsumer consumer, long count) {
        List<Reply> fields = new ArrayList<>();
        add(fields, "name", Reply.bulk(consumer.name()));
        add(fields, "seen-time", Reply.integer(consumer.seenMillis()));
        add(fields, "pel-count", Reply.integer(consumer.pending()));
        List<Reply> pending = new ArrayList<>();
        group.visitClaimed(consumer, StreamId.ZERO, StreamId.LAST, entry -> {
            pending.add(Reply.array(List.of(
                    StreamCommands.id(entry.id()),
                    Reply.integer(entry.deliveredMillis()),
                    Reply.integer(entry.deliveries()))));
            return count == 0 || pending.size() < count;
        });
        add(fields, "pending", Reply.array(pending));
        return new Reply.Pairs(fields);
    }

    private static Reply groups(Call call) {
        StoredStream stream = existing(call);
        List<Reply> groups = new ArrayList<>();
        for (StreamGroup group : stream.groups()) {
            List<Reply> fields = new ArrayList<>();
            add(fields, "name", Reply.bulk(group.name()));
            add(fields, "consumers", Reply.integer(group.consumerCount()));
            add(fields, "pending", Reply.integer(group.pending()));
            add(fields, "last-delivered-id", StreamCommands.id(group.lastId()));
            add(fields, "entries-read", orNull(group.entriesRead()));
            add(fields, "lag", lag(stream.state(), group));
            groups.add(new Reply.Pairs(fields));
        }
        return Reply.array(groups);
    }

    private static Reply consumers(Call call) {
        StreamGroup group = existing(call).group(call.arg(3));
        if (group == null) {
            throw GroupCommands.noGroup(call);
        }
        List<Reply> consumers = new ArrayList<>();
        for (StreamConsumer consumer : group.consumers()) {
            long idle = call.turn().nowMillis() - consumer.seenMillis();
            List<Reply> fields = new ArrayList<>();
            add(fields, "name", Reply.bulk(consumer.name()));
            add(fields, "pending", Reply.integer(consumer.pending()));
            add(fields, "idle", Reply.integer(Math.max(0, idle)));
            consumers.add(new Reply.Pairs(fields));
        }
        return Reply.array(consumers);
    }

    /** How many entries the group has not read, as far as that can be told. */
    private static Reply lag(StreamPart.State state, StreamGroup group) {
        if (state.entriesAdded() == 0) {
            return Reply.ZERO;
        }
        boolean counts = group.entriesRead() != StreamPart.State.UNKNOWN && !state.isFragmentedFrom(group.lastId());
        long read = counts ? group.entriesRead() : state.added(group.lastId());
        return read == StreamPart.State.UNKNOWN ? Reply.NULL : Reply.integer(state.entriesAdded() - read);
    }

    private static Reply orNull(long entriesRead) {
        return entriesRead == StreamPart.State.UNKNOWN ? Reply.NULL : Reply.integer(entriesRead);
    }

    private static void add(List<Reply> fields, String name, Reply value) {
        fields.add(Reply.bulk(name));
        fields.add(value);
    }
}
