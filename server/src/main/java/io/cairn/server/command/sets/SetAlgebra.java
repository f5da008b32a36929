package io.cairn.server.command.sets;

import io.cairn.engine.keyspace.Event;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.types.Element;
import io.cairn.engine.types.ElementCursor;
import io.cairn.engine.types.MemberSet;
import io.cairn.engine.types.Sets;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Intersection, union and difference of sets, replied, counted or stored.
 *
 * <p><i>Immutable.</i>
 */
final class SetAlgebra {
    private SetAlgebra() {}

    static Reply sinter(Call call) {
        return reply(intersection(call.turn(), sources(call, false)));
    }

    static Reply sunion(Call call) {
        return reply(union(call.turn(), sources(call, false)));
    }

    static Reply sdiff(Call call) {
        return reply(difference(call.turn(), sources(call, false)));
    }

    static Reply sinterstore(Call call) {
        return store(call, "sinterstore", intersection(call.turn(), sources(call, true)));
    }

    static Reply sunionstore(Call call) {
        return store(call, "sunionstore", union(call.turn(), sources(call, true)));
    }

    static Reply sdiffstore(Call call) {
        return store(call, "sdiffstore", difference(call.turn(), sources(call, true)));
    }

    static Reply sintercard(Call call) {
        long keys = Numbers.parseLongOr(call.arg(1), 0);
        if (keys < 1) {
            throw new CommandException("ERR numkeys should be greater than 0");
        }
        if (keys > call.count() - 2) {
            throw new CommandException("ERR Number of keys can't be greater than number of args");
        }
        int options = (int) keys + 2;
        long limit = 0;
        for (int at = options; at < call.count(); at += 2) {
            if (!call.is(at, "limit") || at + 1 == call.count()) {
                throw CommandException.syntax();
            }
            limit = Numbers.parseLongOr(call.arg(at + 1), -1);
            if (limit < 0) {
                throw new CommandException("ERR LIMIT can't be negative");
            }
        }
        long most = limit == 0 ? Long.MAX_VALUE : limit;
        long[] count = new long[1];
        intersect(call.turn(), rows(call, 2, options, false), member -> ++count[0] < most);
        return Reply.integer(count[0]);
    }

    private static Reply reply(MemberSet members) {
        List<Reply> replies = new ArrayList<>(members.size());
        for (byte[] member : members) {
            replies.add(Reply.bulk(member));
        }
        return new Reply.Members(replies);
    }

    private static Reply store(Call call, String command, MemberSet members) {
        boolean existed = call.turn().write(call.db(), call.arg(1)) != null;
        if (existed || members.size() > 0) {
            Sets.store(call.turn(), call.db(), call.arg(1), members);
            if (members.size() > 0) {
                call.notify(Event.SET, command, call.arg(1));
            } else {
                call.notifyDeleted(call.arg(1));
            }
            call.changed();
        }
        return Reply.integer(members.size());
    }

    /**
     * The meta rows of the sets at the arguments from {@code from} to before {@code to}, null for those not there.
     *
     * @param forWriting whether the call is logged: sources that have expired must then be deleted before it, or who
     *     applies the log would still see them
     */
    private static List<byte @Nullable []> rows(Call call, int from, int to, boolean forWriting) {
        List<byte @Nullable []> rows = new ArrayList<>(to - from);
        for (int at = from; at < to; at++) {
            rows.add(forWriting ? SetCommands.source(call, at) : SetCommands.read(call, at));
        }
        return rows;
    }

    /** The sets to combine: from the first argument on, or behind the key to store in. */
    private static List<byte @Nullable []> sources(Call call, boolean store) {
        return rows(call, store ? 2 : 1, call.count(), store);
    }

    private static MemberSet intersection(Turn turn, List<byte @Nullable []> rows) {
        MemberSet found = new MemberSet();
        intersect(turn, rows, found::add);
        return found;
    }

    /** Hands each member that all sets have to {@code found}, until it says no: those of the smallest, probed in the others. */
    private static void intersect(Turn turn, List<byte @Nullable []> rows, Predicate<byte[]> found) {
        List<byte[]> sets = new ArrayList<>(rows.size());
        for (byte[] row : rows) {
            if (row == null) {
                return;
            }
            sets.add(row);
        }
        sets.sort(Comparator.comparingLong(Sets::count));
        List<byte[]> others = sets.subList(1, sets.size());
        try (ElementCursor smallest = Sets.cursor(turn, sets.get(0))) {
            while (smallest.next()) {
                byte[] member = smallest.element().member();
                if (isInAll(turn, others, member) && !found.test(member)) {
                    return;
                }
            }
        }
    }

    private static boolean isInAll(Turn turn, List<byte[]> sets, byte[] member) {
        for (byte[] set : sets) {
            if (!Sets.contains(turn, set, member)) {
                return false;
            }
        }
        return true;
    }

    private static MemberSet union(Turn turn, List<byte @Nullable []> rows) {
        MemberSet members = new MemberSet();
        for (byte[] row : rows) {
            if (row != null) {
                addAll(turn, row, members);
            }
        }
        return members;
    }

    /**
     * Probes the others with each member of the first set, or takes their members out of it: what costs less. Clients can
     * see which it was: what members were taken out of is stored as a hash table if it was one before.
     */
    private static MemberSet difference(Turn turn, List<byte @Nullable []> rows) {
        byte[] first = rows.get(0);
        MemberSet members = new MemberSet();
        if (first == null) {
            return members;
        }
        List<byte[]> others = new ArrayList<>();
        long allMembers = Sets.count(first);
        for (byte[] row : rows.subList(1, rows.size())) {
            if (row != null) {
                others.add(row);
                allMembers += Sets.count(row);
            }
        }
        // Probing finds half of what there is to find early, hence half the price; the first set counts on both sides.
        if (Sets.count(first) * (others.size() + 1) / 2 <= allMembers) {
            subtractByProbing(turn, first, others, members);
        } else {
            addAll(turn, first, members);
            for (byte[] other : others) {
                removeAll(turn, other, members);
            }
        }
        return members;
    }

    private static void subtractByProbing(Turn turn, byte[] first, List<byte[]> others, MemberSet members) {
        others.sort(Comparator.comparingLong(Sets::count).reversed());
        try (ElementCursor cursor = Sets.cursor(turn, first)) {
            while (cursor.next()) {
                byte[] member = cursor.element().member();
                if (!isInAny(turn, others, member)) {
                    members.add(member);
                }
            }
        }
    }

    private static boolean isInAny(Turn turn, List<byte[]> sets, byte[] member) {
        for (byte[] set : sets) {
            if (Sets.contains(turn, set, member)) {
                return true;
            }
        }
        return false;
    }

    private static void addAll(Turn turn, byte[] row, MemberSet members) {
        try (ElementCursor cursor = Sets.cursor(turn, row)) {
            while (cursor.next()) {
                Element element = cursor.element();
                members.add(element.member());
            }
        }
    }

    private static void removeAll(Turn turn, byte[] row, MemberSet members) {
        try (ElementCursor cursor = Sets.cursor(turn, row)) {
            while (cursor.next() && members.size() > 0) {
                members.remove(cursor.element().member());
            }
        }
    }
}
