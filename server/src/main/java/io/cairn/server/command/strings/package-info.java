/**
 * Commands on strings: values, numbers in them, parts of them, bits of them.
 *
 * <p>{@link io.cairn.server.command.strings.StringCommands} and {@link io.cairn.server.command.strings.BitmapCommands}
 * declare them; read by the command table alone.
 */
@NullMarked
package io.cairn.server.command.strings;

import org.jspecify.annotations.NullMarked;
