package io.cairn.server.command.connection;

import static io.cairn.server.command.Flag.ALLOW_BUSY;
import static io.cairn.server.command.Flag.FAST;
import static io.cairn.server.command.Flag.LOADING;
import static io.cairn.server.command.Flag.NOSCRIPT;
import static io.cairn.server.command.Flag.NO_AUTH;
import static io.cairn.server.command.Flag.STALE;

import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Flag;
import io.cairn.server.command.Reply;
import io.cairn.server.session.Login;
import io.cairn.server.session.Session;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * PING, ECHO, AUTH, HELLO, SELECT, RESET, QUIT.
 *
 * <p><i>Thread-safe.</i>
 */
public final class ConnectionCommands {
    private static final Reply PONG = Reply.simple("PONG");
    private static final byte[] DEFAULT_USER = "default".getBytes(StandardCharsets.US_ASCII);
    private static final Flag[] LOGIN_FLAGS = {NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY};

    private final Login login;
    private final Supplier<String> role;
    private final Consumer<Session> unsubscribe;

    /**
     * The commands.
     *
     * @param role role of the node for HELLO, "master" or "replica"
     * @param unsubscribe ends all subscriptions of a session
     */
    public ConnectionCommands(Login login, Supplier<String> role, Consumer<Session> unsubscribe) {
        this.login = login;
        this.role = role;
        this.unsubscribe = unsubscribe;
    }

    /** The declarations. */
    public List<Command> commands() {
        return List.of(
                Command.of("ping", -1, ConnectionCommands::ping)
                        .flags(FAST)
                        .tips("request_policy:all_shards", "response_policy:all_succeeded")
                        .group("connection")
                        .summary("Returns PONG, or the argument.")
                        .build(),
                Command.of("echo", 2, call -> Reply.bulk(call.arg(1)))
                        .flags(LOADING, STALE, FAST)
                        .group("connection")
                        .summary("Returns the argument.")
                        .build(),
                Command.of("auth", -2, this::auth)
                        .flags(LOGIN_FLAGS)
                        .group("connection")
                        .summary("Logs in.")
                        .complexity("O(N) where N is the number of passwords defined for the user")
                        .build(),
                Command.of("hello", -1, this::hello)
                        .flags(LOGIN_FLAGS)
                        .group("connection")
                        .since("6.0.0")
                        .summary("Agrees on the protocol version, and logs in.")
                        .build(),
                Command.of("select", 2, ConnectionCommands::select)
                        .flags(LOADING, STALE, FAST)
                        .group("connection")
                        .summary("Selects a database.")
                        .build(),
                Command.of("reset", 1, this::reset)
                        .flags(LOGIN_FLAGS)
                        .group("connection")
                        .since("6.2.0")
                        .summary("Makes the connection as it was when it was new.")
                        .build(),
                Command.of("quit", -1, ConnectionCommands::quit)
                        .flags(LOGIN_FLAGS)
                        .group("connection")
                        .summary("Closes the connection.")
                        .build());
    }

    private static Reply ping(Call call) {
        if (call.count() > 2) {
            throw new CommandException("ERR wrong number of arguments for 'ping' command");
        }
        if (call.caller() instanceof Session session && session.isListening()) {
            Reply text = Reply.bulk(call.count() == 1 ? new byte[0] : call.arg(1));
            return Reply.array(List.of(Reply.bulk("pong"), text));
        }
        return call.count() == 1 ? PONG : Reply.bulk(call.arg(1));
    }

    private Reply auth(Call call) {
        if (call.count() > 3) {
            throw CommandException.syntax();
        }
        if (call.count() == 2 && !login.isRequired()) {
            throw new CommandException("ERR AUTH <password> called without any password configured for the default"
                    + " user. Are you sure your configuration is correct?");
        }
        byte[] user = call.count() == 2 ? DEFAULT_USER : call.arg(1);
        login.authenticate(Session.of(call), user, call.arg(call.count() - 1));
        return Reply.OK;
    }

    private Reply hello(Call call) {
        Session session = Session.of(call);
        int protocol = session.protocol();
        int at = 1;
        if (call.count() > 1) {
            protocol = version(call);
            at = 2;
        }
        int name = 0;
        while (at < call.count()) {
            int more = call.count() - at - 1;
            if (call.is(at, "auth") && more >= 2) {
                login.authenticate(session, call.arg(at + 1), call.arg(at + 2));
                at += 3;
            } else if (call.is(at, "setname") && more >= 1) {
                name = at + 1;
                ClientCommands.requireName(call.arg(name));
                at += 2;
            } else {
                throw new CommandException("ERR Syntax error in HELLO option '" + call.text(at) + "'");
            }
        }
        if (!session.isAuthenticated()) {
            throw new CommandException("NOAUTH HELLO must be called with the client already authenticated, otherwise"
                    + " the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select"
                    + " the RESP protocol version at the same time");
        }
        if (name > 0) {
            session.name(call.text(name));
        }
        session.protocol(protocol);
        return greeting(session);
    }

    private static int version(Call call) {
        long version = io.cairn.server.command.Numbers.parseLongOr(call.arg(1), Long.MIN_VALUE);
        if (version == Long.MIN_VALUE) {
            throw new CommandException("ERR Protocol version is not an integer or out of range");
        }
        if (version != 2 && version != 3) {
            throw new CommandException("NOPROTO unsupported protocol version");
        }
        return (int) version;
    }

    private Reply greeting(Session session) {
        List<Reply> pairs = new ArrayList<>();
        add(pairs, "server", Reply.bulk("redis"));
        add(pairs, "version", Reply.bulk(Compatibility.VERSION));
        add(pairs, "proto", Reply.integer(session.protocol()));
        add(pairs, "id", Reply.integer(session.id()));
        add(pairs, "mode", Reply.bulk("standalone"));
        add(pairs, "role", Reply.bulk(role.get()));
        add(pairs, "modules", Reply.EMPTY_ARRAY);
        return new Reply.Pairs(pairs);
    }

    private static void add(List<Reply> pairs, String key, Reply value) {
        pairs.add(Reply.bulk(key));
        pairs.add(value);
    }

    private static Reply select(Call call) {
        long db = call.integer(1);
        if (db != (int) db) {
            throw new CommandException(
                    "ERR value is out of range, value must between " + Integer.MIN_VALUE + " and " + Integer.MAX_VALUE);
        }
        if (db < 0 || db >= call.turn().databases()) {
            throw new CommandException("ERR DB index is out of range");
        }
        Session.of(call).db((int) db);
        return Reply.OK;
    }

    private Reply reset(Call call) {
        unsubscribe.accept(Session.of(call));
        Session.of(call).reset(!login.isRequired());
        return Reply.simple("RESET");
    }

    private static Reply quit(Call call) {
        Session.of(call).closeAfterReply();
        return Reply.OK;
    }
}
