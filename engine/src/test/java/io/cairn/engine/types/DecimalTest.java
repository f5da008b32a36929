package io.cairn.engine.types;

import static io.cairn.engine.types.Workbench.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 10, -99, 1234567890123L, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1})
    void readsBackWhatItWrites(long value) {
        byte[] text = Decimal.text(value);
        assertTrue(Decimal.isCanonical(text));
        assertEquals(value, Decimal.parse(text));
        assertArrayEquals(text, Decimal.text(Decimal.parse(text)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "-0",
                "00",
                "01",
                "+1",
                " 1",
                "1 ",
                "1a",
                "a",
                "--1",
                "9223372036854775808",
                "-9223372036854775809",
                "18446744073709551616",
                "1.0"
            })
    void refusesOtherSpellings(String text) {
        assertFalse(Decimal.isCanonical(bytes(text)));
    }

    @Test
    void refusesBytesThatAreNoDigits() {
        assertFalse(Decimal.isCanonical(new byte[] {'1', 0}));
        assertFalse(Decimal.isCanonical(new byte[] {(byte) 0x80}));
    }
}
