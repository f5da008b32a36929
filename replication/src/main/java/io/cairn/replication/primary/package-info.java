/**
 * This node as a primary: which resynchronization a replica gets ({@link io.cairn.replication.primary.Resync}), snapshots
 * for those that need one, and the log for all of them ({@link io.cairn.replication.primary.ReplicaFeed}).
 */
@NullMarked
package io.cairn.replication.primary;

import org.jspecify.annotations.NullMarked;
