package io.cairn.engine.types;

import java.util.Arrays;

/**
 * Members between two bounds in byte order; made for sorted sets whose members all have the same score.
 *
 * <p><i>Immutable.</i>
 */
public record LexRange(Bound min, Bound max) {
    /** How a bound cuts. */
    public enum Kind {
        /** Before all members. */
        LOWEST,
        /** The bound belongs to the range. */
        INCLUSIVE,
        /** The bound does not belong to the range. */
        EXCLUSIVE,
        /** Behind all members. */
        HIGHEST
    }

    /**
     * An end of a range; the bytes of LOWEST and HIGHEST are empty.
     *
     * <p><i>Immutable.</i>
     */
    public record Bound(Kind kind, byte[] bytes) {}

    /** Whether no member can lie in it. */
    public boolean isEmpty() {
        if (min.kind == Kind.HIGHEST || max.kind == Kind.LOWEST) {
            return true;
        }
        if (min.kind == Kind.LOWEST || max.kind == Kind.HIGHEST) {
            return false;
        }
        int order = Arrays.compareUnsigned(min.bytes, max.bytes);
        return order > 0 || order == 0 && (min.kind == Kind.EXCLUSIVE || max.kind == Kind.EXCLUSIVE);
    }

    boolean isAtOrAboveMin(byte[] bytes, int start, int end) {
        return switch (min.kind) {
            case LOWEST -> true;
            case HIGHEST -> false;
            case INCLUSIVE -> Arrays.compareUnsigned(bytes, start, end, min.bytes, 0, min.bytes.length) >= 0;
            case EXCLUSIVE -> Arrays.compareUnsigned(bytes, start, end, min.bytes, 0, min.bytes.length) > 0;
        };
    }

    boolean isAtOrBelowMax(byte[] bytes, int start, int end) {
        return switch (max.kind) {
            case LOWEST -> false;
            case HIGHEST -> true;
            case INCLUSIVE -> Arrays.compareUnsigned(bytes, start, end, max.bytes, 0, max.bytes.length) <= 0;
            case EXCLUSIVE -> Arrays.compareUnsigned(bytes, start, end, max.bytes, 0, max.bytes.length) < 0;
        };
    }
}
