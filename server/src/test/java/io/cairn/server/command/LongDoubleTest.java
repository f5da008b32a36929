package io.cairn.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LongDoubleTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String sum(String value, String increment) {
        return new String(LongDouble.sum(bytes(value), bytes(increment)), StandardCharsets.US_ASCII);
    }

    /** The expected results are what a real server answers. */
    @ParameterizedTest
    @CsvSource({
        "0, 0.1, 0.1",
        "0.1, 0.2, 0.3",
        "3, 1.1, 4.1",
        "10.5, -10.5, 0",
        "5.0e3, 200, 5200",
        "0, 1e17, 100000000000000000",
        "1e17, 0.000001, 100000000000000000",
        "0, 3.14159265358979323846, 3.14159265358979324",
        "0, 1e-18, 0",
        "0, -1e-18, 0",
        "0, 12345678901234567890, 12345678901234567890",
        "9223372036854775807, 1, 9223372036854775808",
        "18446744073709551615, 2, 18446744073709551616",
        "0, 0x10, 16",
        "0, 0x1.8p1, 3",
        "1.5, +2, 3.5",
        ".5, 5., 5.5"
    })
    void sumsAsTheEightyBitFormatDoes(String value, String increment, String expected) {
        assertEquals(expected, sum(value, increment));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " 1",
                "1 ",
                "nan",
                "abc",
                "1,5",
                "0x",
                "1e",
                "--1",
                "infinite",
                "1e5000",
                "-1e99999999999",
                "1e-5000"
            })
    void refusesWhatIsNoNumber(String text) {
        CommandException e = assertThrows(CommandException.class, () -> sum("1", text));
        assertEquals("ERR value is not a valid float", e.reply());
    }

    @ParameterizedTest
    @ValueSource(strings = {"inf", "-inf", "+Infinity"})
    void refusesAnInfiniteResult(String text) {
        CommandException e = assertThrows(CommandException.class, () -> sum("1", text));
        assertEquals("ERR increment would produce NaN or Infinity", e.reply());
    }

    @Test
    void reachesTheLargestNumberAndNotBeyond() {
        String largest = "1.18973149535723176502e4932";
        assertEquals(4933, sum(largest, "0").length());
        CommandException e = assertThrows(CommandException.class, () -> sum(largest, largest));
        assertEquals("ERR increment would produce NaN or Infinity", e.reply());
    }

    @Test
    void rejectsATextOfManyKilobytes() {
        assertThrows(CommandException.class, () -> sum("1".repeat(5 * 1024), "1"));
        assertEquals(4000, sum("1".repeat(4000), "0").length());
    }
}
