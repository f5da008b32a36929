package io.cairn.bench.tour;

import io.cairn.bench.process.ServerProcess;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.SetParams;

/**
 * Writes all the time, to whoever is the primary, as an application would: it reconnects when the connection breaks, and
 * remembers what was acknowledged.
 *
 * <p><i>Thread-safe.</i>
 */
final class BackgroundWriter implements AutoCloseable {
    private static final int HOT_KEYS = 1000;

    private final ReentrantLock pause = new ReentrantLock(true);
    private final AtomicLong acknowledged = new AtomicLong();
    private final Thread thread = new Thread(this::run, "writer");
    private final Random random = new Random(1);
    private volatile ServerProcess primary;
    private volatile boolean stopped;

    BackgroundWriter(ServerProcess primary) {
        this.primary = primary;
        thread.setDaemon(true);
        thread.start();
    }

    /** Writes go there from now on. */
    void follow(ServerProcess next) {
        primary = next;
    }

    /** Number of writes acknowledged: the list {@code journal} has at least as many items. */
    long acknowledged() {
        return acknowledged.get();
    }

    /** No write is under way until {@link #resume}; same thread. */
    void pause() {
        pause.lock();
    }

    void resume() {
        pause.unlock();
    }

    private void run() {
        while (!stopped) {
            try (Jedis jedis = primary.client()) {
                ServerProcess now = primary;
                while (!stopped && now == primary) {
                    pause.lock();
                    try {
                        write(jedis);
                    } finally {
                        pause.unlock();
                    }
                }
            } catch (JedisException e) {
                sleep(); // the primary is away: that is what the tour is about
            }
        }
    }

    private void write(Jedis jedis) {
        long number = acknowledged.get() + 1;
        jedis.rpush("journal", Long.toString(number));
        acknowledged.set(number);
        int hot = random.nextInt(HOT_KEYS);
        jedis.set("hot:" + hot, "value " + number);
        jedis.zincrby("hits", 1, "page" + hot);
        jedis.hset("session:" + hot, "last", Long.toString(number));
        if (number % 10 == 0) {
            jedis.set("token:" + number, "t" + number, SetParams.setParams().ex(3600));
            jedis.del("hot:" + random.nextInt(HOT_KEYS));
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
