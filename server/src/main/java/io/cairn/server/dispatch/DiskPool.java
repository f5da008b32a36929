package io.cairn.server.dispatch;

import io.cairn.engine.keyspace.ChangeListener;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Turn;
import io.cairn.server.blocking.Waiters;
import io.cairn.server.command.CommandTable;
import io.cairn.server.command.Flag;
import io.cairn.server.command.Reply;
import io.cairn.server.session.Session;
import io.cairn.server.stats.Counters;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads {@code disk-N}, where commands run that wait: for the disk, for other turns, for a long time; and a few
 * {@code remote-N} for those that wait for another node, so that they keep nobody from the disk.
 *
 * <p>The commands that a session has pipelined behind one that must wait come along ({@link PooledRun}), so that they do
 * not wait for a thread each. A session is here at most once, so the queue is bounded by the number of clients. Several
 * threads, because a disk answers many reads at a time.
 *
 * <p>A command that is both {@code ADMIN} and {@code OFF_LOOP} and names no keys (SAVE, REPLICAOF, DEBUG) runs without
 * an open turn: it may wait for other threads, which may want to run alone. It begins the turn itself if it needs one.
 *
 * <p><i>Thread-safe.</i>
 */
public final class DiskPool implements AutoCloseable, ChangeListener {
    /** Takes the replies to commands, on a disk thread. */
    @FunctionalInterface
    public interface Completion {
        /**
         * The commands have run.
         *
         * @param gate position of the log that must be durable before the replies under {@code appendfsync always}
         */
        void done(List<Reply> replies, long gate);
    }

    private interface Task {
        void run(Execution execution);
    }

    private record ChangedKey(int db, ByteBuffer key) {}

    private static final Logger LOG = LoggerFactory.getLogger(DiskPool.class);

    private static final int REMOTE_THREADS = 4;

    private final BlockingQueue<Optional<Task>> queue = new LinkedBlockingQueue<>();
    private final BlockingQueue<Optional<Task>> remote = new LinkedBlockingQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Set<ChangedKey> changedKeys = ConcurrentHashMap.newKeySet();
    private final Waiters waiters;

    /** Starts {@code size} threads; {@code busy} says of an owner of keys whether it runs a script for too long. */
    public DiskPool(
            KeyspaceHandle handle,
            CommandTable table,
            Counters counters,
            Transactions transactions,
            Waiters waiters,
            IntPredicate busy,
            int size) {
        this.waiters = waiters;
        for (int i = 1; i <= size + REMOTE_THREADS; i++) {
            boolean waitsForNodes = i > size;
            Execution execution = new Execution(
                    new Turn(handle, true),
                    counters,
                    counters.newThread(table.all().size()),
                    transactions,
                    waiters,
                    busy);
            String name = waitsForNodes ? "remote-" + (i - size) : "disk-" + i;
            Thread thread = new Thread(
                    null, () -> work(execution, waitsForNodes ? remote : queue), name, Execution.STACK_BYTES);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Runs a session's commands one after another, and tells {@code completion}. */
    public void submit(Session session, List<Request> requests, Completion completion) {
        boolean waitsForNode = requests.get(0).entry().is(Flag.REMOTE);
        (waitsForNode ? remote : queue).add(Optional.of(execution -> run(execution, session, requests, completion)));
    }

    @Override
    public boolean listens() {
        return !waiters.none();
    }

    /** Serves those who wait for the key soon. */
    @Override
    public void changed(int db, byte[] key) {
        ChangedKey changed = new ChangedKey(db, ByteBuffer.wrap(key));
        if (waiters.any(db, key) && changedKeys.add(changed)) {
            queue.add(Optional.of(execution -> {
                changedKeys.remove(changed); // first: what changes from now on is looked at again
                execution.serve(db, key);
            }));
        }
    }

    /** Sessions that wait for a thread. */
    public int waiting() {
        return queue.size();
    }

    private static void work(Execution execution, BlockingQueue<Optional<Task>> tasks) {
        try {
            for (Optional<Task> next = tasks.take(); next.isPresent(); next = tasks.take()) {
                run(execution, next.get());
            }
        } catch (InterruptedException e) {
            LOG.error("a disk thread was interrupted and ends", e);
        }
    }

    private static void run(Execution execution, Task task) {
        try {
            task.run(execution);
        } catch (RuntimeException e) {
            LOG.error("task failed", e);
        } finally {
            execution.turn().abandon();
        }
    }

    private static void run(Execution execution, Session session, List<Request> requests, Completion completion) {
        PooledRun run = new PooledRun(execution, session, requests.size());
        try {
            requests.forEach(run::run);
        } finally {
            run.finish();
        }
        completion.done(run.replies(), run.gate());
    }

    /** Lets commands under way finish, drops those that wait, and waits for the threads. */
    @Override
    public void close() {
        // No interrupts: they would close the log's files under a thread that writes to them.
        queue.clear();
        remote.clear();
        threads.forEach(thread -> {
            queue.add(Optional.empty());
            remote.add(Optional.empty());
        });
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive() && thread != Thread.currentThread()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
