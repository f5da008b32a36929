package io.cairn.server.blocking;

import io.cairn.engine.keyspace.Outcome;
import io.cairn.server.command.Reply;
import io.cairn.server.command.Waiting;
import io.cairn.server.session.Deferral;
import io.cairn.server.session.Session;
import io.cairn.server.session.Suspension;
import org.jspecify.annotations.Nullable;

/**
 * One client that waits.
 *
 * <pre>
 *   waiting --claim--> claimed --serve--> ended
 *      ^                  |
 *      +-----release------+
 *   waiting --end--> ended
 * </pre>
 *
 * A turn claims a client before it takes anything for it, so that nothing is taken for one that is let go meanwhile, and
 * no two turns take something for the same. What would have ended the waiting while it was claimed does so when the claim
 * is released. Once served, the client is told when the turn is committed.
 *
 * <p><i>Thread-safe.</i>
 */
final class Waiter implements Suspension, Outcome {
    private enum State {
        WAITING,
        CLAIMED,
        ENDED
    }

    private record Ending(@Nullable Reply reply, boolean andClose) {}

    private static final Ending GONE = new Ending(null, false);
    private static final Ending TIMED_OUT = new Ending(Reply.NULL_ARRAY, false);

    private final Waiters table;
    private final long number;
    private final Session session;
    private final int db;
    private final byte[][] args;
    private final Waiting waiting;
    private final Deferral deferral;

    private State state = State.WAITING;
    private @Nullable Ending late;
    private @Nullable Runnable timer;
    private volatile @Nullable Reply reply;

    Waiter(Waiters table, long number, Session session, byte[][] args, Waiting waiting) {
        this.table = table;
        this.number = number;
        this.session = session;
        this.db = session.db();
        this.args = args;
        this.waiting = waiting;
        this.deferral = new Deferral(this);
    }

    /** Lets others end the waiting, and time. */
    void start() {
        session.defer(deferral);
        if (waiting.millis() > 0) {
            Runnable started = session.wire().after(waiting.millis(), () -> end(TIMED_OUT));
            synchronized (this) {
                timer = started;
                if (state != State.ENDED) {
                    return;
                }
            }
            started.run();
        }
    }

    /** Place in the order of arrival. */
    long number() {
        return number;
    }

    Session session() {
        return session;
    }

    int db() {
        return db;
    }

    byte[][] args() {
        return args;
    }

    Waiting waiting() {
        return waiting;
    }

    /** Keeps the client for the calling turn; false if it waits no longer or another turn has it. */
    synchronized boolean claim() {
        if (state != State.WAITING) {
            return false;
        }
        state = State.CLAIMED;
        return true;
    }

    /** Ends a claim with nothing taken for the client. */
    void release() {
        Ending missed;
        synchronized (this) {
            state = State.WAITING;
            reply = null;
            missed = late;
        }
        if (missed != null) {
            end(missed);
        }
    }

    /** Keeps what was taken for the client, to be told when the turn is committed. */
    void serve(Reply withReply) {
        reply = withReply;
    }

    /** Ends a claim with the reply of {@link #serve}: nothing of it is taken back any more. */
    void served() {
        synchronized (this) {
            state = State.ENDED;
        }
        forget();
    }

    @Override
    public void committed(long offset) {
        Reply made = reply;
        if (made != null) {
            session.wire().complete(deferral, made, offset, false);
        }
    }

    @Override
    public void failed(String error) {
        session.wire().complete(deferral, Reply.error(error));
    }

    /** Ends the waiting with an error, and the connection behind it. */
    void dismiss(Reply error) {
        end(new Ending(error, true));
    }

    /** Ends the waiting with an error. */
    boolean refuse(Reply error) {
        return end(new Ending(error, false));
    }

    @Override
    public boolean unblock(boolean withError) {
        return withError ? refuse(Waiters.UNBLOCKED_BY_CLIENT) : end(TIMED_OUT);
    }

    @Override
    public void abandon() {
        end(GONE);
    }

    private boolean end(Ending how) {
        synchronized (this) {
            if (state != State.WAITING) {
                late = how.reply() == null || late == null ? how : late;
                return false;
            }
            state = State.ENDED;
        }
        forget();
        Reply told = how.reply();
        if (told != null) {
            session.wire().complete(deferral, told, 0, how.andClose());
        }
        return true;
    }

    private void forget() {
        table.remove(this);
        Runnable started;
        synchronized (this) {
            started = timer;
        }
        if (started != null) {
            started.run();
        }
    }
}
