package io.cairn.engine.rows;

import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * Says what RocksDB's errors mean and what to do about them.
 *
 * <p><i>Immutable.</i>
 */
final class RocksFailures {
    private RocksFailures() {}

    /** The exception for a failed read: {@link WouldBlockException} where memory could not tell. */
    static RuntimeException ofRead(RocksDBException e) {
        return code(e) == Status.Code.Incomplete ? WouldBlockException.INSTANCE : of("read", e);
    }

    /** The exception for a failure while doing {@code what}. */
    static StorageException of(String what, RocksDBException e) {
        String message = "row store could not " + what + ": " + e.getMessage();
        Status status = e.getStatus();
        if (code(e) == Status.Code.Corruption) {
            return new CorruptStoreException(
                    message + ": restore the directory from a backup, or remove it and resynchronize from another node",
                    e);
        }
        if (status != null && status.getSubCode() == Status.SubCode.NoSpace) {
            return new StoreFullException(message + ": make room on the disk, then restart", e);
        }
        return new StorageException(message, e);
    }

    private static Status.@Nullable Code code(RocksDBException e) {
        Status status = e.getStatus();
        return status == null ? null : status.getCode();
    }
}
