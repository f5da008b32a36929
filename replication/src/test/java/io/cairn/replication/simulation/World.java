package io.cairn.replication.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The scheduler and the network of a simulation.
 *
 * <p><i>Confined to the test's thread</i>, but for {@link #post}.
 */
final class World {
    private record Timed(long atMillis, long order, Runnable task) implements Comparable<Timed> {
        @Override
        public int compareTo(Timed other) {
            return atMillis != other.atMillis
                    ? Long.compare(atMillis, other.atMillis)
                    : Long.compare(order, other.order);
        }
    }

    private static final int QUIET_MILLIS = 3;

    private final Random random;
    private final ConcurrentLinkedQueue<Runnable> posted = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timed> timed = new PriorityQueue<>();
    private final AtomicInteger snapshots = new AtomicInteger();
    private final AtomicLong clock = new AtomicLong(1_700_000_000_000L);
    private final Map<Integer, SimulatedNode> listening = new HashMap<>();
    private final List<Pipe> pipes = new ArrayList<>();
    private long order;

    World(Random random) {
        this.random = random;
    }

    long millis() {
        return clock.get();
    }

    Random random() {
        return random;
    }

    /** Runs a task on the scheduler's thread, as soon as it gets there; any thread. */
    void post(Runnable task) {
        posted.add(task);
    }

    void after(long millis, Runnable task) {
        timed.add(new Timed(clock.get() + millis, order++, task));
    }

    /** Runs a task on a thread of its own; time does not go on before it ends. */
    void snapshot(Runnable task) {
        snapshots.incrementAndGet();
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } finally {
                        snapshots.decrementAndGet();
                    }
                },
                "snapshot");
        thread.setDaemon(true);
        thread.start();
    }

    void listen(int port, SimulatedNode node) {
        listening.put(port, node);
    }

    void unlisten(int port) {
        listening.remove(port);
    }

    SimulatedNode at(int port) {
        return listening.get(port);
    }

    void opened(Pipe pipe) {
        pipes.add(pipe);
    }

    /** Cuts a random connection. */
    void cutOne() {
        pipes.removeIf(pipe -> !pipe.isOpen());
        if (!pipes.isEmpty()) {
            pipes.get(random.nextInt(pipes.size())).cut();
        }
    }

    void cutAllOf(SimulatedNode node) {
        for (Pipe pipe : new ArrayList<>(pipes)) {
            if (pipe.isOpen() && pipe.joins(node)) {
                pipe.cut();
            }
        }
        settle();
    }

    /** Lets time pass, with everything that happens meanwhile. */
    void run(long millis) throws InterruptedException {
        long end = clock.get() + millis;
        while (true) {
            settle();
            awaitSnapshots();
            Timed next = timed.peek();
            if (next == null || next.atMillis() > end) {
                clock.set(end);
                return;
            }
            timed.remove();
            clock.set(Math.max(clock.get(), next.atMillis()));
            next.task().run();
        }
    }

    /** Gives snapshot threads the time to do what they can: to end, or to wait for bytes that are still to arrive. */
    private void awaitSnapshots() throws InterruptedException {
        for (int quiet = 0; snapshots.get() > 0 && quiet < QUIET_MILLIS; quiet++) {
            Thread.sleep(1);
            if (!posted.isEmpty()) {
                quiet = 0;
                settle();
            }
        }
        settle();
    }

    private void settle() {
        for (Runnable task = posted.poll(); task != null; task = posted.poll()) {
            task.run();
        }
    }
}
