package io.cairn.server.command.streams;

import io.cairn.engine.entry.StreamId;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Ids in arguments, as Redis reads them.
 *
 * <p>{@code millis} or {@code millis-sequence}. A number is read strictly first and, if it is none, once more as C's
 * strtoull does: with blanks in front, a plus or a minus, leading zeroes. What stands behind a zero byte does not count.
 *
 * <p><i>Immutable.</i>
 */
final class Ids {
    private static final int LENGTH_MAX = 127;

    private Ids() {}

    /** An id, its sequence being zero if there is none. */
    static StreamId strict(byte[] arg) {
        return parse(arg, 0, true);
    }

    /** As {@link #strict}, but the words - and + are the first and the last id. */
    static StreamId lenient(byte[] arg, long missingSequence) {
        return parse(arg, missingSequence, false);
    }

    /** An id, or null if the argument is none. */
    static @Nullable StreamId strictOrNull(byte[] arg) {
        return parseOrNull(cString(arg), 0, true);
    }

    /** The millis of {@code millis-*}, or null if the argument has another form. */
    static @Nullable Long millisOfAny(byte[] arg) {
        byte[] text = cString(arg);
        int dash = indexOf(text, '-');
        if (arg.length > LENGTH_MAX || dash < 0 || text.length != dash + 2 || text[dash + 1] != '*') {
            return null;
        }
        return number(Arrays.copyOf(text, dash));
    }

    /** The start of an interval; {@code (} in front excludes it. */
    static StreamId start(byte[] arg) {
        boolean excluded = isExcluded(arg);
        StreamId id = excluded ? strict(rest(arg)) : lenient(arg, 0);
        if (excluded && id.isLast()) {
            throw new CommandException("ERR invalid start ID for the interval");
        }
        return excluded ? id.next() : id;
    }

    /** The end of an interval; {@code (} in front excludes it. */
    static StreamId end(byte[] arg) {
        boolean excluded = isExcluded(arg);
        StreamId id = excluded ? parse(rest(arg), -1, true) : lenient(arg, -1);
        if (excluded && id.isZero()) {
            throw new CommandException("ERR invalid end ID for the interval");
        }
        return excluded ? id.previous() : id;
    }

    private static boolean isExcluded(byte[] arg) {
        return arg.length > 1 && arg[0] == '(';
    }

    private static byte[] rest(byte[] arg) {
        return Arrays.copyOfRange(arg, 1, arg.length);
    }

    private static StreamId parse(byte[] arg, long missingSequence, boolean strict) {
        StreamId id = arg.length > LENGTH_MAX ? null : parseOrNull(cString(arg), missingSequence, strict);
        if (id == null) {
            throw new CommandException("ERR Invalid stream ID specified as stream command argument");
        }
        return id;
    }

    private static @Nullable StreamId parseOrNull(byte[] text, long missingSequence, boolean strict) {
        if (text.length > LENGTH_MAX) {
            return null;
        }
        if (text.length == 1 && (text[0] == '-' || text[0] == '+')) {
            return strict ? null : text[0] == '-' ? StreamId.ZERO : StreamId.LAST;
        }
        int dash = indexOf(text, '-');
        Long millis = number(dash < 0 ? text : Arrays.copyOf(text, dash));
        Long sequence =
                dash < 0 ? Long.valueOf(missingSequence) : number(Arrays.copyOfRange(text, dash + 1, text.length));
        return millis == null || sequence == null ? null : new StreamId(millis, sequence);
    }

    private static byte[] cString(byte[] arg) {
        int end = indexOf(arg, 0);
        return end < 0 ? arg : Arrays.copyOf(arg, end);
    }

    private static int indexOf(byte[] text, int wanted) {
        for (int i = 0; i < text.length; i++) {
            if (text[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    /** An unsigned 64-bit number, or null. */
    private static @Nullable Long number(byte[] text) {
        if (Numbers.isLong(text)) {
            long value = Numbers.parseLong(text);
            return value < 0 ? null : Long.valueOf(value);
        }
        int at = 0;
        while (at < text.length && (text[at] == ' ' || text[at] >= '\t' && text[at] <= '\r')) {
            at++;
        }
        boolean negative = at < text.length && text[at] == '-';
        if (negative || at < text.length && text[at] == '+') {
            at++;
        }
        String digits = new String(text, at, text.length - at, StandardCharsets.ISO_8859_1);
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        try {
            long value = Long.parseUnsignedLong(digits);
            return negative ? -value : value;
        } catch (NumberFormatException e) {
            return null; // more than 64 bits
        }
    }
}
