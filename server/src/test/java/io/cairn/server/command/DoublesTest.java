package io.cairn.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DoublesTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String format(double value) {
        return new String(Doubles.format(value), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, -0",
        "3, 3",
        "-17, -17",
        "3.14, 3.1400000000000001",
        "0.1, 0.10000000000000001",
        "2.5, 2.5",
        "0.0001, 0.0001",
        "0.00001, 1.0000000000000001e-05",
        "1e16, 10000000000000000",
        "12345678901234567, 12345678901234568",
        "1e17, 1e+17",
        "123456789012345678, 1.2345678901234568e+17",
        "1e21, 1e+21",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "4.9e-324, 4.9406564584124654e-324",
        "1337428000001003.25, 1337428000001003.2",
        "-123456.789, -123456.789",
        "Infinity, inf",
        "-Infinity, -inf",
        "NaN, nan"
    })
    void printsSeventeenDigits(double value, String text) {
        assertEquals(text, format(value));
    }

    @Test
    void printsEnoughDigitsToReadTheSameDouble() {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            double value = random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
            assertEquals(value, Doubles.parse(Doubles.format(value)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1.5, 1.5",
        "-1, -1",
        "+2, 2",
        ".5, 0.5",
        "5., 5",
        "3e2, 300",
        "3E-2, 0.03",
        "0x10, 16",
        "0x1.8p1, 3",
        "0X.8, 0.5",
        "-0x1P-1, -0.5",
        "inf, Infinity",
        "-INF, -Infinity",
        "+Infinity, Infinity",
        "1e-310, 1e-310",
        "00012, 12"
    })
    void readsWhatStrtodReads(String text, double value) {
        assertEquals(value, Doubles.parse(bytes(text)));
        assertEquals(value, Doubles.parseBound(bytes("(" + text), 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " 1", "1 ", "nan", "-nan", "nan(1)", "abc", "1e", "0x", "e5", "1,5", "--1", "+", ".", "1e400",
                "-1e400", "1e-400", "infinit", "1\0", "1d", "1f", "0x1p", "\u00b2"
            })
    void refusesWhatIsNoNumber(String text) {
        assertThrows(CommandException.class, () -> Doubles.parse(bytes(text)));
        assertTrue(Double.isNaN(Doubles.parseOrNan(bytes(text))));
    }

    @Test
    void boundsAreReadMoreLoosely() {
        assertEquals(0, Doubles.parseBound(bytes(""), 0));
        assertEquals(0, Doubles.parseBound(bytes("("), 1));
        assertEquals(3, Doubles.parseBound(bytes(" \t3"), 0));
        assertEquals(Double.POSITIVE_INFINITY, Doubles.parseBound(bytes("1e400"), 0));
        assertEquals(0, Doubles.parseBound(bytes("1e-400"), 0));
        assertEquals(5, Doubles.parseBound(bytes("5\0abc"), 0));
        assertTrue(Double.isNaN(Doubles.parseBound(bytes("3 "), 0)));
        assertTrue(Double.isNaN(Doubles.parseBound(bytes(" "), 0)));
        assertTrue(Double.isNaN(Doubles.parseBound(bytes("nan"), 0)));
        assertTrue(Double.isNaN(Doubles.parseBound(bytes("((1"), 1)));
    }
}
