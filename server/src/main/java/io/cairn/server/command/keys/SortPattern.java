package io.cairn.server.command.keys;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.types.Strings;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A pattern of BY and GET: where the value for an element is.
 *
 * <pre>
 *   #              the element itself
 *   a*b            the string at the key with the element in place of the first star
 *   a*b->field     that field of the hash at the key
 * </pre>
 *
 * A pattern without a star names nothing.
 *
 * <p><i>Immutable.</i>
 */
final class SortPattern {
    private final byte[] pattern;
    private final int star;
    private final int arrow;

    SortPattern(byte[] pattern) {
        this.pattern = pattern;
        this.star = indexOf('*', 0);
        this.arrow = star < 0 ? -1 : arrow();
    }

    private int indexOf(char wanted, int from) {
        for (int at = from; at < pattern.length; at++) {
            if (pattern[at] == wanted) {
                return at;
            }
        }
        return -1;
    }

    /** Index of the first arrow behind the star with a field behind it, or -1. */
    private int arrow() {
        for (int at = star + 1; at + 1 < pattern.length; at++) {
            if (pattern[at] == '-' && pattern[at + 1] == '>') {
                return at + 2 < pattern.length ? at : -1;
            }
        }
        return -1;
    }

    /** Whether it names something else for each element. */
    boolean varies() {
        return star >= 0;
    }

    /** Gives values as the command is to see them. */
    interface Values {
        /** The row of a key, or null. */
        byte @Nullable [] row(byte[] key);

        /** A field of the hash at the key, or null. */
        byte @Nullable [] field(byte[] key, byte[] row, byte[] field);
    }

    /** The value for an element, or null if there is none. */
    byte @Nullable [] lookup(Turn turn, Values values, byte[] element) {
        if (pattern.length == 1 && pattern[0] == '#') {
            return element;
        }
        if (star < 0) {
            return null;
        }
        byte[] key = key(element);
        byte[] row = values.row(key);
        if (row == null) {
            return null;
        }
        if (arrow >= 0) {
            byte[] field = Arrays.copyOfRange(pattern, arrow + 2, pattern.length);
            return MetaRow.type(row) == ValueType.HASH ? values.field(key, row, field) : null;
        }
        return MetaRow.type(row) == ValueType.STRING ? Strings.value(turn, row) : null;
    }

    private byte[] key(byte[] element) {
        int end = arrow < 0 ? pattern.length : arrow;
        byte[] key = new byte[end - 1 + element.length];
        System.arraycopy(pattern, 0, key, 0, star);
        System.arraycopy(element, 0, key, star, element.length);
        System.arraycopy(pattern, star + 1, key, star + element.length, end - star - 1);
        return key;
    }
}
