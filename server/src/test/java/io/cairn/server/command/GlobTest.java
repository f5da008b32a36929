package io.cairn.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Glob glob(String pattern) {
        return new Glob(bytes(pattern));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            quoteCharacter = '`',
            value = {
                "* anything true",
                "a*c abbbc true",
                "a*c abbbd false",
                "*b*b*c abbabbc true",
                "a?c abc true",
                "a?c ac false",
                "[abc] b true",
                "[abc] d false",
                "[^abc] d true",
                "[^abc] a false",
                "[a-c] b true",
                "[c-a] b true",
                "[a-c]x bx true",
                "[a-c dx false",
                "[a-c b true",
                "[^ x true",
                "[ x false",
                "[]] ] false",
                "[\\]] ] true",
                "[a-] - false",
                "\\* * true",
                "\\* a false",
                "a\\ a\\ true",
                "h[ae]llo* hello:1 true",
                "** x true",
                "x** x true",
                "*?* a true",
                "ab abc false",
                "abc ab false"
            })
    void matchesAsRedisDoes(String pattern, String text, boolean matches) {
        assertEquals(matches, glob(pattern).matches(bytes(text)), pattern + " " + text);
    }

    @Test
    void comparesRangesAsSignedBytes() {
        assertEquals(false, glob("[a-\u00ff]").matches(bytes("z")));
        assertEquals(true, glob("[a-\u00ff]").matches(bytes("0")));
    }

    @Test
    void matchesTheEmptyTextByTheEmptyPatternAlone() {
        assertEquals(true, glob("").matches(new byte[0]));
        assertEquals(false, glob("*").matches(new byte[0]));
        assertEquals(false, glob("**").matches(new byte[0]));
    }

    @Test
    void ignoresCaseOnRequest() {
        assertEquals(false, glob("MAX*[A-C]").matches(bytes("maxmemory-b")));
        assertEquals(true, glob("MAX*[A-C]").matchesIgnoringCase(bytes("maxmemory-b")));
    }

    @Test
    void knowsWhatEveryMatchBeginsWith() {
        assertEquals("key:", new String(glob("key:*").prefix(), StandardCharsets.ISO_8859_1));
        assertEquals("a*b", new String(glob("a\\*b?").prefix(), StandardCharsets.ISO_8859_1));
        assertEquals("", new String(glob("[k]ey").prefix(), StandardCharsets.ISO_8859_1));
        assertEquals("whole", new String(glob("whole").prefix(), StandardCharsets.ISO_8859_1));
    }

    @Test
    void takesNoTimeForManyStars() {
        byte[] text = bytes("a".repeat(10_000));
        assertEquals(false, glob("a*".repeat(2000) + "b").matches(text));
    }
}
