/**
 * FUNCTION: libraries of functions are loaded, kept, listed, dumped and restored; {@link
 * io.cairn.server.command.functions.FunctionCommands} declares it all.
 *
 * <p>What runs them is a {@link io.cairn.server.command.functions.FunctionEngine}.
 */
@NullMarked
package io.cairn.server.command.functions;

import org.jspecify.annotations.NullMarked;
