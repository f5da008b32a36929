package io.cairn.server.blocking;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.StorageException;
import io.cairn.engine.rows.WouldBlockException;
import io.cairn.server.command.Call;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Reply;
import io.cairn.server.command.Waiting;
import io.cairn.server.session.Session;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves clients that wait, in the turn that made their keys ready, right behind the command that did.
 *
 * <p>Per command: {@link #run} serves whom it can, each as a unit of its own, and whom that makes ready; {@link #keep}
 * when the command and all this stand. Until then all of it can be taken back: if a value is not in memory, or a key that
 * a client's command writes beside the ready one (BLMOVE) is another turn's, the command and all it led to are abandoned, to
 * be run again where they may wait. So a client is served before anybody else's next command, or the command has
 * not run yet.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
public final class Serving {
    private static final Logger LOG = LoggerFactory.getLogger(Serving.class);
    private static final ValueType[] TYPES = ValueType.values();
    private static final Reply INTERNAL_ERROR = Reply.error("ERR internal error");

    /** A key that holds what somebody waits for. */
    private record Ready(int db, ByteBuffer key) {}

    private final Waiters waiters;
    private final Turn turn;
    private final Set<Ready> ready = new LinkedHashSet<>();
    private final List<Waiter> claimed = new ArrayList<>();

    /** Serves in the turn who waits in the table. */
    public Serving(Waiters waiters, Turn turn) {
        this.waiters = waiters;
        this.turn = turn;
        turn.serves();
    }

    /** Whether nobody waits. */
    public boolean idle() {
        return waiters.none();
    }

    /** Has the client wait whose command found nothing. */
    public void add(Session session, byte[][] args, Waiting waiting) {
        waiters.add(turn, session, args, waiting);
    }

    /**
     * Serves clients for whom the turn made a key ready since the mark; the unit that did so is still open.
     *
     * @throws WouldBlockException if that must be done where waiting is allowed: the caller takes back everything since
     *     the mark, and locks what {@link Turn#wants} tells too before it runs the command again
     */
    public void run(Turn.Mark since) {
        collect(turn.changedLayout() ? waiters.keys() : turn.changedKeys(since));
        if (!ready.isEmpty()) {
            turn.nextUnit();
            serveReady();
        }
    }

    /** Serves clients that wait for a key, which another turn has changed, in a turn of its own. */
    public void serveAlone(int db, byte[] key) {
        List<Turn.DbKey> keys = new ArrayList<>(List.of(new Turn.DbKey(db, key)));
        while (waiters.any(db, key)) {
            turn.begin(System.currentTimeMillis());
            turn.lockAll(keys, false);
            try {
                turn.beginUnit(false);
                collect(List.of(new Turn.DbKey(db, key)));
                serveReady();
                turn.endUnit();
                keep();
                turn.commit();
                return;
            } catch (WouldBlockException e) {
                keys.addAll(turn.wants().take().keys());
                turn.abandon();
            }
        }
    }

    private void serveReady() {
        try {
            while (!ready.isEmpty()) {
                Iterator<Ready> first = ready.iterator();
                Ready key = first.next();
                first.remove();
                serve(key.db(), key.key().array());
            }
        } catch (RuntimeException | Error e) {
            ready.clear();
            claimed.forEach(Waiter::release);
            claimed.clear();
            throw e;
        }
    }

    /** What {@link #run} did cannot be taken back any more: it is told when the turn is committed. */
    public void keep() {
        for (Waiter waiter : claimed) {
            waiter.served();
            turn.whenEnded(waiter);
        }
        claimed.clear();
    }

    private void collect(Iterable<Turn.DbKey> changed) {
        for (Turn.DbKey key : changed) {
            ValueType type = typeOf(key.db(), key.key());
            boolean found = type != null && waiters.any(key.db(), type, key.key());
            if (found || waiters.anyNoticesLoss() && waiters.any(key.db(), key.key())) {
                ready.add(new Ready(key.db(), ByteBuffer.wrap(key.key())));
            }
        }
    }

    private @Nullable ValueType typeOf(int db, byte[] key) {
        byte[] row = turn.readStored(db, key); // does not delete what has expired: this is in no unit
        return row == null || isOver(MetaRow.expireAtMillis(row)) ? null : MetaRow.type(row);
    }

    private boolean isOver(long expireAtMillis) {
        return expireAtMillis != MetaRow.NO_EXPIRY && expireAtMillis <= turn.nowMillis();
    }

    private void serve(int db, byte[] key) {
        ValueType type = typeOf(db, key);
        if (type != null) {
            serve(db, key, type);
        }
        if (waiters.anyNoticesLoss()) {
            ValueType left = typeOf(db, key);
            for (ValueType other : TYPES) {
                if (other != left && waiters.any(db, other, key)) {
                    tellLoss(db, key, other);
                }
            }
        }
    }

    private void serve(int db, byte[] key, ValueType type) {
        Waiter waiter = waiters.next(db, type, key, 0);
        while (waiter != null) {
            offer(waiter, key);
            if (typeOf(db, key) != type) {
                return; // it took the last
            }
            waiter = waiters.next(db, type, key, waiter.number());
        }
    }

    private void tellLoss(int db, byte[] key, ValueType type) {
        Waiter waiter = waiters.next(db, type, key, 0);
        while (waiter != null) {
            if (waiter.waiting().noticesLoss()) {
                offer(waiter, key);
            }
            waiter = waiters.next(db, type, key, waiter.number());
        }
    }

    private void offer(Waiter waiter, byte[] key) {
        if (!waiter.claim()) {
            return;
        }
        claimed.add(waiter);
        Reply reply = attempt(waiter, key);
        if (reply == null) {
            claimed.remove(claimed.size() - 1);
            waiter.release();
        } else {
            waiter.serve(reply);
        }
    }

    /** Runs a client's command as a unit of its own. */
    private @Nullable Reply attempt(Waiter waiter, byte[] key) {
        byte[] other = waiter.waiting().other();
        if (other != null) {
            turn.wants().require(waiter.db(), other);
        }
        Turn.Mark mark = turn.mark();
        try {
            turn.beginUnit(true);
            Call call = new Call(turn, waiter.db(), waiter.args(), waiter.session());
            Reply reply = waiter.waiting().attempt().run(call, key);
            call.finish();
            turn.nextUnit();
            collect(turn.changedKeys(mark));
            return reply;
        } catch (CommandException e) {
            turn.rollback(mark);
            return Reply.error(e.reply());
        } catch (WouldBlockException e) {
            throw e;
        } catch (StorageException e) {
            turn.rollback(mark);
            return Reply.error(String.valueOf(e.getMessage()));
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            turn.rollback(mark);
            LOG.error(
                    "command failed command={} client={}",
                    waiter.session().lastCommand(),
                    waiter.session().id(),
                    e);
            return INTERNAL_ERROR;
        }
    }
}
