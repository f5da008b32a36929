/**
 * The commands about the connection itself: {@link io.cairn.server.command.connection.ConnectionCommands} (PING, AUTH,
 * SELECT, HELLO ...) and {@link io.cairn.server.command.connection.ClientCommands} (CLIENT).
 */
@NullMarked
package io.cairn.server.command.connection;

import org.jspecify.annotations.NullMarked;
