/**
 * Replication over Netty: connections as {@code PeerChannel}s, the commands of both roles, what the role forbids clients.
 * {@link io.cairn.server.replication.ReplicationService} puts it together.
 */
@NullMarked
package io.cairn.server.replication;

import org.jspecify.annotations.NullMarked;
