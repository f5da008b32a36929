package io.cairn.server.command.sortedsets;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.types.Element;
import io.cairn.engine.types.ElementCursor;
import io.cairn.engine.types.Scored;
import io.cairn.engine.types.ScoredCursor;
import io.cairn.engine.types.Sets;
import io.cairn.engine.types.SortedSets;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A sorted set, a set (score 1 each) or nothing, as an input of a union, an intersection or a difference.
 *
 * <p><i>Immutable.</i>
 */
record Input(Turn turn, byte @Nullable [] row, double weight) {
    /** The input at a key argument; for commands that store, read for writing, so that an expired one is logged. */
    static Input of(Call call, int index, boolean store) {
        byte[] key = call.arg(index);
        byte[] row = store ? call.source(key) : call.turn().read(call.db(), key);
        if (row != null && MetaRow.type(row) != ValueType.ZSET && MetaRow.type(row) != ValueType.SET) {
            throw CommandException.wrongType();
        }
        return new Input(call.turn(), row, 1);
    }

    Input weighted(double factor) {
        return new Input(turn, row, factor);
    }

    long size() {
        byte[] stored = row;
        if (stored == null) {
            return 0;
        }
        return isSet(stored) ? Sets.count(stored) : SortedSets.size(stored);
    }

    /** Score of a member without the weight, NaN if it is not there. */
    double score(byte[] member) {
        byte[] stored = row;
        if (stored == null) {
            return Double.NaN;
        }
        if (isSet(stored)) {
            return Sets.contains(turn, stored, member) ? 1 : Double.NaN;
        }
        return SortedSets.score(turn, stored, member);
    }

    /** Shows all members, with scores without the weight, until the visitor returns false. */
    void forEach(Predicate<Scored> visitor) {
        byte[] stored = row;
        if (stored == null) {
            return;
        }
        if (isSet(stored)) {
            try (ElementCursor members = Sets.cursor(turn, stored)) {
                boolean more = true;
                while (more && members.next()) {
                    Element member = members.element();
                    more = visitor.test(new Scored(member.bytes(), member.start(), member.end(), 1));
                }
            }
            return;
        }
        try (ScoredCursor members = SortedSets.all(turn, stored)) {
            boolean more = true;
            while (more && members.next()) {
                more = visitor.test(members.current());
            }
        }
    }

    private static boolean isSet(byte[] row) {
        return MetaRow.type(row) == ValueType.SET;
    }
}
