package io.cairn.server.command.streams;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.keyspace.Event;
import io.cairn.engine.types.EntryCursor;
import io.cairn.engine.types.Packed;
import io.cairn.engine.types.PendingEntry;
import io.cairn.engine.types.StoredStream;
import io.cairn.engine.types.StreamConsumer;
import io.cairn.engine.types.StreamGroup;
import io.cairn.server.command.Call;
import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One stream of an XREADGROUP: delivers new entries, or what is pending with the consumer once more.
 *
 * <p>Logged is what Redis propagates, and what it does not though it changes data: that a consumer came for what is
 * pending with it and got nothing, and that what was pending was delivered again.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
final class GroupRead {
    private final Call call;
    private final StreamRead request;
    private final StoredStream stream;
    private final StreamGroup group;
    private final StreamConsumer consumer;
    private final Effects effects;
    private final List<Reply> entries = new ArrayList<>();

    private GroupRead(
            Call call,
            StreamRead request,
            StoredStream stream,
            StreamGroup group,
            StreamConsumer consumer,
            Effects effects) {
        this.call = call;
        this.request = request;
        this.stream = stream;
        this.group = group;
        this.consumer = consumer;
        this.effects = effects;
    }

    static Optional<Reply> serve(Call call, StreamRead request, StreamRead.Wanted wanted) {
        byte[] name = request.group();
        StoredStream stream = StreamCommands.read(call, wanted.key());
        if (name == null || stream == null) {
            throw StreamRead.noGroup(wanted.key(), name == null ? new byte[0] : name);
        }
        StreamGroup group = StreamRead.requireGroup(stream, wanted.key(), name);
        StreamId after = wanted.after();
        if (after == null && !hasNews(stream, group)) {
            return Optional.empty();
        }
        Effects effects = new Effects(call, wanted.key(), group);
        long now = call.turn().nowMillis();
        StreamConsumer consumer = group.consumer(request.consumer());
        boolean created = consumer == null;
        if (consumer == null) {
            consumer = group.createConsumer(request.consumer(), now);
            call.notify(Event.STREAM, "xgroup-createconsumer", wanted.key());
        }
        consumer.seen(now);
        if (created && request.noAck()) {
            effects.consumer(consumer);
        }
        GroupRead read = new GroupRead(call, request, stream, group, consumer, effects);
        if (after != null) {
            read.history(after);
        } else {
            read.deliver();
        }
        group.store();
        if (created && !request.noAck() && after != null) {
            effects.consumer(consumer);
        }
        return Optional.of(Reply.array(read.entries));
    }

    /** A consumer came for new entries, and those there were are gone again. */
    static void come(Call call, StreamRead request, byte[] key, StoredStream stream) {
        byte[] name = request.group();
        StreamGroup group = StreamRead.requireGroup(stream, key, name == null ? new byte[0] : name);
        long now = call.turn().nowMillis();
        StreamConsumer consumer = group.consumer(request.consumer());
        if (consumer == null) {
            consumer = group.createConsumer(request.consumer(), now);
            call.notify(Event.STREAM, "xgroup-createconsumer", key);
            new Effects(call, key, group).consumer(consumer);
        }
        consumer.seen(now);
        group.store();
    }

    /** Whether there are entries that the group has delivered to nobody. */
    private static boolean hasNews(StoredStream stream, StreamGroup group) {
        return stream.length() > 0
                && stream.lastId().isAfter(group.lastId())
                && stream.lastEntryId().isAfter(group.lastId());
    }

    private void history(StreamId after) {
        long now = call.turn().nowMillis();
        List<PendingEntry> found = new ArrayList<>();
        group.visitClaimed(consumer, after.next(), StreamId.LAST, entry -> {
            found.add(entry);
            return request.count() == 0 || found.size() < request.count();
        });
        for (PendingEntry entry : found) {
            Packed words = stream.words(entry.id());
            if (words == null) {
                entries.add(Reply.array(List.of(StreamCommands.id(entry.id()), Reply.NULL_ARRAY)));
            } else {
                entries.add(StreamCommands.entry(entry.id(), words));
                group.claim(entry, entry.id(), consumer, now, entry.deliveries() + 1);
                effects.claim(entry.id().text(), consumer.name(), now, entry.deliveries() + 1);
            }
        }
    }

    private void deliver() {
        StreamId last = group.lastId();
        long now = call.turn().nowMillis();
        StreamPart.State state = stream.state();
        try (EntryCursor cursor = stream.range(last.next(), StreamId.LAST, false)) {
            while ((request.count() == 0 || entries.size() < request.count()) && cursor.next()) {
                StreamId id = cursor.id();
                group.lastId(id, read(state, id));
                entries.add(StreamCommands.entry(id, cursor.words()));
                if (!request.noAck()) {
                    // It is pending already if the group was set back (XGROUP SETID).
                    group.claim(group.pending(id), id, consumer, now, 1);
                    effects.claim(id.text(), consumer.name(), now, 1);
                }
            }
        }
        effects.lastId();
    }

    /** How many entries the group has read when it has this one, too. */
    private long read(StreamPart.State state, StreamId id) {
        if (group.entriesRead() != StreamPart.State.UNKNOWN && !state.isFragmentedFrom(id)) {
            return group.entriesRead() + 1;
        }
        return state.entriesAdded() == 0 ? group.entriesRead() : state.added(id);
    }
}
