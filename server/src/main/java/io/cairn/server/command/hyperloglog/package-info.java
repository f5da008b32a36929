/**
 * The commands on HyperLogLogs, which are strings of a known layout: {@link
 * io.cairn.server.command.hyperloglog.HyperLogLogCommands} declares them, {@link
 * io.cairn.server.command.hyperloglog.Sketch} is the layout.
 *
 * <p>Values are byte for byte what Redis makes of the same commands, so that either may go on with the other's.
 */
@NullMarked
package io.cairn.server.command.hyperloglog;

import org.jspecify.annotations.NullMarked;
