package io.cairn.server.command.connection;

import static io.cairn.server.command.Flag.ADMIN;
import static io.cairn.server.command.Flag.LOADING;
import static io.cairn.server.command.Flag.NOSCRIPT;
import static io.cairn.server.command.Flag.STALE;

import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Handler;
import io.cairn.server.command.Help;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import io.cairn.server.dispatch.Pause;
import io.cairn.server.session.Session;
import io.cairn.server.session.Sessions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * CLIENT: what clients there are, what they are called, who may go on.
 *
 * <p><i>Thread-safe.</i>
 */
public final class ClientCommands {
    private static final byte[] NO_BYTES = new byte[0];
    private static final String[] HELP = {
        "GETREDIR",
        "    Return -1: invalidations are not sent to anybody.",
        "GETNAME",
        "    Return the name of this connection.",
        "ID",
        "    Return the id of this connection.",
        "INFO",
        "    Describe this connection.",
        "KILL <ip:port>",
        "    End the connection from <ip:port>.",
        "KILL <option> <value> [<option> <value> [...]]",
        "    End connections: ADDR, LADDR (ip:port), ID, TYPE (NORMAL|MASTER|REPLICA|PUBSUB), USER,",
        "    SKIPME (YES|NO) for this one (default: yes).",
        "LIST [TYPE (NORMAL|MASTER|REPLICA|PUBSUB)|ID <id> [<id> ...]]",
        "    Describe connections.",
        "NO-EVICT (ON|OFF)",
        "    Accepted: no client is evicted.",
        "NO-TOUCH (ON|OFF)",
        "    Keep the commands of this connection from counting as uses of keys.",
        "PAUSE <timeout> [WRITE|ALL]",
        "    Hold up all, or just writing, clients for <timeout> milliseconds.",
        "REPLY (ON|OFF|SKIP)",
        "    Switch the replies to this connection.",
        "SETINFO (LIB-NAME|LIB-VER) <value>",
        "    Accepted: tells the client library.",
        "SETNAME <name>",
        "    Name this connection.",
        "UNBLOCK <clientid> [TIMEOUT|ERROR]",
        "    End the waiting of a blocked client, as if its time were over or with an error.",
        "UNPAUSE",
        "    End a pause.",
    };

    private final Sessions sessions;
    private final Pause pause;

    /** Commands on these clients. */
    public ClientCommands(Sessions sessions, Pause pause) {
        this.sessions = sessions;
        this.pause = pause;
    }

    /** The declaration. */
    public List<Command> commands() {
        return List.of(Command.container("client")
                .group("connection")
                .since("2.4.0")
                .summary("A container for commands on client connections.")
                .complexity("Depends on subcommand.")
                .sub(own(
                        "id", 2, call -> Reply.integer(Session.of(call).id()), "5.0.0", "Returns the connection's id."))
                .sub(own("getname", 2, ClientCommands::name, "2.6.9", "Returns the connection's name."))
                .sub(own("setname", 3, ClientCommands::rename, "2.6.9", "Names the connection."))
                .sub(own("setinfo", 4, ClientCommands::info, "7.2.0", "Tells the client library's name or version."))
                .sub(own("reply", 3, ClientCommands::reply, "3.2.0", "Switches replies on or off."))
                .sub(own(
                        "getredir", 2, call -> Reply.integer(-1), "6.0.0", "Returns whom invalidations go to: nobody."))
                .sub(own(
                                "info",
                                2,
                                call -> text(List.of(Session.of(call)), false),
                                "6.2.0",
                                "Describes the connection.")
                        .tips("nondeterministic_output"))
                .sub(admin("list", -2, this::list, "2.4.0", "Describes connections.")
                        .tips("nondeterministic_output")
                        .complexity("O(N) where N is the number of client connections"))
                .sub(admin("kill", -3, this::kill, "2.4.0", "Ends connections.")
                        .complexity("O(N) where N is the number of client connections"))
                .sub(admin("no-evict", 3, ClientCommands::noEvict, "7.0.0", "Exempts the connection from eviction."))
                .sub(own(
                        "no-touch",
                        3,
                        ClientCommands::noTouch,
                        "7.2.0",
                        "Keeps commands from counting as uses of keys."))
                .sub(admin("pause", -3, this::pause, "2.9.50", "Holds up clients for a while."))
                .sub(admin("unblock", -3, this::unblock, "5.0.0", "Ends the waiting of a blocked client.")
                        .complexity("O(log N) where N is the number of client connections"))
                .sub(admin("unpause", 2, this::unpause, "6.2.0", "Ends a pause.")
                        .complexity("O(N) Where N is the number of paused clients"))
                .sub(Help.of("client", "connection", HELP))
                .build());
    }

    private static Command.Builder own(String name, int arity, Handler handler, String since, String summary) {
        return Command.of(name, arity, handler)
                .flags(NOSCRIPT, LOADING, STALE)
                .group("connection")
                .since(since)
                .summary(summary);
    }

    private static Command.Builder admin(String name, int arity, Handler handler, String since, String summary) {
        return own(name, arity, handler, since, summary).flags(ADMIN);
    }

    private static Reply name(Call call) {
        String name = Session.of(call).name();
        return name.isEmpty() ? Reply.NULL : Reply.bulk(name);
    }

    private static Reply rename(Call call) {
        requireName(call.arg(2));
        Session.of(call).name(call.text(2));
        return Reply.OK;
    }

    static void requireName(byte[] name) {
        for (byte c : name) {
            if (c < '!' || c > '~') {
                throw new CommandException("ERR Client names cannot contain spaces, newlines or special characters.");
            }
        }
    }

    private static Reply info(Call call) {
        if (!call.is(2, "lib-name") && !call.is(2, "lib-ver")) {
            throw new CommandException("ERR Unrecognized option '" + call.text(2) + "'");
        }
        requireName(call.arg(3));
        return Reply.OK;
    }

    private static Reply reply(Call call) {
        Session session = Session.of(call);
        if (call.is(2, "on")) {
            session.replies(Session.Replies.ON);
            return Reply.OK;
        }
        if (call.is(2, "off")) {
            session.replies(Session.Replies.OFF);
        } else if (call.is(2, "skip")) {
            if (session.replies() != Session.Replies.OFF) {
                session.replies(Session.Replies.SKIP_THIS);
            }
        } else {
            throw CommandException.syntax();
        }
        return Reply.SILENT;
    }

    private static Reply noEvict(Call call) {
        if (!call.is(2, "on") && !call.is(2, "off")) {
            throw CommandException.syntax();
        }
        Session.of(call).noEvict(call.is(2, "on"));
        return Reply.OK;
    }

    private static Reply noTouch(Call call) {
        if (!call.is(2, "on") && !call.is(2, "off")) {
            throw CommandException.syntax();
        }
        Session.of(call).noTouch(call.is(2, "on"));
        return Reply.OK;
    }

    private Reply pause(Call call) {
        boolean all = true;
        if (call.count() > 4) {
            throw CommandException.syntax();
        }
        if (call.count() == 4) {
            all = call.is(3, "all");
            if (!all && !call.is(3, "write")) {
                throw new CommandException("ERR CLIENT PAUSE mode must be WRITE or ALL");
            }
        }
        long millis = Numbers.parseLongOr(call.arg(2), Long.MIN_VALUE);
        if (millis == Long.MIN_VALUE) {
            throw new CommandException("ERR timeout is not an integer or out of range");
        }
        if (millis < 0) {
            throw new CommandException("ERR timeout is negative");
        }
        pause.begin(call.turn().nowMillis() + millis, all);
        return Reply.OK;
    }

    private Reply unpause(Call call) {
        pause.end();
        return Reply.OK;
    }

    private Reply list(Call call) {
        List<Session> listed = new ArrayList<>();
        if (call.count() == 2) {
            listed.addAll(sessions.all());
        } else if (call.is(2, "type") && call.count() == 4) {
            Session.Kind kind = kind(call, 3);
            sessions.all().stream().filter(session -> session.kind() == kind).forEach(listed::add);
        } else if (call.is(2, "id") && call.count() > 3) {
            for (int i = 3; i < call.count(); i++) {
                long id = Numbers.parseLongOr(call.arg(i), -1);
                if (id < 0) {
                    throw new CommandException("ERR Invalid client ID");
                }
                Session session = sessions.find(id);
                if (session != null) {
                    listed.add(session);
                }
            }
        } else {
            throw CommandException.syntax();
        }
        return text(listed, true);
    }

    private static Reply text(List<Session> listed, boolean forList) {
        long now = System.currentTimeMillis(); // not the turn's: nothing that is stored depends on it
        StringBuilder text = new StringBuilder();
        for (Session session : listed) {
            text.append(ClientLine.of(session, now)).append('\n');
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        return new Reply.Verbatim("txt", listed.isEmpty() && forList ? NO_BYTES : bytes);
    }

    private static Session.Kind kind(Call call, int index) {
        if (call.is(index, "normal")) {
            return Session.Kind.NORMAL;
        }
        if (call.is(index, "master")) {
            return Session.Kind.MASTER;
        }
        if (call.is(index, "replica") || call.is(index, "slave")) {
            return Session.Kind.REPLICA;
        }
        if (call.is(index, "pubsub")) {
            return Session.Kind.PUBSUB;
        }
        throw new CommandException("ERR Unknown client type '" + call.text(index) + "'");
    }

    private Reply unblock(Call call) {
        if (call.count() > 4) {
            throw new CommandException(
                    "ERR unknown subcommand or wrong number of arguments for '" + call.text(1) + "'. Try CLIENT HELP.");
        }
        boolean withError = call.count() == 4 && call.is(3, "error");
        if (call.count() == 4 && !withError && !call.is(3, "timeout")) {
            throw new CommandException("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
        }
        Session session = sessions.find(call.integer(2));
        return Reply.integer(session != null && session.unblock(withError));
    }

    private Reply kill(Call call) {
        Session self = Session.of(call);
        if (call.count() == 3) {
            String address = call.text(2);
            int killed = kill(self, session -> session.address().equals(address), false);
            if (killed == 0) {
                throw new CommandException("ERR No such client");
            }
            return Reply.OK;
        }
        boolean skipMe = true;
        Predicate<Session> wanted = session -> true;
        for (int i = 2; i < call.count(); i += 2) {
            if (i + 1 >= call.count()) {
                throw CommandException.syntax();
            }
            if (call.is(i, "skipme")) {
                skipMe = call.is(i + 1, "yes");
                if (!skipMe && !call.is(i + 1, "no")) {
                    throw CommandException.syntax();
                }
            } else {
                wanted = wanted.and(filter(call, i));
            }
        }
        return Reply.integer(kill(self, wanted, skipMe));
    }

    private static Predicate<Session> filter(Call call, int at) {
        String value = call.text(at + 1);
        if (call.is(at, "id")) {
            long id = Numbers.parseLongOr(call.arg(at + 1), 0);
            if (id <= 0) {
                throw new CommandException("ERR client-id should be greater than 0");
            }
            return session -> session.id() == id;
        }
        if (call.is(at, "type")) {
            Session.Kind kind = kind(call, at + 1);
            return session -> session.kind() == kind;
        }
        if (call.is(at, "addr")) {
            return session -> session.address().equals(value);
        }
        if (call.is(at, "laddr")) {
            return session -> session.localAddress().equals(value);
        }
        if (call.is(at, "user")) {
            if (!value.equals("default")) {
                throw new CommandException("ERR No such user '" + value + "'");
            }
            return session -> session.isAuthenticated() && session.user().equals(value);
        }
        throw CommandException.syntax();
    }

    private int kill(Session self, Predicate<Session> wanted, boolean skipMe) {
        int killed = 0;
        for (Session session : sessions.all()) {
            if (!wanted.test(session) || skipMe && session == self) {
                continue;
            }
            killed++;
            if (session == self) {
                session.closeAfterReply();
            } else {
                sessions.remove(session); // at once: its own loop comes to it when it can
                session.forsake(); // nothing is taken for it any more
                session.wire().kill();
            }
        }
        return killed;
    }
}
