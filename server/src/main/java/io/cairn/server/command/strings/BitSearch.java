package io.cairn.server.command.strings;

import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.types.Strings;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Reply;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Bits {@code first} to {@code last} of a value, both within it, in which bits are counted or looked for; a large value
 * is gone through chunk by chunk.
 *
 * <p><i>Immutable.</i>
 */
record BitSearch(long first, long last) {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final Reply NOT_FOUND = Reply.integer(-1);

    static Reply bitcount(Call call) {
        byte[] row = StringCommands.read(call, 1);
        if (row == null) {
            return Reply.ZERO;
        }
        long length = Strings.length(row);
        BitSearch range = new BitSearch(0, length * 8 - 1);
        if (call.count() == 4 || call.count() == 5) {
            long start = call.integer(2);
            long end = call.integer(3);
            if (start < 0 && end < 0 && start > end) {
                return Reply.ZERO;
            }
            range = of(length, start, end, call.count() == 5 && isInBits(call, 4));
        } else if (call.count() != 2) {
            throw CommandException.syntax();
        }
        return range.isEmpty() ? Reply.ZERO : Reply.integer(range.count(call.turn(), row));
    }

    static Reply bitpos(Call call) {
        long bit = call.integer(2);
        if (bit != 0 && bit != 1) {
            throw new CommandException("ERR The bit argument must be 1 or 0.");
        }
        byte[] row = StringCommands.read(call, 1);
        if (row == null) {
            return bit == 1 ? NOT_FOUND : Reply.ZERO;
        }
        long length = Strings.length(row);
        BitSearch range = new BitSearch(0, length * 8 - 1);
        boolean endGiven = call.count() > 4;
        if (call.count() >= 4 && call.count() <= 6) {
            long start = call.integer(3);
            boolean inBits = call.count() == 6 && isInBits(call, 5);
            range = of(length, start, endGiven ? call.integer(4) : length - 1, inBits);
        } else if (call.count() != 3) {
            throw CommandException.syntax();
        }
        if (range.isEmpty()) {
            return NOT_FOUND;
        }
        long found = range.find(call.turn(), row, bit == 1);
        // Without an end the value is taken to go on with zeroes.
        return Reply.integer(found < 0 && bit == 0 && !endGiven ? range.last + 1 : found);
    }

    private static boolean isInBits(Call call, int index) {
        if (call.is(index, "bit")) {
            return true;
        }
        if (call.is(index, "byte")) {
            return false;
        }
        throw CommandException.syntax();
    }

    /** A range in bits or bytes as clients give it: negative numbers count from the end. */
    private static BitSearch of(long lengthBytes, long start, long end, boolean inBits) {
        long length = inBits ? lengthBytes * 8 : lengthBytes;
        long from = Math.max(start < 0 ? length + start : start, 0);
        long to = Math.min(Math.max(end < 0 ? length + end : end, 0), length - 1);
        if (from > to) {
            return new BitSearch(0, -1);
        }
        return inBits ? new BitSearch(from, to) : new BitSearch(from * 8, to * 8 + 7);
    }

    private boolean isEmpty() {
        return first > last;
    }

    // ---- count

    private long count(Turn turn, byte[] row) {
        long[] count = {0};
        Strings.scan(turn, row, first >> 3, (last >> 3) + 1, (offset, bytes, from, to) -> {
            count[0] += ones(bytes, from, to);
            return true;
        });
        // Whole bytes were counted: take back what of the outermost does not belong to the range.
        int head = Strings.readRange(turn, row, first >> 3, 1)[0] & ~headMask();
        int tail = Strings.readRange(turn, row, last >> 3, 1)[0] & ~tailMask();
        return count[0] - Integer.bitCount(head & 0xFF) - Integer.bitCount(tail & 0xFF);
    }

    private int headMask() {
        return 0xFF >>> (int) (first & 7);
    }

    private int tailMask() {
        return 0xFF << 7 - (int) (last & 7);
    }

    private static long ones(byte[] bytes, int from, int to) {
        long ones = 0;
        int at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES) {
            ones += Long.bitCount((long) LONGS.get(bytes, at));
        }
        for (; at < to; at++) {
            ones += Integer.bitCount(bytes[at] & 0xFF);
        }
        return ones;
    }

    // ---- find

    /** Place of the first bit of that kind, or -1. */
    private long find(Turn turn, byte[] row, boolean set) {
        long[] next = {first >> 3};
        long[] found = {-1};
        Strings.scan(turn, row, first >> 3, (last >> 3) + 1, (offset, bytes, from, to) -> {
            if (!set && offset > next[0]) {
                return false; // a gap is zeroes
            }
            found[0] = findIn(offset, bytes, from, to, set);
            next[0] = offset + to - from;
            return found[0] < 0;
        });
        boolean gap = !set && found[0] < 0 && next[0] <= last >> 3;
        return gap ? Math.max(next[0] * 8, first) : found[0];
    }

    private long findIn(long offset, byte[] bytes, int from, int to, boolean set) {
        long uninteresting = set ? 0 : -1;
        int at = from;
        while (at < to) {
            if (at + Long.BYTES <= to && (long) LONGS.get(bytes, at) == uninteresting) {
                at += Long.BYTES;
                continue;
            }
            long place = offset + at - from;
            int candidates = (set ? bytes[at] : ~bytes[at]) & 0xFF;
            candidates &= place == first >> 3 ? headMask() : 0xFF;
            candidates &= place == last >> 3 ? tailMask() : 0xFF;
            if (candidates != 0) {
                return place * 8 + Integer.numberOfLeadingZeros(candidates) - 24;
            }
            at++;
        }
        return -1;
    }
}
