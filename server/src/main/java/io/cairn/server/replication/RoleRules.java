package io.cairn.server.replication;

import io.cairn.engine.Engine;
import io.cairn.replication.Replication;
import io.cairn.server.config.Configuration;
import io.cairn.server.config.Directives;
import org.jspecify.annotations.Nullable;

/**
 * What the node's role and its replicas forbid clients.
 *
 * <p><i>Thread-safe.</i>
 */
public final class RoleRules {
    private static final String READONLY = "READONLY You can't write against a read only replica.";
    private static final String NOREPLICAS = "NOREPLICAS Not enough good replicas to write.";
    private static final String MASTERDOWN =
            "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.";

    private final Engine engine;
    private final Replication replication;
    private volatile int minReplicas;
    private volatile long minReplicasLagMillis;
    private volatile boolean servesStale = true;

    RoleRules(Engine engine, Replication replication, Configuration configuration) {
        this.engine = engine;
        this.replication = replication;
        configuration.follow(Directives.MIN_REPLICAS, value -> minReplicas = Integer.parseInt(value));
        configuration.follow(Directives.MIN_REPLICAS_LAG, value -> minReplicasLagMillis = Long.parseLong(value) * 1000);
        configuration.follow(Directives.SERVE_STALE, value -> servesStale = value.equals("yes"));
    }

    /** Why a client may not write, as an error reply, or null if it may. */
    public @Nullable String refusesWrite() {
        if (engine.isReplica()) {
            return READONLY;
        }
        int wanted = minReplicas;
        boolean tooFew =
                wanted > 0 && minReplicasLagMillis > 0 && replication.feeds().good(minReplicasLagMillis) < wanted;
        return tooFew ? NOREPLICAS : null;
    }

    /** Why data may not be read, as an error reply, or null if it may. */
    public @Nullable String refusesStale() {
        return !servesStale && engine.isReplica() && replication.isLinkDown() ? MASTERDOWN : null;
    }
}
