package io.cairn.server.command.connection;

import io.cairn.server.command.Reply;
import java.util.stream.Stream;

/** The reply to CLIENT HELP. */
final class ClientHelp {
    static final Reply TEXT = Reply.array(Stream.of(
                    "CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
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
                    "PAUSE <timeout> [WRITE|ALL]",
                    "    Hold up all, or just writing, clients for <timeout> milliseconds.",
                    "REPLY (ON|OFF|SKIP)",
                    "    Switch the replies to this connection.",
                    "SETINFO (LIB-NAME|LIB-VER) <value>",
                    "    Accepted: tells the client library.",
                    "SETNAME <name>",
                    "    Name this connection.",
                    "UNPAUSE",
                    "    End a pause.",
                    "HELP",
                    "    Print this help.")
            .map(Reply::simple)
            .toList());

    private ClientHelp() {}
}
