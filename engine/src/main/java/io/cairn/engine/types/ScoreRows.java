package io.cairn.engine.types;

import io.cairn.engine.rows.RowCursor;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The layout of large sorted sets: a row by member and a row by score for each.
 *
 * <pre>
 *   meta payload := see {@link ScoreEnds}
 *   ROWS key     := version(8) hash(4) member          as {@link ElementRows}
 *   ROWS value   := score                              8 bytes, bits of the double
 *   SCORES key   := version(8) sortable(8) member      sortable: bits of the double, all inverted if negative,
 *                                                      else only the sign
 *   SCORES value := empty; one byte 0x80 if the score is negative zero
 * </pre>
 *
 * Integers are big endian. Unsigned order of sortable scores is the order of scores; negative zero stands where zero
 * does, since the two are equal.
 *
 * <p><i>Immutable.</i>
 */
final class ScoreRows {
    private static final int MEMBER_START = 16;
    private static final byte[] NEGATIVE_ZERO = {(byte) 0x80};
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private ScoreRows() {}

    /** Value of a member's row in ROWS. */
    static byte[] value(double score) {
        byte[] value = new byte[8];
        LONG.set(value, 0, Double.doubleToRawLongBits(score));
        return value;
    }

    /** The score in a member's row in ROWS. */
    static double score(byte[] value) {
        return Double.longBitsToDouble((long) LONG.get(value, 0));
    }

    /** Key of a member's row in SCORES. */
    static byte[] key(long version, double score, byte[] member) {
        return key(version, sortable(score), member);
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
    static byte[] mark(double score) {
        return isNegativeZero(score) ? NEGATIVE_ZERO : ElementRows.NOTHING;
    }

    static boolean isNegativeZero(double score) {
        return score == 0 && 1 / score < 0;
    }

    /** The row of SCORES that a cursor is on. */
    static Scored scored(RowCursor cursor) {
        byte[] key = cursor.key();
        double score = scoreOf(key);
        if (score == 0 && cursor.value().length > 0) {
            score = -0.0;
        }
        return new Scored(key, MEMBER_START, key.length, score);
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
