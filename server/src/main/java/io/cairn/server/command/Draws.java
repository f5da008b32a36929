package io.cairn.server.command;

/**
 * The count of HRANDFIELD, SRANDMEMBER and ZRANDMEMBER: positive for so many different elements, negative for so many
 * draws from all of them.
 *
 * <p><i>Immutable.</i>
 */
public final class Draws {
    /** Draws of one call; a limit of ours, since the reply is held in memory. */
    private static final long REPEATS_MAX = 1 << 24;

    private Draws() {}

    /** The count at {@code index}. */
    public static long count(Call call, int index) {
        long count = call.integer(index);
        if (count == Long.MIN_VALUE) {
            throw new CommandException(
                    "ERR value is out of range, value must between -9223372036854775807 and " + "9223372036854775807");
        }
        return count;
    }

    /** The number of draws that a negative count asks for. */
    public static int repeats(long negativeCount) {
        if (negativeCount < -REPEATS_MAX) {
            throw new CommandException("ERR value is out of range");
        }
        return (int) -negativeCount;
    }
}
