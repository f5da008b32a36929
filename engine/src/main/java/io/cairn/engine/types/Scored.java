package io.cairn.engine.types;

import java.util.Arrays;

/**
 * A sorted set's member, as a slice of an array that nobody changes, with its score.
 *
 * <p><i>Immutable.</i>
 */
public record Scored(byte[] bytes, int start, int end, double score) {
    /** A member that fills its array. */
    public static Scored of(byte[] member, double score) {
        return new Scored(member, 0, member.length, score);
    }

    /** The member. */
    public byte[] member() {
        return start == 0 && end == bytes.length ? bytes : Arrays.copyOfRange(bytes, start, end);
    }

    /** Compares by score, then by member: the order of a sorted set. */
    public static int compare(Scored one, Scored other) {
        if (one.score != other.score) {
            return one.score < other.score ? -1 : 1;
        }
        return Arrays.compareUnsigned(one.bytes, one.start, one.end, other.bytes, other.start, other.end);
    }
}
