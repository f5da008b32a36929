/**
 * The commands about the server: its databases, configuration, command table, figures, end.
 */
@NullMarked
package io.cairn.server.command.admin;

import org.jspecify.annotations.NullMarked;
