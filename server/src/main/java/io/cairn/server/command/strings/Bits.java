package io.cairn.server.command.strings;

import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.Event;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.types.Strings;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Commands on single bits, and what commands on bits share; on a large value they touch only the chunk concerned.
 *
 * <p>Bit 0 is the highest of the first byte.
 *
 * <p><i>Immutable.</i>
 */
final class Bits {
    private static final byte[] NOTHING = {};

    private Bits() {}

    static Reply setbit(Call call) {
        long offset = offset(call, call.arg(2));
        long bit = Numbers.parseLongOr(call.arg(3), -1);
        if (bit != 0 && bit != 1) {
            throw new CommandException("ERR bit is not an integer or out of range");
        }
        byte[] row = StringCommands.write(call, 1);
        long at = offset >> 3;
        int mask = mask(offset);
        int before = read(call, row, at, 1)[0];
        int after = bit == 1 ? before | mask : before & ~mask;
        if (row != null && at < Strings.length(row) && after == before) {
            makeRaw(call, row);
        } else {
            Strings.writeRange(call.turn(), call.db(), call.arg(1), row, at, new byte[] {(byte) after});
            call.notify(Event.STRING, "setbit", call.arg(1));
            call.changed();
        }
        return Reply.integer((before & mask) != 0);
    }

    static Reply getbit(Call call) {
        long offset = offset(call, call.arg(2));
        byte[] row = StringCommands.read(call, 1);
        return Reply.integer((read(call, row, offset >> 3, 1)[0] & mask(offset)) != 0);
    }

    private static int mask(long offset) {
        return 0x80 >>> (int) (offset & 7);
    }

    /** A bit's place. What a primary has accepted is applied, whatever its limit is. */
    static long offset(Call call, byte[] text) {
        return requireOffset(call, Numbers.parseLongOr(text, -1));
    }

    /** The offset, unless it is negative or too far out. */
    static long requireOffset(Call call, long offset) {
        if (offset < 0
                || offset >> 3 >= call.turn().limits().stringMaxBytes()
                        && !call.turn().isStreaming()) {
            throw new CommandException("ERR bit offset is not an integer or out of range");
        }
        return offset;
    }

    /** The {@code length} bytes from {@code from} on; what lies behind the end is zeroes. */
    static byte[] read(Call call, byte @Nullable [] row, long from, int length) {
        long there = row == null ? 0 : Math.min(length, Strings.length(row) - from);
        if (row == null || there <= 0) {
            return new byte[length];
        }
        byte[] bytes = Strings.readRange(call.turn(), row, from, (int) there);
        return bytes.length == length ? bytes : Arrays.copyOf(bytes, length);
    }

    /**
     * A value that a command would have changed is raw from then on, though it stayed as it was. Nothing is logged: a
     * replica may name the encoding otherwise.
     */
    static void makeRaw(Call call, byte[] row) {
        if (MetaRow.encoding(row) != Encoding.RAW) {
            Strings.writeRange(call.turn(), call.db(), call.arg(1), row, Strings.length(row), NOTHING);
        }
    }
}
