package io.cairn.server.command.geo;

import java.util.ArrayList;
import java.util.List;

/**
 * What is searched: a circle, or a box whose sides run along meridians and parallels, around a point.
 *
 * <p>Lengths are in units of {@code unitMeters}; a circle has its radius as width and as height. The cells of an area
 * are the one that its middle lies in and those of the eight around that it may touch. Which grid is taken and in which
 * order the cells are visited decides the order of unsorted results, so both follow Redis.
 *
 * <p><i>Immutable.</i>
 */
record Area(Point middle, Extent extent) {
    /** Half the length of the equator on a Mercator map. */
    private static final double MERCATOR_MAX_METERS = 20037726.37;

    private static final double POLAR_LATITUDE = 66;
    private static final double ARCTIC_LATITUDE = 80;

    /** East and north of the cells in the order of their visits. */
    private static final int[][] VISITS = {{0, 0}, {0, 1}, {0, -1}, {1, 0}, {-1, 0}, {1, 1}, {-1, 1}, {1, -1}, {-1, -1}
    };

    /** Size and form of an area. */
    record Extent(boolean circle, double width, double height, double unitMeters) {
        static Extent circle(double radius, double unitMeters) {
            return new Extent(true, radius, radius, unitMeters);
        }

        static Extent box(double width, double height, double unitMeters) {
            return new Extent(false, width, height, unitMeters);
        }

        /** From the middle to the farthest point. */
        private double reachMeters() {
            double reach = circle ? width : Math.sqrt((width / 2) * (width / 2) + (height / 2) * (height / 2));
            return reach * unitMeters;
        }

        private double eastMeters() {
            return unitMeters * (circle ? width : width / 2);
        }

        private double northMeters() {
            return unitMeters * (circle ? height : height / 2);
        }
    }

    /** What contains the area, in degrees; it may reach beyond the map. */
    private record Bounds(double west, double east, double south, double north) {}

    /** Distance of a point from the middle, or NaN if it lies outside. */
    double metersIfInside(Point point) {
        if (extent.circle) {
            double meters = middle.metersTo(point);
            return meters > extent.width * extent.unitMeters ? Double.NaN : meters;
        }
        if (point.metersAlongMeridian(middle) > extent.height * extent.unitMeters / 2) {
            return Double.NaN;
        }
        Point sameLatitude = new Point(middle.longitude(), point.latitude());
        if (point.metersTo(sameLatitude) > extent.width * extent.unitMeters / 2) {
            return Double.NaN;
        }
        return middle.metersTo(point);
    }

    /** The cells in which points of the area may lie, each once. */
    List<Cell> cells() {
        Bounds bounds = bounds();
        int steps = steps(extent.reachMeters());
        Cell cell = Cell.of(middle, steps, Point.MAX_LATITUDE);
        if (steps > 1 && reachesBeyondNeighbors(cell, bounds)) {
            steps--;
            cell = Cell.of(middle, steps, Point.MAX_LATITUDE);
        }
        List<Cell> cells = new ArrayList<>(VISITS.length);
        for (int[] visit : VISITS) {
            Cell neighbor = cell.neighbor(visit[0], visit[1]);
            boolean again = cells.size() > 1 && neighbor.equals(cells.get(cells.size() - 1));
            if (!again && (steps == 1 || isTouched(cell, bounds, visit[0], visit[1]))) {
                cells.add(neighbor);
            }
        }
        return cells;
    }

    /** The grid whose cells are about as large as the area; coarser near the poles, where cells are narrow. */
    private int steps(double reachMeters) {
        if (reachMeters == 0) {
            return Cell.MAX_STEPS;
        }
        int steps = 1;
        for (double meters = reachMeters; meters < MERCATOR_MAX_METERS; meters *= 2) {
            steps++;
        }
        steps -= 2;
        double latitude = Math.abs(middle.latitude());
        if (latitude > POLAR_LATITUDE) {
            steps--;
        }
        if (latitude > ARCTIC_LATITUDE) {
            steps--;
        }
        return Math.max(1, Math.min(Cell.MAX_STEPS, steps));
    }

    private Bounds bounds() {
        double height = Point.degrees(extent.northMeters() / Point.EARTH_RADIUS_METERS);
        boolean southern = middle.latitude() < 0;
        double widest = southern ? middle.latitude() - height : middle.latitude() + height;
        double width =
                Point.degrees(extent.eastMeters() / Point.EARTH_RADIUS_METERS / StrictMath.cos(Point.radians(widest)));
        return new Bounds(
                middle.longitude() - width,
                middle.longitude() + width,
                middle.latitude() - height,
                middle.latitude() + height);
    }

    private static boolean reachesBeyondNeighbors(Cell cell, Bounds bounds) {
        return cell.neighbor(0, 1).north() < bounds.north
                || cell.neighbor(0, -1).south() > bounds.south
                || cell.neighbor(1, 0).east() < bounds.east
                || cell.neighbor(-1, 0).west() > bounds.west;
    }

    /** Whether the area reaches out of its middle cell towards a neighbour. */
    private static boolean isTouched(Cell cell, Bounds bounds, int east, int north) {
        return !(north < 0 && cell.south() < bounds.south
                || north > 0 && cell.north() > bounds.north
                || east < 0 && cell.west() < bounds.west
                || east > 0 && cell.east() > bounds.east);
    }
}
