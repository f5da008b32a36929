package io.cairn.server.resp;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns a connection's bytes into requests, whatever the pieces they arrive in.
 *
 * <pre>
 *   request   := multibulk | inline
 *   multibulk := '*' count CRLF ( '$' length CRLF byte{length} CRLF ){count}      count below 1: nothing
 *   inline    := words ( CRLF | LF )
 * </pre>
 *
 * <p>The bytes at hand are the <em>window</em>. Nothing is kept of it between two windows but an argument under way, so
 * what {@link #position()} has not passed must stand at the front of the next one: never more than a line. Memory
 * follows what was received, not what was announced. Limits and error texts are those of Redis.
 *
 * <p><i>Confined to the connection's event loop thread.</i>
 */
public final class RequestDecoder {
    /** Bytes that a line (inline request, count, length) may have. */
    public static final int MAX_LINE_BYTES = 64 << 10;

    private static final int UNAUTHENTICATED_ARGS = 10;
    private static final int UNAUTHENTICATED_BULK_BYTES = 16 << 10;
    private static final int FIRST_ARGS = 16;
    private static final byte[] NOTHING = new byte[0];

    private enum State {
        REQUEST,
        INLINE,
        COUNT,
        LENGTH,
        BODY,
        BODY_END
    }

    private State state = State.REQUEST;
    private byte[] window = NOTHING;
    private int at;
    private int end;
    private int searched; // bytes from `at` on known to hold no end of line

    private byte[][] args = new byte[0][];
    private int count;
    private int filled;
    private byte[] body = NOTHING;
    private int bodyBytes;
    private int bodyFilled;
    private int skip;

    private boolean authenticated = true;
    private long maxBulkBytes = 512L << 20;
    private long maxRequestBytes = 1L << 30;
    private long requestBytes;

    /** Makes a decoder at the start of a connection. */
    public RequestDecoder() {}

    /** Whether the client may send more than a login needs. */
    public void authenticated(boolean is) {
        authenticated = is;
    }

    /** Sets what one argument, and all arguments of one request together, may have. */
    public void limits(long bulkBytes, long totalBytes) {
        maxBulkBytes = bulkBytes;
        maxRequestBytes = totalBytes;
    }

    /** The bytes at hand: from {@code from} to {@code to}. They must not change until {@link #release()}. */
    public void window(byte[] bytes, int from, int to) {
        window = bytes;
        at = from;
        end = to;
    }

    /** Index of the first byte of the window that was not taken in. */
    public int position() {
        return at;
    }

    /** Forgets the window. */
    public void release() {
        window = NOTHING;
        at = 0;
        end = 0;
    }

    /**
     * The next request's arguments, at least one; null if it is not there in full.
     *
     * @throws ProtocolException if the bytes are no request
     */
    public byte @Nullable [][] next() {
        while (true) {
            switch (state) {
                case REQUEST -> {
                    if (at == end) {
                        return null;
                    }
                    state = window[at] == '*' ? State.COUNT : State.INLINE;
                }
                case INLINE -> {
                    byte[][] words = inline();
                    if (words == null || words.length > 0) {
                        return words;
                    }
                }
                case COUNT -> {
                    if (!count()) {
                        return null;
                    }
                }
                default -> {
                    if (!arguments()) {
                        return null;
                    }
                    return complete();
                }
            }
        }
    }

    private byte @Nullable [][] inline() {
        int newline = find('\n');
        refuseLongLine(newline, "too big inline request");
        if (newline < 0) {
            return null;
        }
        int lineEnd = newline > at && window[newline - 1] == '\r' ? newline - 1 : newline;
        List<byte[]> words = Words.split(window, at, lineEnd);
        if (words == null) {
            throw new ProtocolException("unbalanced quotes in request");
        }
        at = newline + 1;
        searched = 0;
        state = State.REQUEST;
        return words.toArray(new byte[0][]);
    }

    /** Takes in {@code *count}; false if it is not there yet. */
    private boolean count() {
        int lineEnd = lineEnd("too big mbulk count string");
        if (lineEnd < 0) {
            return false;
        }
        long number = number(at + 1, lineEnd);
        if (number == NO_NUMBER || number > Integer.MAX_VALUE) {
            throw new ProtocolException("invalid multibulk length");
        }
        if (number > UNAUTHENTICATED_ARGS && !authenticated) {
            throw new ProtocolException("unauthenticated multibulk length");
        }
        passLine(lineEnd);
        if (number <= 0) {
            state = State.REQUEST;
        } else {
            count = (int) number;
            args = new byte[Math.min(count, FIRST_ARGS)][];
            filled = 0;
            requestBytes = 0;
            state = State.LENGTH;
        }
        return true;
    }

    /** Takes in arguments until there are {@code count}; false if they are not there yet. */
    private boolean arguments() {
        while (filled < count) {
            if (state == State.LENGTH && !length()) {
                return false;
            }
            if (state == State.BODY && !body()) {
                return false;
            }
            if (state == State.BODY_END && !bodyEnd()) {
                return false;
            }
        }
        return true;
    }

    private byte[][] complete() {
        byte[][] request = args.length == count ? args : Arrays.copyOf(args, count);
        args = new byte[0][];
        state = State.REQUEST;
        return request;
    }

    private boolean length() {
        int lineEnd = lineEnd("too big bulk count string");
        if (lineEnd < 0) {
            return false;
        }
        if (window[at] != '$') {
            char got = (char) (window[at] & 0xFF);
            throw new ProtocolException("expected '$', got '" + (got == '\r' || got == '\n' ? ' ' : got) + "'");
        }
        long number = number(at + 1, lineEnd);
        if (number < 0 || number > maxBulkBytes) {
            throw new ProtocolException("invalid bulk length");
        }
        if (number > UNAUTHENTICATED_BULK_BYTES && !authenticated) {
            throw new ProtocolException("unauthenticated bulk length");
        }
        passLine(lineEnd);
        int bytes = (int) number;
        requestBytes += bytes;
        if (requestBytes > maxRequestBytes) {
            throw new ProtocolException("too big request");
        }
        if (end - at >= bytes + 2) {
            add(Arrays.copyOfRange(window, at, at + bytes));
            at += bytes + 2;
        } else {
            bodyBytes = bytes;
            bodyFilled = 0;
            body = NOTHING;
            state = State.BODY;
        }
        return true;
    }

    /** Takes in what there is of an argument whose end is not there; the array grows with it. */
    private boolean body() {
        int take = Math.min(end - at, bodyBytes - bodyFilled);
        if (body.length - bodyFilled < take) {
            long grown = Math.max(bodyFilled + (long) take, body.length * 2L);
            body = Arrays.copyOf(body, (int) Math.min(bodyBytes, grown));
        }
        System.arraycopy(window, at, body, bodyFilled, take);
        at += take;
        bodyFilled += take;
        if (bodyFilled < bodyBytes) {
            return false;
        }
        skip = 2;
        state = State.BODY_END;
        return true;
    }

    /** Passes the two bytes behind an argument, whatever they are, as Redis does. */
    private boolean bodyEnd() {
        int pass = Math.min(skip, end - at);
        at += pass;
        skip -= pass;
        if (skip > 0) {
            return false;
        }
        add(body.length == bodyBytes ? body : Arrays.copyOf(body, bodyBytes));
        body = NOTHING;
        state = State.LENGTH;
        return true;
    }

    private void add(byte[] arg) {
        if (filled == args.length) {
            args = Arrays.copyOf(args, (int) Math.min(count, args.length * 2L));
        }
        args[filled++] = arg;
    }

    // ---- lines

    /** Index of the CR that ends the line at {@code at} with one more byte behind it; -1 if it is not there yet. */
    private int lineEnd(String whenTooLong) {
        int cr = find('\r');
        refuseLongLine(cr, whenTooLong);
        return cr >= 0 && cr + 1 < end ? cr : -1;
    }

    private int find(char wanted) {
        for (int index = at + searched; index < end; index++) {
            if (window[index] == wanted) {
                return index;
            }
        }
        searched = end - at;
        return -1;
    }

    private void refuseLongLine(int lineEnd, String what) {
        if ((lineEnd < 0 ? end : lineEnd) - at > MAX_LINE_BYTES) {
            throw new ProtocolException(what);
        }
    }

    private void passLine(int lineEnd) {
        at = lineEnd + 2;
        searched = 0;
    }

    private static final long NO_NUMBER = Long.MIN_VALUE;

    /** A canonical decimal, or NO_NUMBER. */
    private long number(int from, int to) {
        boolean negative = from < to && window[from] == '-';
        int index = negative ? from + 1 : from;
        int digits = to - index;
        if (digits < 1 || digits > 18 || window[index] == '0' && (digits > 1 || negative)) {
            return NO_NUMBER;
        }
        long value = 0;
        for (; index < to; index++) {
            int digit = window[index] - '0';
            if (digit < 0 || digit > 9) {
                return NO_NUMBER;
            }
            value = value * 10 + digit;
        }
        return negative ? -value : value;
    }
}
