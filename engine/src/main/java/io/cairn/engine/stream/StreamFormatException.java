package io.cairn.engine.stream;

/**
 * Bytes of a stream are no commands.
 *
 * <p><i>Immutable.</i>
 */
public final class StreamFormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What stands where a command should begin or go on. */
    public StreamFormatException(String message) {
        super(message);
    }
}
