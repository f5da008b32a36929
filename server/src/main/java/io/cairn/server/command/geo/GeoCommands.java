package io.cairn.server.command.geo;

import static io.cairn.server.command.KeySpec.Access.ACCESS;
import static io.cairn.server.command.KeySpec.Access.OW;
import static io.cairn.server.command.KeySpec.Access.RO;
import static io.cairn.server.command.KeySpec.Access.RW;
import static io.cairn.server.command.KeySpec.Access.UPDATE;

import io.cairn.engine.types.SortedSets;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.ElementSpec;
import io.cairn.server.command.Flag;
import io.cairn.server.command.Handler;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import io.cairn.server.command.sortedsets.SortedSetCommands;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The declarations of all geo commands, and those of them that do not search.
 *
 * <p><i>Immutable.</i>
 */
public final class GeoCommands {
    private static final String SEARCH_COST = "O(N+log(M)) for N members in the cells around the area and M in the set";
    private static final byte[] ZADD = "ZADD".getBytes(StandardCharsets.US_ASCII);

    private GeoCommands() {}

    /** All geo commands. */
    public static List<Command> commands() {
        List<Command> commands = new ArrayList<>();
        commands.add(declare("geoadd", -5, GeoCommands::geoadd, Flag.WRITE, Flag.DENYOOM)
                .logs("ZADD key [NX|XX] [CH] score member ...")
                .keys(KeySpec.one(1, RW, UPDATE))
                .elements(ElementSpec.every(3, 4))
                .since("3.2.0")
                .summary("Adds places to a sorted set, or moves them")
                .complexity("O(log(N)) for each place")
                .build());
        commands.add(read("geodist", -4, GeoCommands::geodist)
                .elements(new ElementSpec(2, 3, 1))
                .since("3.2.0")
                .summary("Returns the distance between two places")
                .build());
        commands.add(read("geohash", -2, GeoCommands::geohash)
                .elements(ElementSpec.from(2))
                .since("3.2.0")
                .summary("Returns the geohashes of places")
                .complexity("O(N) for N places")
                .build());
        commands.add(read("geopos", -2, GeoCommands::geopos)
                .elements(ElementSpec.from(2))
                .since("3.2.0")
                .summary("Returns the longitude and latitude of places")
                .complexity("O(N) for N places")
                .build());
        searches(commands);
        return commands;
    }

    private static void searches(List<Command> commands) {
        commands.add(read("geosearch", -7, Search.Form.SEARCH::run)
                .since("6.2.0")
                .summary("Returns the places in a circle or a box")
                .complexity(SEARCH_COST)
                .build());
        commands.add(declare("geosearchstore", -8, Search.Form.SEARCH_STORE::run, Flag.WRITE, Flag.DENYOOM)
                .keys(KeySpec.one(1, OW, UPDATE), KeySpec.one(2, RO, ACCESS))
                .since("6.2.0")
                .summary("Stores the places in a circle or a box as a sorted set")
                .complexity(SEARCH_COST)
                .build());
        commands.add(mayStore("georadius", -6, Search.Form.RADIUS::run)
                .summary("Returns or stores the places around a point")
                .build());
        commands.add(mayStore("georadiusbymember", -5, Search.Form.RADIUS_BY_MEMBER::run)
                .summary("Returns or stores the places around another")
                .build());
        commands.add(read("georadius_ro", -6, Search.Form.RADIUS_RO::run)
                .since("3.2.10")
                .summary("Returns the places around a point")
                .complexity(SEARCH_COST)
                .build());
        commands.add(read("georadiusbymember_ro", -5, Search.Form.RADIUS_BY_MEMBER_RO::run)
                .since("3.2.10")
                .summary("Returns the places around another")
                .complexity(SEARCH_COST)
                .build());
    }

    private static Command.Builder declare(String name, int arity, Handler handler, Flag... flags) {
        return Command.of(name, arity, handler).flags(flags).group("geo");
    }

    private static Command.Builder read(String name, int arity, Handler handler) {
        return declare(name, arity, handler, Flag.READONLY).keys(KeySpec.one(1, RO, ACCESS));
    }

    private static Command.Builder mayStore(String name, int arity, Handler handler) {
        return declare(name, arity, handler, Flag.WRITE, Flag.DENYOOM, Flag.MOVABLEKEYS)
                .keys(
                        KeySpec.one(1, RO, ACCESS),
                        KeySpec.keyword("STORE", -arity, OW, UPDATE),
                        KeySpec.keyword("STOREDIST", -arity, OW, UPDATE))
                .since("3.2.0")
                .complexity(SEARCH_COST);
    }

    /** GEOADD is a ZADD of scores, and logged as one. */
    private static Reply geoadd(Call call) {
        int first = 2;
        boolean nx = false;
        boolean xx = false;
        for (; first < call.count(); first++) {
            if (call.is(first, "nx")) {
                nx = true;
            } else if (call.is(first, "xx")) {
                xx = true;
            } else if (!call.is(first, "ch")) {
                break;
            }
        }
        if ((call.count() - first) % 3 != 0 || nx && xx) {
            throw CommandException.syntax();
        }
        List<byte[]> zadd = new ArrayList<>(Arrays.asList(call.args()).subList(0, first));
        zadd.set(0, ZADD);
        for (int i = first; i < call.count(); i += 3) {
            long score = Arguments.point(call, i).score();
            zadd.add(Long.toString(score).getBytes(StandardCharsets.US_ASCII));
            zadd.add(call.arg(i + 2));
        }
        byte[][] args = zadd.toArray(new byte[0][]);
        Call adding = new Call(call.turn(), call.db(), args, call.caller());
        Reply reply = SortedSetCommands.zadd(adding);
        if (adding.hasChanged()) {
            call.propagate(args);
        }
        return reply;
    }

    private static Reply geodist(Call call) {
        if (call.count() > 5) {
            throw CommandException.syntax();
        }
        double unitMeters = call.count() == 5 ? Arguments.unitMeters(call, 4) : 1;
        byte[] row = SortedSetCommands.read(call, 1);
        Point from = point(call, row, 2);
        Point to = point(call, row, 3);
        return from == null || to == null ? Reply.NULL : Numerals.distance(from.metersTo(to) / unitMeters);
    }

    private static Reply geohash(Call call) {
        byte[] row = SortedSetCommands.read(call, 1);
        List<Reply> hashes = new ArrayList<>(call.count() - 2);
        for (int i = 2; i < call.count(); i++) {
            Point point = point(call, row, i);
            hashes.add(point == null ? Reply.NULL : Reply.bulk(point.geohash()));
        }
        return Reply.array(hashes);
    }

    private static Reply geopos(Call call) {
        byte[] row = SortedSetCommands.read(call, 1);
        List<Reply> points = new ArrayList<>(call.count() - 2);
        for (int i = 2; i < call.count(); i++) {
            Point point = point(call, row, i);
            points.add(point == null ? Reply.NULL_ARRAY : coordinates(point));
        }
        return Reply.array(points);
    }

    static Reply coordinates(Point point) {
        return Reply.array(List.of(Numerals.coordinate(point.longitude()), Numerals.coordinate(point.latitude())));
    }

    /** Where the member at an argument is, or null if it is nowhere. */
    static @Nullable Point point(Call call, byte @Nullable [] row, int index) {
        double score = row == null ? Double.NaN : SortedSets.score(call.turn(), row, call.arg(index));
        return Double.isNaN(score) ? null : Point.ofScore(score);
    }
}
