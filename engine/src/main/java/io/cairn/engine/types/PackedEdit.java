package io.cairn.engine.types;

import java.util.Arrays;

/**
 * A packed set or hash while it is being changed: the elements of {@link Packed} in a buffer with room to spare.
 *
 * <p>A member of a set is one element, a pair of a hash two ({@code stride}). Positions are those of the length in front
 * of an element, good until the next change.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class PackedEdit {
    private static final int ROOM = 64;

    private final int stride;
    private byte[] bytes;
    private int size;
    private int count;

    /** An empty collection. */
    PackedEdit(int stride) {
        this.stride = stride;
        this.bytes = new byte[ROOM];
    }

    /** What stands in the packed payload of {@code row} from {@code from} on. */
    PackedEdit(int stride, byte[] row, int from) {
        this.stride = stride;
        this.count = new Packed(row, from).count();
        int first = from + Packed.varintBytes(count);
        this.size = row.length - first;
        this.bytes = new byte[size + ROOM];
        System.arraycopy(row, first, bytes, 0, size);
    }

    /** Number of members or pairs. */
    int count() {
        return count;
    }

    /** Position of the member or field, -1 if it is not there. */
    int find(byte[] member) {
        int at = 0;
        while (at < size) {
            int start = contentStart(at);
            int length = contentLength(at);
            if (length == member.length && Arrays.equals(bytes, start, start + length, member, 0, length)) {
                return at;
            }
            at = start + length;
            for (int skipped = 1; skipped < stride; skipped++) {
                at = behind(at);
            }
        }
        return -1;
    }

    /** Position of the value of the field at {@code field}. */
    int valueOf(int field) {
        return behind(field);
    }

    /** A copy of the element at {@code at}. */
    byte[] copy(int at) {
        int start = contentStart(at);
        return Arrays.copyOfRange(bytes, start, start + contentLength(at));
    }

    /** Adds a member (or a field, whose value must follow with {@link #appendValue}) at the end. */
    void append(byte[] member) {
        appendValue(member);
        count++;
    }

    /** Adds the value of the field that was added last. */
    void appendValue(byte[] value) {
        open(size, Packed.elementBytes(value));
        Packed.putElement(bytes, size - Packed.elementBytes(value), value);
    }

    /** Replaces the element at {@code at}. */
    void replace(int at, byte[] element) {
        int before = behind(at) - at;
        int after = Packed.elementBytes(element);
        if (after > before) {
            open(at, after - before);
        } else {
            close(at, before - after);
        }
        Packed.putElement(bytes, at, element);
    }

    /** Removes the member, or field and value, at {@code at}. */
    void remove(int at) {
        int end = at;
        for (int i = 0; i < stride; i++) {
            end = behind(end);
        }
        close(at, end - at);
        count--;
    }

    /** Bytes of the payload. */
    int payloadBytes() {
        return Packed.varintBytes(count) + size;
    }

    /** Writes the payload to the end of {@code row}. */
    void writeTo(byte[] row) {
        int at = Packed.putVarint(row, row.length - payloadBytes(), count);
        System.arraycopy(bytes, 0, row, at, size);
    }

    /** The payload on its own, for reading; later changes do not show. */
    Packed reader() {
        byte[] payload = new byte[payloadBytes()];
        writeTo(payload);
        return new Packed(payload, 0);
    }

    /** Makes room for {@code gap} bytes before position {@code at}. */
    private void open(int at, int gap) {
        if (size + gap > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + gap, size * 2));
        }
        System.arraycopy(bytes, at, bytes, at + gap, size - at);
        size += gap;
    }

    private void close(int at, int gap) {
        System.arraycopy(bytes, at + gap, bytes, at, size - at - gap);
        size -= gap;
    }

    private int behind(int at) {
        return contentStart(at) + contentLength(at);
    }

    private int contentStart(int at) {
        int start = at;
        while (bytes[start] < 0) {
            start++;
        }
        return start + 1;
    }

    private int contentLength(int at) {
        int length = 0;
        int index = at;
        for (int shift = 0; ; shift += 7) {
            byte b = bytes[index++];
            length |= (b & 0x7F) << shift;
            if (b >= 0) {
                return length;
            }
        }
    }
}
