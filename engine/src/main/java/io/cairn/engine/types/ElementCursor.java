package io.cairn.engine.types;

import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.RowCursor;
import java.nio.ByteBuffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Goes once over all elements of a set, a hash or a sorted set, as they were when it was made.
 *
 * <p>{@link #next()} moves on, then {@link #element()} is what the cursor is on. Packed collections come in the order in
 * which their elements were added, sets of integers in ascending order, rows in the order of their hashes. Must be
 * closed.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public abstract sealed class ElementCursor implements AutoCloseable {
    private ElementCursor() {}

    /** Moves to the next element; false behind the last. */
    public abstract boolean next();

    /** The element that the cursor is on. */
    public abstract Element element();

    @Override
    public void close() {}

    /** A cursor over a packed collection whose elements are {@code stride} packed elements each. */
    static ElementCursor packed(byte[] row, int stride) {
        return new OverPacked(new Packed(row, MetaRow.payloadStart(row)), stride == 2);
    }

    /** A cursor over a packed hash whose fields have times, without those that are due at {@code nowMillis}. */
    static ElementCursor timed(byte[] row, long nowMillis) {
        return new OverTimed(new Packed(row, MetaRow.payloadStart(row)), nowMillis);
    }

    /** What a cursor goes over, without elements of some names. */
    static ElementCursor without(Set<ByteBuffer> hidden, ElementCursor all) {
        return hidden.isEmpty() ? all : new Without(hidden, all);
    }

    /** A cursor over a set of integers. */
    static ElementCursor integers(byte[] row) {
        return new OverIntegers(row);
    }

    /** A cursor over a packed sorted set: members in its order, the eight bytes of the score as value. */
    static ElementCursor scores(byte[] row) {
        return new OverScores(new PackedScores(row));
    }

    /** A cursor over a collection in rows. */
    static ElementCursor rows(Turn turn, byte[] row) {
        return new OverRows(ElementRows.cursor(turn, row));
    }

    private static final class OverPacked extends ElementCursor {
        private final Packed packed;
        private final boolean pairs;
        private @Nullable Element current;

        OverPacked(Packed packed, boolean pairs) {
            this.packed = packed;
            this.pairs = pairs;
        }

        @Override
        public boolean next() {
            if (!packed.next()) {
                return false;
            }
            byte[] bytes = packed.bytes();
            int start = packed.start();
            int end = packed.end();
            if (pairs) {
                packed.next();
                current = new Element(bytes, start, end, bytes, packed.start(), packed.end());
            } else {
                current = new Element(bytes, start, end, ElementRows.NOTHING, 0, 0);
            }
            return true;
        }

        @Override
        public Element element() {
            return require(current);
        }
    }

    private static final class OverTimed extends ElementCursor {
        private final Packed packed;
        private final long nowMillis;
        private @Nullable Element current;

        OverTimed(Packed packed, long nowMillis) {
            this.packed = packed;
            this.nowMillis = nowMillis;
        }

        @Override
        public boolean next() {
            while (packed.next()) {
                byte[] bytes = packed.bytes();
                int start = packed.start();
                int end = packed.end();
                packed.next();
                Element element = new Element(bytes, start, end, bytes, packed.start(), packed.end());
                packed.next();
                long due = PackedFields.time(packed);
                if (due == FieldTimes.NEVER || due > nowMillis) {
                    current = element;
                    return true;
                }
            }
            return false;
        }

        @Override
        public Element element() {
            return require(current);
        }
    }

    private static final class Without extends ElementCursor {
        private final Set<ByteBuffer> hidden;
        private final ElementCursor all;

        Without(Set<ByteBuffer> hidden, ElementCursor all) {
            this.hidden = hidden;
            this.all = all;
        }

        @Override
        public boolean next() {
            while (all.next()) {
                Element element = all.element();
                if (!hidden.contains(name(element))) {
                    return true;
                }
            }
            return false;
        }

        private static ByteBuffer name(Element element) {
            int length = element.end() - element.start();
            return length > Stub.HEAD_BYTES
                    ? ByteBuffer.wrap(Stub.name(element.member()))
                    : ByteBuffer.wrap(element.bytes(), element.start(), length);
        }

        @Override
        public Element element() {
            return all.element();
        }

        @Override
        public void close() {
            all.close();
        }
    }

    private static final class OverIntegers extends ElementCursor {
        private final byte[] row;
        private final int count;
        private int index = -1;

        OverIntegers(byte[] row) {
            this.row = row;
            this.count = Integers.count(row);
        }

        @Override
        public boolean next() {
            return ++index < count;
        }

        @Override
        public Element element() {
            return Element.of(Decimal.text(Integers.at(row, index)));
        }
    }

    private static final class OverScores extends ElementCursor {
        private final PackedScores packed;
        private int index = -1;

        OverScores(PackedScores packed) {
            this.packed = packed;
        }

        @Override
        public boolean next() {
            return ++index < packed.count();
        }

        @Override
        public Element element() {
            return packed.element(index);
        }
    }

    private static final class OverRows extends ElementCursor {
        private final RowCursor rows;
        private boolean begun;

        OverRows(RowCursor rows) {
            this.rows = rows;
        }

        @Override
        public boolean next() {
            if (begun) {
                rows.next();
            } else {
                rows.seekToFirst();
                begun = true;
            }
            return rows.valid();
        }

        @Override
        public Element element() {
            return ElementRows.element(rows.key(), rows.value());
        }

        @Override
        public void close() {
            rows.close();
        }
    }

    private static Element require(@Nullable Element element) {
        if (element == null) {
            throw new IllegalStateException("cursor is on no element");
        }
        return element;
    }
}
