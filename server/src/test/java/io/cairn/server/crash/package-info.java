/**
 * Servers in processes of their own that die at every moment, lose their disk or find their files damaged, and what is
 * there afterwards.
 *
 * <p>{@link io.cairn.server.crash.ServerChild} is the process, {@link io.cairn.server.crash.Writer} the client that knows
 * what it was promised, {@link io.cairn.server.crash.Contents} what a store holds.
 */
@NullMarked
package io.cairn.server.crash;

import org.jspecify.annotations.NullMarked;
