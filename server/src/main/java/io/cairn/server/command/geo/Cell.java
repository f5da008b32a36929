package io.cairn.server.command.geo;

import io.cairn.engine.types.ScoreRange;

/**
 * A field of the grid that divides the map into {@code 2^steps} columns (west to east) and as many rows (south to
 * north).
 *
 * <p>Its bits are those of column and row in turn, the row's lowest bit first; a cell of more steps within it has the same
 * bits in front, so all points of a cell are one range of scores. The utmost east and north lie behind the last column
 * and row, as in Redis.
 *
 * <p><i>Immutable.</i>
 */
record Cell(long column, long row, int steps) {
    static final int MAX_STEPS = 26;

    private static final double WIDTH_DEGREES = 2 * Point.MAX_LONGITUDE;
    private static final double HEIGHT_DEGREES = 2 * Point.MAX_LATITUDE;
    private static final long HALF_MASK = 0xFFFF_FFFFL;

    /** The cell of a point on a map that ends at latitude {@code maxLatitude} in north and south. */
    static Cell of(Point point, int steps, double maxLatitude) {
        double east = (point.longitude() + Point.MAX_LONGITUDE) / WIDTH_DEGREES;
        double north = (point.latitude() + maxLatitude) / (maxLatitude + maxLatitude);
        return new Cell((long) (east * (1L << steps)), (long) (north * (1L << steps)), steps);
    }

    /** The cell with the bits. */
    static Cell ofBits(long bits, int steps) {
        return new Cell(everySecond(bits >>> 1), everySecond(bits), steps);
    }

    long bits() {
        return spread(column) << 1 | spread(row);
    }

    /** The scores of the points in it. */
    ScoreRange scores() {
        int shift = 2 * (MAX_STEPS - steps);
        long bits = bits();
        return new ScoreRange(bits << shift, false, (bits + 1) << shift, true);
    }

    /** The cell some columns to the east and rows to the north; the map has no end in either direction. */
    Cell neighbor(int east, int north) {
        long last = (1L << steps) - 1;
        return new Cell(east == 0 ? column : column + east & last, north == 0 ? row : row + north & last, steps);
    }

    double west() {
        return -Point.MAX_LONGITUDE + column * 1.0 / (1L << steps) * WIDTH_DEGREES;
    }

    double east() {
        return -Point.MAX_LONGITUDE + (column + 1) * 1.0 / (1L << steps) * WIDTH_DEGREES;
    }

    double south() {
        return -Point.MAX_LATITUDE + row * 1.0 / (1L << steps) * HEIGHT_DEGREES;
    }

    double north() {
        return -Point.MAX_LATITUDE + (row + 1) * 1.0 / (1L << steps) * HEIGHT_DEGREES;
    }

    /** The middle, on the map even if the cell is not. */
    Point middle() {
        return new Point(
                within((west() + east()) / 2, Point.MAX_LONGITUDE),
                within((south() + north()) / 2, Point.MAX_LATITUDE));
    }

    private static double within(double degrees, double max) {
        return Math.max(-max, Math.min(max, degrees));
    }

    /** Puts a zero bit above each of the lower 32 bits. */
    private static long spread(long half) {
        long bits = half & HALF_MASK;
        bits = (bits | bits << 16) & 0x0000_FFFF_0000_FFFFL;
        bits = (bits | bits << 8) & 0x00FF_00FF_00FF_00FFL;
        bits = (bits | bits << 4) & 0x0F0F_0F0F_0F0F_0F0FL;
        bits = (bits | bits << 2) & 0x3333_3333_3333_3333L;
        return (bits | bits << 1) & 0x5555_5555_5555_5555L;
    }

    /** The inverse of {@link #spread}: every second bit from the lowest on. */
    private static long everySecond(long all) {
        long bits = all & 0x5555_5555_5555_5555L;
        bits = (bits | bits >>> 1) & 0x3333_3333_3333_3333L;
        bits = (bits | bits >>> 2) & 0x0F0F_0F0F_0F0F_0F0FL;
        bits = (bits | bits >>> 4) & 0x00FF_00FF_00FF_00FFL;
        bits = (bits | bits >>> 8) & 0x0000_FFFF_0000_FFFFL;
        return (bits | bits >>> 16) & HALF_MASK;
    }
}
