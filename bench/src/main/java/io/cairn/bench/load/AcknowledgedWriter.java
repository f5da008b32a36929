package io.cairn.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Writes keys in order on a thread of its own until its server dies, and knows how many were acknowledged.
 *
 * <p>Life: {@link #start}; the server is killed; {@link #join}; then, with the server back, {@link #missing}.
 *
 * <p><i>Thread-safe.</i>
 */
public final class AcknowledgedWriter {
    private static final int BATCH = 64;

    private final String prefix;
    private final String value;
    private final Thread thread;
    private final AtomicLong acknowledged = new AtomicLong();
    private volatile boolean ended;

    /** Writes over {@code connection}, which it closes. */
    public AcknowledgedWriter(Jedis connection, String prefix, int valueBytes) {
        this.prefix = prefix;
        this.value = "v".repeat(valueBytes);
        this.thread = new Thread(() -> write(connection), "writer-" + prefix);
        thread.setDaemon(true);
    }

    /** Begins to write. */
    public void start() {
        thread.start();
    }

    private void write(Jedis connection) {
        try (connection) {
            while (!ended) {
                Pipeline pipeline = connection.pipelined();
                long from = acknowledged.get();
                for (int i = 0; i < BATCH; i++) {
                    pipeline.set(Loader.name(prefix, from + i), value + (from + i));
                }
                List<Object> replies = pipeline.syncAndReturnAll();
                for (Object reply : replies) {
                    if (!"OK".equals(reply)) {
                        return;
                    }
                    acknowledged.incrementAndGet();
                }
            }
        } catch (JedisException e) {
            ended = true; // the server is gone, as it was meant to be
        }
    }

    /** Waits until the writer has noticed that its server is gone. */
    public void join() throws InterruptedException {
        thread.join();
    }

    /** How many of its keys, counted from the first, were acknowledged. */
    public long acknowledged() {
        return acknowledged.get();
    }

    /** Counts the acknowledged keys that a server does not have, or has with another value. */
    public long missing(Jedis connection) {
        long missing = 0;
        long end = acknowledged.get();
        for (long from = 0; from < end; from += 1000) {
            int count = (int) Math.min(1000, end - from);
            List<String> names = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                names.add(Loader.name(prefix, from + i));
            }
            List<String> values = connection.mget(names.toArray(String[]::new));
            for (int i = 0; i < count; i++) {
                if (!(value + (from + i)).equals(values.get(i))) {
                    missing++;
                }
            }
        }
        return missing;
    }
}
