package io.cairn.server.replication;

import io.cairn.engine.Engine;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.stream.CommandExecutor;
import io.cairn.replication.Replication;
import io.cairn.replication.ReplicationSettings;
import io.cairn.replication.primary.ReplicaFeeds;
import io.cairn.replication.replica.LinkContext;
import io.cairn.server.blocking.Waiters;
import io.cairn.server.command.Command;
import io.cairn.server.config.Configuration;
import io.cairn.server.config.Directives;
import io.cairn.server.info.InfoSection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Replication of a server: put together, ticked, ended.
 *
 * <p>Life: constructed with the engine; {@link #start} takes the role that the configuration says; {@link #close} before
 * the engine is closed.
 *
 * <p><i>Thread-safe.</i>
 */
public final class ReplicationService implements AutoCloseable {
    private static final long TICK_MILLIS = 100;

    private final Engine engine;
    private final Configuration configuration;
    private final IntSupplier port;
    private final LinkNetwork network = new LinkNetwork();
    private final Replication replication;
    private final RoleRules rules;
    private final Waiters waiters;

    /**
     * @param executor runs the commands of a primary's stream
     * @param port the port on which this server listens, once it does
     * @param waiters clients that are let go when this node becomes a replica
     */
    public ReplicationService(
            Engine engine, CommandExecutor executor, Configuration configuration, IntSupplier port, Waiters waiters) {
        this.waiters = waiters;
        this.engine = engine;
        this.configuration = configuration;
        this.port = port;
        Executor snapshots = threadPerTask();
        ReplicaFeeds feeds = new ReplicaFeeds(engine, this::settings, snapshots, System::currentTimeMillis);
        replication = new Replication(
                engine,
                feeds,
                new LinkContext(
                        engine,
                        executor,
                        new Turn(engine.handle(), true),
                        network,
                        snapshots,
                        this::settings,
                        System::currentTimeMillis,
                        () -> ThreadLocalRandom.current().nextLong()));
        rules = new RoleRules(engine, replication, configuration);
    }

    private static Executor threadPerTask() {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "snapshot-" + number.incrementAndGet());
            thread.setDaemon(true);
            thread.start();
        };
    }

    /** Takes the configured role: follows the primary named there; without one, data that was a replica's is promoted. */
    public void start() {
        String[] primary = configuration.text(Directives.REPLICAOF).split(" ", -1);
        if (primary.length == 2) {
            replication.resume(primary[0], Integer.parseInt(primary[1]));
        } else if (engine.isReplica()) {
            replication.promote();
        }
        network.every(TICK_MILLIS, replication::tick);
    }

    private ReplicationSettings settings() {
        long announced = configuration.number(Directives.ANNOUNCE_PORT);
        return new ReplicationSettings(
                announced > 0 ? (int) announced : port.getAsInt(),
                nullIfEmpty(configuration.text(Directives.ANNOUNCE_IP)),
                nullIfEmpty(configuration.text(Directives.MASTERUSER)),
                nullIfEmpty(configuration.text(Directives.MASTERAUTH)),
                configuration.number(Directives.REPL_TIMEOUT) * 1000,
                configuration.number(Directives.REPL_PING) * 1000,
                configuration.isYes(Directives.REPL_DISKLESS),
                configuration.number(Directives.REPL_DELAY) * 1000,
                configuration.number(Directives.REPL_LOG_MAX),
                (int) configuration.number(Directives.DATABASES));
    }

    private static @Nullable String nullIfEmpty(String text) {
        return text.isEmpty() ? null : text;
    }

    /** The commands of replication. */
    public List<Command> commands() {
        List<Command> commands = new ArrayList<>();
        commands.addAll(new PrimaryCommands(engine, replication).commands());
        commands.addAll(new RoleCommands(engine, replication, this::remember, waiters).commands());
        return commands;
    }

    /** So that CONFIG GET and CONFIG REWRITE tell the present primary. */
    private void remember(String host, int ofPort) {
        configuration.note(Directives.REPLICAOF, host.isEmpty() ? "" : host + " " + ofPort);
    }

    /** The section of INFO. */
    public InfoSection section() {
        return new ReplicationFigures(engine, replication, configuration).section();
    }

    /** Lines for the section Stats of INFO. */
    public InfoSection counters() {
        return new ReplicationFigures(engine, replication, configuration).counters();
    }

    /** What the role forbids clients. */
    public RoleRules rules() {
        return rules;
    }

    /** Both roles. */
    public Replication replication() {
        return replication;
    }

    @Override
    public void close() {
        replication.close();
        network.close();
    }
}
