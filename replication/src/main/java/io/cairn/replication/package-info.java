/**
 * Both replication roles as state machines: handshake, resynchronisation, streaming, ids and offsets, promotion.
 *
 * <p>Time, randomness and I/O come in through ports, so that a whole cluster can be simulated on one thread. Netty and
 * RocksDB are unknown here.
 */
@NullMarked
package io.cairn.replication;

import org.jspecify.annotations.NullMarked;
