package io.cairn.server.command.streams;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.types.StoredStream;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Numbers;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How a stream is to be trimmed, and what stands beside it among the arguments of XADD and XTRIM.
 *
 * <p>With {@code ~} Redis deletes whole nodes of entries; here a node is {@code stream-node-max-entries} entries from the
 * front, whatever their size. What was deleted is logged exactly, so nobody else has to decide alike.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
final class Trim {
    private static final byte[] EXACTLY = "=".getBytes(StandardCharsets.US_ASCII);
    private static final int NODES_MAX = 100;
    private static final int LIMIT_DEFAULT = 10_000;
    private static final int LIMIT_MAX = 1_000_000;
    private static final int BLOCK_DEFAULT = 100;
    private static final int BLOCK_MAX = 10_000;
    private static final String BOTH = "ERR syntax error, MAXLEN and MINID options at the same time are not compatible";

    private final Call call;
    private final boolean adding;
    private boolean byLength;
    private boolean approximate;
    private long keep;
    private @Nullable StreamId minId;
    private int argument;
    private long limit;
    private boolean limited;
    private boolean existing;
    private int end;

    private Trim(Call call, boolean adding) {
        this.call = call;
        this.adding = adding;
    }

    /**
     * Reads options from index 2 on.
     *
     * @param adding whether it is XADD, whose options end where its id is
     */
    static Trim parse(Call call, boolean adding) {
        Trim trim = new Trim(call, adding);
        trim.options();
        trim.check();
        return trim;
    }

    private void options() {
        int at = 2;
        for (; at < call.count(); at++) {
            int more = call.count() - 1 - at;
            if (adding && call.is(at, "*")) {
                break;
            }
            if ((call.is(at, "maxlen") || call.is(at, "minid")) && more > 0) {
                at = bound(at, more);
            } else if (call.is(at, "limit") && more > 0) {
                limit = call.integer(++at);
                if (limit < 0) {
                    throw new CommandException("ERR The LIMIT argument must be >= 0.");
                }
                limited = true;
            } else if (adding && call.is(at, "nomkstream")) {
                existing = true;
            } else if (adding) {
                if (Ids.millisOfAny(call.arg(at)) == null) {
                    Ids.strict(call.arg(at));
                }
                break;
            } else {
                throw CommandException.syntax();
            }
        }
        end = at;
    }

    private int bound(int option, int more) {
        if (trims()) {
            throw new CommandException(BOTH);
        }
        approximate = false;
        int at = option + 1;
        if (more >= 2 && (call.is(at, "~") || call.is(at, "="))) {
            approximate = call.is(at, "~");
            at++;
        }
        if (call.is(option, "minid")) {
            minId = Ids.strict(call.arg(at));
        } else {
            keep = call.integer(at);
            if (keep < 0) {
                throw new CommandException("ERR The MAXLEN argument must be >= 0.");
            }
            byLength = true;
        }
        argument = at;
        return at;
    }

    private void check() {
        if (limit > 0 && !trims()) {
            throw new CommandException("ERR syntax error, LIMIT cannot be used without specifying a trimming strategy");
        }
        if (!adding && !trims()) {
            throw new CommandException("ERR syntax error, XTRIM must be called with a trimming strategy");
        }
        if (call.caller() == null) {
            limit = 0; // a stream of effects says exactly what to delete
        } else if (limited && !approximate) {
            throw new CommandException("ERR syntax error, LIMIT cannot be used without the special ~ option");
        } else if (!limited && approximate) {
            long nodes = (long) NODES_MAX * call.turn().limits().streamNodeMaxEntries();
            limit = nodes <= 0 ? LIMIT_DEFAULT : Math.min(nodes, LIMIT_MAX);
        }
    }

    /** Whether there is anything to trim by. */
    boolean trims() {
        return byLength || minId != null;
    }

    /** Index of the argument that ended the options: the id of XADD. */
    int end() {
        return end;
    }

    /** Whether XADD shall not make a stream. */
    boolean existing() {
        return existing;
    }

    /** Trims; returns how many entries were deleted. */
    long apply(StoredStream stream) {
        int block = 1;
        if (approximate) {
            int node = call.turn().limits().streamNodeMaxEntries();
            block = node <= 0 ? BLOCK_DEFAULT : Math.min(node, BLOCK_MAX);
        }
        return stream.trim(keep, minId, block, limit == 0 ? Long.MAX_VALUE : limit);
    }

    /** Makes the arguments say exactly what was deleted, if they do not. */
    void state(byte[][] args, StoredStream stream) {
        if (!approximate) {
            return;
        }
        args[argument - 1] = EXACTLY;
        StreamId first = stream.state().firstId();
        args[argument] =
                byLength ? Numbers.bytes(stream.length()) : (stream.length() == 0 ? StreamId.LAST : first).text();
    }

    /** Whether the arguments may say something else than what is deleted. */
    boolean isApproximate() {
        return approximate;
    }
}
