package io.cairn.wal;

import java.io.IOException;

/**
 * The log refuses to write because of an earlier storage failure, which is the cause.
 *
 * <p><i>Immutable.</i>
 */
public final class LogFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Wraps the first failure.
     *
     * @param cause the first failure
     */
    public LogFailedException(IOException cause) {
        super("The log stopped writing after a storage failure: " + cause.getMessage(), cause);
    }
}
