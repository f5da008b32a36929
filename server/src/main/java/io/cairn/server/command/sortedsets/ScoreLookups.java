package io.cairn.server.command.sortedsets;

import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.RO;

import io.cairn.engine.types.Element;
import io.cairn.engine.types.LexRange;
import io.cairn.engine.types.Sample;
import io.cairn.engine.types.ScoreRange;
import io.cairn.engine.types.SortedSets;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Doubles;
import io.cairn.server.command.Draws;
import io.cairn.server.command.ElementScan;
import io.cairn.server.command.ElementSpec;
import io.cairn.server.command.Flag;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Commands that ask for scores, ranks and counts, and for random members.
 *
 * <p><i>Immutable.</i>
 */
final class ScoreLookups {
    private ScoreLookups() {}

    static List<Command> commands() {
        KeySpec read = KeySpec.one(1, RO, ACCESS);
        return List.of(
                SortedSetCommands.declare("zscore", 3, ScoreLookups::zscore, Flag.READONLY, Flag.FAST)
                        .keys(read)
                        .since("1.2.0")
                        .elements(ElementSpec.at(2))
                        .summary("Returns the score of a member")
                        .build(),
                SortedSetCommands.declare("zmscore", -3, ScoreLookups::zmscore, Flag.READONLY, Flag.FAST)
                        .keys(read)
                        .since("6.2.0")
                        .elements(ElementSpec.from(2))
                        .summary("Returns the scores of members")
                        .complexity("O(N) for N members asked for")
                        .build(),
                SortedSetCommands.declare("zcard", 2, ScoreLookups::zcard, Flag.READONLY, Flag.FAST)
                        .keys(KeySpec.one(1, RO))
                        .since("1.2.0")
                        .summary("Returns the number of members of a sorted set")
                        .build(),
                SortedSetCommands.declare("zcount", 4, ScoreLookups::zcount, Flag.READONLY, Flag.FAST)
                        .keys(read)
                        .since("2.0.0")
                        .summary("Counts the members with a score between two bounds")
                        .complexity("O(M) for M members in the range, at most O(N/1000)")
                        .build(),
                SortedSetCommands.declare("zlexcount", 4, ScoreLookups::zlexcount, Flag.READONLY, Flag.FAST)
                        .keys(read)
                        .since("2.8.9")
                        .summary("Counts the members between two bounds in byte order")
                        .complexity("O(M) for M members in the range, at most O(N/1000)")
                        .build(),
                SortedSetCommands.declare("zrank", 3, call -> rank(call, false), Flag.READONLY, Flag.FAST)
                        .keys(read)
                        .since("2.0.0")
                        .elements(ElementSpec.at(2))
                        .summary("Returns the rank of a member, the lowest score first")
                        .complexity("O(R) for a member R ranks from the nearer end, at most O(N/1000)")
                        .build(),
                SortedSetCommands.declare("zrevrank", 3, call -> rank(call, true), Flag.READONLY, Flag.FAST)
                        .keys(read)
                        .since("2.0.0")
                        .elements(ElementSpec.at(2))
                        .summary("Returns the rank of a member, the highest score first")
                        .complexity("O(R) for a member R ranks from the nearer end, at most O(N/1000)")
                        .build(),
                SortedSetCommands.declare("zrandmember", -2, ScoreLookups::zrandmember, Flag.READONLY)
                        .keys(read)
                        .tips("nondeterministic_output")
                        .since("6.2.0")
                        .summary("Returns random members of a sorted set")
                        .complexity("O(N) for N members returned")
                        .build(),
                SortedSetCommands.declare("zscan", -3, ScoreLookups::zscan, Flag.READONLY)
                        .keys(read)
                        .tips("nondeterministic_output")
                        .since("2.8.0")
                        .summary("Iterates over the members of a sorted set")
                        .complexity("O(1) for a call, O(N) for all of N members")
                        .build());
    }

    private static Reply zscore(Call call) {
        byte[] row = SortedSetCommands.read(call, 1);
        return row == null ? Reply.NULL : score(call, row, 2);
    }

    private static Reply zmscore(Call call) {
        byte[] row = SortedSetCommands.read(call, 1);
        List<Reply> scores = new ArrayList<>(call.count() - 2);
        for (int i = 2; i < call.count(); i++) {
            scores.add(row == null ? Reply.NULL : score(call, row, i));
        }
        return Reply.array(scores);
    }

    private static Reply score(Call call, byte[] row, int index) {
        double score = SortedSets.score(call.turn(), row, call.arg(index));
        return Double.isNaN(score) ? Reply.NULL : Reply.real(score);
    }

    private static Reply zcard(Call call) {
        byte[] row = SortedSetCommands.read(call, 1);
        return row == null ? Reply.ZERO : Reply.integer(SortedSets.size(row));
    }

    private static Reply zcount(Call call) {
        ScoreRange range = Range.scoreRange(call, 2, 3);
        byte[] row = SortedSetCommands.read(call, 1);
        return row == null ? Reply.ZERO : Reply.integer(SortedSets.count(call.turn(), row, range));
    }

    private static Reply zlexcount(Call call) {
        LexRange range = Range.memberRange(call, 2, 3);
        byte[] row = SortedSetCommands.read(call, 1);
        return row == null ? Reply.ZERO : Reply.integer(SortedSets.count(call.turn(), row, range));
    }

    private static Reply rank(Call call, boolean reverse) {
        byte[] row = SortedSetCommands.read(call, 1);
        if (row == null) {
            return Reply.NULL;
        }
        long rank = SortedSets.rank(call.turn(), row, call.arg(2));
        if (rank < 0) {
            return Reply.NULL;
        }
        return Reply.integer(reverse ? SortedSets.size(row) - 1 - rank : rank);
    }

    private static Reply zrandmember(Call call) {
        if (call.count() == 2) {
            byte[] row = SortedSetCommands.read(call, 1);
            return row == null
                    ? Reply.NULL
                    : SortedSetCommands.bulk(SortedSets.scored(sample(call, row).one()));
        }
        long count = Draws.count(call, 2);
        boolean withScores = call.count() == 4 && call.is(3, "withscores");
        if (call.count() > 4 || call.count() == 4 && !withScores) {
            throw CommandException.syntax();
        }
        if (withScores && (count < -Long.MAX_VALUE / 2 || count > Long.MAX_VALUE / 2)) {
            throw new CommandException("ERR value is out of range");
        }
        byte[] row = SortedSetCommands.read(call, 1);
        if (row == null || count == 0) {
            return Reply.EMPTY_ARRAY;
        }
        SortedSetCommands.Members members = new SortedSetCommands.Members(withScores, SortedSetCommands.isResp3(call));
        Sample sample = sample(call, row);
        List<Element> drawn = count < 0 ? sample.repeated(Draws.repeats(count)) : sample.distinct(count);
        for (Element element : drawn) {
            members.add(SortedSets.scored(element));
        }
        return members.reply();
    }

    private static Sample sample(Call call, byte[] row) {
        return Sample.ofSortedSet(call.turn(), row, ThreadLocalRandom.current());
    }

    private static Reply zscan(Call call) {
        long cursor = ElementScan.cursor(call, 2);
        byte[] row = SortedSetCommands.read(call, 1);
        if (row == null) {
            return ElementScan.nothing();
        }
        ElementScan scan = ElementScan.options(call, 3);
        List<Reply> found = new ArrayList<>();
        long next = SortedSets.scan(call.turn(), row, cursor, scan.count(), scored -> {
            if (scan.matchesAll() || scan.matches(scored.member())) {
                found.add(SortedSetCommands.bulk(scored));
                found.add(Reply.bulk(Doubles.format(scored.score())));
            }
        });
        return ElementScan.reply(next, found);
    }
}
