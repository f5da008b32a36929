package io.cairn.server.session;

/**
 * A reply that comes later (WAIT, a blocking command): the session runs nothing else until {@link Wire#complete}.
 *
 * <p><i>Immutable.</i>
 */
public final class Deferral {
    Deferral() {}
}
