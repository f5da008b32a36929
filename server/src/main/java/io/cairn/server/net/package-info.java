/**
 * Sockets: {@link io.cairn.server.net.Listener} accepts, a {@code Connection} is one of them, a {@link
 * io.cairn.server.net.Loop} runs the commands of all connections of one event loop in turns and sends the replies.
 *
 * <p>The only package that knows how Netty is driven.
 */
@NullMarked
package io.cairn.server.net;

import org.jspecify.annotations.NullMarked;
