/**
 * What a command is: its declaration ({@link io.cairn.server.command.Command}), the call that a handler gets, the reply
 * that it gives back, and the table of all of them.
 *
 * <p>Handlers stand in one class a family in packages below this one and are plain sequential code: binary arguments in,
 * rows changed through the turn, reply out; no locks, no channel.
 */
@NullMarked
package io.cairn.server.command;

import org.jspecify.annotations.NullMarked;
