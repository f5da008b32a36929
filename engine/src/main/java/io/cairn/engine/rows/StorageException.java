package io.cairn.engine.rows;

/**
 * The row store or the log failed. On the write path it latches the engine (writes stop, reads go on).
 *
 * <p><i>Immutable.</i>
 */
public class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** A failure with its cause. */
    public StorageException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A failure that was found rather than thrown, such as a row that no version of the format allows. */
    public StorageException(String message) {
        super(message);
    }
}
