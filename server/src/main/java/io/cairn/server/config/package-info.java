/**
 * Configuration: {@link io.cairn.server.config.Directives} declares every directive once, {@link
 * io.cairn.server.config.Configuration} holds their values, {@link io.cairn.server.config.ConfigFile} reads and rewrites
 * the file.
 *
 * <p>Depends on nothing of the server but the splitting of lines; who needs a value reads it or is told of its change.
 */
@NullMarked
package io.cairn.server.config;

import org.jspecify.annotations.NullMarked;
