package io.cairn.server.command.sortedsets;

import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.OW;
import static io.cairn.server.command.KeySpec.Access.RO;
import static io.cairn.server.command.KeySpec.Access.UPDATE;

import io.cairn.engine.types.Scored;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Doubles;
import io.cairn.server.command.Flag;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Union, intersection and difference of sorted sets and sets (whose members have the score 1).
 *
 * <p>Unions and intersections go through their inputs from the smallest to the largest, as Redis does: the order shows
 * in sums of doubles.
 *
 * <p><i>Immutable.</i>
 */
final class Algebra {
    private static final String UNION_COST = "O(N+M*log(M)) for N members read and M in the result";
    private static final String INTERSECTION_COST = "O(N*K) for the smallest of K sets with N members";
    private static final String DIFFERENCE_COST = "O(N*K) for a first set of N members and K sets";

    private Algebra() {}

    private enum Operation {
        UNION,
        INTERSECTION,
        DIFFERENCE
    }

    private enum Aggregate {
        SUM,
        MIN,
        MAX;

        double of(double one, double other) {
            return switch (this) {
                case SUM -> zeroIfNan(one + other);
                case MIN -> other < one ? other : one;
                case MAX -> other > one ? other : one;
            };
        }
    }

    static List<Command> commands() {
        return List.of(
                read("zunion", Operation.UNION)
                        .summary("Returns the union of sorted sets")
                        .complexity(UNION_COST)
                        .build(),
                read("zinter", Operation.INTERSECTION)
                        .summary("Returns the intersection of sorted sets")
                        .complexity(INTERSECTION_COST)
                        .build(),
                read("zdiff", Operation.DIFFERENCE)
                        .summary("Returns the members of a sorted set that others do not have")
                        .complexity(DIFFERENCE_COST)
                        .build(),
                store("zunionstore", Operation.UNION)
                        .since("2.0.0")
                        .summary("Stores the union of sorted sets")
                        .complexity(UNION_COST)
                        .build(),
                store("zinterstore", Operation.INTERSECTION)
                        .since("2.0.0")
                        .summary("Stores the intersection of sorted sets")
                        .complexity(INTERSECTION_COST)
                        .build(),
                store("zdiffstore", Operation.DIFFERENCE)
                        .since("6.2.0")
                        .summary("Stores the members of a sorted set that others do not have")
                        .complexity(DIFFERENCE_COST)
                        .build(),
                SortedSetCommands.declare("zintercard", -3, Algebra::zintercard, Flag.READONLY, Flag.MOVABLEKEYS)
                        .keys(KeySpec.count(1, RO, ACCESS))
                        .since("7.0.0")
                        .summary("Counts the members that all of the sorted sets have")
                        .complexity(INTERSECTION_COST)
                        .build());
    }

    private static Command.Builder read(String name, Operation operation) {
        return SortedSetCommands.declare(
                        name, -3, call -> reply(call, name, operation), Flag.READONLY, Flag.MOVABLEKEYS)
                .keys(KeySpec.count(1, RO, ACCESS))
                .since("6.2.0");
    }

    private static Command.Builder store(String name, Operation operation) {
        return SortedSetCommands.declare(
                        name,
                        -4,
                        call -> {
                            Inputs inputs = new Inputs(call, name, 2, operation, true, false);
                            return SortedSetCommands.store(call, name, call.arg(1), result(inputs, operation));
                        },
                        Flag.WRITE,
                        Flag.DENYOOM,
                        Flag.MOVABLEKEYS)
                .keys(KeySpec.one(1, OW, UPDATE), KeySpec.count(2, RO, ACCESS));
    }

    /** The arguments from the number of keys on. */
    private static final class Inputs {
        private final List<Input> inputs = new ArrayList<>();
        private Aggregate aggregate = Aggregate.SUM;
        private boolean withScores;
        private long limit;

        Inputs(Call call, String command, int at, Operation operation, boolean store, boolean countOnly) {
            long keys = call.integer(at);
            if (keys < 1) {
                throw new CommandException("ERR at least 1 input key is needed for '" + command + "' command");
            }
            if (keys > call.count() - at - 1) {
                throw CommandException.syntax();
            }
            int behind = at + 1 + (int) keys;
            for (int i = at + 1; i < behind; i++) {
                inputs.add(Input.of(call, i, store));
            }
            boolean combines = operation != Operation.DIFFERENCE && !countOnly;
            for (int i = behind; i < call.count(); ) {
                int left = call.count() - i;
                if (combines && left > keys && call.is(i, "weights")) {
                    weights(call, i + 1);
                    i += 1 + (int) keys;
                } else if (combines && left > 1 && call.is(i, "aggregate")) {
                    aggregate = aggregate(call, i + 1);
                    i += 2;
                } else if (!store && !countOnly && call.is(i, "withscores")) {
                    withScores = true;
                    i++;
                } else if (countOnly && left > 1 && call.is(i, "limit")) {
                    limit = SortedSetCommands.atLeast(call, i + 1, 0, "LIMIT can't be negative");
                    i += 2;
                } else {
                    throw CommandException.syntax();
                }
            }
        }

        private void weights(Call call, int at) {
            for (int i = 0; i < inputs.size(); i++) {
                double weight = Doubles.parseOrNan(call.arg(at + i));
                if (Double.isNaN(weight)) {
                    throw new CommandException("ERR weight value is not a float");
                }
                inputs.set(i, inputs.get(i).weighted(weight));
            }
        }

        private static Aggregate aggregate(Call call, int at) {
            if (call.is(at, "sum")) {
                return Aggregate.SUM;
            }
            if (call.is(at, "min")) {
                return Aggregate.MIN;
            }
            if (call.is(at, "max")) {
                return Aggregate.MAX;
            }
            throw CommandException.syntax();
        }

        void smallestFirst() {
            inputs.sort(Comparator.comparingLong(Input::size));
        }
    }

    private static Reply reply(Call call, String command, Operation operation) {
        Inputs inputs = new Inputs(call, command, 1, operation, false, false);
        SortedSetCommands.Members members =
                new SortedSetCommands.Members(inputs.withScores, SortedSetCommands.isResp3(call));
        List<Scored> result = result(inputs, operation);
        result.sort(Scored::compare);
        result.forEach(members::add);
        return members.reply();
    }

    private static Reply zintercard(Call call) {
        Inputs inputs = new Inputs(call, "zintercard", 1, Operation.INTERSECTION, false, true);
        long[] count = {0};
        intersect(inputs, scored -> ++count[0] != inputs.limit);
        return Reply.integer(count[0]);
    }

    private static List<Scored> result(Inputs inputs, Operation operation) {
        List<Scored> result = new ArrayList<>();
        switch (operation) {
            case UNION -> unite(inputs, result);
            case INTERSECTION -> intersect(inputs, result::add);
            case DIFFERENCE -> subtract(inputs, result);
        }
        return result;
    }

    private static void unite(Inputs inputs, List<Scored> result) {
        inputs.smallestFirst();
        Map<ByteBuffer, Integer> places = new HashMap<>();
        for (Input input : inputs.inputs) {
            input.forEach(scored -> {
                double score = zeroIfNan(scored.score() * input.weight());
                ByteBuffer member = ByteBuffer.wrap(scored.bytes(), scored.start(), scored.end() - scored.start());
                Integer place = places.putIfAbsent(member, result.size());
                if (place == null) {
                    result.add(new Scored(scored.bytes(), scored.start(), scored.end(), score));
                } else {
                    Scored before = result.get(place);
                    double united = inputs.aggregate.of(before.score(), score);
                    result.set(place, new Scored(before.bytes(), before.start(), before.end(), united));
                }
                return true;
            });
        }
    }

    /** Shows the members that all inputs have to {@code visitor}, until that returns false. */
    private static void intersect(Inputs inputs, Predicate<Scored> visitor) {
        inputs.smallestFirst();
        Input first = inputs.inputs.get(0);
        first.forEach(scored -> {
            byte[] member = scored.member();
            double score = zeroIfNan(scored.score() * first.weight());
            for (Input other : inputs.inputs.subList(1, inputs.inputs.size())) {
                double found = other.score(member);
                if (Double.isNaN(found)) {
                    return true;
                }
                score = inputs.aggregate.of(score, found * other.weight());
            }
            return visitor.test(Scored.of(member, score));
        });
    }

    private static void subtract(Inputs inputs, List<Scored> result) {
        List<Input> others = inputs.inputs.subList(1, inputs.inputs.size());
        inputs.inputs.get(0).forEach(scored -> {
            byte[] member = scored.member();
            for (Input other : others) {
                if (!Double.isNaN(other.score(member))) {
                    return true;
                }
            }
            result.add(scored);
            return true;
        });
    }

    private static double zeroIfNan(double score) {
        return Double.isNaN(score) ? 0 : score;
    }
}
