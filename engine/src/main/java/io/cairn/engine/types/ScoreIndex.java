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
 *   SCORES key   := version(8) FF * 8 end             end: sortable(8) member, or FF * 8
 *   SCORES value := count(4)
 * </pre>
 *
 * A segment reaches from the end of the one before (inclusive; the first one from the lowest score) to its own
 * (exclusive; the last one reaches behind all scores). Its count is the number of members in it, so the counts sum up to
 * the size of the set. No score sorts as high as eight FF bytes, so segments stand behind all members, in their order.
 *
 * <p>A segment that has grown past {@link #SEGMENT_MAX} is cut into pieces of half of that; one that is empty goes, the
 * last excepted. Others may become as small as they like.
 *
 * <p>Design note: a segment is named by its end so that the one of a member is found, and all are gone through, by
 * moving forward. Its row is written anew with every member that comes or goes, and moving backward over a row makes
 * RocksDB look at all its versions in memory.
 *
 * <p><i>Immutable.</i>
 */
final class ScoreIndex {
    /** Members of a segment at most, and of a set without segments unless it was loaded out of order. */
    static final int SEGMENT_MAX = 2048;

    /** Members of a segment when it is made. */
    static final int SEGMENT_MADE = SEGMENT_MAX / 2;

    private static final int END_START = 16;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private ScoreIndex() {}

    /** A member that came ({@code by} 1) or went (-1), as its key in SCORES. */
    record Change(byte[] key, int by) {}

    /** A key in SCORES, and the number of members before it. */
    record Place(byte[] from, long before) {}

    /** Key of the segment that ends before the member with this key in SCORES. */
    static byte[] key(byte[] memberKey) {
        return key(memberKey, 0);
    }

    private static byte[] key(byte[] memberKey, int zeroes) {
        byte[] key = new byte[memberKey.length + Long.BYTES + zeroes];
        System.arraycopy(memberKey, 0, key, 0, Long.BYTES);
        LONG.set(key, Long.BYTES, -1L);
        System.arraycopy(memberKey, Long.BYTES, key, END_START, memberKey.length - Long.BYTES);
        return key;
    }

    private static byte[] memberKey(byte[] segmentKey) {
        byte[] key = new byte[segmentKey.length - Long.BYTES];
        System.arraycopy(segmentKey, 0, key, 0, Long.BYTES);
        System.arraycopy(segmentKey, END_START, key, Long.BYTES, key.length - Long.BYTES);
        return key;
    }

    private static byte[] last(long version) {
        byte[] key = new byte[END_START + Long.BYTES];
        LONG.set(key, 0, version);
        LONG.set(key, Long.BYTES, -1L);
        LONG.set(key, END_START, -1L);
        return key;
    }

    private static RowCursor segments(Turn turn, long version) {
        return turn.cursor(Family.SCORES, Arrays.copyOf(last(version), END_START), ElementRows.end(version));
    }

    private static void seekSegmentOf(RowCursor segments, byte[] memberKey) {
        segments.seek(key(memberKey, 1)); // a zero byte more: a segment that ends at the key is the one before
        require(segments);
    }

    private static void require(RowCursor segments) {
        if (!segments.valid()) {
            throw new StorageException("a sorted set has lost its segments");
        }
    }

    private static byte[] value(long count) {
        byte[] value = new byte[Integer.BYTES];
        INT.set(value, 0, Math.toIntExact(count));
        return value;
    }

    private static int count(RowCursor segments) {
        return (int) INT.get(segments.value(), 0);
    }

    // ---- changes

    /** Makes the segments of a set that has none. */
    static void build(Turn turn, ScoreEnds ends, long version, long size) {
        cut(turn, ends.from(), last(version), size);
    }

    /** Counts members that came and went; their rows have been changed already. */
    static void apply(Turn turn, ScoreEnds ends, long version, List<Change> changes) {
        changes.sort((one, other) -> Arrays.compareUnsigned(one.key, other.key));
        byte[] last = last(version);
        for (Sum sum : sums(turn, version, changes)) {
            if (sum.after < 0) {
                throw new StorageException("sorted set of version " + version + " has a segment that counts wrong");
            } else if (sum.after == 0 && !Arrays.equals(sum.key, last)) {
                turn.deleteRow(Family.SCORES, sum.key);
            } else if (sum.after > SEGMENT_MAX) {
                cut(turn, startOf(turn, ends, version, sum.key), sum.key, sum.after);
            } else if (sum.after != sum.before) {
                turn.putRow(Family.SCORES, sum.key, value(sum.after));
            }
        }
    }

    /** A segment's count before and after. */
    private static final class Sum {
        private final byte[] key;
        private final long before;
        private long after;

        Sum(byte[] key, long before) {
            this.key = key;
            this.before = before;
            this.after = before;
        }
    }

    /** Sums the sorted changes up by segment: one seek for each segment, however many changes. */
    private static List<Sum> sums(Turn turn, long version, List<Change> changes) {
        List<Sum> sums = new ArrayList<>();
        try (RowCursor segments = segments(turn, version)) {
            Sum current = null;
            for (Change change : changes) {
                if (current == null || Arrays.compareUnsigned(key(change.key), current.key) >= 0) {
                    seekSegmentOf(segments, change.key);
                    current = new Sum(segments.key(), count(segments));
                    sums.add(current);
                }
                current.after += change.by;
            }
        }
        return sums;
    }

    /** Where a segment starts, as a key in SCORES. */
    private static byte[] startOf(Turn turn, ScoreEnds ends, long version, byte[] segment) {
        try (RowCursor segments = segments(turn, version)) {
            segments.seek(segment);
            require(segments);
            segments.prev();
            return segments.valid() ? memberKey(segments.key()) : ends.from();
        }
    }

    /** Cuts the {@code count} members from a key in SCORES to the end of a segment into segments. */
    private static void cut(Turn turn, byte[] from, byte[] segment, long count) {
        List<byte[]> keys = new ArrayList<>();
        long left = count;
        try (RowCursor members = turn.cursor(Family.SCORES, from, memberKey(segment))) {
            members.seekToFirst();
            for (; left > SEGMENT_MAX; left -= SEGMENT_MADE) {
                for (int i = 0; i < SEGMENT_MADE && members.valid(); i++) {
                    members.next();
                }
                if (!members.valid()) {
                    throw new StorageException("a sorted set has fewer members than counted");
                }
                keys.add(key(members.key()));
            }
        }
        for (byte[] key : keys) {
            turn.putRow(Family.SCORES, key, value(SEGMENT_MADE));
        }
        turn.putRow(Family.SCORES, segment, value(left));
    }

    /** Puts the segments of a set that was loaded in order: first member of each, ascending, and how many they are. */
    static void load(RowBatch batch, long version, List<byte[]> firstKeys, List<Integer> counts) {
        for (int i = 0; i < counts.size(); i++) {
            byte[] key = i + 1 < counts.size() ? key(firstKeys.get(i + 1)) : last(version);
            batch.put(Family.SCORES, key, value(counts.get(i)));
        }
    }

    // ---- reads

    /**
     * Number of members whose key in SCORES is below {@code key}. Segments are passed from the first to the one of the
     * key, and from there to the last, in turn, until one of the two arrives.
     */
    static long before(Turn turn, ScoreEnds ends, long version, long size, byte[] key) {
        byte[] at = key(key);
        try (RowCursor below = segments(turn, version);
                RowCursor above = segments(turn, version)) {
            below.seekToFirst();
            seekSegmentOf(above, key);
            byte[] end = memberKey(above.key());
            long passedBelow = 0;
            long passedAbove = 0;
            byte[] start = ends.from();
            while (true) {
                require(below);
                if (Arrays.compareUnsigned(below.key(), at) > 0) {
                    return passedBelow + members(turn, start, key);
                }
                start = memberKey(below.key());
                passedBelow += count(below);
                below.next();
                passedAbove += count(above);
                above.next();
                if (!above.valid()) {
                    return size - passedAbove + countOf(turn, version, key) - members(turn, key, end);
                }
            }
        }
    }

    private static int countOf(Turn turn, long version, byte[] key) {
        try (RowCursor segments = segments(turn, version)) {
            seekSegmentOf(segments, key);
            return count(segments);
        }
    }

    private static long members(Turn turn, byte[] from, byte[] to) {
        if (Arrays.compareUnsigned(from, to) >= 0) {
            return 0;
        }
        long count = 0;
        try (RowCursor members = turn.cursor(Family.SCORES, from, to)) {
            for (members.seekToFirst(); members.valid(); members.next()) {
                count++;
            }
        }
        return count;
    }

    /** Where the segment starts in which a rank lies, and the number of members before it. */
    static Place placeOf(Turn turn, ScoreEnds ends, long version, long rank) {
        try (RowCursor segments = segments(turn, version)) {
            byte[] start = ends.from();
            long before = 0;
            for (segments.seekToFirst(); segments.valid(); segments.next()) {
                int count = count(segments);
                if (before + count > rank) {
                    return new Place(start, before);
                }
                before += count;
                start = memberKey(segments.key());
            }
        }
        throw new StorageException("sorted set of version " + version + " has segments that count wrong");
    }
}
