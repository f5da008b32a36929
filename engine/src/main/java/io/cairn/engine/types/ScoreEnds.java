package io.cairn.engine.types;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.StorageException;
import java.util.Arrays;

/**
 * The meta row of a sorted set in rows, and above all where its members begin and end.
 *
 * <pre>
 *   payload := version(8) count(8) counted(1) lowest:str highest:str
 *   str     := length(1) bytes
 * </pre>
 *
 * {@code counted} is 2 if there is a {@link ScoreIndex}, else 0. {@code lowest} is the first member's key in SCORES
 * without the version, cut off after {@link #TAIL_MAX} bytes; {@code highest} the last member's, or empty if it is longer
 * than that.
 *
 * <p>Why ends are kept: members that were taken from an end leave deleted rows behind until compaction, and a cursor
 * that starts before them has to step over each. A queue that is served by lowest score would be slower with every
 * member taken. A cursor that starts at {@link #from()} meets none of them.
 *
 * <p>While the set changes, {@link #came} and {@link #went} follow; after {@link #refresh} the ends are exact again. Where
 * there is an index, they are looked for when it is mended at an end, and else only bound the members: finding out with every
 * member that goes would take a cursor each time.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class ScoreEnds {
    /** Bytes that are kept of a key: a score, and a member of the length that a packed set has at most by default. */
    static final int TAIL_MAX = 8 + 64;

    private static final byte INDEXED = 2; // 1 were segments without levels
    private static final int COUNTED_AT = 16;
    private static final int FIXED_BYTES = 17;

    private final long version;
    private byte[] lowest = ElementRows.NOTHING;
    private byte[] highest = ElementRows.NOTHING;
    private boolean lowestWent;
    private boolean highestWent;
    private boolean changed;

    /** The ends of a set without members. */
    ScoreEnds(long version) {
        this.version = version;
    }

    /** The ends that a meta row tells. */
    ScoreEnds(byte[] row) {
        version = MetaRow.version(row);
        int at = MetaRow.payloadStart(row) + FIXED_BYTES;
        lowest = Arrays.copyOfRange(row, at + 1, at + 1 + row[at]);
        at += 1 + row[at];
        highest = Arrays.copyOfRange(row, at + 1, at + 1 + row[at]);
    }

    /** Whether a sorted set in rows has an index. */
    static boolean isCounted(byte[] row) {
        byte counted = row[MetaRow.payloadStart(row) + COUNTED_AT];
        if (counted != 0 && counted != INDEXED) {
            throw new StorageException("sorted set with an index of unknown form " + counted);
        }
        return counted == INDEXED;
    }

    /** The meta row. */
    byte[] row(Encoding encoding, long expireAtMillis, long count, boolean counted) {
        int size = FIXED_BYTES + 1 + lowest.length + 1 + highest.length;
        byte[] row = MetaRow.allocate(ValueType.ZSET, encoding, true, expireAtMillis, size);
        MetaRow.payloadLong(row, 0, version);
        MetaRow.payloadLong(row, 8, count);
        int at = MetaRow.payloadStart(row) + COUNTED_AT;
        row[at++] = counted ? INDEXED : 0;
        at = Packed.putElement(row, at, lowest);
        Packed.putElement(row, at, highest);
        return row;
    }

    /** The key in SCORES at which all members are or behind which they stand. */
    byte[] from() {
        return key(lowest, 0);
    }

    /** A key in SCORES that all members stand before. */
    byte[] to() {
        return highest.length == 0
                ? ScoreRows.bound(version, Double.POSITIVE_INFINITY, true)
                : key(highest, 1); // a zero byte more: the next key that can be
    }

    private byte[] key(byte[] tail, int zeroes) {
        byte[] key = Arrays.copyOf(ElementRows.bound(version, 0), Long.BYTES + tail.length + zeroes);
        System.arraycopy(tail, 0, key, Long.BYTES, tail.length);
        return key;
    }

    /** A cursor over all members as the turn sees them. */
    RowCursor members(Turn turn) {
        return turn.cursor(Family.SCORES, from(), to());
    }

    /** Whether an end is not what the meta row tells. */
    boolean haveChanged() {
        return changed;
    }

    /** A member came, with this key in SCORES. */
    void came(byte[] key) {
        byte[] tail = tail(key);
        boolean first = lowest.length == 0;
        int order = Arrays.compareUnsigned(tail, lowest);
        if (first || order <= 0) {
            lowestWent = false;
            changed |= order != 0;
            lowest = tail;
        }
        boolean known = highest.length > 0;
        int toHighest = Arrays.compareUnsigned(key, Long.BYTES, key.length, highest, 0, highest.length);
        if (first || known && toHighest >= 0) {
            highestWent = false;
            changed |= toHighest != 0;
            highest = orUnknown(key);
        }
    }

    /** A member went. */
    void went(byte[] key) {
        lowestWent |= Arrays.equals(tail(key), lowest);
        highestWent |= Arrays.equals(key, Long.BYTES, key.length, highest, 0, highest.length);
    }

    /** The member at an end is known. */
    void is(byte[] key, boolean atHighest) {
        byte[] found = atHighest ? orUnknown(key) : tail(key);
        changed |= !Arrays.equals(found, atHighest ? highest : lowest);
        if (atHighest) {
            highest = found;
            highestWent = false;
        } else {
            lowest = found;
            lowestWent = false;
        }
    }

    /** Members near an end went, though perhaps not the one that was known to be there. */
    void moved(boolean lowestMoved, boolean highestMoved) {
        lowestWent |= lowestMoved;
        highestWent |= highestMoved;
    }

    /** Looks for the ends where members went; the set must have members. */
    void refresh(Turn turn) {
        if (!lowestWent && !highestWent) {
            return;
        }
        try (RowCursor members = members(turn)) {
            if (lowestWent) {
                members.seekToFirst();
                byte[] found = tail(member(members));
                changed |= !Arrays.equals(found, lowest);
                lowest = found;
            }
            if (highestWent) {
                members.seekToLast();
                byte[] found = orUnknown(member(members));
                changed |= !Arrays.equals(found, highest);
                highest = found;
            }
        }
        lowestWent = false;
        highestWent = false;
    }

    private byte[] member(RowCursor members) {
        if (!members.valid()) {
            throw new StorageException("sorted set of version " + version + " has fewer members than counted");
        }
        return members.key();
    }

    private static byte[] tail(byte[] key) {
        return Arrays.copyOfRange(key, Long.BYTES, Math.min(key.length, Long.BYTES + TAIL_MAX));
    }

    private static byte[] orUnknown(byte[] key) {
        return key.length - Long.BYTES > TAIL_MAX ? ElementRows.NOTHING : tail(key);
    }
}
