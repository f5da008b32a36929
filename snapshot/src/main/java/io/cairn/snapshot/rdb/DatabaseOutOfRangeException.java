package io.cairn.snapshot.rdb;

/**
 * The stream holds a database that the configured number of databases leaves no room for.
 *
 * <p><i>Immutable.</i>
 */
public final class DatabaseOutOfRangeException extends RdbException {
    private static final long serialVersionUID = 1;

    DatabaseOutOfRangeException(long db, int databases, long position) {
        super("RDB holds database " + db + " but databases=" + databases, position);
    }
}
