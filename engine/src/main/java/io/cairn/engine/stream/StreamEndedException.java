package io.cairn.engine.stream;

/**
 * The keyspace is no longer the stream's to change: nothing more of it is taken.
 *
 * <p><i>Immutable.</i>
 */
public final class StreamEndedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The role, the primary or the keyspace changed. */
    public StreamEndedException() {
        super("the node follows another primary, or none", null, false, false);
    }
}
