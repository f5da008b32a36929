package io.cairn.server.resp;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits a line into words as redis-cli, inline requests and redis.conf do.
 *
 * <pre>
 *   line   := blank* ( word ( blank+ word )* blank* )?
 *   word   := ( plain | double | single )+      a closing quote must be followed by a blank or the end
 *   double := '"' ( '\x' hex hex | '\' any | any )* '"'      \n \r \t \b \a mean what they mean in C
 *   single := "'" ( "\'" | any )* "'"
 * </pre>
 *
 * <p><i>Immutable.</i>
 */
public final class Words {
    private final byte[] line;
    private final int end;
    private int at;

    private Words(byte[] line, int from, int to) {
        this.line = line;
        this.at = from;
        this.end = to;
    }

    /** The words of a line, or null if its quotes are not balanced. */
    public static @Nullable List<byte[]> split(byte[] line, int from, int to) {
        Words rest = new Words(line, from, to);
        List<byte[]> words = new ArrayList<>();
        while (rest.skipBlanks()) {
            byte[] word = rest.word();
            if (word == null) {
                return null;
            }
            words.add(word);
        }
        return words;
    }

    private boolean skipBlanks() {
        while (at < end && isBlank(line[at])) {
            at++;
        }
        return at < end;
    }

    private byte @Nullable [] word() {
        ByteArrayOutputStream word = new ByteArrayOutputStream();
        while (at < end && !isBlank(line[at])) {
            byte c = line[at++];
            if (c == '"' || c == '\'') {
                boolean closed = c == '"' ? doubleQuoted(word) : singleQuoted(word);
                return closed && (at == end || isBlank(line[at])) ? word.toByteArray() : null;
            }
            word.write(c);
        }
        return word.toByteArray();
    }

    private boolean doubleQuoted(ByteArrayOutputStream word) {
        while (at < end) {
            byte c = line[at++];
            if (c == '"') {
                return true;
            }
            if (c == '\\' && at + 2 < end && line[at] == 'x' && hex(line[at + 1]) >= 0 && hex(line[at + 2]) >= 0) {
                word.write(hex(line[at + 1]) << 4 | hex(line[at + 2]));
                at += 3;
            } else if (c == '\\' && at < end) {
                word.write(unescape(line[at++]));
            } else {
                word.write(c);
            }
        }
        return false;
    }

    private boolean singleQuoted(ByteArrayOutputStream word) {
        while (at < end) {
            byte c = line[at++];
            if (c == '\'') {
                return true;
            }
            if (c == '\\' && at < end && line[at] == '\'') {
                word.write('\'');
                at++;
            } else {
                word.write(c);
            }
        }
        return false;
    }

    private static int unescape(byte c) {
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'a' -> 7;
            default -> c;
        };
    }

    private static int hex(byte c) {
        return Character.digit(c, 16);
    }

    private static boolean isBlank(byte c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }
}
