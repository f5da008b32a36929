package io.cairn.engine.types;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowView;
import io.cairn.engine.rows.StorageException;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Sorted sets: packed in the meta row while they are small, then two rows a member.
 *
 * <p>{@link PackedScores} and {@link ScoreRows} are the two layouts. Scores are doubles and never NaN; members of equal
 * score stand in byte order. A set that has gone to rows stays there; an empty set is no key. The encoding says what Redis
 * would call the set; a {@code listpack} whose payload passes {@link ElementRows#PACKED_BYTES_MAX} stands in rows too.
 *
 * <p>Operations here read; {@link SortedSetEdit} changes. They take the meta row as the turn gave it (of type ZSET, see
 * the caller); ranks count from 0 in the order of the set.
 *
 * <p><i>Thread-safe.</i>
 */
public final class SortedSets {
    private SortedSets() {}

    /** Number of members. */
    public static long size(byte[] row) {
        return MetaRow.inRows(row) ? ElementRows.count(row) : PackedScores.count(row);
    }

    /** Score of a member, or NaN if it is not in the set. */
    public static double score(Turn turn, byte[] row, byte[] member) {
        if (MetaRow.inRows(row)) {
            byte[] rowKey = ElementRows.key(MetaRow.version(row), member);
            byte[] value = turn.row(Family.ROWS, rowKey);
            return value == null ? Double.NaN : ScoreRows.score(rowKey, value);
        }
        return PackedScores.score(row, member);
    }

    /** Rank of a member, or -1 if it is not in the set. */
    public static long rank(Turn turn, byte[] row, byte[] member) {
        if (!MetaRow.inRows(row)) {
            return new PackedScores(row).find(member);
        }
        double score = score(turn, row, member);
        if (Double.isNaN(score)) {
            return -1;
        }
        byte[] key = Stub.isFor(member)
                ? new ScoreLabels(turn, MetaRow.version(row)).key(score, member)
                : ScoreRows.key(MetaRow.version(row), score, member);
        if (ScoreEnds.isCounted(row)) {
            return ScoreIndex.before(turn, new ScoreEnds(row), MetaRow.version(row), key);
        }
        try (RowCursor up = members(turn, row);
                RowCursor down = members(turn, row)) {
            up.seekToFirst();
            down.seekToLast();
            for (long steps = 0; up.valid() && down.valid(); steps++) {
                if (Arrays.equals(up.key(), key)) {
                    return steps;
                }
                if (Arrays.equals(down.key(), key)) {
                    return size(row) - 1 - steps;
                }
                up.next();
                down.prev();
            }
        }
        throw new StorageException("sorted set of version " + MetaRow.version(row) + " has a member without a score");
    }

    /** The members of rank {@code from} to {@code to}, both inclusive and within the set; against its order if reverse. */
    public static ScoredCursor byRank(Turn turn, byte[] row, long from, long to, boolean reverse) {
        if (!MetaRow.inRows(row)) {
            return ScoredCursor.packed(new PackedScores(row), (int) from, (int) to + 1, reverse);
        }
        long start = reverse ? to : from;
        RowCursor rows = members(turn, row);
        try {
            seekToRank(turn, row, rows, start);
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
        return ScoredCursor.rows(rows, byMember(turn), reverse, to - from + 1);
    }

    private static void seekToRank(Turn turn, byte[] row, RowCursor rows, long rank) {
        long size = size(row);
        long left;
        boolean up = rank < size / 2;
        if (ScoreEnds.isCounted(row) && Math.min(rank, size - rank) > ScoreIndex.SEGMENT_MAX) {
            ScoreIndex.Place place = ScoreIndex.placeOf(turn, new ScoreEnds(row), MetaRow.version(row), rank);
            rows.seek(place.from());
            left = rank - place.before();
            up = true;
        } else if (up) {
            rows.seekToFirst();
            left = rank;
        } else {
            rows.seekToLast();
            left = size - 1 - rank;
        }
        for (; left > 0 && rows.valid(); left--) {
            if (up) {
                rows.next();
            } else {
                rows.prev();
            }
        }
    }

    /** The members with a score in the range. */
    public static ScoredCursor byScore(Turn turn, byte[] row, ScoreRange range, boolean reverse) {
        if (range.isEmpty()) {
            return ScoredCursor.empty();
        }
        if (!MetaRow.inRows(row)) {
            PackedScores packed = new PackedScores(row);
            return ScoredCursor.packed(packed, packed.firstInside(range), packed.endInside(range), reverse);
        }
        return between(turn, span(row, range), reverse);
    }

    /** Number of members with a score in the range. */
    public static long count(Turn turn, byte[] row, ScoreRange range) {
        if (range.isEmpty()) {
            return 0;
        }
        if (!MetaRow.inRows(row)) {
            PackedScores packed = new PackedScores(row);
            return (long) packed.endInside(range) - packed.firstInside(range);
        }
        return count(turn, row, span(row, range));
    }

    /**
     * The members in the range of a set whose members all have the same score. With several scores, the range is taken
     * from the first score (the last if reverse).
     */
    public static ScoredCursor byLex(Turn turn, byte[] row, LexRange range, boolean reverse) {
        if (range.isEmpty()) {
            return ScoredCursor.empty();
        }
        if (!MetaRow.inRows(row)) {
            return byLex(new PackedScores(row), range, reverse);
        }
        return between(turn, span(turn, row, range), reverse);
    }

    /** Number of members in the range, as {@link #byLex} finds them. */
    public static long count(Turn turn, byte[] row, LexRange range) {
        if (MetaRow.inRows(row) && !range.isEmpty()) {
            return count(turn, row, span(turn, row, range));
        }
        try (ScoredCursor members = byLex(turn, row, range, false)) {
            long count = 0;
            while (members.next()) {
                count++;
            }
            return count;
        }
    }

    /** Keys of SCORES from the first (inclusive) to the second (exclusive). */
    private record Span(byte[] from, byte[] to) {
        /** The part of it in which the set has members at all. */
        static Span within(byte[] row, byte[] from, byte[] to) {
            ScoreEnds ends = new ScoreEnds(row);
            byte[] lowest = ends.from();
            byte[] highest = ends.to();
            return new Span(
                    Arrays.compareUnsigned(from, lowest) < 0 ? lowest : from,
                    Arrays.compareUnsigned(to, highest) > 0 ? highest : to);
        }

        boolean isEmpty() {
            return Arrays.compareUnsigned(from, to) >= 0;
        }
    }

    private static Span span(byte[] row, ScoreRange range) {
        long version = MetaRow.version(row);
        return Span.within(
                row,
                ScoreRows.bound(version, range.min(), range.minExclusive()),
                ScoreRows.bound(version, range.max(), !range.maxExclusive()));
    }

    private static Span span(Turn turn, byte[] row, LexRange range) {
        long version = MetaRow.version(row);
        double first;
        double last;
        try (RowCursor rows = members(turn, row)) {
            rows.seekToFirst();
            first = ScoreRows.scoreOf(rows.key());
            rows.seekToLast();
            last = ScoreRows.scoreOf(rows.key());
        }
        LexRange.Bound min = range.min();
        LexRange.Bound max = range.max();
        byte[] from = min.kind() == LexRange.Kind.LOWEST
                ? ScoreRows.bound(version, Double.NEGATIVE_INFINITY, false)
                : cut(turn, version, first, min, min.kind() == LexRange.Kind.EXCLUSIVE);
        byte[] to = max.kind() == LexRange.Kind.HIGHEST
                ? ScoreRows.bound(version, Double.POSITIVE_INFINITY, true)
                : cut(turn, version, last, max, max.kind() == LexRange.Kind.INCLUSIVE);
        return Span.within(row, from, to);
    }

    private static long count(Turn turn, byte[] row, Span span) {
        if (span.isEmpty()) {
            return 0;
        }
        if (ScoreEnds.isCounted(row)) {
            return ScoreIndex.between(turn, new ScoreEnds(row), MetaRow.version(row), span.from, span.to);
        }
        long count = 0;
        try (RowCursor rows = turn.cursor(Family.SCORES, span.from, span.to)) {
            for (rows.seekToFirst(); rows.valid(); rows.next()) {
                count++;
            }
        }
        return count;
    }

    private static byte[] cut(Turn turn, long version, double score, LexRange.Bound bound, boolean behind) {
        if (Stub.isFor(bound.bytes())) {
            return new ScoreLabels(turn, version).cut(score, bound.bytes(), behind);
        }
        byte[] key = ScoreRows.key(version, score, bound.bytes());
        return behind ? Arrays.copyOf(key, key.length + 1) : key;
    }

    private static ScoredCursor byLex(PackedScores packed, LexRange range, boolean reverse) {
        int count = packed.count();
        if (!packed.isAtOrAboveMin(count - 1, range) || !packed.isAtOrBelowMax(0, range)) {
            return ScoredCursor.empty();
        }
        if (reverse) {
            int last = count - 1;
            while (last >= 0 && !packed.isAtOrBelowMax(last, range)) {
                last--;
            }
            int first = last;
            while (first >= 0 && packed.isAtOrAboveMin(first, range)) {
                first--;
            }
            return ScoredCursor.packed(packed, first + 1, last + 1, true);
        }
        int first = 0;
        while (first < count && !packed.isAtOrAboveMin(first, range)) {
            first++;
        }
        int end = first;
        while (end < count && packed.isAtOrBelowMax(end, range)) {
            end++;
        }
        return ScoredCursor.packed(packed, first, end, false);
    }

    /**
     * Visits members from where a cursor stands (0: the beginning) until there were about {@code count}; packed sets at
     * once.
     *
     * @return the cursor to go on with, 0 at the end
     */
    public static long scan(Turn turn, byte[] row, long cursor, long count, Consumer<Scored> visitor) {
        if (!MetaRow.inRows(row)) {
            PackedScores packed = new PackedScores(row);
            for (int i = 0; i < packed.count(); i++) {
                visitor.accept(packed.at(i));
            }
            return 0;
        }
        return ElementRows.scan(turn, row, cursor, count, element -> visitor.accept(scored(element)));
    }

    /** A sampled element, see {@link Sample#ofSortedSet}, as member and score. */
    public static Scored scored(Element element) {
        double score = ScoreRows.score(element.value());
        return new Scored(element.bytes(), element.start(), element.end(), score);
    }

    /** A cursor over the whole set in its order. */
    public static ScoredCursor all(Turn turn, byte[] row) {
        return byRank(turn, row, 0, size(row) - 1, false);
    }

    /** Sends a stored sorted set to a sink, in its order. */
    public static void drain(int db, byte[] key, byte[] row, RowView view, EntrySink sink) throws IOException {
        long size = size(row);
        sink.begin(db, key, MetaRow.expireAtMillis(row), ValueType.ZSET, size);
        if (!MetaRow.inRows(row)) {
            PackedScores packed = new PackedScores(row);
            for (int i = 0; i < size; i++) {
                Scored scored = packed.at(i);
                sink.scored(scored.member(), scored.score());
            }
            sink.end();
            return;
        }
        long version = MetaRow.version(row);
        ScoreEnds ends = new ScoreEnds(row);
        long sent = 0;
        try (RowCursor rows = view.cursor(Family.SCORES, ends.from(), ends.to(), ReadMode.DISK)) {
            for (rows.seekToFirst(); rows.valid(); rows.next()) {
                Scored scored = ScoreRows.scored(rows, rowKey -> view.get(Family.ROWS, rowKey, ReadMode.DISK));
                sink.scored(scored.member(), scored.score());
                sent++;
            }
        }
        if (sent != size) {
            throw new StorageException(
                    "sorted set of version " + version + " has " + sent + " members by score, not " + size);
        }
        sink.end();
    }

    /**
     * Builds a sorted set in bulk; members in any order, each once.
     *
     * @param count number of members that will come
     * @param batch takes the rows
     * @param versions gives the version of a set that goes to rows
     */
    public static CollectionLoader loader(
            long count, long expireAtMillis, Limits limits, RowBatch batch, LongSupplier versions) {
        return new SortedSetLoader(count, expireAtMillis, limits, batch, versions);
    }

    private static RowCursor members(Turn turn, byte[] row) {
        return new ScoreEnds(row).members(turn);
    }

    private static ScoredCursor between(Turn turn, Span span, boolean reverse) {
        if (span.isEmpty()) {
            return ScoredCursor.empty();
        }
        RowCursor rows = turn.cursor(Family.SCORES, span.from, span.to);
        try {
            if (reverse) {
                rows.seekToLast();
            } else {
                rows.seekToFirst();
            }
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
        return ScoredCursor.rows(rows, byMember(turn), reverse, Long.MAX_VALUE);
    }

    private static ScoreRows.Rows byMember(Turn turn) {
        return key -> turn.row(Family.ROWS, key);
    }
}
