package io.cairn.engine.types;

/**
 * Scores between two bounds, each inclusive or exclusive.
 *
 * <p><i>Immutable.</i>
 */
public record ScoreRange(double min, boolean minExclusive, double max, boolean maxExclusive) {
    /** Whether no score can lie in it. */
    public boolean isEmpty() {
        return min > max || min == max && (minExclusive || maxExclusive);
    }

    boolean isAtOrAboveMin(double score) {
        return minExclusive ? score > min : score >= min;
    }

    boolean isAtOrBelowMax(double score) {
        return maxExclusive ? score < max : score <= max;
    }
}
