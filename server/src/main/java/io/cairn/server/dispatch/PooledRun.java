package io.cairn.server.dispatch;

import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.keyspace.TurnWants;
import io.cairn.engine.rows.StorageException;
import io.cairn.engine.rows.WouldBlockException;
import io.cairn.server.command.CommandTable;
import io.cairn.server.command.Flag;
import io.cairn.server.command.Reply;
import io.cairn.server.session.Session;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session's commands on a disk thread, one after another.
 *
 * <p>They share a turn and its commit while it is young: whoever waits for a key that many want must not pay for a commit
 * with each command. An old turn is committed before the next command, which may have to wait for the disk: what the
 * turn holds, others wait for.
 *
 * <p><i>Confined to the disk thread.</i>
 */
final class PooledRun {
    private static final Logger LOG = LoggerFactory.getLogger(PooledRun.class);
    private static final long YOUNG_NANOS = 200_000;

    /** How often a command that comes to ever more keys is run again before it gets all of them. */
    private static final int MOST_ROUNDS = 16;

    private final Execution execution;
    private final Turn turn;
    private final Session session;
    private final List<Reply> replies;
    private final List<Integer> uncommitted =
            new ArrayList<>(); // replies to writes that the open turn has yet to commit
    private long gate;
    private long begunNanos;

    PooledRun(Execution execution, Session session, int requests) {
        this.execution = execution;
        this.turn = execution.turn();
        this.session = session;
        this.replies = new ArrayList<>(requests);
    }

    /** Replies so far, final after {@link #finish}. */
    List<Reply> replies() {
        return replies;
    }

    /** Position of the log that must be durable before the replies under {@code appendfsync always}. */
    long gate() {
        return gate;
    }

    void run(Request request) {
        try {
            replies.add(reply(request));
        } catch (StorageException e) {
            if (!turn.isOpen()) {
                failWrites(e); // the command made the turn commit what came before
            }
            replies.add(Reply.error(String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            LOG.error("command failed command={} client={}", request.entry(), session.id(), e);
            replies.add(Reply.error("ERR internal error"));
        }
        if (turn.isOpen() && execution.mayChange(request.entry())) {
            uncommitted.add(replies.size() - 1);
        }
    }

    private Reply reply(Request request) {
        CommandTable.Entry entry = request.entry();
        if (execution.isExclusive(session, entry, request.args())) {
            return alone(request);
        }
        if (entry.is(Flag.OFF_LOOP) && entry.is(Flag.ADMIN) && entry.onlyKey() == 0) {
            commit();
            return execution.run(session, entry, request.args()); // begins the turn itself if it needs one
        }
        List<Turn.DbKey> wanted = new ArrayList<>();
        if (!lock(request)) {
            return execution.busy(session, entry);
        }
        for (int round = 1; round <= MOST_ROUNDS; round++) {
            long cycle = turn.cycle();
            try {
                Reply reply = execution.run(session, entry, request.args());
                if (turn.cycle() != cycle) {
                    uncommitted.clear(); // the command made the turn commit what came before
                }
                return reply;
            } catch (WouldBlockException e) {
                // Not the disk, that may be waited for here: it came to a key, or to something whose keys nobody can
                // name, that another turn may have.
                TurnWants.Wants wants = turn.wants().take();
                commit();
                if (wants.alone()) {
                    break;
                }
                wanted.addAll(wants.keys());
                if (!lockAnew(request, wanted)) {
                    return execution.busy(session, entry);
                }
            }
        }
        return alone(request);
    }

    private Reply alone(Request request) {
        commit();
        Reply[] reply = new Reply[1];
        turn.exclusively(
                System.currentTimeMillis(), () -> reply[0] = execution.run(session, request.entry(), request.args()));
        gate = Math.max(gate, turn.commit());
        return reply[0];
    }

    /** Takes what the command needs, in the open turn if that is young and need not wait. */
    private boolean lock(Request request) {
        CommandTable.Entry entry = request.entry();
        if (turn.isOpen()) {
            boolean joins = !execution.wantsCommit(session, entry)
                    && System.nanoTime() - begunNanos < YOUNG_NANOS
                    && execution.tryLock(session, entry, request.args());
            if (joins) {
                return true;
            }
            commit();
        }
        return lockAnew(request, List.of());
    }

    /** Takes what the command needs and some more in a new turn, waiting; false if a script seems to have it for good. */
    private boolean lockAnew(Request request, List<Turn.DbKey> more) {
        begunNanos = System.nanoTime();
        turn.begin(System.currentTimeMillis());
        List<Turn.DbKey> keys = execution.keys(session, request.entry(), request.args());
        keys.addAll(more);
        if (!keys.isEmpty()) {
            if (!turn.lockAll(keys, execution::isBusy)) {
                return false;
            }
            begunNanos = System.nanoTime();
        }
        return true;
    }

    /** Commits what the turn holds; writes whose commit fails are answered with the error. */
    private void commit() {
        try {
            gate = Math.max(gate, turn.commit());
            uncommitted.clear();
        } catch (StorageException e) {
            failWrites(e);
        } catch (RuntimeException e) {
            LOG.error("commit failed client={}", session.id(), e);
            failWrites(new StorageException("ERR internal error", e));
        }
    }

    private void failWrites(StorageException e) {
        for (int index : uncommitted) {
            replies.set(index, Reply.error(String.valueOf(e.getMessage())));
        }
        uncommitted.clear();
    }

    /** Commits the rest, and leaves the turn as it was found. */
    void finish() {
        try {
            commit();
        } finally {
            turn.abandon();
        }
    }
}
