package io.cairn.engine.stream;

import java.nio.ByteBuffer;

/**
 * Finds where the units of a stream end (a command, or MULTI to EXEC), and which database is selected there, without
 * looking at more than lengths and a few names.
 *
 * <p>The stream may come in pieces of any size; a piece that was scanned is not needed again. The grammar is that of
 * {@link StreamParser}.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public final class StreamScanner {
    /** What is expected next. */
    private enum At {
        COMMAND,
        COUNT,
        COUNT_LF,
        ARGUMENT,
        LENGTH,
        LENGTH_LF,
        BODY,
        BODY_CR,
        BODY_LF
    }

    private static final int WORD_BYTES = 10; // the longest name, and any number of a database

    private At at = At.COMMAND;
    private long number;
    private int digits;
    private int args;
    private int index;
    private int length;
    private int left;
    private final byte[] word = new byte[WORD_BYTES];
    private Verb verb = Verb.NONE;
    private boolean inMulti;
    private int db;
    private int unitDb;
    private int unitEnd;

    /** Begins at the start of a unit, with {@code db} selected, -1 for none. */
    public StreamScanner(int db) {
        this.db = db;
        this.unitDb = db;
    }

    /**
     * Scans the bytes from index {@code from} to index {@code to}; the buffer's position does not matter.
     *
     * @return index behind the last unit that ends there, or -1 if none does
     * @throws StreamFormatException if the bytes are no commands; {@link #unitEnd()} tells which units precede
     */
    public int scan(ByteBuffer buffer, int from, int to) {
        unitEnd = -1;
        int i = from;
        while (i < to) {
            if (at == At.BODY) {
                int piece = Math.min(left, to - i);
                keepWord(buffer, i, piece);
                left -= piece;
                i += piece;
                if (left == 0) {
                    at = At.BODY_CR;
                }
            } else {
                take(buffer.get(i++), i);
            }
        }
        return unitEnd;
    }

    /** What {@link #scan} returned, or would have if it had not failed. */
    public int unitEnd() {
        return unitEnd;
    }

    /** Database selected where the last unit ended. */
    public int db() {
        return unitDb;
    }

    /** Bytes that the unit under way is known to have yet. */
    public int moreAtLeast() {
        return at == At.BODY ? left : 0;
    }

    private void take(byte b, int end) {
        switch (at) {
            case COMMAND -> begin(b, end);
            case COUNT, LENGTH -> digit(b);
            case COUNT_LF -> {
                require(b, '\n');
                args = (int) number;
                index = 0;
                verb = Verb.NONE;
                at = At.ARGUMENT;
                if (args == 0) {
                    commandEnds(end);
                }
            }
            case ARGUMENT -> {
                require(b, '$');
                number(At.LENGTH);
            }
            case LENGTH_LF -> {
                require(b, '\n');
                length = (int) number;
                left = length;
                at = length == 0 ? At.BODY_CR : At.BODY;
            }
            case BODY_CR -> {
                require(b, '\r');
                at = At.BODY_LF;
            }
            case BODY_LF -> {
                require(b, '\n');
                argumentEnds(end);
            }
            case BODY -> throw new IllegalStateException("bodies are taken at once");
        }
    }

    private void begin(byte b, int end) {
        if (b == '\n') {
            verb = Verb.NONE;
            commandEnds(end);
            return;
        }
        if (b != '*') {
            throw new StreamFormatException("expected '*' at a command's start, found byte " + (b & 0xFF));
        }
        number(At.COUNT);
    }

    private void number(At next) {
        at = next;
        number = 0;
        digits = 0;
    }

    private void digit(byte b) {
        int digit = b - '0';
        if (digit >= 0 && digit <= 9) {
            number = number * 10 + digit;
            digits++;
            if (number > Integer.MAX_VALUE || digits > 10) {
                throw Verb.tooLong();
            }
        } else if (b == '\r' && digits > 0) {
            at = at == At.COUNT ? At.COUNT_LF : At.LENGTH_LF;
        } else {
            throw new StreamFormatException("a length that is no number, ended by byte " + (b & 0xFF));
        }
    }

    private static void require(byte found, char expected) {
        if (found != expected) {
            throw new StreamFormatException("expected byte " + (int) expected + ", found byte " + (found & 0xFF));
        }
    }

    /** Keeps what may be a name, or the number of a database. */
    private void keepWord(ByteBuffer buffer, int from, int piece) {
        boolean wanted = index == 0 || (index == 1 && verb == Verb.SELECT);
        if (wanted && length <= word.length) {
            buffer.get(from, word, length - left, piece);
        }
    }

    private void argumentEnds(int end) {
        if (index == 0) {
            verb = length > word.length ? Verb.OTHER : Verb.of(word, length);
        } else if (index == 1 && verb == Verb.SELECT) {
            if (length > word.length) {
                throw new StreamFormatException("SELECT of no number");
            }
            db = Verb.database(args, word, length);
        }
        index++;
        at = At.ARGUMENT;
        if (index == args) {
            commandEnds(end);
        }
    }

    private void commandEnds(int end) {
        at = At.COMMAND;
        switch (verb) {
            case MULTI -> inMulti = true;
            case EXEC -> inMulti = false;
            case SELECT -> requireDatabase();
            case PING, REPLCONF, NONE, OTHER -> {}
        }
        if (!inMulti) {
            unitEnd = end;
            unitDb = db;
        }
    }

    private void requireDatabase() {
        if (args != 2) {
            throw new StreamFormatException("SELECT with " + (args - 1) + " arguments");
        }
    }
}
