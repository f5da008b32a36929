package io.cairn.server.resp;

import io.cairn.server.command.Doubles;
import io.cairn.server.command.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes replies as RESP2 or RESP3.
 *
 * <p>What only RESP3 can say becomes in RESP2 what Redis makes of it: maps and sets are arrays, doubles and verbatim
 * texts strings, truth values integers.
 *
 * <p><i>Immutable.</i>
 */
public final class ReplyEncoder {
    private static final byte[] OK = "+OK\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL_2 = "$-1\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL_ARRAY_2 = "*-1\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL_3 = "_\r\n".getBytes(StandardCharsets.US_ASCII);

    private ReplyEncoder() {}

    /** Writes a reply for the RESP version {@code protocol}, 2 or 3. */
    public static void write(ReplyBuffer out, Reply reply, int protocol) {
        if (reply instanceof Reply.Bulk bulk) {
            writeBulk(out, bulk.bytes(), bulk.from(), bulk.to());
        } else if (reply == Reply.OK) {
            out.put(OK);
        } else if (reply instanceof Reply.Int integer) {
            out.header(':', integer.value());
        } else if (reply instanceof Reply.Null) {
            out.put(protocol == 2 ? NULL_2 : NULL_3);
        } else if (reply instanceof Reply.Array array) {
            writeAll(out, '*', array.items(), protocol);
        } else {
            writeRare(out, reply, protocol);
        }
    }

    private static void writeRare(ReplyBuffer out, Reply reply, int protocol) {
        boolean old = protocol == 2;
        if (reply instanceof Reply.Simple simple) {
            writeLine(out, '+', simple.text());
        } else if (reply instanceof Reply.Error error) {
            writeLine(out, '-', error.text());
        } else if (reply instanceof Reply.NullArray) {
            out.put(old ? NULL_ARRAY_2 : NULL_3);
        } else if (reply instanceof Reply.Pairs pairs) {
            out.header(
                    old ? '*' : '%', old ? pairs.items().size() : pairs.items().size() / 2);
            pairs.items().forEach(item -> write(out, item, protocol));
        } else if (reply instanceof Reply.Members members) {
            writeAll(out, old ? '*' : '~', members.items(), protocol);
        } else if (reply instanceof Reply.Push push) {
            writeAll(out, old ? '*' : '>', push.items(), protocol);
        } else if (reply instanceof Reply.Real real) {
            writeDouble(out, Doubles.format(real.value()), old);
        } else if (reply instanceof Reply.Digits digits) {
            writeDouble(out, digits.text(), old);
        } else if (reply instanceof Reply.Bool bool) {
            if (old) {
                out.header(':', bool.value() ? 1 : 0);
            } else {
                writeLine(out, '#', bool.value() ? "t" : "f");
            }
        } else if (reply instanceof Reply.BigNumber number) {
            if (old) {
                byte[] digits = number.digits().getBytes(StandardCharsets.UTF_8);
                writeBulk(out, digits, 0, digits.length);
            } else {
                writeLine(out, '(', number.digits());
            }
        } else if (reply instanceof Reply.Verbatim verbatim) {
            writeVerbatim(out, verbatim, old);
        } else if (reply instanceof Reply.Several several) {
            several.items().forEach(item -> write(out, item, protocol));
        } else if (!(reply instanceof Reply.Silent)) {
            throw new IllegalArgumentException("no encoding for " + reply.getClass());
        }
    }

    private static void writeAll(ReplyBuffer out, char type, List<? extends Reply> items, int protocol) {
        out.header(type, items.size());
        for (int i = 0; i < items.size(); i++) {
            write(out, items.get(i), protocol);
        }
    }

    private static void writeBulk(ReplyBuffer out, byte[] bytes, int from, int to) {
        out.header('$', to - from);
        out.put(bytes, from, to);
        out.endLine();
    }

    private static void writeDouble(ReplyBuffer out, byte[] digits, boolean old) {
        if (old) {
            writeBulk(out, digits, 0, digits.length);
        } else {
            out.put(',');
            out.put(digits);
            out.endLine();
        }
    }

    private static void writeVerbatim(ReplyBuffer out, Reply.Verbatim verbatim, boolean old) {
        byte[] text = verbatim.text();
        if (old) {
            writeBulk(out, text, 0, text.length);
            return;
        }
        out.header('=', text.length + 4L);
        writeText(out, verbatim.format());
        out.put(':');
        out.put(text);
        out.endLine();
    }

    private static void writeLine(ReplyBuffer out, char type, String text) {
        out.put(type);
        writeText(out, text);
        out.endLine();
    }

    /** A text on one line: what would end the line is replaced by blanks, as in Redis. */
    private static void writeText(ReplyBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\r' || bytes[i] == '\n') {
                bytes[i] = ' ';
            }
        }
        out.put(bytes);
    }
}
