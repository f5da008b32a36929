package io.cairn.server.dispatch;

import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Turn;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.CommandTable;
import io.cairn.server.command.Flag;
import io.cairn.server.command.Handler;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Numbers;
import io.cairn.server.command.Reply;
import io.cairn.server.session.Session;
import io.cairn.server.session.Transaction;
import java.util.ArrayList;
import java.util.List;

/**
 * MULTI, EXEC, DISCARD, WATCH, UNWATCH.
 *
 * <p>EXEC runs its whole queue as one unit of one turn: it holds all stripes, is logged as one MULTI..EXEC, and is
 * abandoned and run again as a whole if one of its commands needs the disk.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Transactions {
    private final KeyspaceHandle handle;
    private final InnerCalls calls;
    private final List<Command> commands;
    private final Handler execHandler = this::exec;

    /** Transactions over the handle's keyspace, whose commands {@code calls} runs. */
    public Transactions(KeyspaceHandle handle, InnerCalls calls) {
        this.handle = handle;
        this.calls = calls;
        Command exec = Command.of("exec", 1, execHandler)
                .flags(Flag.NOSCRIPT, Flag.LOADING, Flag.STALE, Flag.SKIP_SLOWLOG)
                .group("transactions")
                .since("1.2.0")
                .summary("Executes all commands in a transaction.")
                .complexity("Depends on commands in the transaction")
                .build();
        commands = List.of(
                exec,
                Command.of("multi", 1, this::multi)
                        .flags(Flag.NOSCRIPT, Flag.LOADING, Flag.STALE, Flag.FAST, Flag.ALLOW_BUSY)
                        .group("transactions")
                        .since("1.2.0")
                        .summary("Starts a transaction.")
                        .build(),
                Command.of("discard", 1, this::discard)
                        .flags(Flag.NOSCRIPT, Flag.LOADING, Flag.STALE, Flag.FAST, Flag.ALLOW_BUSY)
                        .group("transactions")
                        .since("2.0.0")
                        .summary("Discards a transaction.")
                        .complexity("O(N), when N is the number of queued commands")
                        .build(),
                Command.of("watch", -2, this::watch)
                        .flags(Flag.NOSCRIPT, Flag.LOADING, Flag.STALE, Flag.FAST, Flag.ALLOW_BUSY)
                        .flags(Flag.WHOLE_KEYSPACE) // what preceded in the turn is no modification
                        .keys(KeySpec.range(1, -1, 1, KeySpec.Access.RO))
                        .group("transactions")
                        .since("2.2.0")
                        .summary("Monitors changes to keys to determine the execution of a transaction.")
                        .complexity("O(1) for every key.")
                        .build(),
                Command.of("unwatch", 1, this::unwatch)
                        .flags(Flag.NOSCRIPT, Flag.LOADING, Flag.STALE, Flag.FAST, Flag.ALLOW_BUSY)
                        .group("transactions")
                        .since("2.2.0")
                        .summary("Forgets about watched keys of a transaction.")
                        .build());
    }

    /** The declarations. */
    public List<Command> commands() {
        return commands;
    }

    /** Whether the keyspace is this node's own to write; steady while a turn is open. */
    boolean isPrimary() {
        return handle.primary();
    }

    /** Ends the session's transaction; the reply to its EXEC. */
    Reply refused(Session session, String reason) {
        end(session);
        return Reply.error("EXECABORT Transaction discarded because of: " + reason);
    }

    boolean isExec(CommandTable.Entry entry) {
        return entry.command().handler() == execHandler;
    }

    /** Adds what EXEC must lock: keys of the queue, each in the database selected by then, and watched keys. */
    void collectKeys(Session session, List<Turn.DbKey> into) {
        int db = session.db();
        for (Transaction.Queued queued : session.transaction().queue()) {
            if (queued.entry().command().name().equals("select")) {
                db = selected(queued.args(), db);
            }
            Execution.collect(queued.entry(), db, queued.args(), into);
        }
        session.watched().collect(into);
    }

    private int selected(byte[][] args, int db) {
        long wanted = Numbers.parseLongOr(args[1], -1);
        return wanted >= 0 && wanted < handle.keyspace().state().databases() ? (int) wanted : db;
    }

    private Reply multi(Call call) {
        Transaction transaction = Session.of(call).transaction();
        if (transaction.isOpen()) {
            throw new CommandException("ERR MULTI calls can not be nested");
        }
        transaction.open();
        return Reply.OK;
    }

    private Reply discard(Call call) {
        Session session = Session.of(call);
        if (!session.transaction().isOpen()) {
            throw new CommandException("ERR DISCARD without MULTI");
        }
        end(session);
        return Reply.OK;
    }

    private Reply watch(Call call) {
        Session session = Session.of(call);
        if (session.transaction().isOpen()) {
            throw new CommandException("ERR WATCH inside MULTI is not allowed");
        }
        for (int i = 1; i < call.count(); i++) {
            session.watched().add(handle.watches(), call.turn(), call.db(), call.arg(i));
        }
        return Reply.OK;
    }

    private Reply unwatch(Call call) {
        Session.of(call).watched().clear();
        return Reply.OK;
    }

    private Reply exec(Call call) {
        Session session = Session.of(call);
        Transaction transaction = session.transaction();
        if (!transaction.isOpen()) {
            throw new CommandException("ERR EXEC without MULTI");
        }
        try {
            return outcome(call.turn(), session);
        } finally {
            transaction.running(false);
        }
    }

    private Reply outcome(Turn turn, Session session) {
        Transaction transaction = session.transaction();
        if (transaction.isAborted()) {
            return Reply.error("EXECABORT Transaction discarded because of previous errors.");
        }
        if (session.watched().isModified(turn)) {
            return Reply.NULL_ARRAY;
        }
        transaction.running(true);
        List<Reply> replies = new ArrayList<>(transaction.queue().size());
        for (Transaction.Queued queued : transaction.queue()) {
            replies.add(run(turn, session, queued));
        }
        return Reply.array(replies);
    }

    private Reply run(Turn turn, Session session, Transaction.Queued queued) {
        try {
            return calls.run(turn, session, queued.entry(), queued.args());
        } catch (CommandException e) {
            return Reply.error(e.reply());
        }
    }

    /** Ends the session's transaction: EXEC has run, whatever came of it. */
    void end(Session session) {
        session.transaction().close();
        session.watched().clear();
    }
}
