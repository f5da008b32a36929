package io.cairn.engine.types;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.SystemRows;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Strings: the whole value in the meta row while it is small, else chunks of a fixed size in rows.
 *
 * <pre>
 *   inline   meta payload = the bytes, digits too (the encoding says whether they are a canonical integer)
 *   chunked  meta payload = version(8) length(8)
 *            ROWS: version(8) chunk index(8) = at most {@value #CHUNK_BYTES} bytes
 * </pre>
 *
 * Integers are big endian. A chunk may be shorter than its part of the value, or absent: what is missing is zeroes, so a
 * bit far out costs one row. A value that is set whole is chunked above {@value #INLINE_MAX_BYTES} bytes; one that is
 * changed in part already above one chunk, and from then on, until it is set whole again, a change rewrites only the
 * chunks it touches.
 *
 * <p>Operations take the meta row that the turn gave, null for none. Who reads a chunked value holds its key's stripe.
 *
 * <p><i>Immutable.</i>
 */
public final class Strings {
    /** Longest value that is kept in the meta row when it is set whole. */
    public static final int INLINE_MAX_BYTES = 64 << 10;

    /** Bytes of a chunk. */
    public static final int CHUNK_BYTES = 8 << 10;

    /** Longest value in the embstr encoding. */
    private static final int EMBSTR_MAX_BYTES = 44;

    private static final int CHUNKED_PAYLOAD_BYTES = 16;
    private static final int POINT_READS_MAX = 2;
    private static final int COMPOSED_CHUNKS = 64;

    private Strings() {}

    /** Is shown a value part by part. */
    @FunctionalInterface
    public interface PartVisitor {
        /**
         * The next part: it stands at byte {@code offset} of the value, and in {@code bytes} from {@code from}
         * (inclusive) to {@code to} (exclusive). The array must not be changed.
         *
         * @return whether to go on
         */
        boolean visit(long offset, byte[] bytes, int from, int to);
    }

    /** Computes a value part by part. */
    @FunctionalInterface
    public interface PartSource {
        /** The {@code length} bytes of the value from byte {@code from} on, an array that is given away. */
        byte[] part(long from, int length);
    }

    /** The encoding of a value that is set whole: int for a canonical 64-bit integer, embstr up to 44 bytes, raw. */
    public static Encoding encodingOf(byte[] value) {
        if (Decimal.isCanonical(value)) {
            return Encoding.INT;
        }
        return value.length <= EMBSTR_MAX_BYTES ? Encoding.EMBSTR : Encoding.RAW;
    }

    // ---- whole values

    /** Sets a key to a value. */
    public static void set(Turn turn, int db, byte[] key, byte[] value, long expireAtMillis) {
        set(turn, db, key, value, encodingOf(value), expireAtMillis);
    }

    /** Sets a key to a value whose encoding its command decides. */
    public static void set(Turn turn, int db, byte[] key, byte[] value, Encoding encoding, long expireAtMillis) {
        if (value.length <= INLINE_MAX_BYTES) {
            turn.set(db, key, MetaRow.of(ValueType.STRING, encoding, false, expireAtMillis, value));
            return;
        }
        long version = turn.newVersion();
        putChunks(version, value, (chunkKey, chunk) -> turn.putRow(Family.ROWS, chunkKey, chunk));
        turn.set(db, key, chunkedRow(version, value.length, expireAtMillis));
    }

    /**
     * Sets a key to a value without expiry that is computed part by part, in order; its encoding is raw. What is not
     * chunked is one part. Chunks of zeroes are left out.
     */
    public static void compose(Turn turn, int db, byte[] key, long length, PartSource source) {
        if (length <= INLINE_MAX_BYTES) {
            byte[] value = source.part(0, (int) length);
            turn.set(db, key, MetaRow.of(ValueType.STRING, Encoding.RAW, false, MetaRow.NO_EXPIRY, value));
            return;
        }
        long version = turn.newVersion();
        for (long at = 0; at < length; at += COMPOSED_CHUNKS * CHUNK_BYTES) {
            byte[] part = source.part(at, (int) Math.min(length - at, COMPOSED_CHUNKS * CHUNK_BYTES));
            for (int from = 0; from < part.length; from += CHUNK_BYTES) {
                byte[] chunk = Arrays.copyOfRange(part, from, Math.min(part.length, from + CHUNK_BYTES));
                if (!isZero(chunk)) {
                    turn.putRow(Family.ROWS, chunkKey(version, (at + from) / CHUNK_BYTES), chunk);
                }
            }
        }
        turn.set(db, key, chunkedRow(version, length, MetaRow.NO_EXPIRY));
    }

    private static boolean isZero(byte[] chunk) {
        for (byte b : chunk) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** Length of a stored value in bytes. */
    public static long length(byte[] row) {
        return MetaRow.inRows(row) ? MetaRow.payloadLong(row, 8) : row.length - MetaRow.payloadStart(row);
    }

    /** A copy of a stored value. */
    public static byte[] value(Turn turn, byte[] row) {
        return MetaRow.inRows(row) ? readRange(turn, row, 0, Math.toIntExact(length(row))) : MetaRow.payload(row);
    }

    // ---- parts of values

    /** The {@code length} bytes from {@code from}, which must lie within the value. */
    public static byte[] readRange(Turn turn, byte[] row, long from, int length) {
        if (!MetaRow.inRows(row)) {
            int start = MetaRow.payloadStart(row) + Math.toIntExact(from);
            return Arrays.copyOfRange(row, start, start + length);
        }
        byte[] range = new byte[length];
        if (length == 0) {
            return range;
        }
        long version = MetaRow.version(row);
        long first = from / CHUNK_BYTES;
        long last = (from + length - 1) / CHUNK_BYTES;
        if (last - first < POINT_READS_MAX) {
            for (long index = first; index <= last; index++) {
                byte[] chunk = turn.row(Family.ROWS, chunkKey(version, index));
                if (chunk != null) {
                    copy(chunk, index, from, range);
                }
            }
            return range;
        }
        copyChunks(() -> turn.cursor(Family.ROWS, chunkKey(version, first), chunkKey(version, last + 1)), from, range);
        return range;
    }

    /**
     * Shows the bytes from {@code from} (inclusive) to {@code to} (exclusive), which must lie within the value, part by
     * part and in order, one chunk on the heap at a time. What is not shown is zeroes.
     */
    public static void scan(Turn turn, byte[] row, long from, long to, PartVisitor visitor) {
        if (from >= to) {
            return;
        }
        if (!MetaRow.inRows(row)) {
            int start = MetaRow.payloadStart(row);
            visitor.visit(from, row, start + (int) from, start + (int) to);
            return;
        }
        long version = MetaRow.version(row);
        byte[] first = chunkKey(version, from / CHUNK_BYTES);
        byte[] end = chunkKey(version, (to - 1) / CHUNK_BYTES + 1);
        try (RowCursor cursor = turn.cursor(Family.ROWS, first, end)) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                byte[] chunk = cursor.value();
                long chunkStart = ByteBuffer.wrap(cursor.key()).getLong(8) * CHUNK_BYTES;
                int partFrom = (int) Math.max(from - chunkStart, 0);
                int partTo = (int) Math.min(to - chunkStart, chunk.length);
                if (partFrom < partTo && !visitor.visit(chunkStart + partFrom, chunk, partFrom, partTo)) {
                    return;
                }
            }
        }
    }

    /**
     * Writes {@code bytes} at {@code offset}; the value grows as needed, a gap is filled with zeroes. A key that does
     * not exist is created. Without bytes the value only grows, if it must, and is raw then.
     *
     * @param row meta row of the key, or null
     */
    public static void writeRange(Turn turn, int db, byte[] key, byte @Nullable [] row, long offset, byte[] bytes) {
        long end = offset + bytes.length;
        long expireAtMillis = row == null ? MetaRow.NO_EXPIRY : MetaRow.expireAtMillis(row);
        if (row != null && MetaRow.inRows(row)) {
            long version = MetaRow.version(row);
            writeChunks(turn, version, offset, bytes);
            if (end > length(row)) {
                turn.set(db, key, chunkedRow(version, end, expireAtMillis));
            } else {
                turn.touch(db, key);
            }
            return;
        }
        int start = row == null ? 0 : MetaRow.payloadStart(row);
        int before = row == null ? 0 : row.length - start;
        long after = Math.max(before, end);
        if (after <= CHUNK_BYTES) {
            byte[] changed = MetaRow.allocate(ValueType.STRING, Encoding.RAW, false, expireAtMillis, (int) after);
            int changedStart = MetaRow.payloadStart(changed);
            if (row != null) {
                System.arraycopy(row, start, changed, changedStart, before);
            }
            System.arraycopy(bytes, 0, changed, changedStart + (int) offset, bytes.length);
            turn.set(db, key, changed);
            return;
        }
        long version = turn.newVersion();
        if (row != null) {
            putChunks(version, MetaRow.payload(row), (chunkKey, chunk) -> turn.putRow(Family.ROWS, chunkKey, chunk));
        }
        writeChunks(turn, version, offset, bytes);
        turn.set(db, key, chunkedRow(version, after, expireAtMillis));
    }

    private static void writeChunks(Turn turn, long version, long offset, byte[] bytes) {
        int done = 0;
        while (done < bytes.length) {
            long index = (offset + done) / CHUNK_BYTES;
            int at = (int) ((offset + done) % CHUNK_BYTES);
            int part = Math.min(bytes.length - done, CHUNK_BYTES - at);
            byte[] chunkKey = chunkKey(version, index);
            byte[] before = part == CHUNK_BYTES ? null : turn.row(Family.ROWS, chunkKey);
            byte[] chunk =
                    before == null ? new byte[at + part] : Arrays.copyOf(before, Math.max(before.length, at + part));
            System.arraycopy(bytes, done, chunk, at, part);
            turn.putRow(Family.ROWS, chunkKey, chunk);
            done += part;
        }
    }

    // ---- in and out of a keyspace as a whole

    /** Sends a stored string to a sink. */
    public static void drain(RowView view, int db, byte[] key, byte[] row, EntrySink sink) throws IOException {
        byte[] value;
        if (MetaRow.inRows(row)) {
            long version = MetaRow.version(row);
            value = new byte[Math.toIntExact(length(row))];
            copyChunks(
                    () -> view.cursor(
                            Family.ROWS,
                            SystemRows.versionStart(version),
                            SystemRows.versionStart(version + 1),
                            ReadMode.DISK),
                    0,
                    value);
        } else {
            value = MetaRow.payload(row);
        }
        sink.string(db, key, MetaRow.expireAtMillis(row), value);
    }

    /** The meta row of a string in a bulk load; the chunks of a large one go to the batch. */
    public static byte[] load(RowBatch batch, LongSupplier versions, long expireAtMillis, byte[] value) {
        if (value.length <= INLINE_MAX_BYTES) {
            return MetaRow.of(ValueType.STRING, encodingOf(value), false, expireAtMillis, value);
        }
        long version = versions.getAsLong();
        putChunks(version, value, (chunkKey, chunk) -> batch.put(Family.ROWS, chunkKey, chunk));
        return chunkedRow(version, value.length, expireAtMillis);
    }

    // ---- chunks

    private interface ChunkTarget {
        void put(byte[] chunkKey, byte[] chunk);
    }

    private static byte[] chunkKey(long version, long index) {
        return ByteBuffer.allocate(16).putLong(version).putLong(index).array();
    }

    private static byte[] chunkedRow(long version, long length, long expireAtMillis) {
        byte[] row = MetaRow.allocate(ValueType.STRING, Encoding.RAW, true, expireAtMillis, CHUNKED_PAYLOAD_BYTES);
        MetaRow.payloadLong(row, 0, version);
        MetaRow.payloadLong(row, 8, length);
        return row;
    }

    private static void putChunks(long version, byte[] value, ChunkTarget target) {
        for (int from = 0; from < value.length; from += CHUNK_BYTES) {
            int to = Math.min(value.length, from + CHUNK_BYTES);
            target.put(chunkKey(version, from / CHUNK_BYTES), Arrays.copyOfRange(value, from, to));
        }
    }

    /** Copies what the chunks under a cursor hold of the range that begins at byte {@code from} of the value. */
    private static void copyChunks(Supplier<RowCursor> chunks, long from, byte[] range) {
        try (RowCursor cursor = chunks.get()) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                long index = ByteBuffer.wrap(cursor.key()).getLong(8);
                copy(cursor.value(), index, from, range);
            }
        }
    }

    private static void copy(byte[] chunk, long index, long from, byte[] range) {
        long chunkStart = index * CHUNK_BYTES;
        long start = Math.max(chunkStart, from);
        long end = Math.min(chunkStart + chunk.length, from + range.length);
        if (start < end) {
            System.arraycopy(chunk, (int) (start - chunkStart), range, (int) (start - from), (int) (end - start));
        }
    }
}
