package io.cairn.server.command.sortedsets;

import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.DELETE;
import static io.cairn.server.command.KeySpec.Access.RW;
import static io.cairn.server.command.KeySpec.Access.UPDATE;

import io.cairn.engine.keyspace.Event;
import io.cairn.engine.types.SortedSetEdit;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Doubles;
import io.cairn.server.command.ElementSpec;
import io.cairn.server.command.Flag;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import java.util.List;

/**
 * Commands that add, move and remove members by name: ZADD, ZINCRBY, ZREM.
 *
 * <p><i>Immutable.</i>
 */
final class ScoreChanges {
    private ScoreChanges() {}

    static List<Command> commands() {
        return List.of(
                SortedSetCommands.declare("zadd", -4, call -> zadd(call, false), Flag.WRITE, Flag.DENYOOM, Flag.FAST)
                        .keys(KeySpec.one(1, RW, UPDATE))
                        .since("1.2.0")
                        .elements(ElementSpec.every(2, 3))
                        .summary("Adds members to a sorted set, or changes their scores")
                        .complexity("O(log(N)) for each member")
                        .build(),
                SortedSetCommands.declare("zincrby", 4, call -> zadd(call, true), Flag.WRITE, Flag.DENYOOM, Flag.FAST)
                        .keys(KeySpec.one(1, RW, ACCESS, UPDATE))
                        .since("1.2.0")
                        .elements(ElementSpec.at(3))
                        .summary("Adds to the score of a member of a sorted set")
                        .complexity("O(log(N))")
                        .build(),
                SortedSetCommands.declare("zrem", -3, ScoreChanges::zrem, Flag.WRITE, Flag.FAST)
                        .keys(KeySpec.one(1, RW, DELETE))
                        .since("1.2.0")
                        .elements(ElementSpec.from(2))
                        .summary("Removes members from a sorted set")
                        .complexity("O(log(N)) for each member")
                        .build());
    }

    /** The options in front of the first score. */
    private static final class Options {
        private boolean nx;
        private boolean xx;
        private boolean gt;
        private boolean lt;
        private boolean ch;
        private boolean incr;
        private int first = 2;

        Options(Call call, boolean increment) {
            incr = increment;
            while (first < call.count() && isOption(call, first)) {
                first++;
            }
            int rest = call.count() - first;
            if (rest == 0 || rest % 2 != 0) {
                throw CommandException.syntax();
            }
            if (nx && xx) {
                throw new CommandException("ERR XX and NX options at the same time are not compatible");
            }
            if (gt && nx || lt && nx || gt && lt) {
                throw new CommandException("ERR GT, LT, and/or NX options at the same time are not compatible");
            }
            if (incr && rest > 2) {
                throw new CommandException("ERR INCR option supports a single increment-element pair");
            }
        }

        private boolean isOption(Call call, int index) {
            if (call.is(index, "nx")) {
                nx = true;
            } else if (call.is(index, "xx")) {
                xx = true;
            } else if (call.is(index, "gt")) {
                gt = true;
            } else if (call.is(index, "lt")) {
                lt = true;
            } else if (call.is(index, "ch")) {
                ch = true;
            } else if (call.is(index, "incr")) {
                incr = true;
            } else {
                return false;
            }
            return true;
        }

        boolean mayMove(double before, double score) {
            return !nx && !(lt && score >= before) && !(gt && score <= before);
        }
    }

    static Reply zadd(Call call, boolean increment) {
        Options options = new Options(call, increment);
        double[] scores = new double[(call.count() - options.first) / 2];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Doubles.parse(call.arg(options.first + 2 * i));
        }
        byte[] row = SortedSetCommands.write(call, 1);
        if (row == null && options.xx) {
            return options.incr ? Reply.NULL : Reply.ZERO;
        }
        SortedSetEdit edit = new SortedSetEdit(call.turn(), call.db(), call.arg(1), row);
        Reply reply = options.incr ? increment(call, edit, options, scores[0]) : add(call, edit, options, scores);
        edit.finish();
        if (call.hasChanged()) {
            call.notify(Event.SORTED_SET, options.incr ? "zincr" : "zadd", call.arg(1));
        }
        return reply;
    }

    private static Reply add(Call call, SortedSetEdit edit, Options options, double[] scores) {
        int added = 0;
        int moved = 0;
        for (int i = 0; i < scores.length; i++) {
            byte[] member = call.arg(options.first + 2 * i + 1);
            double before = edit.score(member);
            if (Double.isNaN(before)) {
                if (!options.xx) {
                    edit.add(member, scores[i]);
                    added++;
                }
            } else if (options.mayMove(before, scores[i]) && scores[i] != before) {
                edit.move(member, before, scores[i]);
                moved++;
            }
        }
        if (added + moved > 0) {
            call.changed();
        }
        return Reply.integer(options.ch ? added + moved : added);
    }

    private static Reply increment(Call call, SortedSetEdit edit, Options options, double by) {
        byte[] member = call.arg(options.first + 1);
        double before = edit.score(member);
        if (Double.isNaN(before)) {
            if (options.xx) {
                return Reply.NULL;
            }
            edit.add(member, by);
            call.changed();
            return Reply.real(by);
        }
        double score = before + by;
        if (options.nx) {
            return Reply.NULL;
        }
        if (Double.isNaN(score)) {
            throw new CommandException("ERR resulting score is not a number (NaN)");
        }
        if (!options.mayMove(before, score)) {
            return Reply.NULL;
        }
        if (score != before) {
            edit.move(member, before, score);
            call.changed();
        }
        return Reply.real(score);
    }

    private static Reply zrem(Call call) {
        byte[] row = SortedSetCommands.write(call, 1);
        if (row == null) {
            return Reply.ZERO;
        }
        SortedSetEdit edit = new SortedSetEdit(call.turn(), call.db(), call.arg(1), row);
        int removed = 0;
        for (int i = 2; i < call.count(); i++) {
            if (edit.remove(call.arg(i))) {
                removed++;
            }
        }
        edit.finish();
        if (removed > 0) {
            call.notifyTaken(Event.SORTED_SET, "zrem", call.arg(1));
            call.changed();
        }
        return Reply.integer(removed);
    }
}
