/**
 * Clients that wait for keys: {@link io.cairn.server.blocking.Waiters} says who waits for what, {@link
 * io.cairn.server.blocking.Serving} serves them in the turn that made a key ready.
 *
 * <p>Commands know nothing of it: they say what they wait for ({@link io.cairn.server.command.Waiting}). The dispatcher
 * does the rest.
 */
@NullMarked
package io.cairn.server.blocking;

import org.jspecify.annotations.NullMarked;
