package io.cairn.snapshot.rdb;

import java.io.IOException;

/**
 * An RDB stream that cannot be loaded, and where it stopped.
 *
 * <p><i>Immutable.</i>
 */
public abstract sealed class RdbException extends IOException
        permits CorruptRdbException,
                UnsupportedRdbTypeException,
                UnsupportedRdbVersionException,
                DatabaseOutOfRangeException {
    private static final long serialVersionUID = 1;

    private final long position;

    RdbException(String message, long position) {
        super(message + " position=" + position);
        this.position = position;
    }

    /** Bytes from the start of the RDB to where reading stopped. */
    public final long position() {
        return position;
    }
}
