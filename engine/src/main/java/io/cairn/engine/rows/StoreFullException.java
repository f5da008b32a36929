package io.cairn.engine.rows;

/**
 * The row store's disk has no space left.
 *
 * <p><i>Immutable.</i>
 */
public final class StoreFullException extends StorageException {
    private static final long serialVersionUID = 1;

    /** A failure with its cause. */
    public StoreFullException(String message, Throwable cause) {
        super(message, cause);
    }
}
