package io.cairn.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Medians of odd and even numbers of values. */
class SpreadTest {
    @Test
    void takesMiddleValue() {
        assertEquals(new Spread(2, 1, 9), Spread.of(9, 1, 2));
    }

    @Test
    void takesMeanOfTwoMiddleValues() {
        assertEquals(new Spread(2.5, 1, 9), Spread.of(9, 1, 2, 3));
    }
}
