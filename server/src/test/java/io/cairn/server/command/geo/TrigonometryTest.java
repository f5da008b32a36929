package io.cairn.server.command.geo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairn.wal.simulation.Seeded;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TrigonometryTest {
    private static final MathContext DIGITS = new MathContext(50);
    private static final int ANGLES = 500;

    @Seeded(runs = 1, longRuns = 20)
    void roundsSinesAndCosinesOnce(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < ANGLES; i++) {
            double angle = (random.nextDouble() * 2 - 1) * Math.PI * Math.pow(10, -random.nextInt(8));
            assertEquals(series(angle, 1).doubleValue(), Trigonometry.sin(angle), "sine of " + angle);
            assertEquals(series(angle, 0).doubleValue(), Trigonometry.cos(angle), "cosine of " + angle);
        }
    }

    @Seeded(runs = 1, longRuns = 20)
    void roundsArcSinesOnce(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < ANGLES; i++) {
            double sine = random.nextDouble() * Math.pow(10, -random.nextInt(8));
            double near = Math.asin(sine);
            BigDecimal error = new BigDecimal(sine).subtract(series(near, 1)).divide(series(near, 0), DIGITS);
            assertEquals(new BigDecimal(near).add(error).doubleValue(), Trigonometry.asin(sine), "arc sine of " + sine);
        }
    }

    @Test
    void knowsTheEndsOfTheQuarters() {
        assertEquals(0, Trigonometry.sin(0));
        assertEquals(1, Trigonometry.cos(0));
        assertEquals(1, Trigonometry.sin(Math.PI / 2));
        assertEquals(1.2246467991473532e-16, Trigonometry.sin(Math.PI));
        assertEquals(6.123233995736766e-17, Trigonometry.cos(-Math.PI / 2));
        assertEquals(0, Trigonometry.asin(0));
        assertEquals(Math.PI / 2, Trigonometry.asin(1));
    }

    /** The power series of sine (odd powers) or cosine (even). */
    private static BigDecimal series(double angle, int first) {
        BigDecimal x = new BigDecimal(angle);
        BigDecimal term = first == 1 ? x : BigDecimal.ONE;
        BigDecimal sum = term;
        for (int n = first; n < 60; n += 2) {
            term = term.multiply(x).multiply(x).divide(BigDecimal.valueOf(-(n + 1L) * (n + 2L)), DIGITS);
            sum = sum.add(term);
        }
        return sum;
    }
}
