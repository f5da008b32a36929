package io.cairn.server;

import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandTable;
import io.cairn.server.command.connection.ClientCommands;
import io.cairn.server.command.connection.ConnectionCommands;
import io.cairn.server.config.Configuration;
import io.cairn.server.config.Directives;
import io.cairn.server.dispatch.Admission;
import io.cairn.server.dispatch.DiskPool;
import io.cairn.server.dispatch.Pause;
import io.cairn.server.dispatch.Transactions;
import io.cairn.server.net.Durability;
import io.cairn.server.net.LoopServices;
import io.cairn.server.net.Network;
import io.cairn.server.net.NetworkOptions;
import io.cairn.server.net.Transport;
import io.cairn.server.session.Login;
import io.cairn.server.session.Sessions;
import io.cairn.server.stats.Counters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A running server: the parts, put together.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Server implements AutoCloseable {
    private static final int MAX_DEFAULT_LOOPS = 4;

    private final Network network;
    private final DiskPool diskPool;
    private final int port;

    /** Starts a server over a keyspace. */
    public Server(Configuration configuration, KeyspaceHandle handle) throws IOException {
        Counters counters = new Counters();
        Sessions sessions = new Sessions(System.nanoTime() >>> 16);
        Login login = new Login();
        configuration.follow(Directives.REQUIREPASS, value -> login.password(value.getBytes(StandardCharsets.UTF_8)));
        Pause pause = new Pause();
        Transactions transactions = new Transactions(handle);
        List<Command> commands = new ArrayList<>(Families.data());
        commands.addAll(transactions.commands());
        commands.addAll(new ConnectionCommands(login, () -> handle.primary() ? "master" : "replica").commands());
        commands.addAll(new ClientCommands(sessions, pause).commands());
        CommandTable table = new CommandTable(commands);
        diskPool = new DiskPool(
                handle, table, counters, transactions, (int) configuration.number(Directives.DISK_THREADS));
        ClientRules rules = new ClientRules(configuration, sessions, login);
        LoopServices services = new LoopServices(
                handle,
                table,
                new Admission(table, handle, rules),
                transactions,
                counters,
                pause,
                diskPool,
                Durability.NONE,
                sessions,
                rules);
        int loops = (int) configuration.number(Directives.IO_THREADS);
        network = new Network(
                services,
                Transport.of(configuration.text(Directives.IO_TRANSPORT)),
                loops > 0
                        ? loops
                        : Math.min(MAX_DEFAULT_LOOPS, Runtime.getRuntime().availableProcessors()),
                new NetworkOptions((int) configuration.number(Directives.TCP_BACKLOG), true));
        port = new Addresses(configuration).listen(network);
    }

    /** The port it listens on. */
    public int port() {
        return port;
    }

    @Override
    public void close() {
        network.close();
        diskPool.close();
    }
}
