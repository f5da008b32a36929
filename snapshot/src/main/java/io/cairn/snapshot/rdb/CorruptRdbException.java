package io.cairn.snapshot.rdb;

/**
 * The bytes are no valid RDB: cut off, changed on the way, or never right.
 *
 * <p><i>Immutable.</i>
 */
public final class CorruptRdbException extends RdbException {
    private static final long serialVersionUID = 1;

    CorruptRdbException(String message, long position) {
        super(message, position);
    }
}
