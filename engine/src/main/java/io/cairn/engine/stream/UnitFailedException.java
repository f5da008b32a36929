package io.cairn.engine.stream;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A unit of the stream could not be run: nothing of it was applied, all before it is.
 *
 * <p><i>Immutable.</i>
 */
public final class UnitFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int NAME_BYTES_MAX = 64;

    private final long position;
    private final String command;

    UnitFailedException(long position, byte[] @Nullable [] args, Throwable cause) {
        super(cause instanceof UnexecutableException ? cause.getMessage() : cause.toString(), cause);
        this.position = position;
        this.command = args == null ? "" : printable(args[0]);
    }

    /** Position before the unit: the offset that is applied. */
    public long position() {
        return position;
    }

    /** The command that failed, as far as it can be printed. */
    public String command() {
        return command;
    }

    private static String printable(byte[] name) {
        byte[] text = java.util.Arrays.copyOf(name, Math.min(name.length, NAME_BYTES_MAX));
        for (int i = 0; i < text.length; i++) {
            text[i] = text[i] > ' ' && text[i] < 0x7F ? text[i] : (byte) '?';
        }
        return new String(text, StandardCharsets.US_ASCII);
    }
}
