/**
 * The commands of streams: {@link io.cairn.server.command.streams.StreamCommands} is the table, beside it a class for
 * those that write entries, those that read them, groups, pending entries, and XINFO. {@link
 * io.cairn.server.command.streams.StreamRead} is what XREAD and XREADGROUP ask for: it can be served again later.
 */
@NullMarked
package io.cairn.server.command.streams;

import org.jspecify.annotations.NullMarked;
