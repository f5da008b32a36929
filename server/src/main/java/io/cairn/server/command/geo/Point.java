package io.cairn.server.command.geo;

import java.nio.charset.StandardCharsets;

/**
 * A place on the earth, in degrees.
 *
 * <p>As a score it is the {@link Cell} of 26 steps that it lies in, a number of 52 bits; back from a score comes the
 * middle of that cell. Latitudes end where a square map of the world does, at 85.05112878 degrees.
 *
 * <p><i>Immutable.</i>
 */
record Point(double longitude, double latitude) {
    static final double MAX_LONGITUDE = 180;
    static final double MAX_LATITUDE = 85.05112878;

    /** Radius of the earth that distances are measured with. */
    static final double EARTH_RADIUS_METERS = 6372797.560856;

    private static final double RADIANS_PER_DEGREE = Math.PI / 180;
    private static final int GEOHASH_LETTERS = 11;
    private static final int BITS_PER_LETTER = 5;
    private static final int SCORE_BITS = 2 * Cell.MAX_STEPS;
    private static final byte[] ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz".getBytes(StandardCharsets.US_ASCII);
    private static final double TWO_TO_63 = 0x1p63;

    /** Whether the point can be a score. */
    boolean isValid() {
        return Math.abs(longitude) <= MAX_LONGITUDE && Math.abs(latitude) <= MAX_LATITUDE;
    }

    /** The score of the point. */
    long score() {
        return Cell.of(this, Cell.MAX_STEPS, MAX_LATITUDE).bits();
    }

    /** The point that a score stands for; any double stands for one. */
    static Point ofScore(double score) {
        return Cell.ofBits(unsigned(score), Cell.MAX_STEPS).middle();
    }

    /** Conversion to 64 bits without a sign as x86 does it, out of range included. */
    private static long unsigned(double score) {
        return score >= TWO_TO_63 ? signed(score - TWO_TO_63) ^ Long.MIN_VALUE : signed(score);
    }

    private static long signed(double score) {
        return score >= -TWO_TO_63 && score < TWO_TO_63 ? (long) score : Long.MIN_VALUE;
    }

    /**
     * The geohash that maps on the web use: 11 letters of 5 bits each, of a grid over all latitudes. The 52 bits end within
     * the last letter, which is always 0.
     */
    byte[] geohash() {
        long bits = Cell.of(this, Cell.MAX_STEPS, 90).bits();
        byte[] text = new byte[GEOHASH_LETTERS];
        for (int i = 0; i < GEOHASH_LETTERS; i++) {
            int shift = SCORE_BITS - (i + 1) * BITS_PER_LETTER;
            text[i] = ALPHABET[shift < 0 ? 0 : (int) (bits >>> shift) & ALPHABET.length - 1];
        }
        return text;
    }

    /** Distance on the sphere, by the haversine formula. */
    double metersTo(Point other) {
        double v = Trigonometry.sin((radians(other.longitude) - radians(longitude)) / 2);
        if (v == 0) {
            return metersAlongMeridian(other);
        }
        double from = radians(latitude);
        double to = radians(other.latitude);
        double u = Trigonometry.sin((to - from) / 2);
        double a = u * u + Trigonometry.cos(from) * Trigonometry.cos(to) * v * v;
        // Between antipodes, rounding may lead beyond 1, where there is no arc.
        return 2.0 * EARTH_RADIUS_METERS * Trigonometry.asin(Math.sqrt(Math.min(1, a)));
    }

    /** Distance between the two latitudes. */
    double metersAlongMeridian(Point other) {
        return EARTH_RADIUS_METERS * Math.abs(radians(other.latitude) - radians(latitude));
    }

    static double radians(double degrees) {
        return degrees * RADIANS_PER_DEGREE;
    }

    static double degrees(double radians) {
        return radians / RADIANS_PER_DEGREE;
    }
}
