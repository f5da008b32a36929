package io.cairn.engine.rows;

/**
 * The row store's files are damaged or missing: nothing was changed, and nothing should be until they are restored.
 *
 * <p><i>Immutable.</i>
 */
public final class CorruptStoreException extends StorageException {
    private static final long serialVersionUID = 1;

    /** Damage that RocksDB reported. */
    public CorruptStoreException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Damage that was found rather than thrown. */
    public CorruptStoreException(String message) {
        super(message);
    }
}
