package io.cairn.server.command.streams;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.types.StoredStream;
import io.cairn.engine.types.StreamGroup;
import io.cairn.server.command.Call;
import io.cairn.server.command.Caller;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Reply;
import io.cairn.server.command.Waiting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an XREAD or XREADGROUP asks for: {@link #parse} reads it from the arguments and finds what {@code $} means now,
 * {@link #serve} answers it as far as it can be answered. A call that waits is served again, with the same request, when a
 * key has changed.
 *
 * <p><i>Immutable.</i>
 *
 * @param group null for XREAD
 * @param consumer empty for XREAD
 * @param count entries a stream at most; 0 for all
 * @param blockMillis how long to wait, 0 without an end, -1 not at all
 * @param wanted a stream each
 */
public record StreamRead(
        byte @Nullable [] group, byte[] consumer, long count, long blockMillis, boolean noAck, List<Wanted> wanted) {

    /**
     * A stream, and behind which id entries are wanted.
     *
     * @param after null for those that the group has delivered to nobody
     */
    public record Wanted(byte[] key, @Nullable StreamId after) {}

    /**
     * A stream when a client began to wait.
     *
     * @param version which stream it was, -1 for none
     * @param added how many entries it had been added
     */
    private record Before(long version, long added) {}

    /** Reads the arguments; a wrong type or a group that is not there is an error here. */
    public static StreamRead parse(Call call) {
        return new StreamReadParser(call).parse();
    }

    /** The answer, or null if there is nothing to answer now. */
    public @Nullable Reply serve(Call call) {
        List<Reply> streams = new ArrayList<>();
        for (Wanted one : wanted) {
            Optional<Reply> entries = group == null ? entries(call, one) : GroupRead.serve(call, this, one);
            if (entries.isEmpty()) {
                continue;
            }
            streams.add(Reply.bulk(one.key()));
            streams.add(entries.get());
        }
        return streams.isEmpty() ? null : reply(call, streams);
    }

    /** Names and entries of streams in turn, as the client's protocol has it. */
    private static Reply reply(Call call, List<Reply> streams) {
        Caller caller = call.caller();
        if (caller != null && caller.protocol() > 2) {
            return new Reply.Pairs(streams);
        }
        List<Reply> pairs = new ArrayList<>();
        for (int i = 0; i < streams.size(); i += 2) {
            pairs.add(Reply.array(streams.subList(i, i + 2)));
        }
        return Reply.array(pairs);
    }

    /** The answer; or, if there is none now and it is asked to, the client waits. */
    Reply serveOrWait(Call call) {
        Reply served = serve(call);
        if (served != null || blockMillis < 0) {
            return served == null ? Reply.NULL_ARRAY : served;
        }
        List<byte[]> keys = wanted.stream().map(Wanted::key).toList();
        List<Before> before = wanted.stream().map(one -> now(call, one.key())).toList();
        Waiting.Attempt attempt = (later, key) -> serveLater(later, key, before);
        return call.await(
                new Waiting(ValueType.STREAM, keys, blockMillis, group != null, null, attempt), Reply.NULL_ARRAY);
    }

    private static Before now(Call call, byte[] key) {
        StoredStream stream = StreamCommands.read(call, key);
        return stream == null
                ? new Before(-1, 0)
                : new Before(stream.version(), stream.state().entriesAdded());
    }

    /** Of several streams only the one that has changed is served. */
    private @Nullable Reply serveLater(Call call, byte[] key, List<Before> before) {
        byte[] of = group;
        if (of != null) {
            requireStill(call, key, of);
        }
        for (int i = 0; i < wanted.size(); i++) {
            Wanted one = wanted.get(i);
            if (Arrays.equals(one.key(), key)) {
                StreamRead alone = new StreamRead(group, consumer, count, blockMillis, noAck, List.of(one));
                Reply served = alone.serve(call);
                return served == null && !now(call, key).equals(before.get(i)) ? alone.serveNothing(call) : served;
            }
        }
        return null;
    }

    /**
     * What was added is gone again (it was trimmed at once, or deleted in the same transaction): as in Redis, the client is
     * told that there was something, and gets none of it.
     */
    private @Nullable Reply serveNothing(Call call) {
        Wanted one = wanted.get(0);
        StoredStream stream = StreamCommands.read(call, one.key());
        byte[] of = group;
        if (stream == null) {
            return null;
        }
        StreamId after =
                of == null ? one.after() : requireGroup(stream, one.key(), of).lastId();
        if (after == null || !stream.lastId().isAfter(after)) {
            return null;
        }
        if (of != null) {
            GroupRead.come(call, this, one.key(), stream);
        }
        return reply(call, List.of(Reply.bulk(one.key()), Reply.array(List.of())));
    }

    private static void requireStill(Call call, byte[] key, byte[] group) {
        byte[] row = call.turn().write(call.db(), key);
        if (row == null || MetaRow.type(row) != ValueType.STREAM) {
            throw new CommandException("UNBLOCKED the stream key no longer exists");
        }
        if (StoredStream.of(call.turn(), row).group(group) == null) {
            throw new CommandException("NOGROUP the consumer group this client was blocked on no longer exists");
        }
    }

    private Optional<Reply> entries(Call call, Wanted one) {
        StoredStream stream = StreamCommands.read(call, one.key());
        StreamId after = one.after();
        if (stream == null || after == null || after.isLast()) {
            return Optional.empty();
        }
        List<Reply> entries = EntryReads.entries(stream, after.next(), StreamId.LAST, false, count);
        return entries.isEmpty() ? Optional.empty() : Optional.of(Reply.array(entries));
    }

    /** The error for a key or a group that is not there. */
    static CommandException noGroup(byte[] key, byte[] group) {
        return new CommandException("NOGROUP No such key '" + StreamCommands.text(key) + "' or consumer group '"
                + StreamCommands.text(group) + "' in XREADGROUP with GROUP option");
    }

    /** The group of a stream at a key, for writing; an error if it is not there. */
    static StreamGroup requireGroup(@Nullable StoredStream stream, byte[] key, byte[] group) {
        StreamGroup found = stream == null ? null : stream.group(group);
        if (found == null) {
            throw noGroup(key, group);
        }
        return found;
    }
}
