package io.cairn.engine.types;

import io.cairn.engine.rows.RowCursor;
import org.jspecify.annotations.Nullable;

/**
 * Goes over a part of a sorted set, in its order or against it.
 *
 * <p>{@link #next()} moves on, then {@link #current()} is what the cursor is on. Must be closed. The set must not be
 * changed meanwhile.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public abstract sealed class ScoredCursor implements AutoCloseable {
    private ScoredCursor() {}

    /** Moves to the next member; false behind the last. */
    public abstract boolean next();

    /** The member that the cursor is on, with its score. */
    public abstract Scored current();

    @Override
    public void close() {}

    /** A cursor over nothing. */
    public static ScoredCursor empty() {
        return new OverRows(null, key -> null, false, 0);
    }

    /** A cursor over the members from index {@code from} to {@code to} (exclusive), the last one first if reverse. */
    static ScoredCursor packed(PackedScores packed, int from, int to, boolean reverse) {
        return new OverPacked(packed, from, to, reverse);
    }

    /**
     * A cursor over rows of SCORES from where {@code rows} stands, {@code limit} at most; closes it.
     *
     * @param byMember finds the rows of long members
     */
    static ScoredCursor rows(RowCursor rows, ScoreRows.Rows byMember, boolean reverse, long limit) {
        return new OverRows(rows, byMember, reverse, limit);
    }

    private static final class OverPacked extends ScoredCursor {
        private final PackedScores packed;
        private final int last;
        private final int step;
        private int index;

        OverPacked(PackedScores packed, int from, int to, boolean reverse) {
            this.packed = packed;
            this.step = reverse ? -1 : 1;
            this.index = reverse ? to : from - 1;
            this.last = reverse ? from : to - 1;
        }

        @Override
        public boolean next() {
            if (step > 0 ? index >= last : index <= last) {
                return false;
            }
            index += step;
            return true;
        }

        @Override
        public Scored current() {
            return packed.at(index);
        }
    }

    private static final class OverRows extends ScoredCursor {
        private final @Nullable RowCursor rows;
        private final ScoreRows.Rows byMember;
        private final boolean reverse;
        private final long limit;
        private long moved;

        OverRows(@Nullable RowCursor rows, ScoreRows.Rows byMember, boolean reverse, long limit) {
            this.rows = rows;
            this.byMember = byMember;
            this.reverse = reverse;
            this.limit = limit;
        }

        @Override
        public boolean next() {
            RowCursor cursor = rows;
            if (cursor == null || moved >= limit) {
                return false;
            }
            if (moved > 0) {
                if (reverse) {
                    cursor.prev();
                } else {
                    cursor.next();
                }
            }
            moved++;
            return cursor.valid();
        }

        @Override
        public Scored current() {
            RowCursor cursor = rows;
            if (cursor == null) {
                throw new IllegalStateException("cursor is on no member");
            }
            return ScoreRows.scored(cursor, byMember);
        }

        @Override
        public void close() {
            RowCursor cursor = rows;
            if (cursor != null) {
                cursor.close();
            }
        }
    }
}
