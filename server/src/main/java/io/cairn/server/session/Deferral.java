package io.cairn.server.session;

/**
 * A reply that comes later (WAIT, a blocking command): the session runs nothing else until {@link Wire#complete}.
 *
 * <p>If the client goes away before, or is let go by another, whoever was to make the reply is told.
 *
 * <p><i>Immutable.</i>
 */
public final class Deferral {
    /** A reply that nobody can call off. */
    private static final Suspension FOR_GOOD = new Suspension() {
        @Override
        public boolean unblock(boolean withError) {
            return false;
        }

        @Override
        public void abandon() {
            // nobody waits for that
        }
    };

    private final Suspension suspension;

    /** A reply that comes for sure. */
    public Deferral() {
        this(FOR_GOOD);
    }

    /** A reply that comes unless the waiting is ended before. */
    public Deferral(Suspension suspension) {
        this.suspension = suspension;
    }

    boolean unblock(boolean withError) {
        return suspension.unblock(withError);
    }

    void abandon() {
        suspension.abandon();
    }
}
