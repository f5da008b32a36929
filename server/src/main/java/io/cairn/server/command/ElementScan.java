package io.cairn.server.command;

import java.util.ArrayList;
import java.util.List;

/**
 * What HSCAN, SSCAN and ZSCAN ask for behind the key: {@code cursor [MATCH pattern] [COUNT count]}; and their reply.
 *
 * <p>The cursor is checked before the key is looked up, the options only if there is a key.
 *
 * <p><i>Immutable.</i>
 */
public final class ElementScan {
    private static final long DEFAULT_COUNT = 10;

    /** The largest cursor that can take another digit. */
    private static final long LAST_TENTH = Long.divideUnsigned(-1, 10);

    private final Glob glob;
    private final boolean all;
    private final long count;

    private ElementScan(Glob glob, long count) {
        this.glob = glob;
        this.all = glob.matchesAll();
        this.count = count;
    }

    /**
     * The cursor at {@code index}, an unsigned 64-bit integer; signs are taken as strtoul takes them.
     *
     * @throws CommandException "invalid cursor"
     */
    public static long cursor(Call call, int index) {
        byte[] text = call.arg(index);
        boolean negative = text.length > 0 && text[0] == '-';
        int at = negative || text.length > 0 && text[0] == '+' ? 1 : 0;
        if (at == 1 && text.length == 1) {
            throw invalidCursor();
        }
        long value = 0;
        for (; at < text.length; at++) {
            int digit = text[at] - '0';
            if (digit < 0 || digit > 9 || Long.compareUnsigned(value, LAST_TENTH) > 0) {
                throw invalidCursor();
            }
            value = value * 10 + digit;
            if (Long.compareUnsigned(value, digit) < 0) {
                throw invalidCursor();
            }
        }
        return negative ? -value : value;
    }

    private static CommandException invalidCursor() {
        return new CommandException("ERR invalid cursor");
    }

    /** The options from the argument at {@code from} to the last. */
    public static ElementScan options(Call call, int from) {
        byte[] pattern = {'*'};
        long count = DEFAULT_COUNT;
        for (int at = from; at < call.count(); at += 2) {
            boolean hasValue = at + 1 < call.count();
            if (hasValue && call.is(at, "count")) {
                count = call.integer(at + 1);
                if (count < 1) {
                    throw CommandException.syntax();
                }
            } else if (hasValue && call.is(at, "match")) {
                pattern = call.arg(at + 1);
            } else {
                throw CommandException.syntax();
            }
        }
        return new ElementScan(new Glob(pattern), count);
    }

    /** Number of elements to visit. */
    public long count() {
        return count;
    }

    /** Whether every element matches, so that none need be copied to find out. */
    public boolean matchesAll() {
        return all;
    }

    /** Whether an element matches the pattern. */
    public boolean matches(byte[] element) {
        return all || glob.matches(element);
    }

    /** The reply: the cursor to go on with, 0 at the end, and what was found. */
    public static Reply reply(long next, List<Reply> found) {
        return Reply.array(List.of(Reply.bulk(Long.toUnsignedString(next)), Reply.array(found)));
    }

    /** The reply for a key that is not there. */
    public static Reply nothing() {
        return reply(0, new ArrayList<>());
    }
}
