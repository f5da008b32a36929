package io.cairn.server.command;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a command answers, before it is encoded for RESP2 or RESP3.
 *
 * <p>Values, so that a command can be abandoned, queued in a transaction or run by a script without a byte being
 * written. Arrays inside must not be changed after construction.
 *
 * <p><i>Immutable.</i>
 */
public sealed interface Reply {
    /** A status, {@code +OK}. */
    record Simple(String text) implements Reply {}

    /**
     * An error; the text begins with its code: {@code ERR syntax error}.
     *
     * @param counted whether it stands for an error within that was counted already
     */
    @SuppressWarnings("JavaLangClash") // the protocol calls it so
    record Error(String text, boolean counted) implements Reply {
        /** An error that is to be counted. */
        public Error(String text) {
            this(text, false);
        }

        /** Makes one line of it, as Redis does: line ends go from its end and become blanks within. */
        public Error {
            int end = text.length();
            while (end > 0 && isLineEnd(text.charAt(end - 1))) {
                end--;
            }
            text = text.substring(0, end).replace('\r', ' ').replace('\n', ' ');
        }

        private static boolean isLineEnd(char c) {
            return c == '\r' || c == '\n';
        }
    }

    /** An integer. */
    record Int(long value) implements Reply {}

    /** A string: the bytes from {@code from} (inclusive) to {@code to} (exclusive). */
    record Bulk(byte[] bytes, int from, int to) implements Reply {}

    /** No value where a string would be: {@code $-1}, in RESP3 {@code _}. */
    record Null() implements Reply {}

    /** No value where an array would be: {@code *-1}, in RESP3 {@code _}. */
    record NullArray() implements Reply {}

    /** An array. */
    record Array(List<? extends Reply> items) implements Reply {}

    /** A map as keys and values in turn; in RESP2 a flat array. */
    record Pairs(List<? extends Reply> items) implements Reply {}

    /** A set; in RESP2 an array. */
    record Members(List<? extends Reply> items) implements Reply {}

    /** A double; in RESP2 a string with 17 significant digits at most, as Redis prints it. */
    record Real(double value) implements Reply {}

    /** A double whose digits are given; in RESP2 a string. */
    record Digits(byte[] text) implements Reply {}

    /** A truth value; in RESP2 the integers 1 and 0. */
    record Bool(boolean value) implements Reply {}

    /** An integer of any length, its digits; in RESP2 a string. */
    record BigNumber(String digits) implements Reply {}

    /** A text with its format ("txt"); in RESP2 a string. */
    record Verbatim(String format, byte[] text) implements Reply {}

    /** Something the client did not ask for (RESP3 push); in RESP2 an array. */
    record Push(List<? extends Reply> items) implements Reply {}

    /** Several answers to one command, one behind the other (SUBSCRIBE to more than one channel). */
    record Several(List<? extends Reply> items) implements Reply {}

    /** Nothing at all: commands that are not answered (REPLCONF ACK), or whose answer was sent otherwise. */
    record Silent() implements Reply {}

    /** {@code +OK}. */
    Reply OK = new Simple("OK");

    /** {@code $-1}. */
    Reply NULL = new Null();

    /** {@code *-1}. */
    Reply NULL_ARRAY = new NullArray();

    /** {@code :0}. */
    Reply ZERO = new Int(0);

    /** {@code :1}. */
    Reply ONE = new Int(1);

    /** {@code *0}. */
    Reply EMPTY_ARRAY = new Array(List.of());

    /** Nothing. */
    Reply SILENT = new Silent();

    /** An integer. */
    static Reply integer(long value) {
        return value == 0 ? ZERO : value == 1 ? ONE : new Int(value);
    }

    /** The integer 1 or 0. */
    static Reply integer(boolean value) {
        return value ? ONE : ZERO;
    }

    /** A string. */
    static Reply bulk(byte[] bytes) {
        return new Bulk(bytes, 0, bytes.length);
    }

    /** A string, encoded as UTF-8. */
    static Reply bulk(String text) {
        return bulk(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A status. */
    static Reply simple(String text) {
        return new Simple(text);
    }

    /** An error; the text begins with its code. */
    static Reply error(String text) {
        return new Error(text);
    }

    /** An array. */
    static Reply array(List<? extends Reply> items) {
        return new Array(items);
    }

    /** A double. */
    static Reply real(double value) {
        return new Real(value);
    }
}
