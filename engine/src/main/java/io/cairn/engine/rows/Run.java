package io.cairn.engine.rows;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of one family, in the order in which they came, outside the heap.
 *
 * <pre>
 *   record := key length(4) value length(4) key value          in a chunk; none goes over a chunk's end
 * </pre>
 *
 * A record is known by its <i>reference</i>: number of the chunk in the upper, place in the chunk in the lower 20 bits.
 * A record that needs more than a chunk has one of its own.
 *
 * <p><i>Confined to one thread at a time</i>: who fills it hands it over to who writes it.
 */
final class Run {
    /** Size of a chunk. */
    static final int CHUNK_BYTES = 1 << 20;

    private static final int PLACE_BITS = 20;
    private static final int PLACE_MASK = (1 << PLACE_BITS) - 1;
    private static final int CHUNKS_MAX = 1 << Integer.SIZE - PLACE_BITS - 1;
    private static final int VALUE_LENGTH_AT = 4;
    private static final int KEY_AT = 8;
    private static final int LINE_BYTES = 64;

    /** Where chunks come from. */
    interface Memory {
        ByteBuffer chunk();
    }

    private final Memory memory;
    private final List<ByteBuffer> chunks = new ArrayList<>();
    private int[] references = new int[1024];
    private int count;
    private long bytes;
    private int at = CHUNK_BYTES;
    private boolean ordered = true;
    private int seen; // of no meaning, so that fetching is not left out

    Run(Memory memory) {
        this.memory = memory;
    }

    static ByteBuffer allocate(int bytes) {
        try {
            return ByteBuffer.allocateDirect(bytes);
        } catch (OutOfMemoryError e) {
            throw new StorageException(
                    "no memory for what is loaded: raise -XX:MaxDirectMemorySize, or lower the write buffer's size", e);
        }
    }

    int count() {
        return count;
    }

    /** Bytes of its rows. */
    long bytes() {
        return bytes;
    }

    /** Whether no more may be added. */
    boolean isFull() {
        return chunks.size() == CHUNKS_MAX;
    }

    /** Whether the rows came in ascending order of their keys, none twice. */
    boolean isOrdered() {
        return ordered;
    }

    /** References in the order in which the rows came; the caller may change the order. */
    int[] references() {
        return references;
    }

    /** All chunks; who has written the run may use them again. */
    List<ByteBuffer> chunks() {
        return chunks;
    }

    /** Adds a row whose key is a prefix of four bytes and the rest. */
    void add(int prefix, byte[] key, byte[] value) {
        int place = begin(Integer.BYTES + key.length, value.length);
        ByteBuffer chunk = chunks.get(chunks.size() - 1);
        // In the order of bytes, whatever the order of the buffer.
        chunk.put(place + KEY_AT, (byte) (prefix >>> 24));
        chunk.put(place + KEY_AT + 1, (byte) (prefix >>> 16));
        chunk.put(place + KEY_AT + 2, (byte) (prefix >>> 8));
        chunk.put(place + KEY_AT + 3, (byte) prefix);
        chunk.put(place + KEY_AT + Integer.BYTES, key);
        chunk.put(place + KEY_AT + Integer.BYTES + key.length, value);
        added(place);
    }

    /** Adds a row. */
    void add(byte[] key, byte[] value) {
        int place = begin(key.length, value.length);
        ByteBuffer chunk = chunks.get(chunks.size() - 1);
        chunk.put(place + KEY_AT, key);
        chunk.put(place + KEY_AT + key.length, value);
        added(place);
    }

    private int begin(int keyLength, int valueLength) {
        long size = (long) KEY_AT + keyLength + valueLength;
        if (size > Integer.MAX_VALUE) {
            throw new StorageException("a row of " + size + " bytes is too long");
        }
        if (size > CHUNK_BYTES - at) {
            ByteBuffer next = size > CHUNK_BYTES ? allocate((int) size) : memory.chunk();
            chunks.add(next);
            at = 0;
        }
        bytes += size;
        int place = at;
        at = (int) Math.min(CHUNK_BYTES, place + size);
        ByteBuffer chunk = chunks.get(chunks.size() - 1);
        chunk.putInt(place, keyLength);
        chunk.putInt(place + VALUE_LENGTH_AT, valueLength);
        return place;
    }

    private void added(int place) {
        int reference = chunks.size() - 1 << PLACE_BITS | place;
        if (count == references.length) {
            references = Arrays.copyOf(references, 2 * count);
        }
        ordered = ordered && (count == 0 || compare(references[count - 1], reference, 0) < 0);
        references[count++] = reference;
    }

    // ---- records

    private ByteBuffer chunk(int reference) {
        return chunks.get(reference >>> PLACE_BITS);
    }

    int keyLength(int reference) {
        return chunk(reference).getInt(reference & PLACE_MASK);
    }

    /** Eight bytes of the key from {@code from} on, as a number; what lies behind its end counts as zero. */
    long word(int reference, int from) {
        ByteBuffer chunk = chunk(reference);
        int place = reference & PLACE_MASK;
        int left = chunk.getInt(place) - from;
        int first = place + KEY_AT + from;
        if (left >= Long.BYTES) {
            return chunk.getLong(first);
        }
        if (left <= 0) {
            return 0;
        }
        if (first + Long.BYTES <= chunk.capacity()) {
            return chunk.getLong(first) & -1L << Byte.SIZE * (Long.BYTES - left);
        }
        long word = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            word = word << Byte.SIZE | (i < left ? chunk.get(first + i) & 0xFF : 0);
        }
        return word;
    }

    /** Compares keys that are known to be equal before {@code from}. */
    int compare(int left, int right, int from) {
        int leftLength = keyLength(left);
        int rightLength = keyLength(right);
        int common = Math.min(leftLength, rightLength);
        for (int i = from; i < common; i += Long.BYTES) {
            int order = Long.compareUnsigned(word(left, i), word(right, i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(leftLength, rightLength);
    }

    /** Number of bytes from {@code from} on in which two keys agree, {@code most} if it is more. */
    int common(int left, int right, int from, int most) {
        int end = Math.min(Math.min(keyLength(left), keyLength(right)) - from, most);
        for (int i = 0; i < end; i += Long.BYTES) {
            long difference = word(left, from + i) ^ word(right, from + i);
            if (difference != 0) {
                return Math.min(end, i + Long.numberOfLeadingZeros(difference) / Byte.SIZE);
            }
        }
        return Math.max(end, 0);
    }

    /**
     * Reads a little of some records, whose places have nothing to do with each other once they are sorted: side by side,
     * these reads wait for main memory once and not one after another. A hint, no read: nothing depends on it.
     */
    void fetch(int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            ByteBuffer chunk = chunk(references[i]);
            int place = references[i] & PLACE_MASK;
            sum += chunk.get(place) + chunk.get(Math.min(place + LINE_BYTES, chunk.capacity() - 1));
        }
        seen += sum;
    }

    @Override
    public String toString() {
        return "Run of " + count + " rows, " + seen;
    }

    /** Shows key and value of a record in views of the chunk that it lies in. */
    void show(int reference, ByteBuffer keyView, ByteBuffer valueView) {
        ByteBuffer chunk = chunk(reference);
        int place = reference & PLACE_MASK;
        int valueAt = place + KEY_AT + chunk.getInt(place);
        keyView.limit(valueAt).position(place + KEY_AT);
        valueView.limit(valueAt + chunk.getInt(place + VALUE_LENGTH_AT)).position(valueAt);
    }

    /** Number of the chunk in which a record lies. */
    static int chunkNumber(int reference) {
        return reference >>> PLACE_BITS;
    }
}
