/**
 * Commands on keys of whatever type: existence, names, expiry, iteration.
 *
 * <p>{@link io.cairn.server.command.keys.KeyCommands} declares them; read by the command table alone.
 */
@NullMarked
package io.cairn.server.command.keys;

import org.jspecify.annotations.NullMarked;
