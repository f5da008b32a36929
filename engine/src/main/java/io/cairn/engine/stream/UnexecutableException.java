package io.cairn.engine.stream;

/**
 * A command of the stream cannot be run here: it is unknown, or it fails where it did not fail on the primary.
 *
 * <p><i>Immutable.</i>
 */
public final class UnexecutableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param reason an error reply, or what there is to say instead of one */
    public UnexecutableException(String reason) {
        super(reason);
    }
}
