package io.cairn.engine.keyspace;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.rows.StorageException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The row of a key in the META family, read in place from its bytes.
 *
 * <pre>
 *   byte 0      format version (high 4 bits, now 1), type code (low 4 bits)
 *   byte 1      bit 7: has expiry, bit 6: elements in rows of their own, bit 5: fields expire, bits 0-3: encoding
 *   8 bytes     expiry, Unix milliseconds, big endian; only if bit 7
 *   8 bytes     when the first of a hash's fields expires, likewise; only if bit 5
 *   payload     string: its bytes; packed collection: its elements; in rows: version (8 bytes, big endian),
 *               then what the type keeps (counts, list ends)
 * </pre>
 *
 * Rows are never changed in place: a change makes a new array, so a row that was read once stays valid.
 *
 * <p><i>Immutable.</i>
 */
public final class MetaRow {
    /** Expiry of a key without one. */
    public static final long NO_EXPIRY = -1;

    private static final int FORMAT = 1;
    private static final int HAS_EXPIRY = 0x80;
    private static final int IN_ROWS = 0x40;
    private static final int FIELDS_EXPIRE = 0x20;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private MetaRow() {}

    /** A row with {@code payloadBytes} bytes of zeroes as payload, which starts at {@link #payloadStart}. */
    public static byte[] allocate(
            ValueType type, Encoding encoding, boolean inRows, long expireAtMillis, int payloadBytes) {
        boolean expires = expireAtMillis != NO_EXPIRY;
        byte[] row = new byte[(expires ? 10 : 2) + payloadBytes];
        row[0] = (byte) (FORMAT << 4 | type.code());
        row[1] = (byte) (encoding.ordinal() | (inRows ? IN_ROWS : 0) | (expires ? HAS_EXPIRY : 0));
        if (expires) {
            LONG.set(row, 2, expireAtMillis);
        }
        return row;
    }

    /** A row with a copy of {@code payload}. */
    public static byte[] of(ValueType type, Encoding encoding, boolean inRows, long expireAtMillis, byte[] payload) {
        byte[] row = allocate(type, encoding, inRows, expireAtMillis, payload.length);
        System.arraycopy(payload, 0, row, row.length - payload.length, payload.length);
        return row;
    }

    /** The same value with another expiry ({@link #NO_EXPIRY} for none). */
    public static byte[] withExpiry(byte[] row, long expireAtMillis) {
        return with(row, expireAtMillis, fieldsExpireAtMillis(row));
    }

    /** The same hash with another time at which the first of its fields expires ({@link #NO_EXPIRY} for none). */
    public static byte[] withFieldsExpiry(byte[] row, long firstMillis) {
        return with(row, expireAtMillis(row), firstMillis);
    }

    private static byte[] with(byte[] row, long expireAtMillis, long fieldsMillis) {
        boolean expires = expireAtMillis != NO_EXPIRY;
        boolean fieldsExpire = fieldsMillis != NO_EXPIRY;
        int start = payloadStart(row);
        int newStart = 2 + (expires ? 8 : 0) + (fieldsExpire ? 8 : 0);
        byte[] changed = new byte[newStart + row.length - start];
        changed[0] = row[0];
        changed[1] = (byte) (row[1] & ~(HAS_EXPIRY | FIELDS_EXPIRE)
                | (expires ? HAS_EXPIRY : 0)
                | (fieldsExpire ? FIELDS_EXPIRE : 0));
        if (expires) {
            LONG.set(changed, 2, expireAtMillis);
        }
        if (fieldsExpire) {
            LONG.set(changed, newStart - 8, fieldsMillis);
        }
        System.arraycopy(row, start, changed, newStart, row.length - start);
        return changed;
    }

    /** Type of the value. */
    public static ValueType type(byte[] row) {
        if (row[0] >>> 4 != FORMAT) {
            throw new StorageException("meta row of unknown format " + (row[0] >>> 4));
        }
        return ValueType.of(row[0] & 0x0F);
    }

    /** Encoding of the value. */
    public static Encoding encoding(byte[] row) {
        return Encoding.of(row[1] & 0x0F);
    }

    /** Whether the elements stand in rows of their own (ROWS, SCORES) under {@link #version}. */
    public static boolean inRows(byte[] row) {
        return (row[1] & IN_ROWS) != 0;
    }

    /** Expiry in Unix milliseconds, or {@link #NO_EXPIRY}. */
    public static long expireAtMillis(byte[] row) {
        return (row[1] & HAS_EXPIRY) != 0 ? (long) LONG.get(row, 2) : NO_EXPIRY;
    }

    /** When the first of a hash's fields expires, Unix milliseconds, or {@link #NO_EXPIRY} if none does. */
    public static long fieldsExpireAtMillis(byte[] row) {
        return (row[1] & FIELDS_EXPIRE) != 0 ? (long) LONG.get(row, payloadStart(row) - 8) : NO_EXPIRY;
    }

    /** Index of the first byte of the payload; it reaches to the end of the row. */
    public static int payloadStart(byte[] row) {
        return 2 + ((row[1] & HAS_EXPIRY) >>> 4) + ((row[1] & FIELDS_EXPIRE) >>> 2);
    }

    /** A copy of the payload. */
    public static byte[] payload(byte[] row) {
        return Arrays.copyOfRange(row, payloadStart(row), row.length);
    }

    /** Version under which the elements stand; only if {@link #inRows}. */
    public static long version(byte[] row) {
        return (long) LONG.get(row, payloadStart(row));
    }

    /** Reads a big-endian long of the payload, {@code at} bytes behind its start. */
    public static long payloadLong(byte[] row, int at) {
        return (long) LONG.get(row, payloadStart(row) + at);
    }

    /** Writes a big-endian long of the payload of a row that nobody else has seen yet. */
    public static void payloadLong(byte[] row, int at, long value) {
        LONG.set(row, payloadStart(row) + at, value);
    }
}
