/**
 * Differential tests: one seeded stream of commands goes to Cairn and to a real {@code redis-server}; replies and final
 * state must be the same.
 *
 * <p>{@link io.cairn.server.differential.Differential} runs and compares; a family of commands takes part by a {@link
 * io.cairn.server.differential.CommandGenerator} and a line in {@link io.cairn.server.differential.Families}.
 */
@NullMarked
package io.cairn.server.differential;

import org.jspecify.annotations.NullMarked;
