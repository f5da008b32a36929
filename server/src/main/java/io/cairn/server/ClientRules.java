package io.cairn.server;

import io.cairn.engine.Evictor;
import io.cairn.engine.keyspace.Turn;
import io.cairn.server.config.Configuration;
import io.cairn.server.config.Directives;
import io.cairn.server.dispatch.Policy;
import io.cairn.server.net.Clients;
import io.cairn.server.net.OutputLimit;
import io.cairn.server.pubsub.Broker;
import io.cairn.server.replication.RoleRules;
import io.cairn.server.session.Login;
import io.cairn.server.session.Session;
import io.cairn.server.session.Sessions;
import org.jspecify.annotations.Nullable;

/** What the configuration says about clients. */
final class ClientRules implements Clients, Policy {
    private static final String PROTECTED =
            "DENIED Cairn is running in protected mode because protected mode is enabled"
                    + " and no password is set for the default user. In this mode connections are only accepted from the loopback"
                    + " interface. To connect from elsewhere set a password (requirepass), or switch protected-mode off if the"
                    + " network is trusted.";

    private final Configuration configuration;
    private final Sessions sessions;
    private final Login login;
    private final RoleRules role;
    private final Broker broker;
    private final Evictor evictor;
    private volatile long maxClients;
    private volatile long idleSeconds;
    private volatile boolean isProtected;
    private volatile OutputLimit subscriberLimit = OutputLimit.NONE;

    ClientRules(
            Configuration configuration,
            Sessions sessions,
            Login login,
            RoleRules role,
            Broker broker,
            Evictor evictor) {
        this.role = role;
        this.broker = broker;
        this.evictor = evictor;
        this.configuration = configuration;
        this.sessions = sessions;
        this.login = login;
        configuration.follow(Directives.MAXCLIENTS, value -> maxClients = Long.parseLong(value));
        configuration.follow(Directives.TIMEOUT, value -> idleSeconds = Long.parseLong(value));
        configuration.follow(Directives.OUTPUT_LIMITS, value -> subscriberLimit = OutputLimit.ofClass("pubsub", value));
        configuration.follow(Directives.PROTECTED_MODE, value -> isProtected = value.equals("yes"));
    }

    @Override
    public @Nullable String refuses(boolean loopback) {
        if (sessions.count() >= maxClients) {
            return "ERR max number of clients reached";
        }
        return isProtected && !loopback && !login.isRequired() ? PROTECTED : null;
    }

    @Override
    public boolean mustLogIn() {
        return login.isRequired();
    }

    @Override
    public long maxBulkBytes() {
        return configuration.number(Directives.MAX_BULK);
    }

    @Override
    public long maxRequestBytes() {
        return configuration.number(Directives.QUERY_LIMIT);
    }

    @Override
    public long idleSeconds() {
        return idleSeconds;
    }

    @Override
    public void closed(Session session) {
        broker.forget(session);
    }

    @Override
    public OutputLimit subscriberLimit() {
        return subscriberLimit;
    }

    @Override
    public boolean isMemoryExceeded() {
        return evictor.isExceeded();
    }

    @Override
    public void makeRoom(Turn turn) {
        evictor.relieve(turn);
    }

    @Override
    public boolean isOutOfMemory() {
        return evictor.isRefusing();
    }

    @Override
    public @Nullable String refusesWrite(Session session) {
        return role.refusesWrite();
    }

    @Override
    public @Nullable String refusesStale() {
        return role.refusesStale();
    }

    @Override
    public boolean allowsDebug(Session session) {
        return switch (configuration.text(Directives.ENABLE_DEBUG)) {
            case "yes" -> true;
            case "local" ->
                session.address().startsWith("127.") || session.address().startsWith("[::1]");
            default -> false;
        };
    }
}
