package io.cairn.engine.types;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.Limits;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Builds one set out of members that come once each, in the layout that they ask for.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class SetBuilder {
    /** Where the rows of a large set go. */
    @FunctionalInterface
    interface RowTarget {
        /** Puts a row of ROWS. */
        void put(byte[] key, byte[] value);
    }

    private final LongSupplier versions;
    private final RowTarget target;
    private final Limits limits;
    private Encoding encoding;
    private long @Nullable [] integers;
    private @Nullable PackedEdit packed;
    private long version;
    private long count;

    /** {@code intset}: whether it is one until a member, or the number of them, tells otherwise. */
    SetBuilder(LongSupplier versions, RowTarget target, long expected, Limits limits, boolean intset) {
        this.versions = versions;
        this.target = target;
        this.limits = limits;
        encoding = intset ? Encoding.INTSET : Encoding.HASHTABLE;
        if (encoding == Encoding.INTSET && expected <= Sets.PACKED_INTEGERS_MAX) {
            integers = new long[(int) Math.max(1, expected)];
        } else if (encoding == Encoding.HASHTABLE && expected <= Sets.PACKED_MEMBERS_MAX) {
            packed = new PackedEdit(1);
        } else {
            version = versions.getAsLong();
        }
    }

    void add(byte[] member) {
        if (encoding == Encoding.INTSET && (count == limits.setMaxIntsetEntries() || !Decimal.isCanonical(member))) {
            encoding = Encoding.HASHTABLE;
            spellOut();
        }
        if (count == Sets.PACKED_INTEGERS_MAX) {
            spellOut();
        }
        long[] values = integers;
        int at = (int) count++;
        if (values == null) {
            addText(member);
            return;
        }
        values = at == values.length ? Arrays.copyOf(values, at * 2) : values;
        values[at] = Decimal.parse(member);
        integers = values;
    }

    /** Turns integers into words, or, if they still are the encoding, into rows. */
    private void spellOut() {
        long[] values = integers;
        if (values == null) {
            return;
        }
        integers = null;
        if (encoding == Encoding.HASHTABLE) {
            packed = new PackedEdit(1);
        } else {
            version = versions.getAsLong();
        }
        Arrays.sort(values, 0, (int) count);
        for (int i = 0; i < count; i++) {
            addText(Decimal.text(values[i]));
        }
    }

    private void addText(byte[] member) {
        PackedEdit small = packed;
        if (small != null && Sets.fitsPacked(small, member)) {
            small.append(member);
            return;
        }
        if (small != null) {
            version = versions.getAsLong();
            Packed all = small.reader();
            while (all.next()) {
                putRow(all.copy());
            }
            packed = null;
        }
        putRow(member);
    }

    private void putRow(byte[] member) {
        target.put(ElementRows.key(version, member), Stub.value(member, ElementRows.NOTHING));
    }

    byte[] row(long expireAtMillis) {
        if (count == 0) {
            throw new IllegalStateException("a set without members is no set");
        }
        long[] values = integers;
        if (values != null) {
            Arrays.sort(values, 0, (int) count);
            return Integers.row(expireAtMillis, values, (int) count);
        }
        PackedEdit small = packed;
        return small == null
                ? ElementRows.meta(ValueType.SET, encoding, expireAtMillis, version, count)
                : Sets.packedRow(small, expireAtMillis);
    }
}
