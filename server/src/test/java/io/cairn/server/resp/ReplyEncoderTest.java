package io.cairn.server.resp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.server.command.Reply;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplyEncoderTest {
    private static String encoded(Reply reply, int protocol) {
        ReplyBuffer out = new ReplyBuffer(new byte[16]);
        ReplyEncoder.write(out, reply, protocol);
        long position = out.position();
        String text = drain(out);
        assertEquals(text.length(), position);
        return text;
    }

    private static String drain(ReplyBuffer out) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ReplyBuffer.Piece piece : out.pieces()) {
            all.write(piece.bytes(), piece.from(), piece.length());
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    private static void assertEncoded(String resp2, String resp3, Reply reply) {
        assertEquals(resp2, encoded(reply, 2));
        assertEquals(resp3, encoded(reply, 3));
    }

    @Test
    void encodesEveryKindOfReplyForBothProtocols() {
        List<Reply> two = List.of(Reply.bulk("a"), Reply.integer(-12));
        assertEncoded("+OK\r\n", "+OK\r\n", Reply.OK);
        assertEncoded("-ERR a  b\r\n", "-ERR a  b\r\n", Reply.error("ERR a\r\nb"));
        assertEncoded("-ERR  x\r\n", "-ERR  x\r\n", Reply.error("ERR \nx\r\n\n"));
        assertEncoded(":-9223372036854775808\r\n", ":-9223372036854775808\r\n", Reply.integer(Long.MIN_VALUE));
        assertEncoded(":9223372036854775807\r\n", ":9223372036854775807\r\n", Reply.integer(Long.MAX_VALUE));
        assertEncoded(":10\r\n", ":10\r\n", Reply.integer(10));
        assertEncoded("$0\r\n\r\n", "$0\r\n\r\n", Reply.bulk(""));
        assertEncoded("$2\r\nbc\r\n", "$2\r\nbc\r\n", new Reply.Bulk("abcd".getBytes(StandardCharsets.UTF_8), 1, 3));
        assertEncoded("$-1\r\n", "_\r\n", Reply.NULL);
        assertEncoded("*-1\r\n", "_\r\n", Reply.NULL_ARRAY);
        assertEncoded("*2\r\n$1\r\na\r\n:-12\r\n", "*2\r\n$1\r\na\r\n:-12\r\n", Reply.array(two));
        assertEncoded("*2\r\n$1\r\na\r\n:-12\r\n", "%1\r\n$1\r\na\r\n:-12\r\n", new Reply.Pairs(two));
        assertEncoded("*2\r\n$1\r\na\r\n:-12\r\n", "~2\r\n$1\r\na\r\n:-12\r\n", new Reply.Members(two));
        assertEncoded("*2\r\n$1\r\na\r\n:-12\r\n", ">2\r\n$1\r\na\r\n:-12\r\n", new Reply.Push(two));
        assertEncoded("$3\r\n1.5\r\n", ",1.5\r\n", Reply.real(1.5));
        assertEncoded("$3\r\ninf\r\n", ",inf\r\n", Reply.real(Double.POSITIVE_INFINITY));
        assertEncoded("$4\r\n1.50\r\n", ",1.50\r\n", new Reply.Digits("1.50".getBytes(StandardCharsets.UTF_8)));
        assertEncoded(":1\r\n", "#t\r\n", new Reply.Bool(true));
        assertEncoded(
                "$2\r\nhi\r\n", "=6\r\ntxt:hi\r\n", new Reply.Verbatim("txt", "hi".getBytes(StandardCharsets.UTF_8)));
        assertEncoded("", "", Reply.SILENT);
    }

    @Test
    void refersToLargeStringsWithoutCopyingThem() {
        byte[] large = new byte[1 << 20];
        ReplyBuffer out = new ReplyBuffer(new byte[64]);
        ReplyEncoder.write(out, Reply.OK, 2);
        ReplyEncoder.write(out, Reply.bulk(large), 2);
        ReplyEncoder.write(out, Reply.OK, 2);
        List<ReplyBuffer.Piece> pieces = new ArrayList<>(out.pieces());
        assertEquals(3, pieces.size());
        assertSame(large, pieces.get(1).bytes());
    }

    @Test
    void splitsManySmallRepliesIntoPieces() {
        Reply many = Reply.array(Collections.nCopies(50_000, Reply.bulk("0123456789")));
        ReplyBuffer out = new ReplyBuffer(new byte[16]);
        ReplyEncoder.write(out, many, 2);
        List<ReplyBuffer.Piece> pieces = new ArrayList<>(out.pieces());
        assertTrue(pieces.size() > 5);
        assertTrue(pieces.stream().allMatch(piece -> piece.length() <= 64 << 10));
        assertEquals(
                encoded(many, 2).length(),
                pieces.stream().mapToInt(ReplyBuffer.Piece::length).sum());
    }

    @Test
    void replacesRangesOfWhatWasWritten() {
        ReplyBuffer out = new ReplyBuffer(new byte[16]);
        long[] ranges = new long[4];
        out.put("keep1".getBytes(StandardCharsets.US_ASCII));
        ranges[0] = out.position();
        out.put(new byte[100_000]);
        out.put("end".getBytes(StandardCharsets.US_ASCII));
        ranges[1] = out.position();
        out.put("keep2".getBytes(StandardCharsets.US_ASCII));
        ranges[2] = out.position();
        out.put("drop".getBytes(StandardCharsets.US_ASCII));
        ranges[3] = out.position();
        out.replace(ranges, 4, "[x]".getBytes(StandardCharsets.US_ASCII));
        assertEquals("keep1[x]keep2[x]", drain(out));
    }
}
