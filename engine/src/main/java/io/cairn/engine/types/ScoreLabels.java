package io.cairn.engine.types;

import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.StorageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The order of long members of a sorted set that have score and head in common, a <i>group</i>.
 *
 * <p>The key of a member's row by score must stand where the member belongs, and a {@link Stub} does not tell where: two
 * members may differ as late as in their last byte. So behind the head stands a label, a number that is given when the member comes: one
 * between those of its neighbours, which are found by halving, since a member can be read and compared. Where two
 * neighbours have no number left between them the group is labelled anew, at even distances.
 *
 * <p>Labels are from 1 to 2^64 - 2, unsigned. Nothing but the order of rows depends on them.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
final class ScoreLabels {
    /** The label of a group's first member. */
    static final long FIRST = 1L << 63;

    /** By how much labels of members that come at an end of the group differ, so that many more may come there. */
    static final long STEP = 1L << 40;

    /** Below all labels. */
    static final long BELOW_ALL = 0;

    /** Above all labels. */
    static final long ABOVE_ALL = -1;

    /** Is told of rows that move. */
    interface Moves {
        /** A row of SCORES has another key. */
        void moved(byte[] before, byte[] after);
    }

    /** Labels of a member's neighbours, or its own. */
    private record Place(long below, long above, boolean isThere) {}

    private final Turn turn;
    private final long version;

    ScoreLabels(Turn turn, long version) {
        this.turn = turn;
        this.version = version;
    }

    /** Key in SCORES of a long member that is in the set with this score. */
    byte[] key(double score, byte[] member) {
        Place place = find(score, member);
        if (!place.isThere) {
            throw lost();
        }
        return ScoreRows.key(version, score, member, place.below);
    }

    /** Key in SCORES for a long member that comes into the set. */
    byte[] newKey(double score, byte[] member, Moves moves) {
        Place place = find(score, member);
        long label = between(place.below, place.above);
        if (label == BELOW_ALL) {
            spread(score, member, moves);
            place = find(score, member);
            label = between(place.below, place.above);
        }
        return ScoreRows.key(version, score, member, label);
    }

    /** The least key in SCORES behind all of a score that are below a long member, or, {@code behind}, not above it. */
    byte[] cut(double score, byte[] member, boolean behind) {
        Place place = find(score, member);
        byte[] key = ScoreRows.key(version, score, member, place.isThere ? place.below : place.above);
        // With a byte more, a key stands behind the row itself, and before any other one.
        return place.isThere ? Arrays.copyOf(key, key.length + (behind ? 1 : 0)) : key;
    }

    /** A label between two others, 0 if there is none. */
    static long between(long below, long above) {
        long gap = above - below;
        if (gap == 1) {
            return 0;
        }
        if (below == BELOW_ALL && above == ABOVE_ALL) {
            return FIRST;
        }
        long half = gap >>> 1;
        long step = Long.compareUnsigned(half, STEP) < 0 ? half : STEP;
        if (above == ABOVE_ALL) {
            return below + step;
        }
        return below == BELOW_ALL ? above - step : below + half;
    }

    private Place find(double score, byte[] member) {
        byte[] name = Stub.name(member);
        long below = BELOW_ALL;
        long above = ABOVE_ALL;
        try (RowCursor group = group(score, member)) {
            while (above - below != 1) {
                byte[] middle = ScoreRows.key(version, score, member, below + ((above - below) >>> 1));
                group.seek(middle);
                if (!group.valid() || Long.compareUnsigned(ScoreRows.label(group.key()), above) >= 0) {
                    group.seekForPrev(middle);
                    if (!group.valid() || Long.compareUnsigned(ScoreRows.label(group.key()), below) <= 0) {
                        break;
                    }
                }
                long label = ScoreRows.label(group.key());
                int order = compare(name, member, group.value());
                if (order == 0) {
                    return new Place(label, label, true);
                }
                if (order < 0) {
                    above = label;
                } else {
                    below = label;
                }
            }
        }
        return new Place(below, above, false);
    }

    /** A cursor over the rows of the group to which a member belongs. */
    private RowCursor group(double score, byte[] member) {
        byte[] end = ScoreRows.key(version, score, member, ABOVE_ALL);
        return turn.cursor(Family.SCORES, ScoreRows.key(version, score, member, BELOW_ALL), end);
    }

    /** Compares a member with one of its group, for whom a row of SCORES has the value. */
    private int compare(byte[] name, byte[] member, byte[] value) {
        if (ScoreRows.isOf(value, name)) {
            return 0;
        }
        byte[] row = turn.row(Family.ROWS, ScoreRows.rowKey(version, name, value));
        if (row == null) {
            throw lost();
        }
        int tailStart = Stub.tailStart(row);
        return Arrays.compareUnsigned(member, Stub.HEAD_BYTES, member.length, row, tailStart, row.length);
    }

    private void spread(double score, byte[] member, Moves moves) {
        List<byte[]> keys = new ArrayList<>();
        List<byte[]> values = new ArrayList<>();
        try (RowCursor group = group(score, member)) {
            for (group.seekToFirst(); group.valid(); group.next()) {
                keys.add(group.key());
                values.add(group.value());
            }
        }
        for (byte[] key : keys) {
            turn.deleteRow(Family.SCORES, key);
        }
        long distance = Long.divideUnsigned(ABOVE_ALL, keys.size() + 1L);
        for (int i = 0; i < keys.size(); i++) {
            byte[] key = ScoreRows.key(version, score, member, distance * (i + 1L));
            turn.putRow(Family.SCORES, key, values.get(i));
            moves.moved(keys.get(i), key);
        }
    }

    private StorageException lost() {
        return new StorageException("sorted set of version " + version + " has lost a long member");
    }
}
