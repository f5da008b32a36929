package io.cairn.engine.types;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.MetaRow;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A packed sorted set with an index of where its members start, for reading and for changing in a buffer of its own.
 *
 * <pre>
 *   packed := count member*                  count: varint
 *   member := score length bytes             score: 8 bytes, bits of the double, big endian; length: varint
 * </pre>
 *
 * Members stand in the order of (score, bytes). Negative zero is stored as zero, as in Redis's small encoding.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class PackedScores {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int SCORE_BYTES = 8;

    /** Members from {@code starts[0]} to {@code starts[count]}; bytes behind are free. */
    private byte[] bytes;

    private int[] starts;
    private int count;
    private boolean shared;

    /** The packed sorted set of a meta row. */
    PackedScores(byte[] row) {
        Packed front = new Packed(row, MetaRow.payloadStart(row));
        bytes = row;
        count = front.count();
        starts = new int[count + 1];
        shared = true;
        int at = MetaRow.payloadStart(row) + Packed.varintBytes(count);
        for (int i = 0; i < count; i++) {
            starts[i] = at;
            at = memberEnd(row, at);
        }
        starts[count] = at;
    }

    /** An empty one. */
    PackedScores() {
        bytes = new byte[64];
        starts = new int[8];
    }

    int count() {
        return count;
    }

    static int count(byte[] row) {
        return new Packed(row, MetaRow.payloadStart(row)).count();
    }

    Scored at(int index) {
        return new Scored(bytes, memberStart(index), starts[index + 1], score(index));
    }

    /** The member with its score as value. */
    Element element(int index) {
        return new Element(
                bytes, memberStart(index), starts[index + 1], bytes, starts[index], starts[index] + SCORE_BYTES);
    }

    double score(int index) {
        return Double.longBitsToDouble((long) LONG.get(bytes, starts[index]));
    }

    /** Score of a member in a meta row, or NaN: without the index, for a single look. */
    static double score(byte[] row, byte[] member) {
        int start = MetaRow.payloadStart(row) + Packed.varintBytes(count(row));
        while (start < row.length) {
            int end = memberEnd(row, start);
            int from = end - member.length;
            if (from == memberStart(row, start) && Arrays.equals(row, from, end, member, 0, member.length)) {
                return Double.longBitsToDouble((long) LONG.get(row, start));
            }
            start = end;
        }
        return Double.NaN;
    }

    /** Index of a member, or -1. */
    int find(byte[] member) {
        for (int i = 0; i < count; i++) {
            int end = starts[i + 1];
            int start = end - member.length;
            if (start == memberStart(i) && Arrays.equals(bytes, start, end, member, 0, member.length)) {
                return i;
            }
        }
        return -1;
    }

    /** Index of the first member at or above the range's lower bound, or count. */
    int firstInside(ScoreRange range) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (range.isAtOrAboveMin(score(middle))) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Index behind the last member at or below the range's upper bound, or 0. */
    int endInside(ScoreRange range) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (range.isAtOrBelowMax(score(middle))) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    boolean isAtOrAboveMin(int index, LexRange range) {
        return range.isAtOrAboveMin(bytes, memberStart(index), starts[index + 1]);
    }

    boolean isAtOrBelowMax(int index, LexRange range) {
        return range.isAtOrBelowMax(bytes, memberStart(index), starts[index + 1]);
    }

    /** A score as the small encoding keeps it: negative zero becomes zero. */
    static double stored(double score) {
        return score == 0 ? 0 : score;
    }

    /** Whether another member may come in; larger ones go to rows. */
    boolean hasRoomFor(byte[] member) {
        int body = starts[count] - starts[0] + SCORE_BYTES + Packed.elementBytes(member);
        return Packed.varintBytes(count + 1) + body <= ElementRows.PACKED_BYTES_MAX;
    }

    /** Adds a member that is not yet in it. */
    void insert(byte[] member, double score) {
        double stored = stored(score);
        int index = place(member, stored);
        int size = SCORE_BYTES + Packed.elementBytes(member);
        makeRoom(size);
        int start = starts[index];
        int end = starts[count];
        System.arraycopy(bytes, start, bytes, start + size, end - start);
        LONG.set(bytes, start, Double.doubleToRawLongBits(stored));
        Packed.putElement(bytes, start + SCORE_BYTES, member);
        for (int i = count; i >= index; i--) {
            starts[i + 1] = starts[i] + size;
        }
        count++;
    }

    void removeAt(int index) {
        makeRoom(0);
        int start = starts[index];
        int size = starts[index + 1] - start;
        System.arraycopy(bytes, start + size, bytes, start, starts[count] - start - size);
        for (int i = index + 1; i < count; i++) {
            starts[i] = starts[i + 1] - size;
        }
        count--;
    }

    /** The meta row. */
    byte[] row(long expireAtMillis) {
        int body = starts[count] - starts[0];
        byte[] row = MetaRow.allocate(
                ValueType.ZSET, Encoding.LISTPACK, false, expireAtMillis, Packed.varintBytes(count) + body);
        int at = Packed.putVarint(row, MetaRow.payloadStart(row), count);
        System.arraycopy(bytes, starts[0], row, at, body);
        return row;
    }

    /** Index at which a member belongs. */
    private int place(byte[] member, double score) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            double other = score(middle);
            boolean before = other < score
                    || other == score
                            && Arrays.compareUnsigned(
                                            bytes, memberStart(middle), starts[middle + 1], member, 0, member.length)
                                    < 0;
            if (before) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Makes the bytes this object's own, with room for so many more and one more member. */
    private void makeRoom(int more) {
        int length = starts[count] - starts[0];
        if (shared || starts[0] + length + more > bytes.length) {
            int from = starts[0];
            byte[] roomier = new byte[length + more + (shared ? 64 : length)];
            System.arraycopy(bytes, from, roomier, 0, length);
            for (int i = 0; i <= count; i++) {
                starts[i] -= from;
            }
            bytes = roomier;
            shared = false;
        }
        if (count + 2 > starts.length) {
            starts = Arrays.copyOf(starts, count * 2 + 8);
        }
    }

    private int memberStart(int index) {
        return memberStart(bytes, starts[index]);
    }

    /** Start of the member's bytes, behind its score and its length. */
    private static int memberStart(byte[] bytes, int start) {
        int at = start + SCORE_BYTES;
        while (bytes[at] < 0) {
            at++;
        }
        return at + 1;
    }

    private static int memberEnd(byte[] bytes, int start) {
        int at = start + SCORE_BYTES;
        int length = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = bytes[at++];
            length |= (b & 0x7F) << shift;
            if (b >= 0) {
                return at + length;
            }
        }
    }
}
