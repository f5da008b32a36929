package io.cairn.engine.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class StreamParserTest {
    private final StreamParser parser = new StreamParser();

    private static ByteBuffer buffer(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    @Test
    void consumesACommandOnlyWhenItIsThereInFull() {
        String command = "*2\r\n$3\r\nDEL\r\n$4\r\na\r\nb\r\n";
        byte[] all = command.getBytes(US_ASCII);
        for (int length = 0; length < all.length; length++) {
            ByteBuffer part = ByteBuffer.wrap(all, 0, length);
            assertNull(parser.next(part), "of " + length + " bytes");
            assertEquals(0, part.position());
        }
        ByteBuffer whole = buffer(command + "*1\r\n");
        byte[][] args = parser.next(whole);
        assertNotNull(args);
        assertEquals("a\r\nb", new String(args[1], US_ASCII));
        assertEquals(all.length, whole.position());
        assertNull(parser.next(whole));
    }

    @Test
    void takesALineFeedForAnEmptyCommand() {
        ByteBuffer bytes = buffer("\n*1\r\n$4\r\nPING\r\n");
        byte[][] keepalive = parser.next(bytes);
        assertNotNull(keepalive);
        assertEquals(0, keepalive.length);
        assertNotNull(parser.next(bytes));
    }

    @Test
    void refusesWhatIsNoCommand() {
        for (String junk : new String[] {
            "PING\r\n",
            "*x\r\n",
            "*1\r\n+OK\r\n",
            "*1\r\n$-1\r\n",
            "*1\r\n$99999999999\r\n",
            "*1\r\n$1\r\nab\r\n",
            "*2147483648\r\n",
            "*\r\n",
            "*1\rx"
        }) {
            assertThrows(StreamFormatException.class, () -> parser.next(buffer(junk)), junk);
        }
    }
}
