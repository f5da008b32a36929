/**
 * Clients: {@link io.cairn.server.session.Session} is what the server knows of one, {@link
 * io.cairn.server.session.Sessions} holds them all.
 *
 * <p>A session reaches its connection only through the port {@link io.cairn.server.session.Wire}.
 */
@NullMarked
package io.cairn.server.session;

import org.jspecify.annotations.NullMarked;
