package io.cairn.engine.types;

import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Builds a sorted set in bulk: packed while it fits a meta row, then all of it in rows.
 *
 * <p><i>Confined to the loading thread.</i>
 */
final class SortedSetLoader implements CollectionLoader {
    /** Members that could fit a packed row at all, if they were empty: more go to rows at once, in their order. */
    private static final int PACKED_MEMBERS_MOST = ElementRows.PACKED_BYTES_MAX / 9;

    private final long expireAtMillis;
    private final Limits limits;
    private final RowBatch batch;
    private final LongSupplier versions;
    private final PackedScores packed = new PackedScores();
    private final Order order = new Order();

    /** Members that came with negative zero while the set was small; theirs again once it turns out not to be. */
    private final List<byte[]> negativeZeroes = new ArrayList<>();

    private ScoreEnds ends = new ScoreEnds(0);
    private LoadedLabels labels = new LoadedLabels(0);
    private boolean listpack;
    private boolean inRows;
    private long version;
    private long count;

    SortedSetLoader(long count, long expireAtMillis, Limits limits, RowBatch batch, LongSupplier versions) {
        this.expireAtMillis = expireAtMillis;
        this.limits = limits;
        this.batch = batch;
        this.versions = versions;
        listpack = SortedSetEdit.isListpack(limits, count, 0);
        if (!listpack || count > PACKED_MEMBERS_MOST) {
            goToRows();
        }
    }

    private void goToRows() {
        inRows = true;
        version = versions.getAsLong();
        ends = new ScoreEnds(version);
        labels = new LoadedLabels(version);
        for (; packed.count() > 0; packed.removeAt(packed.count() - 1)) {
            Scored scored = packed.at(packed.count() - 1);
            put(scored.member(), scored.score());
        }
    }

    @Override
    public void scored(byte[] member, double score) {
        listpack = listpack && SortedSetEdit.isListpack(limits, count + packed.count() + 1, member.length);
        if (listpack && ScoreRows.isNegativeZero(score)) {
            negativeZeroes.add(member);
        }
        if (!inRows && listpack && packed.hasRoomFor(member)) {
            packed.insert(member, score);
            return;
        }
        if (!inRows) {
            goToRows();
        }
        put(member, listpack ? PackedScores.stored(score) : score);
        if (!listpack) {
            negativeZeroes.forEach(other -> putRows(other, -0.0));
            negativeZeroes.clear();
        }
    }

    private void put(byte[] member, double score) {
        byte[] scoreKey = putRows(member, score);
        order.next(scoreKey);
        ends.came(scoreKey);
        count++;
    }

    /** Puts the rows of a member and returns its key in SCORES, which is the same for zero and negative zero. */
    private byte[] putRows(byte[] member, double score) {
        batch.put(Family.ROWS, ElementRows.key(version, member), Stub.value(member, ScoreRows.value(score)));
        byte[] scoreKey = Stub.isFor(member) ? labels.key(score, member) : ScoreRows.key(version, score, member);
        batch.put(Family.SCORES, scoreKey, ScoreRows.mark(score, member));
        return scoreKey;
    }

    @Override
    public byte[] row() {
        if (!inRows) {
            return packed.row(expireAtMillis);
        }
        boolean counted = count > ScoreIndex.UNCOUNTED_MAX && order.isKnown();
        if (counted) {
            order.load(batch, version);
        }
        return ends.row(listpack ? Encoding.LISTPACK : Encoding.SKIPLIST, expireAtMillis, count, counted);
    }

    /**
     * Cuts members that come in ascending or in descending order (snapshots of Redis have the latter) into segments on
     * the way; gives up when they come in neither.
     */
    private static final class Order {
        /** What tells each segment but the first from the one that came before it. */
        private final List<byte[]> starts = new ArrayList<>();

        private final List<Integer> counts = new ArrayList<>();
        private byte[] last = ElementRows.NOTHING;
        private int direction;
        private int open;
        private boolean lost;

        void next(byte[] key) {
            if (lost) {
                return;
            }
            if (last.length > 0) {
                int step = Integer.signum(Arrays.compareUnsigned(key, last));
                lost = direction != 0 && step != direction;
                direction = step;
            }
            if (open == ScoreIndex.SEGMENT_MADE && !lost) {
                starts.add(direction > 0 ? ScoreNode.startBetween(last, key) : ScoreNode.startBetween(key, last));
                counts.add(open);
                open = 0;
            }
            last = key;
            open++;
        }

        boolean isKnown() {
            return !lost;
        }

        void load(RowBatch batch, long version) {
            counts.add(open);
            if (direction < 0) {
                Collections.reverse(starts);
                Collections.reverse(counts);
            }
            ScoreIndex.Segments segments = new ScoreIndex.Segments();
            for (int i = 0; i < counts.size(); i++) {
                segments.add(i == 0 ? ElementRows.NOTHING : starts.get(i - 1), counts.get(i));
            }
            segments.writeTo(version, (key, row) -> batch.put(Family.SCORES, key, row));
        }
    }
}
