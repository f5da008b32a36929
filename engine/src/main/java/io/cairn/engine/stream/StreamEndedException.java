package io.cairn.engine.stream;

/**
 * The node no longer follows the stream that was being applied: nothing more of it is.
 *
 * <p><i>Immutable.</i>
 */
public final class StreamEndedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StreamEndedException() {
        super("the node follows another primary, or none", null, false, false);
    }
}
