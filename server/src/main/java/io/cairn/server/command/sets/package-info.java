/**
 * The commands on sets: {@link io.cairn.server.command.sets.SetCommands} declares them all, their handlers stand beside
 * it by what they do (members, random members, set algebra).
 */
@NullMarked
package io.cairn.server.command.sets;

import org.jspecify.annotations.NullMarked;
