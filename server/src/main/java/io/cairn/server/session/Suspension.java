package io.cairn.server.session;

/**
 * What a deferred client waits for, as far as others may end it.
 *
 * <p><i>Thread-safe.</i>
 */
public interface Suspension {
    /**
     * Ends the waiting as if its time were over, or with an error (CLIENT UNBLOCK).
     *
     * @return false if it ends otherwise already
     */
    boolean unblock(boolean withError);

    /** The client is gone: it must not be given anything from when this returns. */
    void abandon();
}
