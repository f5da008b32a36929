package io.cairn.server.command.sortedsets;

import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.OW;
import static io.cairn.server.command.KeySpec.Access.RO;
import static io.cairn.server.command.KeySpec.Access.UPDATE;

import io.cairn.engine.keyspace.Event;
import io.cairn.engine.types.Scored;
import io.cairn.engine.types.ScoredCursor;
import io.cairn.engine.types.SortedSetEdit;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Flag;
import io.cairn.server.command.Handler;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * ZRANGE with all its options, the older commands that are special cases of it, and ZRANGESTORE.
 *
 * <p><i>Immutable.</i>
 */
final class RangeCommands {
    private static final String BY_RANK = "O(log(N)+M) for M members returned near an end, O(N/1000+M) in the middle";
    private static final String BY_BOUND = "O(log(N)+M) for M members returned or passed over";

    private RangeCommands() {}

    static List<Command> commands() {
        return List.of(
                read("zrange", call -> reply(call, new Options(call, 1, false, By.ANY, Direction.ANY)))
                        .since("1.2.0")
                        .summary("Returns the members between two ranks, scores or members")
                        .complexity(BY_RANK)
                        .build(),
                read("zrevrange", call -> reply(call, new Options(call, 1, false, By.RANK, Direction.DOWN)))
                        .since("1.2.0")
                        .summary("Returns the members between two ranks, highest score first")
                        .complexity(BY_RANK)
                        .build(),
                read("zrangebyscore", call -> reply(call, new Options(call, 1, false, By.SCORE, Direction.UP)))
                        .since("1.0.5")
                        .summary("Returns the members with a score between two bounds")
                        .complexity(BY_BOUND)
                        .build(),
                read("zrevrangebyscore", call -> reply(call, new Options(call, 1, false, By.SCORE, Direction.DOWN)))
                        .since("2.2.0")
                        .summary("Returns the members with a score between two bounds, highest score first")
                        .complexity(BY_BOUND)
                        .build(),
                read("zrangebylex", call -> reply(call, new Options(call, 1, false, By.MEMBER, Direction.UP)))
                        .since("2.8.9")
                        .summary("Returns the members between two bounds in byte order")
                        .complexity(BY_BOUND)
                        .build(),
                read("zrevrangebylex", call -> reply(call, new Options(call, 1, false, By.MEMBER, Direction.DOWN)))
                        .since("2.8.9")
                        .summary("Returns the members between two bounds against byte order")
                        .complexity(BY_BOUND)
                        .build(),
                SortedSetCommands.declare("zrangestore", -5, RangeCommands::zrangestore, Flag.WRITE, Flag.DENYOOM)
                        .keys(KeySpec.one(1, OW, UPDATE), KeySpec.one(2, RO, ACCESS))
                        .since("6.2.0")
                        .summary("Stores the members between two ranks, scores or members as a sorted set")
                        .complexity("O(log(N)+M) for M members stored")
                        .build());
    }

    private static Command.Builder read(String name, Handler handler) {
        return SortedSetCommands.declare(name, -4, handler, Flag.READONLY).keys(KeySpec.one(1, RO, ACCESS));
    }

    private enum By {
        ANY,
        RANK,
        SCORE,
        MEMBER
    }

    private enum Direction {
        ANY,
        UP,
        DOWN
    }

    /** The arguments behind the source key. */
    private static final class Options {
        private final Range range;
        private By by;
        private Direction direction;
        private boolean withScores;
        private long offset;
        private long limit = -1;

        Options(Call call, int source, boolean store, By fixedBy, Direction fixedDirection) {
            by = fixedBy;
            direction = fixedDirection;
            for (int i = source + 3; i < call.count(); i++) {
                if (!store && call.is(i, "withscores")) {
                    withScores = true;
                } else if (call.is(i, "limit") && i + 2 < call.count()) {
                    offset = call.integer(i + 1);
                    limit = call.integer(i + 2);
                    i += 2;
                } else if (direction == Direction.ANY && call.is(i, "rev")) {
                    direction = Direction.DOWN;
                } else if (by == By.ANY && call.is(i, "bylex")) {
                    by = By.MEMBER;
                } else if (by == By.ANY && call.is(i, "byscore")) {
                    by = By.SCORE;
                } else {
                    throw CommandException.syntax();
                }
            }
            boolean byRank = by == By.ANY || by == By.RANK;
            if (limit != -1 && byRank) {
                throw new CommandException(
                        "ERR syntax error, LIMIT is only supported in combination with either " + "BYSCORE or BYLEX");
            }
            if (withScores && by == By.MEMBER) {
                throw new CommandException("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
            }
            boolean reverse = direction == Direction.DOWN;
            int first = source + 1;
            int second = source + 2;
            if (byRank) {
                offset = 0; // a LIMIT that got here has the count -1, and says nothing
                range = Range.ranks(call, first, second, reverse);
            } else if (by == By.SCORE) {
                range = Range.scores(call, reverse ? second : first, reverse ? first : second, reverse);
            } else {
                range = Range.members(call, reverse ? second : first, reverse ? first : second, reverse);
            }
        }

        void emit(Call call, byte[] row, Consumer<Scored> members) {
            if (offset < 0) {
                return;
            }
            try (ScoredCursor cursor = range.open(call.turn(), row)) {
                for (long passed = 0; passed < offset; passed++) {
                    if (!cursor.next()) {
                        return;
                    }
                }
                for (long left = limit; left != 0 && cursor.next(); left--) {
                    members.accept(cursor.current());
                }
            }
        }
    }

    private static Reply reply(Call call, Options options) {
        byte[] row = SortedSetCommands.read(call, 1);
        if (row == null) {
            return Reply.EMPTY_ARRAY;
        }
        SortedSetCommands.Members members =
                new SortedSetCommands.Members(options.withScores, SortedSetCommands.isResp3(call));
        options.emit(call, row, members::add);
        return members.reply();
    }

    private static Reply zrangestore(Call call) {
        Options options = new Options(call, 2, true, By.ANY, Direction.ANY);
        byte[] row = SortedSetCommands.requireSortedSet(call.source(call.arg(2)));
        List<Scored> members = new ArrayList<>();
        if (row != null) {
            options.emit(call, row, members::add);
        }
        boolean counted = options.by != By.SCORE && options.by != By.MEMBER;
        return store(call, "zrangestore", call.arg(1), members, counted ? members.size() : 0, 0);
    }

    /**
     * Puts a new sorted set in the place of whatever stands at a key; nothing if it would be empty. What is known of it
     * in advance (else 0) decides as in Redis whether it starts in the small encoding, which loses negative zeroes.
     */
    static Reply store(
            Call call, String event, byte[] key, List<Scored> members, int knownCount, int knownMemberBytes) {
        boolean existed = call.turn().write(call.db(), key) != null;
        if (members.isEmpty()) {
            if (existed) {
                call.turn().set(call.db(), key, null);
                call.notifyDeleted(key);
                call.changed();
            }
            return Reply.ZERO;
        }
        SortedSetEdit edit = SortedSetEdit.replacing(call.turn(), call.db(), key, knownCount, knownMemberBytes);
        for (Scored scored : members) {
            edit.add(scored.member(), scored.score());
        }
        edit.finish();
        call.notify(Event.SORTED_SET, event, key);
        call.changed();
        return Reply.integer(members.size());
    }
}
