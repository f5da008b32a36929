package io.cairn.server.dispatch;

import io.cairn.server.command.CommandTable;
import io.cairn.server.command.Flag;
import io.cairn.server.session.Session;
import io.cairn.server.session.Transaction;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Holds up clients for a while: all their commands, or those that write (CLIENT PAUSE, a planned failover).
 *
 * <p>Of two pauses the later end and the wider one count. Replicas are never held up.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Pause {
    private record State(long untilMillis, boolean all) {}

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable State state;

    /** No pause. */
    public Pause() {}

    /** Calls {@code listener} when a pause ends. */
    public void onEnd(Runnable listener) {
        listeners.add(listener);
    }

    /** Begins a pause, or makes the present one longer and wider. */
    public synchronized void begin(long untilMillis, boolean all) {
        State now = state;
        state = now == null
                ? new State(untilMillis, all)
                : new State(Math.max(now.untilMillis(), untilMillis), all || now.all());
    }

    /** Ends the pause if there is one. */
    public void end() {
        synchronized (this) {
            if (state == null) {
                return;
            }
            state = null;
        }
        listeners.forEach(Runnable::run);
    }

    /** Ends the pause if it has lasted long enough; called now and then. */
    public void tick(long nowMillis) {
        State now = state;
        if (now != null && nowMillis >= now.untilMillis()) {
            end();
        }
    }

    /** Whether the command must wait. */
    public boolean holds(Session session, CommandTable.Entry entry) {
        State now = state;
        if (now == null || session.kind() == Session.Kind.REPLICA) {
            return false;
        }
        return now.all() || writes(entry) || writes(session.transaction(), entry);
    }

    private static boolean writes(Transaction transaction, CommandTable.Entry entry) {
        return transaction.isOpen()
                && entry.command().name().equals("exec")
                && transaction.queue().stream().anyMatch(queued -> writes(queued.entry()));
    }

    private static boolean writes(CommandTable.Entry entry) {
        return entry.is(Flag.WRITE) || entry.is(Flag.MAY_REPLICATE);
    }
}
