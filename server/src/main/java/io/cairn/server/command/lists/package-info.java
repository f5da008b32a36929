/**
 * The commands of lists: {@link io.cairn.server.command.lists.ListCommands} is the table, beside it a class for those
 * that work at the ends and one for those that look inside.
 */
@NullMarked
package io.cairn.server.command.lists;

import org.jspecify.annotations.NullMarked;
