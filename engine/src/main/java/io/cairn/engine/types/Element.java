package io.cairn.engine.types;

import java.util.Arrays;

/**
 * A set member, or a hash field with its value, as slices of arrays that nobody changes.
 *
 * <p>A set member's value is empty.
 *
 * <p><i>Immutable.</i>
 */
public record Element(byte[] bytes, int start, int end, byte[] valueBytes, int valueStart, int valueEnd) {
    /** A set member that fills its array. */
    static Element of(byte[] member) {
        return new Element(member, 0, member.length, ElementRows.NOTHING, 0, 0);
    }

    /** The member or field. */
    public byte[] member() {
        return start == 0 && end == bytes.length ? bytes : Arrays.copyOfRange(bytes, start, end);
    }

    /** The value. */
    public byte[] value() {
        return valueStart == 0 && valueEnd == valueBytes.length
                ? valueBytes
                : Arrays.copyOfRange(valueBytes, valueStart, valueEnd);
    }
}
