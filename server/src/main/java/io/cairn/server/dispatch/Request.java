package io.cairn.server.dispatch;

import io.cairn.server.command.CommandTable;

/**
 * A command that a client wants run, which admission let pass.
 *
 * <p><i>Immutable.</i>
 */
public record Request(CommandTable.Entry entry, byte[][] args) {}
