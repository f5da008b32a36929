package io.cairn.server;

import io.cairn.engine.Engine;
import io.cairn.engine.keyspace.StepObserver;
import io.cairn.engine.rows.KeyUsage;
import io.cairn.engine.stream.CommandExecutor;
import io.cairn.server.blocking.Waiters;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandTable;
import io.cairn.server.command.admin.CommandCommands;
import io.cairn.server.command.admin.ConfigCommands;
import io.cairn.server.command.admin.DebugCommands;
import io.cairn.server.command.admin.ServerCommands;
import io.cairn.server.command.admin.SlowLogCommands;
import io.cairn.server.command.connection.ClientCommands;
import io.cairn.server.command.connection.ConnectionCommands;
import io.cairn.server.command.functions.FunctionEngine;
import io.cairn.server.command.pubsub.PublishCommands;
import io.cairn.server.command.pubsub.SubscriptionCommands;
import io.cairn.server.config.Configuration;
import io.cairn.server.config.Directives;
import io.cairn.server.config.EventClasses;
import io.cairn.server.dispatch.Admission;
import io.cairn.server.dispatch.DiskPool;
import io.cairn.server.dispatch.InnerCalls;
import io.cairn.server.dispatch.Pause;
import io.cairn.server.dispatch.ScriptCalls;
import io.cairn.server.dispatch.StreamExecutor;
import io.cairn.server.dispatch.Transactions;
import io.cairn.server.info.Info;
import io.cairn.server.info.InfoSection;
import io.cairn.server.info.ProcessFigures;
import io.cairn.server.info.ServerFigures;
import io.cairn.server.migration.MigrateCommand;
import io.cairn.server.net.LoopServices;
import io.cairn.server.net.Network;
import io.cairn.server.net.NetworkOptions;
import io.cairn.server.net.Transport;
import io.cairn.server.persistence.DumpFile;
import io.cairn.server.persistence.SaveCommands;
import io.cairn.server.pubsub.Broker;
import io.cairn.server.replication.ReplicationService;
import io.cairn.server.script.ScriptCommands;
import io.cairn.server.script.Scripts;
import io.cairn.server.session.Login;
import io.cairn.server.session.Sessions;
import io.cairn.server.session.Topic;
import io.cairn.server.stats.Counters;
import io.cairn.server.stats.Rates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server: the parts, put together.
 *
 * <p>Life cycle: {@link #start} recovers the data and listens; {@link #close} ends connections, then makes everything
 * durable.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final int MAX_DEFAULT_LOOPS = 4;

    private final Configuration configuration;
    private final Engine engine;
    private final Counters counters = new Counters();
    private final Rates rates = new Rates(counters);
    private final Sessions sessions = new Sessions(System.currentTimeMillis() << 16 & Long.MAX_VALUE);
    private final Login login = new Login();
    private final Broker broker;
    private final Pause pause = new Pause();
    private final Waiters waiters = new Waiters();
    private final MigrateCommand migrate;
    private final Scripts scripts;
    private final AtomicReference<CommandTable> table = new AtomicReference<>();
    private final DiskPool diskPool;
    private final Network network;
    private final ReplicationService replication;
    private final SaveCommands saves;
    private final AtomicInteger port = new AtomicInteger();
    private boolean closed;

    private Server(
            Configuration configuration,
            Engine engine,
            CommandExecutor executor,
            DumpFile dump,
            Broker broker,
            ServerCommands.Shutdown shutdown)
            throws IOException {
        this.configuration = configuration;
        this.broker = broker;
        this.engine = engine;
        replication = new ReplicationService(engine, executor, configuration, port::get, waiters);
        saves = new SaveCommands(engine, dump);
        migrate = new MigrateCommand(engine.handle());
        configuration.follow(Directives.REQUIREPASS, value -> login.password(value.getBytes(StandardCharsets.UTF_8)));
        configuration.follow(Directives.SLOWLOG_THAN, value -> counters.slowLog.thresholdMicros(Long.parseLong(value)));
        configuration.follow(Directives.SLOWLOG_LEN, value -> counters.slowLog.maxEntries(Integer.parseInt(value)));
        configuration.follow(Directives.NOTIFY_EVENTS, this::notifyEvents);
        engine.handle().announcements(broker);
        ClientRules rules =
                new ClientRules(configuration, sessions, login, replication.rules(), broker, engine.evictor());
        InnerCalls calls = new InnerCalls(counters, this::table);
        Transactions transactions = new Transactions(engine.handle(), calls);
        scripts = new Scripts(
                new ScriptCalls(engine.handle(), rules, calls, this::table),
                () -> configuration.number(Directives.LUA_LIMIT));
        CommandTable commands = new CommandTable(commands(transactions, shutdown));
        table.set(commands);
        diskPool = new DiskPool(engine.handle(), commands, counters, transactions, waiters, scripts::isBusy, (int)
                configuration.number(Directives.DISK_THREADS));
        engine.handle().changes(diskPool);
        LogDurability durability = new LogDurability(engine);
        LoopServices services = new LoopServices(
                engine.handle(),
                commands,
                new Admission(commands, engine.handle(), transactions, rules),
                transactions,
                waiters,
                counters,
                rates,
                pause,
                diskPool,
                durability,
                sessions,
                rules);
        network = new Network(services, transport(), loops(), networkOptions());
        durability.tell(network);
        try {
            port.set(new Addresses(configuration).listen(network));
        } catch (IOException | RuntimeException e) {
            network.close();
            diskPool.close();
            throw e;
        }
        configuration.note(Directives.PORT, Integer.toString(port.get()));
        saves.start();
        replication.start();
    }

    /** Opens the data, recovers, and listens. SHUTDOWN calls {@code shutdown}. */
    public static Server start(Configuration configuration, ServerCommands.Shutdown shutdown) throws IOException {
        return start(configuration, shutdown, StepObserver.NONE);
    }

    /** The same, with somebody who looks at the steps in which durable data changes. */
    public static Server start(Configuration configuration, ServerCommands.Shutdown shutdown, StepObserver steps)
            throws IOException {
        EngineSettings settings = new EngineSettings(configuration);
        Broker broker = new Broker();
        CommandExecutor executor =
                new StreamExecutor(new CommandTable(stream(broker, FunctionEngine.TRUSTING)), new Counters());
        DumpFile dump = new DumpFile(configuration);
        Engine engine = Engine.open(settings.options(), executor, dump, steps);
        try {
            settings.follow(engine);
            dump.importAtFirstStart(engine);
            engine.start();
            return new Server(configuration, engine, executor, dump, broker, shutdown);
        } catch (IOException | RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    private static List<Command> stream(Broker broker, FunctionEngine functions) {
        List<Command> commands = new ArrayList<>(Families.data(functions));
        commands.addAll(new PublishCommands(broker).commands());
        return commands;
    }

    private void notifyEvents(String letters) {
        EventClasses classes = EventClasses.parse(letters);
        broker.events(classes);
        engine.handle().wantedEvents(classes.wanted());
    }

    private List<Command> commands(Transactions transactions, ServerCommands.Shutdown shutdown) {
        List<Command> commands = new ArrayList<>(stream(broker, scripts.functions()));
        commands.addAll(new SubscriptionCommands(broker).commands());
        commands.addAll(transactions.commands());
        commands.addAll(new ScriptCommands(scripts).commands());
        commands.addAll(new ConnectionCommands(login, this::role, broker::forget).commands());
        commands.addAll(new ClientCommands(sessions, pause).commands());
        commands.addAll(new CommandCommands(table::get).commands());
        commands.addAll(new ConfigCommands(configuration, counters::reset).commands());
        commands.addAll(new SlowLogCommands(counters.slowLog).commands());
        commands.addAll(new ServerCommands(shutdown).commands());
        commands.addAll(new DebugCommands(new DebugCommands.Engine() {
                    @Override
                    public void activeExpire(boolean on) {
                        engine.janitor().expires(on);
                    }

                    @Override
                    public void renewReplicationId() {
                        engine.renewIdentity();
                    }
                })
                .commands());
        commands.addAll(replication.commands());
        commands.addAll(saves.commands());
        commands.addAll(migrate.commands());
        commands.addAll(new Info(sections()).commands());
        return commands;
    }

    private List<InfoSection> sections() {
        ServerFigures figures = new ServerFigures(
                sessions,
                counters,
                rates,
                engine.handle(),
                table::get,
                () -> configuration.number(Directives.MAXCLIENTS));
        ServerSection own = new ServerSection(configuration, engine);
        InfoSection expiry = new InfoSection(
                "Expiry",
                false,
                fields -> fields.add("expired_keys", engine.janitor().expiredKeys())
                        .add("expired_subkeys", engine.janitor().expiredFields()));
        InfoSection pubsub = new InfoSection(
                "Pubsub",
                false,
                fields -> fields.add("evicted_keys", engine.evictor().evicted())
                        .add("pubsub_channels", broker.count(Topic.Kind.CHANNEL))
                        .add("pubsub_patterns", broker.count(Topic.Kind.PATTERN))
                        .add("pubsubshard_channels", broker.count(Topic.Kind.SHARD)));
        return List.of(
                own.server(),
                figures.clients(),
                ProcessFigures.memory(
                        this::datasetBytes,
                        () -> configuration.number(Directives.MAXMEMORY),
                        () -> configuration.text(Directives.MAXMEMORY_POLICY),
                        scripts),
                own.persistence(saves::figures),
                figures.stats(List.of(expiry, pubsub, replication.counters())),
                replication.section(),
                ProcessFigures.cpu(),
                figures.commandStats(),
                figures.errorStats(),
                new InfoSection("Cluster", true, fields -> fields.add("cluster_enabled", 0)),
                figures.keyspace(),
                figures.rows());
    }

    private long datasetBytes() {
        KeyUsage usage = engine.keyspace().store().usage();
        return usage == null ? 0 : usage.bytes();
    }

    private CommandTable table() {
        return Objects.requireNonNull(table.get(), "the table is set before the server listens");
    }

    private String role() {
        return engine.handle().primary() ? "master" : "replica";
    }

    private Transport transport() throws IOException {
        Transport transport = Transport.of(configuration.text(Directives.IO_TRANSPORT));
        Throwable reason = transport.unavailability();
        if (reason != null) {
            throw new IOException(
                    "io-transport " + configuration.text(Directives.IO_TRANSPORT) + " cannot be used here: "
                            + reason.getMessage(),
                    reason);
        }
        return transport;
    }

    private int loops() {
        int configured = (int) configuration.number(Directives.IO_THREADS);
        return configured > 0
                ? configured
                : Math.min(MAX_DEFAULT_LOOPS, Runtime.getRuntime().availableProcessors());
    }

    private NetworkOptions networkOptions() {
        return new NetworkOptions(
                (int) configuration.number(Directives.TCP_BACKLOG), configuration.number(Directives.TCP_KEEPALIVE) > 0);
    }

    /** The port it listens on. */
    public int port() {
        return port.get();
    }

    /** The declarations of all commands that this server knows, subcommands inside their containers. */
    public List<Command> commands() {
        return table().commands().stream().map(CommandTable.Entry::command).toList();
    }

    /** The data. */
    public Engine engine() {
        return engine;
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        replication.close();
        migrate.close();
        network.close();
        diskPool.close();
        engine.close();
        LOG.info("server ended offset={}", engine.offset());
    }
}
