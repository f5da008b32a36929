package io.cairn.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Turn;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ElementScanTest {
    private static Call call(String... words) {
        byte[][] args = Arrays.stream(words)
                .map(word -> word.getBytes(StandardCharsets.US_ASCII))
                .toArray(byte[][]::new);
        return new Call(new Turn(new KeyspaceHandle(), true), 0, args, null);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "'', 0",
        "-0, 0",
        "+7, 7",
        "007, 7",
        "-1, 18446744073709551615",
        "4294967295, 4294967295",
        "18446744073709551609, 18446744073709551609",
        "18446744073709551615, 18446744073709551615",
        "-18446744073709551615, 1",
        "000000000000000000000000000018446744073709551615, 18446744073709551615"
    })
    void readsCursorsAsStrtoulDoes(String text, String expected) {
        assertEquals(Long.parseUnsignedLong(expected), ElementScan.cursor(call("hscan", "h", text), 2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "1x",
                " 1",
                "1 ",
                "+",
                "-",
                "--1",
                "+-1",
                "1.0",
                "0x1",
                "18446744073709551616",
                "18446744073709551619",
                "18446744073709551620",
                "99999999999999999999",
                "184467440737095516150"
            })
    void refusesOtherCursors(String text) {
        CommandException e =
                assertThrows(CommandException.class, () -> ElementScan.cursor(call("hscan", "h", text), 2));
        assertEquals("ERR invalid cursor", e.reply());
    }

    @Test
    void takesTheLastOfAnOptionThatIsRepeated() {
        ElementScan scan = ElementScan.options(
                call("hscan", "h", "0", "COUNT", "5", "match", "a*", "Count", "7", "MATCH", "b*"), 3);
        assertEquals(7, scan.count());
        assertEquals(true, scan.matches(new byte[] {'b', 'c'}));
        assertEquals(false, scan.matches(new byte[] {'a', 'c'}));
        assertEquals(10, ElementScan.options(call("hscan", "h", "0"), 3).count());
    }
}
