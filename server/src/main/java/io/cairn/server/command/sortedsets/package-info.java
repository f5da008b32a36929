/**
 * The commands of sorted sets: {@link io.cairn.server.command.sortedsets.SortedSetCommands} is the table; beside it a
 * class each for changes, lookups, pops, ranges, and operations on several sets.
 */
@NullMarked
package io.cairn.server.command.sortedsets;

import org.jspecify.annotations.NullMarked;
