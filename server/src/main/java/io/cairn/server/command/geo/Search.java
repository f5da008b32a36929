package io.cairn.server.command.geo;

import io.cairn.engine.types.Scored;
import io.cairn.engine.types.ScoredCursor;
import io.cairn.engine.types.SortedSets;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Reply;
import io.cairn.server.command.sortedsets.SortedSetCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * GEOSEARCH, GEORADIUS and their kin.
 *
 * <p>Arguments are read against the sorted set, in Redis's order: which error is told depends on it.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class Search {
    /** The commands. */
    enum Form {
        SEARCH,
        SEARCH_STORE,
        RADIUS,
        RADIUS_RO,
        RADIUS_BY_MEMBER,
        RADIUS_BY_MEMBER_RO;

        Reply run(Call call) {
            return new Search(call, this).run();
        }

        private boolean isSearch() {
            return this == SEARCH || this == SEARCH_STORE;
        }

        private boolean mayStore() {
            return this == RADIUS || this == RADIUS_BY_MEMBER;
        }
    }

    private enum Order {
        NONE,
        ASCENDING,
        DESCENDING
    }

    private final Call call;
    private final Form form;
    private final int source;
    private byte @Nullable [] row;
    private byte @Nullable [] store;
    private boolean storeDistances;
    private @Nullable Point middle;
    private Area.@Nullable Extent extent;
    private boolean fromMember;
    private boolean fromPoint;
    private boolean byRadius;
    private boolean byBox;
    private boolean withDistances;
    private boolean withHashes;
    private boolean withCoordinates;
    private Order order = Order.NONE;
    private long count;
    private boolean any;

    private Search(Call call, Form form) {
        this.call = call;
        this.form = form;
        this.source = form == Form.SEARCH_STORE ? 2 : 1;
    }

    private Reply run() {
        row = SortedSetCommands.read(call, source);
        parse(fixedArguments());
        check();
        if (store != null) {
            // The store is logged as the command itself: whoever applies it must not find a source that has expired.
            row = SortedSetCommands.write(call, source);
        }
        List<Found> found = row == null ? List.of() : find(row);
        byte[] into = store;
        return into == null ? reply(found) : store(into, found);
    }

    /** Reads the arguments in front of the options; the index of the first option. */
    private int fixedArguments() {
        return switch (form) {
            case SEARCH -> 2;
            case SEARCH_STORE -> {
                store = call.arg(1);
                yield 3;
            }
            case RADIUS, RADIUS_RO -> {
                middle = Arguments.point(call, 2);
                extent = Arguments.circle(call, 4);
                yield 6;
            }
            case RADIUS_BY_MEMBER, RADIUS_BY_MEMBER_RO -> {
                if (row != null) {
                    middle = member(row, 2);
                    extent = Arguments.circle(call, 3);
                }
                yield 5;
            }
        };
    }

    private Point member(byte[] stored, int index) {
        Point point = GeoCommands.point(call, stored, index);
        if (point == null) {
            throw new CommandException("ERR could not decode requested zset member");
        }
        return point;
    }

    private void parse(int first) {
        for (int at = first; at < call.count(); at++) {
            int left = call.count() - at - 1;
            if (call.is(at, "withdist")) {
                withDistances = true;
            } else if (call.is(at, "withhash")) {
                withHashes = true;
            } else if (call.is(at, "withcoord")) {
                withCoordinates = true;
            } else if (call.is(at, "any")) {
                any = true;
            } else if (call.is(at, "asc")) {
                order = Order.ASCENDING;
            } else if (call.is(at, "desc")) {
                order = Order.DESCENDING;
            } else if (call.is(at, "count") && left > 0) {
                count = call.integer(++at);
                if (count <= 0) {
                    throw new CommandException("ERR COUNT must be > 0");
                }
            } else {
                int used = form.isSearch() ? searchOption(at, left) : storeOption(at, left);
                if (used == 0) {
                    throw CommandException.syntax();
                }
                at += used - 1;
            }
        }
    }

    /** Reads an option of GEORADIUS; the number of arguments that it took, 0 if there is none such. */
    private int storeOption(int at, int left) {
        boolean distances = call.is(at, "storedist");
        if (!form.mayStore() || left == 0 || !distances && !call.is(at, "store")) {
            return 0;
        }
        store = call.arg(at + 1);
        storeDistances = distances;
        return 2;
    }

    /** Reads an option of GEOSEARCH; the number of arguments that it took, 0 if there is none such. */
    private int searchOption(int at, int left) {
        if (call.is(at, "frommember") && left >= 1 && !fromPoint) {
            byte[] stored = row;
            middle = stored == null ? null : member(stored, at + 1);
            fromMember = true;
            return 2;
        }
        if (call.is(at, "fromlonlat") && left >= 2 && !fromMember) {
            middle = Arguments.point(call, at + 1);
            fromPoint = true;
            return 3;
        }
        if (call.is(at, "byradius") && left >= 2 && !byBox) {
            extent = Arguments.circle(call, at + 1);
            byRadius = true;
            return 3;
        }
        if (call.is(at, "bybox") && left >= 3 && !byRadius) {
            extent = Arguments.box(call, at + 1);
            byBox = true;
            return 4;
        }
        if (form == Form.SEARCH_STORE && call.is(at, "storedist")) {
            storeDistances = true;
            return 1;
        }
        return 0;
    }

    private void check() {
        if (store != null && (withDistances || withHashes || withCoordinates)) {
            String what = form == Form.SEARCH_STORE ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS";
            throw new CommandException(
                    "ERR " + what + " is not compatible with WITHDIST, WITHHASH and WITHCOORD options");
        }
        if (form.isSearch() && !fromMember && !fromPoint) {
            throw new CommandException(
                    "ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for " + call.text(0));
        }
        if (form.isSearch() && !byRadius && !byBox) {
            throw new CommandException("ERR exactly one of BYRADIUS and BYBOX can be specified for " + call.text(0));
        }
        if (any && count == 0) {
            throw new CommandException("ERR the ANY argument requires COUNT argument");
        }
    }

    /** What is in the area: in the order asked for, or that of the cells; no more than asked for. */
    private List<Found> find(byte[] stored) {
        Area area = new Area(Objects.requireNonNull(middle), Objects.requireNonNull(extent));
        List<Found> found = new ArrayList<>();
        for (Cell cell : area.cells()) {
            if (!collect(stored, area, cell, found)) {
                break;
            }
        }
        int wanted = count == 0 ? found.size() : (int) Math.min(count, found.size());
        if (order != Order.NONE || count > 0 && !any) {
            Found.sort(found, wanted, order == Order.DESCENDING);
        }
        return found.subList(0, wanted);
    }

    /** Adds what is in the area and a cell; false if that is enough. */
    private boolean collect(byte[] stored, Area area, Cell cell, List<Found> found) {
        try (ScoredCursor members = SortedSets.byScore(call.turn(), stored, cell.scores(), false)) {
            while (members.next()) {
                Scored scored = members.current();
                Point point = Point.ofScore(scored.score());
                double meters = area.metersIfInside(point);
                if (!Double.isNaN(meters)) {
                    found.add(new Found(scored, point, meters));
                    if (any && found.size() >= count) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private double inUnits(Found found) {
        return found.meters() / Objects.requireNonNull(extent).unitMeters();
    }

    private Reply reply(List<Found> all) {
        List<Reply> replies = new ArrayList<>(all.size());
        for (Found found : all) {
            Scored scored = found.scored();
            Reply member = new Reply.Bulk(scored.bytes(), scored.start(), scored.end());
            if (!withDistances && !withHashes && !withCoordinates) {
                replies.add(member);
                continue;
            }
            List<Reply> fields = new ArrayList<>(4);
            fields.add(member);
            if (withDistances) {
                fields.add(Numerals.distance(inUnits(found)));
            }
            if (withHashes) {
                fields.add(Reply.integer((long) scored.score()));
            }
            if (withCoordinates) {
                fields.add(GeoCommands.coordinates(found.point()));
            }
            replies.add(Reply.array(fields));
        }
        return Reply.array(replies);
    }

    private Reply store(byte[] into, List<Found> all) {
        List<Scored> members = new ArrayList<>(all.size());
        for (Found found : all) {
            double score = storeDistances ? inUnits(found) : found.scored().score();
            members.add(Scored.of(found.scored().member(), score));
        }
        return SortedSetCommands.store(call, form.isSearch() ? "geosearchstore" : "georadiusstore", into, members);
    }
}
