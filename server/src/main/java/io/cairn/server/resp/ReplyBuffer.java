package io.cairn.server.resp;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What a connection is to be sent: pieces of bytes, in order.
 *
 * <p>Small replies are written one behind the other into a piece under construction; a large string becomes a piece of
 * its own without being copied. Positions count bytes since the buffer was last empty.
 *
 * <p><i>Confined to the connection's event loop thread.</i>
 */
public final class ReplyBuffer {
    /** Bytes of a piece under construction at first; pieces of this size are reusable. */
    public static final int PIECE_BYTES = 16 << 10;

    private static final int MAX_PIECE_BYTES = 64 << 10;
    private static final int SHARED_BYTES = 16 << 10;
    private static final int LONG_BYTES = 20;

    /**
     * Bytes of an array.
     *
     * @param owned whether the array was made here and may be used again once the piece is sent
     */
    public record Piece(byte[] bytes, int from, int to, boolean owned) {
        /** Number of bytes. */
        public int length() {
            return to - from;
        }
    }

    private byte[] bytes;
    private int size;
    private long before; // bytes in `done`
    private @Nullable Queue<Piece> done;

    /** An empty buffer; {@code first} is the first piece under construction. */
    public ReplyBuffer(byte[] first) {
        bytes = first;
    }

    /** Gives an emptied buffer its next piece under construction. */
    public void reset(byte[] next) {
        bytes = next;
        size = 0;
        before = 0;
        done = null;
    }

    /** Bytes written since it was last empty. */
    public long position() {
        return before + size;
    }

    /** The piece under construction if there is no other, as it is faster to send; else null. */
    public byte @Nullable [] single() {
        return done == null ? bytes : null;
    }

    /** A copy of what was written, which must be small. */
    public byte[] written() {
        if (done != null) {
            throw new IllegalStateException("more than one piece was written");
        }
        return Arrays.copyOf(bytes, size);
    }

    /** All pieces in order; the buffer must be {@link #reset} after. */
    public Queue<Piece> pieces() {
        Queue<Piece> all = done == null ? new ArrayDeque<>() : done;
        if (size > 0) {
            all.add(new Piece(bytes, 0, size, true));
        }
        done = null;
        return all;
    }

    /** Writes a byte. */
    public void put(char ascii) {
        reserve(1);
        bytes[size++] = (byte) ascii;
    }

    /** Writes bytes. */
    public void put(byte[] source) {
        put(source, 0, source.length);
    }

    /** Writes bytes; a large range is referred to, not copied. */
    public void put(byte[] source, int from, int to) {
        int length = to - from;
        if (length >= SHARED_BYTES) {
            seal();
            pieces0().add(new Piece(source, from, to, false));
            before += length;
            return;
        }
        reserve(length);
        System.arraycopy(source, from, bytes, size, length);
        size += length;
    }

    /** Writes CR and LF. */
    public void endLine() {
        reserve(2);
        bytes[size++] = '\r';
        bytes[size++] = '\n';
    }

    /** Writes a type byte, a number and the end of the line. */
    public void header(char type, long number) {
        reserve(LONG_BYTES + 3);
        bytes[size++] = (byte) type;
        if (number >= 0 && number < 10) {
            bytes[size++] = (byte) ('0' + number);
        } else {
            digits(number);
        }
        bytes[size++] = '\r';
        bytes[size++] = '\n';
    }

    private void digits(long number) {
        if (number == Long.MIN_VALUE) {
            for (char c : Long.toString(number).toCharArray()) {
                bytes[size++] = (byte) c;
            }
            return;
        }
        long rest = number;
        if (rest < 0) {
            bytes[size++] = '-';
            rest = -rest;
        }
        int count = 1;
        for (long bound = 10; count < 19 && rest >= bound; bound *= 10) {
            count++;
        }
        for (int index = size + count - 1; index >= size; index--) {
            bytes[index] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += count;
    }

    private void reserve(int more) {
        if (bytes.length - size >= more) {
            return;
        }
        if (size + more <= MAX_PIECE_BYTES) {
            bytes = Arrays.copyOf(bytes, Math.min(MAX_PIECE_BYTES, Math.max(bytes.length * 2, size + more)));
        } else {
            seal();
            bytes = new byte[MAX_PIECE_BYTES];
        }
    }

    /** Ends the piece under construction; what it has room for is left to the next one. */
    private void seal() {
        if (size > 0) {
            pieces0().add(new Piece(bytes, 0, size, false));
            before += size;
            bytes = new byte[PIECE_BYTES];
            size = 0;
        }
    }

    private Queue<Piece> pieces0() {
        Queue<Piece> all = done;
        if (all == null) {
            all = new ArrayDeque<>();
            done = all;
        }
        return all;
    }

    /**
     * Replaces ranges of what was written, in rising order, by {@code replacement} each.
     *
     * @param ranges start and end positions in turn, {@code count} numbers
     */
    public void replace(long[] ranges, int count, byte[] replacement) {
        Queue<Piece> old = pieces();
        reset(new byte[PIECE_BYTES]);
        long position = 0;
        int range = 0;
        for (Piece piece : old) {
            int at = piece.from();
            while (at < piece.to()) {
                long rangeStart = range < count ? ranges[range] : Long.MAX_VALUE;
                if (position < rangeStart) {
                    int keep = (int) Math.min(piece.to() - at, rangeStart - position);
                    put(piece.bytes(), at, at + keep);
                    at += keep;
                    position += keep;
                    continue;
                }
                if (position == rangeStart) {
                    put(replacement);
                }
                int drop = (int) Math.min(piece.to() - at, ranges[range + 1] - position);
                at += drop;
                position += drop;
                if (position == ranges[range + 1]) {
                    range += 2;
                }
            }
        }
    }
}
