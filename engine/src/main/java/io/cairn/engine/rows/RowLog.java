package io.cairn.engine.rows;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The memory of the row cache: records appended to a ring of segments outside the heap, where they cost the garbage
 * collector nothing.
 *
 * <pre>
 *   record, at a multiple of 8:  version(4) hash(4) namespace(4) key length(4) row length(4), -1 = known to be absent
 *                                size of the record(4) key row
 * </pre>
 *
 * <p>Positions only grow; a record is found in segment {@code position / SEGMENT} modulo their number. One thread at a
 * time writes, under the cache's lock; readers take none: a record's version is odd while it is changed in place, and what
 * lies before {@link #tail} may be overwritten, so a reader that sees either, before or after it copied, has read nothing.
 *
 * <p><i>Thread-safe.</i>
 */
final class RowLog {
    static final int SEGMENT_BYTES = 256 << 10;
    static final int RECORD_MAX = SEGMENT_BYTES / 8;
    private static final int PIECE_BYTES = 16 << 20;

    /** Read instead of a row: another key's record. */
    static final byte[] OTHER = new byte[0];

    /** Read instead of a row: the record changed meanwhile. */
    static final byte[] TORN = new byte[0];

    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final VarHandle LONG_OF_BUFFER =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final VarHandle LONG_OF_ARRAY =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final int HASH_AT = 4;
    private static final int NAMESPACE_AT = 8;
    private static final int KEY_LENGTH_AT = 12;
    private static final int ROW_LENGTH_AT = 16;
    private static final int SIZE_AT = 20;
    private static final int HEADER_BYTES = 24;
    private static final int NO_ROW = -1;

    /** What the processor fetches from main memory at once. */
    private static final int LINE_BYTES = 64;

    /** Position 0 stands for no record. */
    private static final int FIRST_POSITION = 8;

    private final @Nullable ByteBuffer[] segments;

    /** Where the records of a segment end; for the writer, as are the next four. */
    private final int[] filled;

    private ByteBuffer piece = ByteBuffer.allocate(0);
    private long headSegment;
    private int headOffset;
    private long tailSegment;

    private volatile long tail;

    RowLog(long bytes) {
        int count = (int) Math.max(4, Math.min(1 << 20, bytes / SEGMENT_BYTES));
        segments = new ByteBuffer[count];
        filled = new int[count];
        segments[0] = newSegment();
        headOffset = FIRST_POSITION;
    }

    /** Cut from pieces so large that the system may back them with huge pages: reads are all over them. */
    private ByteBuffer newSegment() {
        if (!piece.hasRemaining()) {
            int eighth = (int) Math.min(PIECE_BYTES, capacityBytes() / 8);
            piece = ByteBuffer.allocateDirect(Math.max(1, eighth / SEGMENT_BYTES) * SEGMENT_BYTES);
        }
        ByteBuffer segment = piece.slice(piece.position(), SEGMENT_BYTES).order(ByteOrder.nativeOrder());
        piece.position(piece.position() + SEGMENT_BYTES);
        return segment;
    }

    static int recordBytes(byte[] key, byte @Nullable [] row) {
        return (HEADER_BYTES + key.length + (row == null ? 0 : row.length) + 7) & ~7;
    }

    long capacityBytes() {
        return (long) segments.length * SEGMENT_BYTES;
    }

    /** Memory taken so far. */
    long allocatedBytes() {
        long count = 0;
        for (ByteBuffer segment : segments) {
            count += segment == null ? 0 : 1;
        }
        return count * SEGMENT_BYTES;
    }

    // ---- readers

    /** The row at a position ({@link RowCache#ABSENT} for none), if the record is the key's and did not change meanwhile. */
    byte[] read(long position, int hash, int namespace, byte[] key) {
        return read(position, hash, namespace, key, Integer.MAX_VALUE);
    }

    /** The same, but of the row no more than so many bytes. */
    byte[] read(long position, int hash, int namespace, byte[] key, int most) {
        ByteBuffer segment = segment(position);
        int at = offset(position);
        int version = (int) INT.getAcquire(segment, at);
        if ((version & 1) != 0) {
            return TORN;
        }
        if (!isFor(segment, at, hash, namespace, key)) {
            return isTorn(segment, at, version, position) ? TORN : OTHER;
        }
        int length = (int) INT.get(segment, at + ROW_LENGTH_AT);
        int rowAt = at + HEADER_BYTES + key.length;
        if (length < NO_ROW || length > SEGMENT_BYTES - rowAt) {
            return TORN;
        }
        byte[] row = RowCache.ABSENT;
        if (length != NO_ROW) {
            row = new byte[Math.min(length, most)];
            segment.get(rowAt, row);
        }
        return isTorn(segment, at, version, position) ? TORN : row;
    }

    /** Looks at a record's beginning, whatever stands there. */
    int touch(long position) {
        return (int) INT.get(segment(position), offset(position));
    }

    /** Looks at a record's beginning and what follows it. */
    int touchMore(long position) {
        int behind = Math.min(offset(position) + LINE_BYTES, SEGMENT_BYTES - Integer.BYTES);
        return touch(position) + (int) INT.get(segment(position), behind);
    }

    private boolean isTorn(ByteBuffer segment, int at, int version, long position) {
        VarHandle.acquireFence();
        return (int) INT.getOpaque(segment, at) != version || position < tail;
    }

    private static boolean isFor(ByteBuffer segment, int at, int hash, int namespace, byte[] key) {
        return (int) INT.get(segment, at + HASH_AT) == hash
                && (int) INT.get(segment, at + NAMESPACE_AT) == namespace
                && (int) INT.get(segment, at + KEY_LENGTH_AT) == key.length
                && key.length <= SEGMENT_BYTES - HEADER_BYTES - at
                && sameKey(segment, at + HEADER_BYTES, key);
    }

    private static boolean sameKey(ByteBuffer segment, int from, byte[] key) {
        int i = 0;
        for (; i <= key.length - 8; i += 8) {
            if ((long) LONG_OF_BUFFER.get(segment, from + i) != (long) LONG_OF_ARRAY.get(key, i)) {
                return false;
            }
        }
        for (; i < key.length; i++) {
            if (segment.get(from + i) != key[i]) {
                return false;
            }
        }
        return true;
    }

    // ---- the writer

    /** Whether the record at a position is the key's. */
    boolean holds(long position, int hash, int namespace, byte[] key) {
        return isFor(segment(position), offset(position), hash, namespace, key);
    }

    /** Changes a row in place if it fits. */
    boolean replace(long position, byte[] key, byte @Nullable [] row) {
        ByteBuffer segment = segment(position);
        int at = offset(position);
        if (recordBytes(key, row) > (int) INT.get(segment, at + SIZE_AT)) {
            return false;
        }
        int version = (int) INT.get(segment, at);
        INT.setOpaque(segment, at, version + 1);
        VarHandle.storeStoreFence();
        put(segment, at, key.length, row);
        INT.setRelease(segment, at, version + 2);
        return true;
    }

    private static void put(ByteBuffer segment, int at, int keyLength, byte @Nullable [] row) {
        INT.set(segment, at + ROW_LENGTH_AT, row == null ? NO_ROW : row.length);
        if (row != null) {
            segment.put(at + HEADER_BYTES + keyLength, row);
        }
    }

    /** Whether a record of this size still goes into the current segment. */
    boolean hasRoom(int recordBytes) {
        return SEGMENT_BYTES - headOffset >= recordBytes;
    }

    /** Goes on to the next segment, which must be free. */
    void nextSegment() {
        filled[slot(headSegment)] = headOffset;
        headSegment++;
        headOffset = 0;
        int slot = slot(headSegment);
        if (segments[slot] == null) {
            segments[slot] = newSegment();
        }
    }

    /** Whether no segment is free for the next {@link #nextSegment}. */
    boolean isFull() {
        return headSegment - tailSegment + 1 == segments.length;
    }

    /** Whether positions have come to an end: the log must be replaced. */
    boolean isExhausted() {
        return headSegment >= RowIndex.POSITIONS / SEGMENT_BYTES - 2;
    }

    /** Appends a record for which there is room; its position. */
    long append(int hash, int namespace, byte[] key, byte @Nullable [] row) {
        long position = headPosition();
        ByteBuffer segment = segment(position);
        int at = headOffset;
        int size = recordBytes(key, row);
        INT.set(segment, at, 0);
        INT.set(segment, at + HASH_AT, hash);
        INT.set(segment, at + NAMESPACE_AT, namespace);
        INT.set(segment, at + KEY_LENGTH_AT, key.length);
        INT.set(segment, at + SIZE_AT, size);
        segment.put(at + HEADER_BYTES, key);
        put(segment, at, key.length, row);
        headOffset += size;
        return position;
    }

    /** Appends a copy of a record for which there is room; its position. */
    long copy(long from) {
        long position = headPosition();
        int size = size(from);
        segment(position).put(headOffset, segment(from), offset(from), size);
        headOffset += size;
        return position;
    }

    /** Where the next record will stand. */
    long headPosition() {
        return headSegment * SEGMENT_BYTES + headOffset;
    }

    /** Position of the oldest record. */
    long oldest() {
        return tailSegment * SEGMENT_BYTES + (tailSegment == 0 ? FIRST_POSITION : 0);
    }

    /** End of the oldest segment's records. */
    long oldestEnd() {
        return tailSegment * SEGMENT_BYTES + filled[slot(tailSegment)];
    }

    /** Gives up the oldest segment. */
    void releaseOldest() {
        tailSegment++;
        tail = tailSegment * SEGMENT_BYTES;
        // Readers must see the tail before they can see what overwrites the segment.
        VarHandle.fullFence();
    }

    int size(long position) {
        return (int) INT.get(segment(position), offset(position) + SIZE_AT);
    }

    int hash(long position) {
        return (int) INT.get(segment(position), offset(position) + HASH_AT);
    }

    int namespace(long position) {
        return (int) INT.get(segment(position), offset(position) + NAMESPACE_AT);
    }

    /** Whether the record says that there is no row. */
    boolean isAbsent(long position) {
        return (int) INT.get(segment(position), offset(position) + ROW_LENGTH_AT) == NO_ROW;
    }

    byte[] key(long position) {
        ByteBuffer segment = segment(position);
        int at = offset(position);
        byte[] key = new byte[(int) INT.get(segment, at + KEY_LENGTH_AT)];
        segment.get(at + HEADER_BYTES, key);
        return key;
    }

    /** Namespace and key. */
    byte[] fullKey(long position) {
        return RowNode.fullKey(namespace(position), key(position));
    }

    private int slot(long segment) {
        return (int) segment % segments.length;
    }

    private ByteBuffer segment(long position) {
        ByteBuffer segment = segments[slot(position / SEGMENT_BYTES)];
        if (segment == null) {
            throw new IllegalStateException("no segment at " + position);
        }
        return segment;
    }

    private static int offset(long position) {
        return (int) position & (SEGMENT_BYTES - 1);
    }
}
