package io.cairn.server.command.strings;

import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.Event;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.types.Strings;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.LongDouble;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Commands on numbers in values.
 *
 * <p><i>Immutable.</i>
 */
final class Increments {
    private static final byte[] SET = "SET".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEEPTTL = "KEEPTTL".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NAUGHT = {'0'};
    private static final int NUMBER_MAX_BYTES = 5 * 1024;

    private Increments() {}

    static Reply incrby(Call call, long increment) {
        byte[] row = StringCommands.write(call, 1);
        long before = Numbers.parseLong(number(row));
        long after = before + increment;
        if (((before ^ after) & (increment ^ after)) < 0) {
            throw new CommandException("ERR increment or decrement would overflow");
        }
        set(call, row, Numbers.bytes(after), Encoding.INT);
        call.notify(Event.STRING, "incrby", call.arg(1));
        call.changed();
        return Reply.integer(after);
    }

    static Reply decrby(Call call) {
        long decrement = call.integer(2);
        if (decrement == Long.MIN_VALUE) {
            throw new CommandException("ERR decrement would overflow");
        }
        return incrby(call, -decrement);
    }

    static Reply incrbyfloat(Call call) {
        byte[] row = StringCommands.write(call, 1);
        byte[] sum = LongDouble.sum(number(row), call.arg(2));
        set(call, row, sum, sum.length <= 44 ? Encoding.EMBSTR : Encoding.RAW);
        call.notify(Event.STRING, "incrbyfloat", call.arg(1));
        call.propagate(SET, call.arg(1), sum, KEEPTTL);
        return Reply.bulk(sum);
    }

    /** The bytes of the value, "0" without a key; what is too long for a number is cut, and still too long. */
    private static byte[] number(byte @Nullable [] row) {
        if (row == null) {
            return NAUGHT;
        }
        return MetaRow.inRows(row) ? new byte[NUMBER_MAX_BYTES] : MetaRow.payload(row);
    }

    private static void set(Call call, byte @Nullable [] row, byte[] number, Encoding encoding) {
        long expireAtMillis = row == null ? MetaRow.NO_EXPIRY : MetaRow.expireAtMillis(row);
        Strings.set(call.turn(), call.db(), call.arg(1), number, encoding, expireAtMillis);
    }
}
