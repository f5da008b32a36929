package io.cairn.server.net;

import io.cairn.server.session.Letter;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Letters to subscribers of one event loop, in the order in which they were posted.
 *
 * <p>The loop empties it when it has committed, so what its own turns publish takes no detour; for others' letters it is
 * woken.
 *
 * <p><i>Thread-safe</i>, but for {@link #next}, which is the loop's.
 */
final class Mailbox {
    /** A letter, its addressee, and the position of the log that must be durable before. */
    record Mail(Connection to, Letter letter, long gate) {}

    private final Queue<Mail> mail = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();

    /** Adds a letter; returns whether the loop is to be woken. */
    boolean post(Mail posted) {
        mail.add(posted);
        return woken.compareAndSet(false, true);
    }

    /** Says that the loop looks into it from now on. */
    void awake() {
        woken.set(false);
    }

    @Nullable
    Mail next() {
        return mail.poll();
    }
}
