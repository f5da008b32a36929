package io.cairn.server.net;

import io.cairn.server.command.CommandTable;
import org.jspecify.annotations.Nullable;

/**
 * A request as its connection sent it, not yet admitted.
 *
 * <p><i>Immutable.</i>
 *
 * @param entry the command, null if there is none of that name
 */
record Decoded(CommandTable.@Nullable Entry entry, byte[][] args) {}
