package io.cairn.server.command.geo;

import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Doubles;

/**
 * Arguments that several geo commands take.
 *
 * <p><i>Immutable.</i>
 */
final class Arguments {
    private static final int SHOWN_DIGITS = 6;

    private Arguments() {}

    /** Longitude and latitude at {@code index} and behind. */
    static Point point(Call call, int index) {
        Point point = new Point(Doubles.parse(call.arg(index)), Doubles.parse(call.arg(index + 1)));
        if (!point.isValid()) {
            throw new CommandException(
                    "ERR invalid longitude,latitude pair " + Numerals.fixed(point.longitude(), SHOWN_DIGITS) + ","
                            + Numerals.fixed(point.latitude(), SHOWN_DIGITS));
        }
        return point;
    }

    /** Radius and unit at {@code index} and behind. */
    static Area.Extent circle(Call call, int index) {
        double radius = number(call, index, "need numeric radius");
        if (radius < 0) {
            throw new CommandException("ERR radius cannot be negative");
        }
        return Area.Extent.circle(radius, unitMeters(call, index + 1));
    }

    /** Width, height and unit at {@code index} and behind. */
    static Area.Extent box(Call call, int index) {
        double width = number(call, index, "need numeric width");
        double height = number(call, index + 1, "need numeric height");
        if (width < 0 || height < 0) {
            throw new CommandException("ERR height or width cannot be negative");
        }
        return Area.Extent.box(width, height, unitMeters(call, index + 2));
    }

    /** Length of a unit. */
    static double unitMeters(Call call, int index) {
        if (call.is(index, "m")) {
            return 1;
        }
        if (call.is(index, "km")) {
            return 1000;
        }
        if (call.is(index, "ft")) {
            return 0.3048;
        }
        if (call.is(index, "mi")) {
            return 1609.34;
        }
        throw new CommandException("ERR unsupported unit provided. please use M, KM, FT, MI");
    }

    private static double number(Call call, int index, String error) {
        double number = Doubles.parseOrNan(call.arg(index));
        if (Double.isNaN(number)) {
            throw new CommandException("ERR " + error);
        }
        return number;
    }
}
