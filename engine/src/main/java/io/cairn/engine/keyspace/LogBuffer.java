package io.cairn.engine.keyspace;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Stream bytes of a turn: commands encoded as RESP arrays of bulk strings, one behind the other.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
final class LogBuffer {
    private static final int INITIAL = 16 << 10;
    private static final int KEPT = 4 << 20;
    private static final byte[] MULTI = "*1\r\n$5\r\nMULTI\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EXEC = "*1\r\n$4\r\nEXEC\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SELECT = "SELECT".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes = new byte[INITIAL];
    private int size;

    /** The bytes of a SELECT command. */
    static byte[] select(int db) {
        LogBuffer one = new LogBuffer();
        one.appendSelect(db);
        return Arrays.copyOf(one.bytes, one.size);
    }

    int size() {
        return size;
    }

    ByteBuffer view() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    void append(byte[][] args) {
        number('*', args.length);
        for (byte[] arg : args) {
            number('$', arg.length);
            reserve(arg.length + 2);
            System.arraycopy(arg, 0, bytes, size, arg.length);
            size += arg.length;
            bytes[size++] = '\r';
            bytes[size++] = '\n';
        }
    }

    void appendMulti() {
        raw(MULTI);
    }

    void appendExec() {
        raw(EXEC);
    }

    void appendSelect(int db) {
        append(new byte[][] {SELECT, Integer.toString(db).getBytes(StandardCharsets.US_ASCII)});
    }

    void truncate(int to) {
        size = to;
    }

    void clear() {
        size = 0;
        if (bytes.length > KEPT) {
            bytes = new byte[INITIAL];
        }
    }

    private void raw(byte[] constant) {
        reserve(constant.length);
        System.arraycopy(constant, 0, bytes, size, constant.length);
        size += constant.length;
    }

    private void number(char prefix, int value) {
        reserve(14);
        bytes[size++] = (byte) prefix;
        int digits = digits(value);
        for (int at = size + digits - 1, rest = value; at >= size; at--, rest /= 10) {
            bytes[at] = (byte) ('0' + rest % 10);
        }
        size += digits;
        bytes[size++] = '\r';
        bytes[size++] = '\n';
    }

    private static int digits(int value) {
        int digits = 1;
        for (int rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        return digits;
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            int wanted = Math.max(Math.addExact(size, more), Math.min(bytes.length, 1 << 29) * 2);
            bytes = Arrays.copyOf(bytes, wanted);
        }
    }
}
