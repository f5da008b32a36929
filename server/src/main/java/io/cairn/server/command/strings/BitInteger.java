package io.cairn.server.command.strings;

import io.cairn.server.command.CommandException;
import io.cairn.server.command.Numbers;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * An integer type of BITFIELD: {@code i1} to {@code i64}, {@code u1} to {@code u63}.
 *
 * <p>An integer stands in a window of {@value #WINDOW_BYTES} bytes, the highest bit first, from one of the first byte's
 * bits on.
 *
 * <p><i>Immutable.</i>
 */
record BitInteger(boolean signed, int bits) {
    /** Bytes that hold an integer wherever it begins in the first of them. */
    static final int WINDOW_BYTES = 9;

    /** What becomes of an integer that is too large or too small. */
    enum Overflow {
        WRAP,
        SAT,
        FAIL
    }

    /** The type of that name. */
    static BitInteger parse(byte[] name) {
        boolean signed = name.length > 0 && name[0] == 'i';
        if (signed || name.length > 0 && name[0] == 'u') {
            long bits = Numbers.parseLongOr(Arrays.copyOfRange(name, 1, name.length), 0);
            if (bits >= 1 && bits <= (signed ? 64 : 63)) {
                return new BitInteger(signed, (int) bits);
            }
        }
        throw new CommandException(
                "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.");
    }

    // ---- in and out of bytes

    /** The integer that begins at bit {@code shift} of the window. */
    long read(byte[] window, int shift) {
        long high = ByteBuffer.wrap(window).getLong();
        return cut(high << shift | (window[8] & 0xFF) >>> 8 - shift);
    }

    /** Puts an integer where {@link #read} finds it. */
    void write(byte[] window, int shift, long value) {
        long mask = -1L << 64 - bits;
        long aligned = value << 64 - bits;
        ByteBuffer high = ByteBuffer.wrap(window);
        high.putLong(0, high.getLong(0) & ~(mask >>> shift) | aligned >>> shift);
        int rest = 8 - shift; // what did not fit in eight bytes goes to the top of the ninth
        window[8] = (byte) (window[8] & ~(mask << rest) | aligned << rest);
    }

    /** Number of bytes of the window that the integer touches. */
    int bytes(int shift) {
        return shift + bits + 7 >> 3;
    }

    /** The integer in the upper bits of a long. */
    private long cut(long aligned) {
        return signed ? aligned >> 64 - bits : aligned >>> 64 - bits;
    }

    // ---- arithmetic

    /** The sum as far as it is of this type, or what becomes of it, or none if it overflows and must not. */
    OptionalLong sum(long value, long increment, Overflow overflow) {
        int side = side(value, increment);
        if (side == 0) {
            return OptionalLong.of(value + increment);
        }
        return switch (overflow) {
            case WRAP -> OptionalLong.of(cut(value + increment << 64 - bits));
            case SAT -> OptionalLong.of(side > 0 ? max() : min());
            case FAIL -> OptionalLong.empty();
        };
    }

    private long max() {
        return signed ? Long.MAX_VALUE >> 64 - bits : -1L >>> 64 - bits;
    }

    private long min() {
        return signed ? Long.MIN_VALUE >> 64 - bits : 0;
    }

    /** Whether the sum lies above (1), below (-1) or within the type. */
    private int side(long value, long increment) {
        if (bits == 64) {
            long sum = value + increment;
            boolean overflows = ((value ^ sum) & (increment ^ sum)) < 0;
            return overflows ? Long.signum(increment) : 0;
        }
        if (!signed && value < 0) {
            return 1; // set to a negative number, which counts as a very large one
        }
        // The difference wraps for a value near the smallest of all, which so counts as too large: as Redis has it.
        if (value > max() || increment > max() - value) {
            return 1;
        }
        return value < min() || increment < min() - value ? -1 : 0;
    }
}
