package io.cairn.engine.types;

import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.StorageException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Counted segments of a large sorted set: what makes ranks cheaper than a walk from the nearer end.
 *
 * <pre>
 *   SCORES key   := version(8) FF * 8 boundary         boundary: sortable(8) member, or nothing
 *   SCORES value := count(4)
 * </pre>
 *
 * A segment reaches from its boundary (inclusive) to the next one; the first has none and reaches from the lowest
 * score. Its count is the number of members in it, so the counts sum up to the size of the set. No score sorts as high as
 * eight FF bytes, so segments stand behind all members and in their order.
 *
 * <p>A segment that has grown past {@link #SEGMENT_MAX} is cut into pieces of half of that; one that is empty goes, the
 * first excepted. Others may become as small as they like. So a set of n members, of which there never were more than
 * m, has at most m / 512 + 1 segments; a rank costs half of them at most, and a walk through one segment.
 *
 * <p><i>Immutable.</i>
 */
final class ScoreIndex {
    /** Members of a segment at most, and of a set without segments unless it was loaded out of order. */
    static final int SEGMENT_MAX = 1024;

    /** Members of a segment when it is made. */
    static final int SEGMENT_MADE = SEGMENT_MAX / 2;

    private static final int BOUNDARY_START = 16;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private ScoreIndex() {}

    /** A member that came ({@code by} 1) or went (-1), as its key in SCORES. */
    record Change(byte[] key, int by) {}

    /** The key in SCORES from which a segment reaches, and the number of members before it. */
    record Place(byte[] from, long before) {}

    /** Key of the segment whose first member has this key in SCORES; of the first one for a key of only a version. */
    static byte[] key(byte[] memberKey) {
        byte[] key = new byte[memberKey.length + 8];
        System.arraycopy(memberKey, 0, key, 0, 8);
        LONG.set(key, 8, -1L);
        System.arraycopy(memberKey, 8, key, BOUNDARY_START, memberKey.length - 8);
        return key;
    }

    private static byte[] memberKey(byte[] segmentKey) {
        byte[] key = new byte[segmentKey.length - 8];
        System.arraycopy(segmentKey, 0, key, 0, 8);
        System.arraycopy(segmentKey, BOUNDARY_START, key, 8, key.length - 8);
        return key;
    }

    private static byte[] first(long version) {
        byte[] key = new byte[BOUNDARY_START];
        LONG.set(key, 0, version);
        LONG.set(key, 8, -1L);
        return key;
    }

    private static RowCursor segments(Turn turn, long version) {
        return turn.cursor(Family.SCORES, first(version), ElementRows.end(version));
    }

    private static byte[] value(long count) {
        byte[] value = new byte[4];
        INT.set(value, 0, Math.toIntExact(count));
        return value;
    }

    private static int count(RowCursor segments) {
        return (int) INT.get(segments.value(), 0);
    }

    // ---- changes

    /** Makes the segments of a set that has none. */
    static void build(Turn turn, long version, long size) {
        cut(turn, version, first(version), size);
    }

    /** Counts members that came and went; their rows have been changed already. */
    static void apply(Turn turn, long version, List<Change> changes) {
        changes.sort((one, other) -> Arrays.compareUnsigned(one.key, other.key));
        List<byte[]> keys = new ArrayList<>();
        List<Long> before = new ArrayList<>();
        List<Long> after = new ArrayList<>();
        sum(turn, version, changes, keys, before, after);
        for (int i = 0; i < keys.size(); i++) {
            byte[] key = keys.get(i);
            long count = after.get(i);
            if (count < 0) {
                throw new StorageException("sorted set of version " + version + " has a segment that counts wrong");
            } else if (count == 0 && key.length > BOUNDARY_START) {
                turn.deleteRow(Family.SCORES, key);
            } else if (count > SEGMENT_MAX) {
                cut(turn, version, key, count);
            } else if (count != before.get(i)) {
                turn.putRow(Family.SCORES, key, value(count));
            }
        }
    }

    /** Sums the sorted changes up by segment: one seek for each segment, however many changes. */
    private static void sum(
            Turn turn, long version, List<Change> changes, List<byte[]> keys, List<Long> before, List<Long> after) {
        try (RowCursor segments = segments(turn, version)) {
            byte[] next = null;
            boolean found = false;
            long count = 0;
            for (int i = 0; i < changes.size(); i++) {
                byte[] at = key(changes.get(i).key);
                if (!found || next != null && Arrays.compareUnsigned(next, at) <= 0) {
                    if (found) {
                        after.add(count);
                    }
                    segments.seekForPrev(at);
                    if (!segments.valid()) {
                        throw new StorageException("sorted set of version " + version + " has lost its segments");
                    }
                    found = true;
                    count = count(segments);
                    keys.add(segments.key());
                    before.add(count);
                    if (i + 1 < changes.size()) {
                        segments.next();
                        next = segments.valid() ? segments.key() : null;
                    }
                }
                count += changes.get(i).by;
            }
            if (found) {
                after.add(count);
            }
        }
    }

    /** Cuts {@code count} members from a segment's boundary on into segments. */
    private static void cut(Turn turn, long version, byte[] segment, long count) {
        List<byte[]> keys = new ArrayList<>();
        keys.add(segment);
        long left = count;
        byte[] end = ScoreRows.bound(version, Double.POSITIVE_INFINITY, true);
        try (RowCursor members = turn.cursor(Family.SCORES, memberKey(segment), end)) {
            members.seekToFirst();
            for (; left > SEGMENT_MAX; left -= SEGMENT_MADE) {
                for (int i = 0; i < SEGMENT_MADE && members.valid(); i++) {
                    members.next();
                }
                if (!members.valid()) {
                    throw new StorageException("sorted set of version " + version + " has fewer members than counted");
                }
                keys.add(key(members.key()));
            }
        }
        for (int i = 0; i < keys.size(); i++) {
            turn.putRow(Family.SCORES, keys.get(i), value(i + 1 < keys.size() ? SEGMENT_MADE : left));
        }
    }

    /** Puts the segments of a set that was loaded in order: keys of first members, and how many follow each. */
    static void load(RowBatch batch, List<byte[]> memberKeys, List<Integer> counts) {
        for (int i = 0; i < memberKeys.size(); i++) {
            batch.put(Family.SCORES, key(memberKeys.get(i)), value(counts.get(i)));
        }
    }

    // ---- reads

    /** Number of members whose key in SCORES is below {@code key}, searched from both ends at once. */
    static long before(Turn turn, long version, long size, byte[] key) {
        Place place = placeOf(turn, version, size, key(key));
        long before = place.before;
        try (RowCursor members = turn.cursor(Family.SCORES, place.from, key)) {
            for (members.seekToFirst(); members.valid(); members.next()) {
                before++;
            }
        }
        return before;
    }

    private static Place placeOf(Turn turn, long version, long size, byte[] at) {
        try (RowCursor up = segments(turn, version);
                RowCursor down = segments(turn, version)) {
            up.seekToFirst();
            down.seekToLast();
            long before = 0;
            long behind = size;
            while (up.valid() && down.valid()) {
                behind -= count(down);
                if (Arrays.compareUnsigned(down.key(), at) <= 0) {
                    return new Place(memberKey(down.key()), behind);
                }
                byte[] passed = up.key();
                int count = count(up);
                up.next();
                if (!up.valid() || Arrays.compareUnsigned(up.key(), at) > 0) {
                    return new Place(memberKey(passed), before);
                }
                before += count;
                down.prev();
            }
        }
        throw new StorageException("sorted set of version " + version + " has lost its segments");
    }

    /** The segment in which a rank lies, searched from the nearer end. */
    static Place placeOf(Turn turn, long version, long size, long rank) {
        try (RowCursor segments = segments(turn, version)) {
            if (rank < size / 2) {
                long before = 0;
                for (segments.seekToFirst(); segments.valid(); segments.next()) {
                    int count = count(segments);
                    if (before + count > rank) {
                        return new Place(memberKey(segments.key()), before);
                    }
                    before += count;
                }
            } else {
                long before = size;
                for (segments.seekToLast(); segments.valid(); segments.prev()) {
                    before -= count(segments);
                    if (before <= rank) {
                        return new Place(memberKey(segments.key()), before);
                    }
                }
            }
        }
        throw new StorageException("sorted set of version " + version + " has segments that count wrong");
    }
}
