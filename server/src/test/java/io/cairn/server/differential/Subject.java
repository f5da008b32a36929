package io.cairn.server.differential;

/**
 * Something that answers commands: Cairn or a real server.
 *
 * <p>Answers are plain values, RESP2: {@code +status}, {@code -error} and {@code $bytes} as strings (a byte a character),
 * integers as Long, arrays as lists, no value as {@link #NIL}.
 *
 * <p><i>Confined to the test's thread.</i>
 */
public interface Subject extends AutoCloseable {
    /** Answer for no value. */
    String NIL = "nil";

    /** Runs a command. */
    Object call(byte[]... args);

    /** Runs a command of words. */
    default Object call(String... words) {
        byte[][] args = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            args[i] = Draw.bytes(words[i]);
        }
        return call(args);
    }

    @Override
    void close();
}
