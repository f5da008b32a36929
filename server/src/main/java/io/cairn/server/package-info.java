/**
 * The server's outermost layer: the process entry point {@link io.cairn.server.Main}.
 *
 * <p>Only {@code bench} may import from this module.
 */
@NullMarked
package io.cairn.server;

import org.jspecify.annotations.NullMarked;
