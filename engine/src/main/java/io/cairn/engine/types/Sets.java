package io.cairn.engine.types;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowView;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sets, in three layouts:
 *
 * <ul>
 *   <li>integers alone, up to {@link #PACKED_INTEGERS_MAX}: {@link Integers} in the meta row;
 *   <li>up to {@link #PACKED_MEMBERS_MAX} members of up to {@link #PACKED_MEMBER_BYTES_MAX} bytes, together up to {@link
 *       ElementRows#PACKED_BYTES_MAX}: {@link Packed} in the meta row in order of insertion;
 *   <li>anything else: one row a member.
 * </ul>
 *
 * The encoding is {@code intset} for integers alone up to {@code set-max-intset-entries}, whatever their layout, else
 * {@code hashtable}. A set only ever moves down the list, and from intset to hashtable. Reads take the meta row that {@link Turn#read} gave; changes go through a {@link
 * SetEdit}.
 *
 * <p><i>Immutable.</i>
 */
public final class Sets {
    /**
     * Members that a set of words keeps in its meta row. Redis 7.0 has no small encoding for them, hence no directive:
     * the number is that of the sorted set's and of later versions' {@code set-max-listpack-entries}.
     */
    static final int PACKED_MEMBERS_MAX = 128;

    /** Integers that a set keeps in its meta row: a payload of 4 KiB at most. */
    static final int PACKED_INTEGERS_MAX = 512;

    /** Longest member, in bytes, that a set of words keeps in its meta row. */
    static final int PACKED_MEMBER_BYTES_MAX = 64;

    private Sets() {}

    /** Number of members. */
    public static long count(byte[] row) {
        if (MetaRow.inRows(row)) {
            return ElementRows.count(row);
        }
        return isIntegers(row) ? Integers.count(row) : new Packed(row, MetaRow.payloadStart(row)).count();
    }

    /** Whether the member is there. */
    public static boolean contains(Turn turn, byte[] row, byte[] member) {
        if (MetaRow.inRows(row)) {
            return turn.row(Family.ROWS, ElementRows.key(MetaRow.version(row), member)) != null;
        }
        if (isIntegers(row)) {
            return Decimal.isCanonical(member) && Integers.contains(row, Decimal.parse(member));
        }
        Packed packed = new Packed(row, MetaRow.payloadStart(row));
        while (packed.next()) {
            if (packed.is(member)) {
                return true;
            }
        }
        return false;
    }

    /** A cursor over all members. */
    public static ElementCursor cursor(Turn turn, byte[] row) {
        if (MetaRow.inRows(row)) {
            return ElementCursor.rows(turn, row);
        }
        return isIntegers(row) ? ElementCursor.integers(row) : ElementCursor.packed(row, 1);
    }

    /**
     * Visits at least {@code count} members, a packed set whole.
     *
     * @param cursor 0, or what the last call returned
     * @return where to go on, 0 at the end
     */
    public static long scan(Turn turn, byte[] row, long cursor, long count, ElementVisitor visitor) {
        if (MetaRow.inRows(row)) {
            return ElementRows.scan(turn, row, cursor, count, visitor);
        }
        try (ElementCursor all = cursor(turn, row)) {
            while (all.next()) {
                visitor.visit(all.element());
            }
        }
        return 0;
    }

    /** Starts to change the set whose meta row {@link Turn#write} gave, null for one that is not there yet. */
    public static SetEdit edit(Turn turn, int db, byte[] key, byte @Nullable [] row) {
        return new SetEdit(turn, db, key, row);
    }

    /** Sends a stored set to the sink. */
    public static void drain(int db, byte[] key, byte[] row, RowView view, EntrySink sink) throws IOException {
        sink.begin(db, key, MetaRow.expireAtMillis(row), ValueType.SET, count(row));
        if (MetaRow.inRows(row)) {
            long version = MetaRow.version(row);
            try (RowCursor rows =
                    view.cursor(Family.ROWS, ElementRows.bound(version, 0), ElementRows.end(version), ReadMode.DISK)) {
                for (rows.seekToFirst(); rows.valid(); rows.next()) {
                    sink.element(ElementRows.element(rows.key(), rows.value()).member());
                }
            }
        } else if (isIntegers(row)) {
            int count = Integers.count(row);
            for (int i = 0; i < count; i++) {
                sink.element(Decimal.text(Integers.at(row, i)));
            }
        } else {
            Packed packed = new Packed(row, MetaRow.payloadStart(row));
            while (packed.next()) {
                sink.element(packed.copy());
            }
        }
        sink.end();
    }

    /**
     * A loader of one set.
     *
     * @param count number of members to come, which decides on the encoding as if Redis loaded them
     * @param versions gives versions for collections in rows
     */
    public static CollectionLoader loader(
            long count, long expireAtMillis, Limits limits, RowBatch batch, LongSupplier versions) {
        SetBuilder members = new SetBuilder(
                versions,
                (rowKey, value) -> batch.put(Family.ROWS, rowKey, value),
                count,
                limits,
                count <= limits.setMaxIntsetEntries());
        return new CollectionLoader() {
            @Override
            public void element(byte[] element) {
                members.add(element);
            }

            @Override
            public byte[] row() {
                return members.row(expireAtMillis);
            }
        };
    }

    /**
     * Replaces whatever the key holds by a set of these members, without expiry; with none the key is deleted. The set is
     * an intset only if that of the members was one all the time.
     */
    public static void store(Turn turn, int db, byte[] key, MemberSet members) {
        if (members.size() == 0) {
            turn.set(db, key, null);
            return;
        }
        SetBuilder builder = new SetBuilder(
                turn::newVersion,
                (rowKey, value) -> turn.putRow(Family.ROWS, rowKey, value),
                members.size(),
                turn.limits(),
                members.wasAlwaysIntset(turn.limits()));
        for (byte[] member : members) {
            builder.add(member);
        }
        turn.set(db, key, builder.row(MetaRow.NO_EXPIRY));
    }

    static boolean isIntegers(byte[] row) {
        return MetaRow.encoding(row) == Encoding.INTSET;
    }

    /** Whether a set of words may stay packed with another member. */
    static boolean fitsPacked(PackedEdit members, byte[] another) {
        return members.count() < PACKED_MEMBERS_MAX
                && another.length <= PACKED_MEMBER_BYTES_MAX
                && members.payloadBytes() + Packed.elementBytes(another) < ElementRows.PACKED_BYTES_MAX;
    }

    static byte[] packedRow(PackedEdit members, long expireAtMillis) {
        byte[] row = MetaRow.allocate(ValueType.SET, Encoding.HASHTABLE, false, expireAtMillis, members.payloadBytes());
        members.writeTo(row);
        return row;
    }
}
