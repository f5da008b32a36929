package io.cairn.engine.types;

import java.util.Arrays;

/**
 * The layout of small collections inside a meta row: a sequence of length-prefixed byte strings.
 *
 * <pre>
 *   packed  := count element*          count: varint, number of list items, set members, hash pairs
 *   element := length bytes            length: varint (7 bits a byte, low bits first, high bit = more)
 * </pre>
 *
 * Lists hold their items head first, sets their members in order of insertion, hashes field and value in turn. (Sets of
 * integers and sorted sets have layouts of their own, see {@code Sets} and {@code SortedSets}.)
 *
 * <p>A reader is a cursor over bytes that stay as they are: {@link #next()} moves to the next element, whose bytes are
 * {@link #start()} to {@link #end()} of {@link #bytes()}.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public final class Packed {
    private final byte[] bytes;
    private final int count;
    private final int first;
    private int at;
    private int start;
    private int end;

    /** A reader of the packed payload that begins at {@code from} and reaches to the end of {@code bytes}. */
    public Packed(byte[] bytes, int from) {
        this.bytes = bytes;
        this.at = from;
        this.count = varint();
        this.first = at;
    }

    private int varint() {
        int value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = bytes[at++];
            value |= (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    /** The count in front: items, members or pairs. */
    public int count() {
        return count;
    }

    /** Goes back before the first element. */
    public void rewind() {
        at = first;
    }

    /** Moves to the next element; false behind the last. */
    public boolean next() {
        if (at >= bytes.length) {
            return false;
        }
        int length = varint();
        start = at;
        end = at + length;
        at = end;
        return true;
    }

    /** The array that holds the elements. */
    public byte[] bytes() {
        return bytes;
    }

    /** Index of the first byte of the current element. */
    public int start() {
        return start;
    }

    /** Index behind the last byte of the current element. */
    public int end() {
        return end;
    }

    /** A copy of the current element. */
    public byte[] copy() {
        return Arrays.copyOfRange(bytes, start, end);
    }

    /** Whether the current element has exactly these bytes. */
    public boolean is(byte[] other) {
        return end - start == other.length && Arrays.equals(bytes, start, end, other, 0, other.length);
    }

    /** Bytes that a varint takes. */
    public static int varintBytes(int value) {
        int size = 1;
        for (int rest = value >>> 7; rest != 0; rest >>>= 7) {
            size++;
        }
        return size;
    }

    /** Writes a varint; returns the index behind it. */
    public static int putVarint(byte[] into, int at, int value) {
        int index = at;
        int rest = value;
        while (rest >>> 7 != 0) {
            into[index++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        into[index++] = (byte) rest;
        return index;
    }

    /** Bytes that an element takes with its length. */
    public static int elementBytes(byte[] element) {
        return varintBytes(element.length) + element.length;
    }

    /** Writes an element with its length; returns the index behind it. */
    public static int putElement(byte[] into, int at, byte[] element) {
        int index = putVarint(into, at, element.length);
        System.arraycopy(element, 0, into, index, element.length);
        return index + element.length;
    }
}
