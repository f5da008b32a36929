package io.cairn.server.resp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestDecoderTest {
    private final RequestDecoder decoder = new RequestDecoder();
    private byte[] rest = new byte[0];

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Feeds bytes as a connection does: what the decoder leaves stands in front of the next window. */
    private List<byte[][]> feed(byte[] data, int from, int to) {
        byte[] window = Arrays.copyOf(rest, rest.length + to - from);
        System.arraycopy(data, from, window, rest.length, to - from);
        decoder.window(window, 0, window.length);
        List<byte[][]> requests = new ArrayList<>();
        for (byte[][] args = decoder.next(); args != null; args = decoder.next()) {
            requests.add(args);
        }
        rest = Arrays.copyOfRange(window, decoder.position(), window.length);
        decoder.release();
        return requests;
    }

    private List<String> feed(String text) {
        byte[] data = bytes(text);
        return texts(feed(data, 0, data.length));
    }

    private static List<String> texts(List<byte[][]> requests) {
        List<String> texts = new ArrayList<>();
        for (byte[][] args : requests) {
            List<String> words = new ArrayList<>();
            for (byte[] arg : args) {
                words.add(new String(arg, StandardCharsets.ISO_8859_1));
            }
            texts.add(String.join("|", words));
        }
        return texts;
    }

    @Test
    void readsMultibulkAndInlineRequests() {
        assertEquals(List.of("SET|k|v"), feed("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"));
        assertEquals(List.of("PING", "GET|k"), feed("PING\r\n\r\n  GET   k \n"));
        assertEquals(List.of("a b|c'd"), feed("*0\r\n*-1\r\n\"a b\" 'c\\'d'\n"));
    }

    @Test
    void readsQuotedWordsAsRedisDoes() {
        assertEquals(
                List.of("\n\r\t\b\u0007AxQ|\u0000\u00ff|\\n"),
                feed("\"\\n\\r\\t\\b\\a\\x41x\\Q\" \"\\x00\\xff\" '\\n'\n"));
        assertEquals(List.of("|"), feed("\"\" ''\n"));
    }

    @Test
    void givesTheSameRequestsByteByByteAndInAnyPieces() {
        Random random = new Random(7);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int count = 1 + random.nextInt(5);
            stream.writeBytes(bytes("*" + count + "\r\n"));
            List<String> words = new ArrayList<>();
            for (int arg = 0; arg < count; arg++) {
                byte[] value = new byte[random.nextInt(10) == 0 ? random.nextInt(5000) : random.nextInt(20)];
                random.nextBytes(value);
                stream.writeBytes(bytes("$" + value.length + "\r\n"));
                stream.writeBytes(value);
                stream.writeBytes(bytes("\r\n"));
                words.add(new String(value, StandardCharsets.ISO_8859_1));
            }
            expected.add(String.join("|", words));
        }
        byte[] data = stream.toByteArray();
        for (int largest : new int[] {1, 3, 100, 10_000, data.length}) {
            List<String> read = new ArrayList<>();
            for (int at = 0; at < data.length; ) {
                int length = Math.min(data.length - at, 1 + random.nextInt(largest));
                read.addAll(texts(feed(data, at, at + length)));
                at += length;
            }
            assertEquals(expected, read, "pieces of at most " + largest);
            assertEquals(0, rest.length);
        }
    }

    @Test
    void keepsBinaryArgumentsWhole() {
        byte[] value = new byte[300_000];
        new Random(1).nextBytes(value);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(bytes("*1\r\n$" + value.length + "\r\n"));
        stream.writeBytes(value);
        stream.writeBytes(bytes("\r\n"));
        byte[] data = stream.toByteArray();
        assertTrue(feed(data, 0, 100_000).isEmpty());
        assertTrue(feed(data, 100_000, data.length - 1).isEmpty());
        List<byte[][]> requests = feed(data, data.length - 1, data.length);
        assertArrayEquals(value, requests.get(0)[0]);
    }

    private void assertRefused(String request, String error) {
        RequestDecoderTest fresh = new RequestDecoderTest();
        ProtocolException refusal = assertThrows(ProtocolException.class, () -> fresh.feed(request));
        assertEquals("ERR Protocol error: " + error, refusal.reply());
    }

    @Test
    void refusesWhatIsNoRequest() {
        assertRefused("*a\r\n", "invalid multibulk length");
        assertRefused("*2147483648\r\n", "invalid multibulk length");
        assertRefused("*1\r\n:4\r\n", "expected '$', got ':'");
        assertRefused("*1\r\n\r\n", "expected '$', got ' '");
        assertRefused("*1\r\n$-1\r\n", "invalid bulk length");
        assertRefused("*1\r\n$1a\r\n", "invalid bulk length");
        assertRefused("*1\r\n$536870913\r\n", "invalid bulk length");
        assertRefused("*" + "1".repeat(70_000), "too big mbulk count string");
        assertRefused("*1\r\n$" + "1".repeat(70_000), "too big bulk count string");
        assertRefused("a".repeat(70_000), "too big inline request");
        assertRefused("set \"a\r\n", "unbalanced quotes in request");
        assertRefused("set 'a'b\r\n", "unbalanced quotes in request");
    }

    @Test
    void refusesLargeRequestsOfClientsThatHaveNotLoggedIn() {
        decoder.authenticated(false);
        assertEquals(
                "ERR Protocol error: unauthenticated multibulk length",
                assertThrows(ProtocolException.class, () -> feed("*11\r\n")).reply());
        RequestDecoderTest other = new RequestDecoderTest();
        other.decoder.authenticated(false);
        assertEquals(
                "ERR Protocol error: unauthenticated bulk length",
                assertThrows(ProtocolException.class, () -> other.feed("*1\r\n$16385\r\n"))
                        .reply());
    }

    @Test
    void allocatesNothingForWhatWasOnlyAnnounced() {
        for (int i = 0; i < 1000; i++) {
            RequestDecoderTest client = new RequestDecoderTest();
            assertTrue(client.feed("*2147483647\r\n$536870912\r\nabc").isEmpty());
        }
    }

    @Test
    void endsClientsWhoseRequestGrowsBeyondTheLimit() {
        decoder.limits(1 << 20, 2 << 20);
        String arg = "$1000000\r\n" + "x".repeat(1_000_000) + "\r\n";
        assertTrue(feed("*9\r\n" + arg + arg).isEmpty());
        assertThrows(ProtocolException.class, () -> feed(arg));
    }
}
