/**
 * FUNCTION: libraries of functions are kept, listed, dumped and restored; {@link
 * io.cairn.server.command.functions.FunctionCommands} declares it all.
 *
 * <p>There is no engine here that could run them, so nothing is said of the functions inside.
 */
@NullMarked
package io.cairn.server.command.functions;

import org.jspecify.annotations.NullMarked;
