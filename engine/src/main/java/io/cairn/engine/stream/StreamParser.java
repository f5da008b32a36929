package io.cairn.engine.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Parses commands of a replication stream out of a buffer that holds the beginning of the rest of the stream.
 *
 * <pre>
 *   command := '*' count CRLF ( '$' length CRLF byte{length} CRLF ){count}
 *            | LF                                    a keepalive between commands: an empty command
 * </pre>
 *
 * A command is consumed only when it is there in full; nothing is allocated for one that is not.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public final class StreamParser {
    private static final byte[][] KEEPALIVE = new byte[0][];
    private static final int MAX_DIGITS = 10;

    private int at;

    /** Makes a parser without state between calls. */
    public StreamParser() {}

    /**
     * The next command, or null if it is not there in full (the buffer's position stays then). A keepalive is a command
     * without arguments.
     *
     * @param buffer backed by an array
     * @throws StreamFormatException if what is there is no command
     */
    public byte @Nullable [][] next(ByteBuffer buffer) {
        if (!buffer.hasRemaining()) {
            return null;
        }
        at = buffer.position();
        byte first = buffer.get(at);
        if (first == '\n') {
            buffer.position(at + 1);
            return KEEPALIVE;
        }
        if (first != '*') {
            throw new StreamFormatException("expected '*' at a command's start, found byte " + (first & 0xFF));
        }
        int start = at;
        if (!isWhole(buffer)) {
            return null;
        }
        at = start;
        byte[][] args = new byte[number(buffer, '*')][];
        for (int i = 0; i < args.length; i++) {
            byte[] arg = new byte[number(buffer, '$')];
            buffer.get(at, arg);
            at += arg.length + 2;
            args[i] = arg;
        }
        buffer.position(at);
        return args;
    }

    /** Walks over one command without copying it; false if it ends behind the buffer. */
    private boolean isWhole(ByteBuffer buffer) {
        int limit = buffer.limit();
        int count = number(buffer, '*');
        if (count == INCOMPLETE) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            int length = number(buffer, '$');
            if (length == INCOMPLETE || limit - at < length + 2L) {
                return false;
            }
            at += length;
            if (buffer.get(at) != '\r' || buffer.get(at + 1) != '\n') {
                throw new StreamFormatException("an argument of " + length + " bytes does not end with CRLF");
            }
            at += 2;
        }
        return true;
    }

    private static final int INCOMPLETE = -1;

    /** Reads a prefix character, digits and CRLF at {@code at}; INCOMPLETE if the buffer ends before. */
    private int number(ByteBuffer buffer, char prefix) {
        int limit = buffer.limit();
        int index = at;
        if (index >= limit) {
            return INCOMPLETE;
        }
        if (buffer.get(index) != prefix) {
            throw new StreamFormatException("expected '" + prefix + "', found byte " + (buffer.get(index) & 0xFF));
        }
        long value = 0;
        int digits = 0;
        for (index++; index < limit; index++, digits++) {
            int digit = buffer.get(index) - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            value = value * 10 + digit;
            if (digits >= MAX_DIGITS || value > Integer.MAX_VALUE) {
                throw Verb.tooLong();
            }
        }
        if (limit - index < 2) {
            return INCOMPLETE;
        }
        if (digits == 0 || buffer.get(index) != '\r' || buffer.get(index + 1) != '\n') {
            throw new StreamFormatException("a length that is no number, ended by byte " + (buffer.get(index) & 0xFF));
        }
        at = index + 2;
        return (int) value;
    }
}
