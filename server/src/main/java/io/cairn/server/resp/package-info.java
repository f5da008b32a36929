/**
 * RESP2 and RESP3 as bytes: {@link io.cairn.server.resp.RequestDecoder} turns what a client sent into arguments, {@link
 * io.cairn.server.resp.ReplyEncoder} turns replies into what it receives.
 *
 * <p>No sockets here: bytes come in as arrays and go out through {@link io.cairn.server.resp.ReplyBuffer}, so both sides
 * are tested without a network.
 */
@NullMarked
package io.cairn.server.resp;

import org.jspecify.annotations.NullMarked;
