package io.cairn.engine.types;

import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.StorageException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The layout of large sorted sets: a row by member and a row by score for each.
 *
 * <pre>
 *   meta payload := see {@link ScoreEnds}
 *   ROWS key     := version(8) hash(4) name            as {@link ElementRows}
 *   ROWS value   := score                              8 bytes, bits of the double; behind it, under a stub, the rest of
 *                                                      the member
 *   SCORES key   := version(8) sortable(8) place       sortable: bits of the double, all inverted if negative,
 *                                                      else only the sign
 *   place        := member                             up to 1024 bytes
 *                 | head(1024) label(8)                longer, see {@link ScoreLabels}
 *   SCORES value := empty; one byte 0x80 if the score is negative zero
 *                 | mark(1) hash(4) digest(32)         of a long member: what its row in ROWS is found by; mark: 0x80 or 0
 * </pre>
 *
 * Integers are big endian. Unsigned order of sortable scores is the order of scores; negative zero stands where zero
 * does, since the two are equal.
 *
 * <p><i>Immutable.</i>
 */
final class ScoreRows {
    private static final int MEMBER_START = 16;
    private static final int LABEL_AT = MEMBER_START + Stub.HEAD_BYTES;
    private static final int HASH_AT = 1;
    private static final int DIGEST_AT = 5;
    private static final byte[] NEGATIVE_ZERO = {(byte) 0x80};
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private ScoreRows() {}

    /** Value of a member's row in ROWS. */
    static byte[] value(double score) {
        byte[] value = new byte[8];
        LONG.set(value, 0, Double.doubleToRawLongBits(score));
        return value;
    }

    /** The score in what a member's row in ROWS has to say. */
    static double score(byte[] own) {
        return Double.longBitsToDouble((long) LONG.get(own, 0));
    }

    /** The score in a member's row in ROWS. */
    static double score(byte[] key, byte[] value) {
        return Double.longBitsToDouble((long) LONG.get(value, ElementRows.isStub(key) ? Stub.ownStart() : 0));
    }

    /** Key in SCORES of a member that is not long. */
    static byte[] key(long version, double score, byte[] member) {
        return key(version, sortable(score), member);
    }

    /** Key in SCORES of a long member. */
    static byte[] key(long version, double score, byte[] member, long label) {
        byte[] key = new byte[LABEL_AT + Long.BYTES];
        LONG.set(key, 0, version);
        LONG.set(key, 8, sortable(score));
        System.arraycopy(member, 0, key, MEMBER_START, Stub.HEAD_BYTES);
        LONG.set(key, LABEL_AT, label);
        return key;
    }

    /** The label in the key of a long member. */
    static long label(byte[] key) {
        return (long) LONG.get(key, LABEL_AT);
    }

    /** The lowest key of a score; {@code above}: the lowest key behind all members of the score. */
    static byte[] bound(long version, double score, boolean above) {
        return key(version, above ? sortable(score) + 1 : sortable(score), ElementRows.NOTHING);
    }

    private static byte[] key(long version, long sortable, byte[] member) {
        byte[] key = new byte[MEMBER_START + member.length];
        LONG.set(key, 0, version);
        LONG.set(key, 8, sortable);
        System.arraycopy(member, 0, key, MEMBER_START, member.length);
        return key;
    }

    /** Value of a member's row in SCORES. */
    static byte[] mark(double score, byte[] member) {
        byte[] mark = isNegativeZero(score) ? NEGATIVE_ZERO : ElementRows.NOTHING;
        if (!Stub.isFor(member)) {
            return mark;
        }
        byte[] value = Arrays.copyOf(mark, DIGEST_AT + Stub.DIGEST_BYTES);
        INT.set(value, HASH_AT, MemberHash.of(member));
        System.arraycopy(Stub.name(member), Stub.HEAD_BYTES, value, DIGEST_AT, Stub.DIGEST_BYTES);
        return value;
    }

    /** Whether the value of a row in SCORES is of the member that has this stub. */
    static boolean isOf(byte[] value, byte[] stub) {
        return Arrays.equals(value, DIGEST_AT, value.length, stub, Stub.HEAD_BYTES, stub.length);
    }

    /** Key in ROWS of a long member that has a row in SCORES with this value; of its stub only the head counts. */
    static byte[] rowKey(long version, byte[] stub, byte[] value) {
        byte[] name = stub.clone();
        System.arraycopy(value, DIGEST_AT, name, Stub.HEAD_BYTES, Stub.DIGEST_BYTES);
        return ElementRows.key(version, (int) INT.get(value, HASH_AT), name);
    }

    static boolean isNegativeZero(double score) {
        return score == 0 && 1 / score < 0;
    }

    /** Finds rows of ROWS. */
    @FunctionalInterface
    interface Rows {
        /** The row of a key, or null. */
        byte @Nullable [] row(byte[] key);
    }

    /** The row of SCORES that a cursor is on; if the member is long, its row in ROWS is looked up. */
    static Scored scored(RowCursor cursor, Rows rows) {
        byte[] key = cursor.key();
        double score = scoreOf(key);
        boolean isLong = Stub.isIn(key, MEMBER_START);
        byte[] value = isLong || score == 0 ? cursor.value() : ElementRows.NOTHING;
        if (score == 0 && value.length > 0 && value[0] != 0) {
            score = -0.0;
        }
        return isLong ? longScored(key, value, score, rows) : new Scored(key, MEMBER_START, key.length, score);
    }

    private static Scored longScored(byte[] key, byte[] value, double score, Rows rows) {
        byte[] stub = Arrays.copyOfRange(key, MEMBER_START, MEMBER_START + Stub.HEAD_BYTES + Stub.DIGEST_BYTES);
        byte[] rowKey = rowKey((long) LONG.get(key, 0), stub, value);
        byte[] row = rows.row(rowKey);
        if (row == null) {
            throw new StorageException("sorted set of version " + LONG.get(key, 0) + " has lost a long member");
        }
        return Scored.of(Stub.member(rowKey, ElementRows.MEMBER_START, row), score);
    }

    /** The score in a key of SCORES; zero for negative zero too. */
    static double scoreOf(byte[] key) {
        long sortable = (long) LONG.get(key, 8);
        return Double.longBitsToDouble(sortable < 0 ? sortable ^ Long.MIN_VALUE : ~sortable);
    }

    private static long sortable(double score) {
        long bits = Double.doubleToRawLongBits(score == 0 ? 0 : score);
        return bits < 0 ? ~bits : bits ^ Long.MIN_VALUE;
    }
}
