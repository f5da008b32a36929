package io.cairn.engine.stream;

import io.cairn.wal.WalReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the commands of a log one after another, as far as the log goes, and on as it grows.
 *
 * <p>A log ends at the end of a command, always, so a command whose first byte is there is there in full. Its arguments
 * are read into arrays of their own at once: a large one costs its own size and no buffer.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public final class LogCommands implements Closeable {
    private static final byte[][] KEEPALIVE = new byte[0][];
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int READ_BYTES = 1 << 20;
    private static final int NUMBER_BYTES = 16; // a prefix, ten digits, CRLF, and some

    private final WalReader reader;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int limit;

    /** Begins where the reader stands, at the start of a command; the reader is closed with it. */
    public LogCommands(WalReader reader) {
        this.reader = reader;
    }

    /** Position of the next command. */
    public long position() {
        return reader.position() - (limit - at);
    }

    /**
     * The next command, or null if the log ends here. A keepalive is a command without arguments.
     *
     * @throws StreamFormatException if what is there is no command
     */
    public byte @Nullable [][] next() throws IOException {
        if (available(1) == 0) {
            return null;
        }
        if (buffer[at] == '\n') {
            at++;
            return KEEPALIVE;
        }
        int count = number('*');
        if (count > left()) {
            throw cut();
        }
        byte[][] args = new byte[count][];
        for (int i = 0; i < count; i++) {
            args[i] = argument();
        }
        return args;
    }

    private byte[] argument() throws IOException {
        int length = number('$');
        if (length + 2L > left()) {
            throw cut();
        }
        byte[] arg = new byte[length];
        int here = Math.min(length, limit - at);
        System.arraycopy(buffer, at, arg, 0, here);
        at += here;
        for (int filled = here; filled < length; ) {
            // In slices: the runtime keeps a buffer as large as the largest read for each thread.
            int read = reader.read(ByteBuffer.wrap(arg, filled, Math.min(length - filled, READ_BYTES)));
            if (read == 0) {
                throw cut();
            }
            filled += read;
        }
        if (available(2) < 2) {
            throw cut();
        }
        if (buffer[at] != '\r' || buffer[at + 1] != '\n') {
            throw new StreamFormatException("an argument of " + length + " bytes does not end with CRLF");
        }
        at += 2;
        return arg;
    }

    private long left() {
        return limit - at + reader.available();
    }

    private int number(char prefix) throws IOException {
        int there = available(NUMBER_BYTES);
        int end = at + there;
        int index = at;
        if (index == end) {
            throw cut();
        }
        if (buffer[index] != prefix) {
            throw new StreamFormatException("expected '" + prefix + "', found byte " + (buffer[index] & 0xFF));
        }
        long value = 0;
        int digits = 0;
        for (index++; index < end; index++, digits++) {
            int digit = buffer[index] - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            value = value * 10 + digit;
            if (value > Integer.MAX_VALUE || digits > 10) {
                throw Verb.tooLong();
            }
        }
        if (end - index < 2) {
            throw cut();
        }
        if (digits == 0 || buffer[index] != '\r' || buffer[index + 1] != '\n') {
            throw new StreamFormatException("a length that is no number, ended by byte " + (buffer[index] & 0xFF));
        }
        at = index + 2;
        return (int) value;
    }

    /** Number of bytes in the buffer, at least {@code wanted} unless the log ends before. */
    private int available(int wanted) throws IOException {
        if (limit - at < wanted) {
            System.arraycopy(buffer, at, buffer, 0, limit - at);
            limit -= at;
            at = 0;
            limit += reader.read(ByteBuffer.wrap(buffer, limit, buffer.length - limit));
        }
        return limit - at;
    }

    private StreamFormatException cut() {
        return new StreamFormatException("the log ends within a command or a transaction");
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
