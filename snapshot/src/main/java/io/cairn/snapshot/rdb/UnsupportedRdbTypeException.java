package io.cairn.snapshot.rdb;

/**
 * The stream holds a value of a type that cannot be stored here.
 *
 * <p><i>Immutable.</i>
 */
public final class UnsupportedRdbTypeException extends RdbException {
    private static final long serialVersionUID = 1;

    private final int type;

    UnsupportedRdbTypeException(int type, String typeName, String key, long position) {
        super("RDB type " + type + " (" + typeName + ") is not supported: key=" + key, position);
        this.type = type;
    }

    /** The RDB type number. */
    public int type() {
        return type;
    }
}
