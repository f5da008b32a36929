package io.cairn.server.command.streams;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.types.StoredStream;
import io.cairn.server.command.Call;
import io.cairn.server.command.Caller;
import io.cairn.server.command.CommandException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the arguments of XREAD and XREADGROUP.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
final class StreamReadParser {
    private static final byte[] NOBODY = {};

    private final Call call;
    private final boolean grouped;
    private byte @Nullable [] group;
    private byte[] consumer = NOBODY;
    private long count;
    private long blockMillis = -1;
    private boolean noAck;

    StreamReadParser(Call call) {
        this.call = call;
        this.grouped = call.is(0, "xreadgroup");
    }

    StreamRead parse() {
        int first = options();
        int streams = (call.count() - first) / 2;
        if (grouped && group == null) {
            throw new CommandException("ERR Missing GROUP option for XREADGROUP");
        }
        List<StreamRead.Wanted> wanted = new ArrayList<>(streams);
        for (int i = first; i < first + streams; i++) {
            wanted.add(new StreamRead.Wanted(call.arg(i), after(call.arg(i), i + streams)));
        }
        return new StreamRead(group, consumer, count, blockMillis, noAck, wanted);
    }

    /** Reads the options; returns the index of the first key. */
    private int options() {
        for (int i = 1; i < call.count(); i++) {
            int more = call.count() - i - 1;
            if (call.is(i, "block") && more > 0) {
                Caller caller = call.caller();
                if (caller != null && caller.isScript()) {
                    throw new CommandException(
                            "ERR " + call.text(0) + " command is not allowed with BLOCK option from scripts");
                }
                blockMillis = timeout(++i);
            } else if (call.is(i, "count") && more > 0) {
                count = Math.max(0, call.integer(++i));
            } else if (call.is(i, "streams") && more > 0) {
                if (more % 2 != 0) {
                    throw new CommandException(
                            "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.");
                }
                return i + 1;
            } else if (call.is(i, "group") && more >= 2) {
                requireGrouped("GROUP");
                group = call.arg(i + 1);
                consumer = call.arg(i + 2);
                i += 2;
            } else if (call.is(i, "noack")) {
                requireGrouped("NOACK");
                noAck = true;
            } else {
                throw CommandException.syntax();
            }
        }
        throw CommandException.syntax();
    }

    private void requireGrouped(String option) {
        if (!grouped) {
            throw new CommandException(
                    "ERR The " + option + " option is only supported by XREADGROUP. You called XREAD instead.");
        }
    }

    private long timeout(int index) {
        long millis = StreamCommands.integer(call, index, "timeout is not an integer or out of range");
        if (millis < 0) {
            throw new CommandException("ERR timeout is negative");
        }
        return millis;
    }

    /** The id behind which entries are wanted, null for those that the group has not delivered. */
    private @Nullable StreamId after(byte[] key, int index) {
        byte[] of = group;
        StoredStream stream = StreamCommands.read(call, key);
        if (of != null) {
            StreamRead.requireGroup(stream, key, of);
        }
        if (call.is(index, "$")) {
            if (grouped) {
                throw new CommandException("ERR The $ ID is meaningless in the context of XREADGROUP: you want to read "
                        + "the history of this consumer by specifying a proper ID, or use the > ID to get new messages. "
                        + "The $ ID would just return an empty result set.");
            }
            return stream == null ? StreamId.ZERO : stream.lastId();
        }
        if (call.is(index, ">")) {
            if (!grouped) {
                throw new CommandException("ERR The > ID can be specified only when calling XREADGROUP using the GROUP "
                        + "<group> <consumer> option.");
            }
            return null;
        }
        StreamId after = Ids.strict(call.arg(index));
        return grouped && after.isLast() ? null : after;
    }
}
