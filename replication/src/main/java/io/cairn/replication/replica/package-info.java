/**
 * This node as a replica: the link to its primary ({@link io.cairn.replication.replica.ReplicaLink}), from the handshake
 * through a snapshot or the missing bytes to the stream.
 */
@NullMarked
package io.cairn.replication.replica;

import org.jspecify.annotations.NullMarked;
