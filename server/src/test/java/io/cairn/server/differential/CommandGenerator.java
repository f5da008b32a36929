package io.cairn.server.differential;

import java.util.Random;

/**
 * Draws commands of one family: mostly meaningful, now and then malformed.
 *
 * <p>Keys come from {@link Draw#key}, whose few names all families share, so that types collide.
 *
 * <p><i>Thread-safe.</i>
 */
@FunctionalInterface
public interface CommandGenerator {
    /** The next command. */
    byte[][] next(Random random);
}
