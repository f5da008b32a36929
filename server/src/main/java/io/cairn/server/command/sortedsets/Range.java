package io.cairn.server.command.sortedsets;

import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.types.LexRange;
import io.cairn.engine.types.ScoreRange;
import io.cairn.engine.types.ScoredCursor;
import io.cairn.engine.types.SortedSets;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Doubles;
import java.util.Arrays;

/**
 * A part of a sorted set as arguments describe it: by rank, by score, or by member.
 *
 * <p><i>Immutable.</i>
 */
@FunctionalInterface
interface Range {
    /** A cursor over the members of a sorted set that lie in the range. */
    ScoredCursor open(Turn turn, byte[] row);

    /** Ranks, counted in the direction of reading; negative ones count from the end. */
    static Range ranks(Call call, int firstIndex, int lastIndex, boolean reverse) {
        long first = call.integer(firstIndex);
        long last = call.integer(lastIndex);
        return (turn, row) -> {
            long size = SortedSets.size(row);
            long from = Math.max(0, first < 0 ? first + size : first);
            long to = Math.min(size - 1, last < 0 ? last + size : last);
            if (from > to) {
                return ScoredCursor.empty();
            }
            return reverse
                    ? SortedSets.byRank(turn, row, size - 1 - to, size - 1 - from, true)
                    : SortedSets.byRank(turn, row, from, to, false);
        };
    }

    /** Scores, to be read in order or against it. */
    static Range scores(Call call, int minIndex, int maxIndex, boolean reverse) {
        ScoreRange range = scoreRange(call, minIndex, maxIndex);
        return (turn, row) -> SortedSets.byScore(turn, row, range, reverse);
    }

    /** The scores between two arguments. */
    static ScoreRange scoreRange(Call call, int minIndex, int maxIndex) {
        byte[] min = call.arg(minIndex);
        byte[] max = call.arg(maxIndex);
        boolean minExclusive = isExclusive(min);
        boolean maxExclusive = isExclusive(max);
        double low = Doubles.parseBound(min, minExclusive ? 1 : 0);
        double high = Doubles.parseBound(max, maxExclusive ? 1 : 0);
        if (Double.isNaN(low) || Double.isNaN(high)) {
            throw new CommandException("ERR min or max is not a float");
        }
        return new ScoreRange(low, minExclusive, high, maxExclusive);
    }

    private static boolean isExclusive(byte[] bound) {
        return bound.length > 0 && bound[0] == '(';
    }

    /** Members in byte order, to be read in order or against it. */
    static Range members(Call call, int minIndex, int maxIndex, boolean reverse) {
        LexRange range = memberRange(call, minIndex, maxIndex);
        return (turn, row) -> SortedSets.byLex(turn, row, range, reverse);
    }

    /** The members between two arguments. */
    static LexRange memberRange(Call call, int minIndex, int maxIndex) {
        return new LexRange(bound(call.arg(minIndex)), bound(call.arg(maxIndex)));
    }

    private static LexRange.Bound bound(byte[] text) {
        int first = text.length == 0 ? 0 : text[0];
        if (text.length == 1 && (first == '-' || first == '+')) {
            return new LexRange.Bound(first == '-' ? LexRange.Kind.LOWEST : LexRange.Kind.HIGHEST, new byte[0]);
        }
        if (first == '[' || first == '(') {
            return new LexRange.Bound(
                    first == '[' ? LexRange.Kind.INCLUSIVE : LexRange.Kind.EXCLUSIVE,
                    Arrays.copyOfRange(text, 1, text.length));
        }
        throw new CommandException("ERR min or max not valid string range item");
    }
}
