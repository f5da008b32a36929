package io.cairn.server.command.streams;

import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.RO;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.types.EntryCursor;
import io.cairn.engine.types.StoredStream;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Flag;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.List;

/**
 * Stream commands that read entries.
 *
 * <p><i>Immutable.</i>
 */
final class EntryReads {
    private EntryReads() {}

    static List<Command> commands() {
        KeySpec read = KeySpec.one(1, RO, ACCESS);
        return List.of(
                StreamCommands.declare("xlen", 2, EntryReads::xlen, Flag.READONLY, Flag.FAST)
                        .keys(KeySpec.one(1, RO))
                        .summary("Returns the number of entries of a stream")
                        .build(),
                StreamCommands.declare("xrange", -4, call -> range(call, false), Flag.READONLY)
                        .keys(read)
                        .summary("Returns the entries of a stream between two ids")
                        .complexity("O(log(N)+M) for M of N entries")
                        .build(),
                StreamCommands.declare("xrevrange", -4, call -> range(call, true), Flag.READONLY)
                        .keys(read)
                        .summary("Returns the entries of a stream between two ids, the last one first")
                        .complexity("O(log(N)+M) for M of N entries")
                        .build(),
                StreamCommands.declare("xread", -4, EntryReads::read, Flag.READONLY, Flag.BLOCKING, Flag.MOVABLEKEYS)
                        .keys(KeySpec.half("STREAMS", 1, RO, ACCESS))
                        .summary("Returns entries behind given ids of several streams, waiting for one if need be")
                        .complexity("O(log(N)+M) for each stream, of which M of N entries are returned")
                        .build());
    }

    private static Reply xlen(Call call) {
        StoredStream stream = StreamCommands.read(call, 1);
        return stream == null ? Reply.ZERO : Reply.integer(stream.length());
    }

    private static Reply range(Call call, boolean reverse) {
        StreamId start = Ids.start(call.arg(reverse ? 3 : 2));
        StreamId end = Ids.end(call.arg(reverse ? 2 : 3));
        long count = -1;
        for (int i = 4; i < call.count(); i += 2) {
            if (!call.is(i, "count") || i + 1 == call.count()) {
                throw CommandException.syntax();
            }
            count = Math.max(0, call.integer(i + 1));
        }
        StoredStream stream = StreamCommands.read(call, 1);
        if (stream == null) {
            return Reply.EMPTY_ARRAY;
        }
        if (count == 0) {
            return Reply.NULL_ARRAY;
        }
        return Reply.array(entries(stream, start, end, reverse, count));
    }

    /** Entries between two ids; {@code count} at most if it is positive. */
    static List<Reply> entries(StoredStream stream, StreamId start, StreamId end, boolean reverse, long count) {
        List<Reply> entries = new ArrayList<>();
        try (EntryCursor cursor = stream.range(start, end, reverse)) {
            while ((count <= 0 || entries.size() < count) && cursor.next()) {
                entries.add(StreamCommands.entry(cursor.id(), cursor.words()));
            }
        }
        return entries;
    }

    private static Reply read(Call call) {
        return StreamRead.parse(call).serveOrWait(call);
    }
}
