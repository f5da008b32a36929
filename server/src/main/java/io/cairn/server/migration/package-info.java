/**
 * MIGRATE: keys that move to another node. {@link io.cairn.server.migration.MigrateCommand} is the command, {@code Target}
 * a connection to where they go.
 *
 * <p>Runs on threads of its own, because it waits for the other node.
 */
@NullMarked
package io.cairn.server.migration;

import org.jspecify.annotations.NullMarked;
