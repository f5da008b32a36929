package io.cairn.server.dispatch;

import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.server.command.CommandTable;
import io.cairn.server.command.Flag;
import io.cairn.server.command.Reply;
import io.cairn.server.session.Session;
import io.cairn.server.session.Transaction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a request may run now; refuses it, or queues it in the session's transaction, otherwise.
 *
 * <p>The checks come in Redis's order, which clients can see: the first that fails makes the error.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Admission {
    private static final Reply QUEUED = Reply.simple("QUEUED");
    private static final Reply NO_AUTH = Reply.error("NOAUTH Authentication required.");
    private static final Reply NOT_IN_MULTI = Reply.error("ERR Command not allowed inside a transaction");
    private static final String NO_DEBUG = "ERR DEBUG command not allowed. If the enable-debug-command option is set to"
            + " \"local\", you can run it from a local connection, otherwise you need to set this option in the"
            + " configuration file, and then restart the server.";
    static final String OUT_OF_MEMORY = "OOM command not allowed when used memory > 'maxmemory'.";
    private static final String LISTENING =
            "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed" + " in this context";
    private static final String PLAIN_CODE = "ERR ";
    private static final int ECHOED_CHARS = 128;

    private final KeyspaceHandle handle;
    private final Transactions transactions;
    private final Policy policy;
    private final boolean[] runsInMulti;
    private final boolean[] runsWhileListening;
    private final CommandTable.@Nullable Entry exec;

    /** Admission to the table's commands. */
    public Admission(CommandTable table, KeyspaceHandle handle, Transactions transactions, Policy policy) {
        this.transactions = transactions;
        this.handle = handle;
        this.policy = policy;
        this.runsInMulti = marked(table, "exec", "discard", "multi", "watch", "quit", "reset");
        this.runsWhileListening = marked(
                table,
                "ping",
                "subscribe",
                "ssubscribe",
                "sunsubscribe",
                "psubscribe",
                "unsubscribe",
                "punsubscribe",
                "quit",
                "reset");
        exec = table.find("exec".getBytes(StandardCharsets.US_ASCII));
    }

    private static boolean[] marked(CommandTable table, String... names) {
        boolean[] marks = new boolean[table.all().size()];
        for (String name : names) {
            CommandTable.Entry entry = table.find(name.getBytes(StandardCharsets.US_ASCII));
            if (entry != null) {
                marks[entry.index()] = true;
            }
        }
        return marks;
    }

    /** The answer to a request that does not run now: an error, or that it was queued. Null if it is to run. */
    public @Nullable Reply answer(Session session, CommandTable.@Nullable Entry entry, byte[][] args) {
        Reply refusal = malformed(entry, args);
        if (refusal == null && entry != null) {
            refusal = forbidden(session, entry);
        }
        Transaction transaction = session.transaction();
        if (refusal != null) {
            if (entry == exec && refusal instanceof Reply.Error error) {
                return transactions.refused(session, withoutPlainCode(error.text()));
            }
            transaction.abort();
            return refusal;
        }
        if (transaction.isOpen() && entry != null && !runsInMulti[entry.index()]) {
            transaction.add(entry, args);
            return QUEUED;
        }
        return null;
    }

    private @Nullable Reply malformed(CommandTable.@Nullable Entry entry, byte[][] args) {
        if (entry == null) {
            return unknown(args);
        }
        if (!entry.command().accepts(args.length)) {
            return Reply.error(
                    "ERR wrong number of arguments for '" + entry.command().name() + "' command");
        }
        if (entry.isContainer() && entry.command().handler() == null) {
            return Reply.error("ERR unknown subcommand '" + clipped(args[1]) + "'. Try "
                    + entry.command().name().toUpperCase(Locale.ROOT) + " HELP.");
        }
        return null;
    }

    private @Nullable Reply forbidden(Session session, CommandTable.Entry entry) {
        if (!session.isAuthenticated() && !entry.is(Flag.NO_AUTH)) {
            return NO_AUTH;
        }
        Transaction transaction = session.transaction();
        if (transaction.isOpen() && entry.is(Flag.NO_MULTI)) {
            return NOT_IN_MULTI;
        }
        if (policy.isOutOfMemory() && needsMemory(transaction, entry)) {
            return Reply.error(OUT_OF_MEMORY);
        }
        boolean writes = entry.is(Flag.WRITE) || entry == exec && transaction.writes();
        if (writes) {
            String reason = handle.writeError();
            if (reason == null) {
                reason = policy.refusesWrite(session);
            }
            if (reason != null) {
                return Reply.error(reason);
            }
        }
        if (session.kind() == Session.Kind.PUBSUB && session.isListening() && !runsWhileListening[entry.index()]) {
            return Reply.error("ERR Can't execute '" + entry.command().name() + LISTENING);
        }
        if (!entry.is(Flag.STALE)) {
            String reason = policy.refusesStale();
            if (reason != null) {
                return Reply.error(reason);
            }
        }
        if (entry.is(Flag.ADMIN) && isDebug(entry) && !policy.allowsDebug(session)) {
            return Reply.error(NO_DEBUG);
        }
        return null;
    }

    /** In a transaction every command is refused, so that it does not come to EXEC. */
    private boolean needsMemory(Transaction transaction, CommandTable.Entry entry) {
        return entry.is(Flag.DENYOOM)
                || transaction.isOpen() && !runsInMulti[entry.index()]
                || entry == exec && transaction.needsMemory();
    }

    private static boolean isDebug(CommandTable.Entry entry) {
        return entry.command().name().equals("debug");
    }

    private static Reply unknown(byte[][] args) {
        StringBuilder echoed = new StringBuilder();
        for (int i = 1; i < args.length && echoed.length() < ECHOED_CHARS; i++) {
            String arg = text(args[i]);
            int room = ECHOED_CHARS - echoed.length();
            echoed.append('\'').append(arg, 0, Math.min(arg.length(), room)).append("' ");
        }
        return Reply.error("ERR unknown command '" + clipped(args[0]) + "', with args beginning with: " + echoed);
    }

    private static String withoutPlainCode(String error) {
        return error.startsWith(PLAIN_CODE) ? error.substring(PLAIN_CODE.length()) : error;
    }

    private static String clipped(byte[] word) {
        String text = text(word);
        return text.length() > ECHOED_CHARS ? text.substring(0, ECHOED_CHARS) : text;
    }

    private static String text(byte[] word) {
        return new String(word, 0, Math.min(word.length, 4 * ECHOED_CHARS), StandardCharsets.UTF_8);
    }
}
