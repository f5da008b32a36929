package io.cairn.wal;

import java.io.IOException;

/**
 * A position that the log no longer holds was asked for.
 *
 * <p><i>Immutable.</i>
 */
public final class LogTruncatedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long requested;
    private final long start;

    /**
     * Says what was asked for and what is left.
     *
     * @param requested the position asked for
     * @param start the oldest position held
     */
    public LogTruncatedException(long requested, long start) {
        super("Position " + requested + " is no longer in the log, which starts at " + start);
        this.requested = requested;
        this.start = start;
    }

    /** The position asked for. */
    public long requested() {
        return requested;
    }

    /** The oldest position held when it was asked for. */
    public long start() {
        return start;
    }
}
