package io.cairn.server.dispatch;

import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.StorageException;
import io.cairn.engine.rows.WouldBlockException;
import io.cairn.server.blocking.Serving;
import io.cairn.server.blocking.Waiters;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.CommandTable;
import io.cairn.server.command.Flag;
import io.cairn.server.command.Handler;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import io.cairn.server.command.Waiting;
import io.cairn.server.session.Session;
import io.cairn.server.session.Transaction;
import io.cairn.server.stats.CommandCounters;
import io.cairn.server.stats.Counters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs commands in one thread's turn.
 *
 * <p>Locking: a command that writes, or that reads several keys, holds the stripes of all keys that it declares from
 * before it runs until its turn commits. EXEC is one command here: it holds what its queue and its session's watches
 * name, so nothing of it is seen in between.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
public final class Execution {
    /**
     * Stack of a thread that runs commands: functions of Lua in C may call each other two hundred deep through a script, some
     * with a buffer of 8 KB on the stack each.
     */
    public static final long STACK_BYTES = 8L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Execution.class);
    private static final Reply INTERNAL_ERROR = Reply.error("ERR internal error");
    private static final String BUSY =
            "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";
    static final String READ_ONLY = "READONLY You can't write against a read only replica.";

    private final Turn turn;
    private final Counters counters;
    private final CommandCounters commandCounters;
    private final Transactions transactions;
    private final Serving serving;
    private final IntPredicate busy;

    /** Runs commands of the table that {@code commandCounters} counts, in {@code turn}; {@code busy}: {@link #isBusy}. */
    public Execution(
            Turn turn,
            Counters counters,
            CommandCounters commandCounters,
            Transactions transactions,
            Waiters waiters,
            IntPredicate busy) {
        this.busy = busy;
        this.serving = new Serving(waiters, turn);
        this.turn = turn;
        this.counters = counters;
        this.commandCounters = commandCounters;
        this.transactions = transactions;
    }

    /** The turn. */
    public Turn turn() {
        return turn;
    }

    /**
     * Whether what precedes in the turn must be committed before: the command looks at more than the keys it names, or
     * asks what others modified, of which commits tell.
     */
    public boolean wantsCommit(Session session, CommandTable.Entry entry) {
        return entry.is(Flag.WHOLE_KEYSPACE)
                || (transactions.isExec(entry) && !session.watched().isEmpty());
    }

    /** Whether a turn that owns keys runs a script for so long that nobody should wait for them. */
    boolean isBusy(int owner) {
        return busy.test(owner);
    }

    /** The answer to a command that will not wait for a script; a transaction ends with it. */
    Reply busy(Session session, CommandTable.Entry entry) {
        refused(entry);
        return isExec(entry) ? transactions.refused(session, BUSY) : Reply.error(BUSY);
    }

    /** Whether the command is EXEC. */
    public boolean isExec(CommandTable.Entry entry) {
        return transactions.isExec(entry);
    }

    /** Whether a reply to the command may tell of a change, and so must not stand if the turn cannot be committed. */
    public boolean mayChange(CommandTable.Entry entry) {
        return entry.is(Flag.WRITE) || entry.is(Flag.MAY_REPLICATE) || entry.is(Flag.RUNS_SCRIPT) || isExec(entry);
    }

    /** Whether the command must not run on an event loop. */
    public boolean leavesLoop(Session session, CommandTable.Entry entry, byte[][] args) {
        if (transactions.isExec(entry)) {
            for (Transaction.Queued queued : session.transaction().queue()) {
                if (leavesLoop(queued.entry(), queued.args()) || changesSubscriptions(queued.entry())) {
                    return true;
                }
            }
        }
        return leavesLoop(entry, args);
    }

    /** No rollback takes that back, so it is done where the transaction is sure to run through. */
    private static boolean changesSubscriptions(CommandTable.Entry entry) {
        return entry.is(Flag.PUBSUB) && entry.is(Flag.NOSCRIPT);
    }

    private static boolean leavesLoop(CommandTable.Entry entry, byte[][] args) {
        return entry.is(Flag.OFF_LOOP) || entry.isExclusive(args);
    }

    /** Whether the command must run while no other turn is under way. */
    public boolean isExclusive(Session session, CommandTable.Entry entry, byte[][] args) {
        if (transactions.isExec(entry)) {
            for (Transaction.Queued queued : session.transaction().queue()) {
                if (queued.entry().isExclusive(queued.args())) {
                    return true;
                }
            }
        }
        return entry.isExclusive(args);
    }

    /** Takes the stripes that the command needs, if none of them is taken; else false (some may be held then). */
    public boolean tryLock(Session session, CommandTable.Entry entry, byte[][] args) {
        if (transactions.isExec(entry)) {
            return tryLock(keys(session, entry, args));
        }
        if (!entry.locks()) {
            return true;
        }
        int only = entry.onlyKey();
        if (only > 0) {
            return only >= args.length || turn.tryLock(session.db(), args[only]);
        }
        return tryLock(keys(session, entry, args));
    }

    private boolean tryLock(List<Turn.DbKey> keys) {
        for (Turn.DbKey key : keys) {
            if (!turn.tryLock(key.db(), key.key())) {
                return false;
            }
        }
        return true;
    }

    /** The keys whose stripes the command needs. */
    public List<Turn.DbKey> keys(Session session, CommandTable.Entry entry, byte[][] args) {
        List<Turn.DbKey> keys = new ArrayList<>();
        if (transactions.isExec(entry)) {
            transactions.collectKeys(session, keys);
        } else if (entry.locks()) {
            collect(entry, session.db(), args, keys);
        }
        return keys;
    }

    static void collect(CommandTable.Entry entry, int db, byte[][] args, List<Turn.DbKey> into) {
        for (int index : KeySpec.keys(entry.command().keys(), args)) {
            into.add(new Turn.DbKey(db, args[index]));
        }
    }

    /**
     * Runs a command whose stripes are held.
     *
     * @throws WouldBlockException if it must be run where waiting for the disk is allowed; nothing of it is left
     * @throws StorageException if reading failed, or, if the turn is not open any more, if what preceded in it could not
     *     be committed
     */
    public Reply run(Session session, CommandTable.Entry entry, byte[][] args) {
        if (!transactions.isPrimary() && writes(session, entry)) {
            // Admitted before the node became a replica: the log is not this node's to write any more.
            return isExec(entry) ? transactions.refused(session, READ_ONLY) : Reply.error(READ_ONLY);
        }
        Command command = entry.command();
        long start = System.nanoTime();
        Turn.Mark mark = turn.mark();
        int db = session.db();
        boolean ends = transactions.isExec(entry) && session.transaction().isOpen();
        Reply reply;
        try {
            turn.beginUnit(writes(session, entry) || runsScript(session, entry) && transactions.isPrimary());
            Call call = new Call(turn, db, args, session);
            reply = call(command, call);
            endUnit(mark);
            Waiting waiting = call.waiting();
            if (waiting != null) {
                serving.add(session, args, waiting);
            }
        } catch (CommandException e) {
            turn.rollback(mark);
            reply = Reply.error(e.reply());
        } catch (WouldBlockException e) {
            turn.rollback(mark);
            session.db(db); // it runs again from the start
            ends = false;
            throw e;
        } catch (StorageException e) {
            turn.rollback(mark);
            commandCounters.called(entry.index(), System.nanoTime() - start, true);
            throw e;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            turn.rollback(mark);
            LOG.error("command failed command={} client={}", command.name(), session.id(), e);
            reply = INTERNAL_ERROR;
        } finally {
            if (ends) {
                transactions.end(session);
            }
        }
        boolean isError = reply instanceof Reply.Error;
        if (reply instanceof Reply.Error error && !error.counted()) {
            counters.error(error.text());
        }
        long nanos = System.nanoTime() - start;
        commandCounters.called(entry.index(), nanos, isError);
        noteSlow(counters, session, entry, args, nanos);
        return reply;
    }

    static void noteSlow(Counters counters, Session session, CommandTable.Entry entry, byte[][] args, long nanos) {
        if (nanos >= counters.slowLog.thresholdNanos() && !entry.is(Flag.SKIP_SLOWLOG)) {
            counters.slowLog.add(args, nanos, System.currentTimeMillis(), session.address(), session.name());
        }
    }

    /** Ends the unit, but not before those are served who waited for what it made. */
    private void endUnit(Turn.Mark mark) {
        if (serving.idle()) {
            turn.endUnit();
            return;
        }
        serving.run(mark);
        turn.endUnit();
        serving.keep();
    }

    /** Serves clients that wait for a key that was changed where nobody serves them. */
    void serve(int db, byte[] key) {
        serving.serveAlone(db, key);
    }

    private boolean writes(Session session, CommandTable.Entry entry) {
        return entry.is(Flag.WRITE)
                || (transactions.isExec(entry) && session.transaction().writes());
    }

    private boolean runsScript(Session session, CommandTable.Entry entry) {
        return entry.is(Flag.RUNS_SCRIPT)
                || (transactions.isExec(entry) && session.transaction().runsScript());
    }

    /** Counts a request that was refused. */
    public void refused(CommandTable.Entry entry) {
        commandCounters.refused(entry.index());
    }

    static Reply call(Command command, Call call) {
        Handler handler = command.handler();
        if (handler == null) {
            throw new IllegalStateException("'" + command.name() + "' is a container");
        }
        call.turn().quiet(call.caller() instanceof Session session && session.noTouch());
        Reply reply = handler.run(call);
        call.finish();
        return reply;
    }
}
