package io.cairn.engine.entry;

import java.nio.charset.StandardCharsets;

/**
 * The id of a stream's entry: milliseconds and a sequence number, both unsigned 64-bit numbers.
 *
 * <p><i>Immutable.</i>
 */
public record StreamId(long millis, long sequence) implements Comparable<StreamId> {
    /** 0-0: before every entry, and the word for "none". */
    public static final StreamId ZERO = new StreamId(0, 0);

    /** The last id that there is. */
    public static final StreamId LAST = new StreamId(-1, -1);

    @Override
    public int compareTo(StreamId other) {
        int order = Long.compareUnsigned(millis, other.millis);
        return order != 0 ? order : Long.compareUnsigned(sequence, other.sequence);
    }

    /** Whether it comes before the other. */
    public boolean isBefore(StreamId other) {
        return compareTo(other) < 0;
    }

    /** Whether it comes after the other. */
    public boolean isAfter(StreamId other) {
        return compareTo(other) > 0;
    }

    /** Whether it is {@link #ZERO}. */
    public boolean isZero() {
        return (millis | sequence) == 0;
    }

    /** Whether it is {@link #LAST}. */
    public boolean isLast() {
        return (millis & sequence) == -1;
    }

    /** The id right behind it; {@link #ZERO} behind the last. */
    public StreamId next() {
        return new StreamId(sequence == -1 ? millis + 1 : millis, sequence + 1);
    }

    /** The id right before it; {@link #LAST} before zero. */
    public StreamId previous() {
        return new StreamId(sequence == 0 ? millis - 1 : millis, sequence - 1);
    }

    /** {@code millis-sequence} as bytes. */
    public byte[] text() {
        return toString().getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
        return Long.toUnsignedString(millis) + "-" + Long.toUnsignedString(sequence);
    }
}
