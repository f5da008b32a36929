package io.cairn.server.command;

/**
 * Which arguments of a command are elements of the set, hash or sorted set at its only key that it looks up: from {@code first}
 * to {@code last} every {@code step}.
 *
 * <p>Rows of what is named here are brought near before the command runs, and nothing else follows from it. So it may name too much:
 * where options can stand before the elements, it is as if there were none.
 *
 * <p><i>Immutable.</i>
 */
public record ElementSpec(int first, int last, int step) {
    /** One at an index. */
    public static ElementSpec at(int index) {
        return new ElementSpec(index, index, 1);
    }

    /** All from an index on. */
    public static ElementSpec from(int index) {
        return every(1, index);
    }

    /** Every so many arguments one, from an index on. */
    public static ElementSpec every(int step, int index) {
        return new ElementSpec(index, Integer.MAX_VALUE, step);
    }
}
