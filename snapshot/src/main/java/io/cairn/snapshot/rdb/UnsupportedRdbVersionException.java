package io.cairn.snapshot.rdb;

/**
 * The stream is of an RDB version that is newer than what is read here, or of a foreign line of versions.
 *
 * <p><i>Immutable.</i>
 */
public final class UnsupportedRdbVersionException extends RdbException {
    private static final long serialVersionUID = 1;

    UnsupportedRdbVersionException(String version, int newest, long position) {
        super("RDB version " + version + " is not supported: newest=" + newest, position);
    }
}
