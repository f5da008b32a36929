/**
 * A keyspace of typed values over ordered rows, tied to positions in the write-ahead log.
 *
 * <p>{@link io.cairn.engine.Engine} is the central type: it opens a data directory, recovers it, hands out {@link
 * io.cairn.engine.keyspace.Turn}s and commits them (log first, rows second, reply last). Knows nothing of sockets or of
 * the requests that clients send.
 */
@NullMarked
package io.cairn.engine;

import org.jspecify.annotations.NullMarked;
