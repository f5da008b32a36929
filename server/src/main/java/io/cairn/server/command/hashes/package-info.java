/**
 * The commands on hashes: {@link io.cairn.server.command.hashes.HashCommands} declares them all, their handlers stand
 * beside it by what they do (read, write, scan and draw).
 */
@NullMarked
package io.cairn.server.command.hashes;

import org.jspecify.annotations.NullMarked;
