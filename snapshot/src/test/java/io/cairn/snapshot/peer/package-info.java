/**
 * Real servers for tests: {@link io.cairn.snapshot.peer.RedisProcess} starts one in a directory of its own, {@link
 * io.cairn.snapshot.peer.RespClient} talks to it and {@link io.cairn.snapshot.peer.Peers} fills and reads it.
 */
@NullMarked
package io.cairn.snapshot.peer;

import org.jspecify.annotations.NullMarked;
