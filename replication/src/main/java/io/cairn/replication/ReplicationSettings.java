package io.cairn.replication;

import org.jspecify.annotations.Nullable;

/**
 * What can be configured about replication, under the names of redis.conf.
 *
 * <p><i>Immutable.</i>
 *
 * @param listeningPort port that this node tells its primary
 * @param announceIp address that it tells (replica-announce-ip), or null
 * @param primaryUser masteruser, or null
 * @param primaryPassword masterauth, or null
 * @param timeoutMillis repl-timeout: silence after which a link is given up
 * @param pingPeriodMillis repl-ping-replica-period
 * @param diskless repl-diskless-sync: send snapshots without a file where the replica can take them
 * @param disklessDelayMillis repl-diskless-sync-delay: wait for more replicas before a snapshot begins
 * @param replicaLogBytesMax log bytes kept for one connected replica at most; one that is further behind is dropped
 * @param databases number of databases
 */
public record ReplicationSettings(
        int listeningPort,
        @Nullable String announceIp,
        @Nullable String primaryUser,
        @Nullable String primaryPassword,
        long timeoutMillis,
        long pingPeriodMillis,
        boolean diskless,
        long disklessDelayMillis,
        long replicaLogBytesMax,
        int databases) {
    /** The defaults, for a node that listens on a port. A snapshot here costs no fork: it does not wait for company. */
    public static ReplicationSettings defaults(int listeningPort) {
        return new ReplicationSettings(listeningPort, null, null, null, 60_000, 10_000, true, 0, 16L << 30, 16);
    }
}
