package io.cairn.engine.rows;

/**
 * A read in {@link ReadMode#MEMORY} needs the disk: abandon the command, run it again where waiting is allowed.
 *
 * <p>One instance without a stack trace: it is control flow on a hot path.
 *
 * <p><i>Immutable.</i>
 */
public final class WouldBlockException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The only instance. */
    @SuppressWarnings("StaticAssignmentOfThrowable") // it has no stack trace to be wrong
    public static final WouldBlockException INSTANCE = new WouldBlockException();

    private WouldBlockException() {
        super("the answer is on disk", null, false, false);
    }
}
