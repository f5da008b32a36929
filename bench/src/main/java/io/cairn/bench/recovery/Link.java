package io.cairn.bench.recovery;

import io.cairn.bench.process.ServerProcess;
import java.io.IOException;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;

/**
 * A primary and its replica, each a Cairn or a Redis.
 *
 * <p><i>Confined to the calling thread.</i>
 */
record Link(ServerProcess primary, ServerProcess replica) {
    private static final long TIMEOUT_NANOS = 900_000_000_000L;
    private static final long POLL_MILLIS = 5;

    /** Has the replica follow the primary. */
    void attach() {
        try (Jedis jedis = replica.client()) {
            jedis.replicaof("127.0.0.1", primary.port());
        }
    }

    boolean up() {
        return "up".equals(replica.info("replication", "master_link_status"));
    }

    /** Waits for the link and for as many keys as the primary has. */
    void awaitSameKeys() throws IOException, InterruptedException {
        await("the link", this::up);
        await("equal numbers of keys", () -> keys(primary) == keys(replica));
    }

    /** Waits until the replica has received what the primary has logged so far, executed or not. */
    void awaitShipped() throws IOException, InterruptedException {
        long offset = number(primary, "replication", "master_repl_offset");
        await("offset " + offset, () -> up() && number(replica, "replication", "slave_read_repl_offset") >= offset);
    }

    /** Waits until the replica has executed what the primary has logged so far. */
    void awaitSameOffset() throws IOException, InterruptedException {
        long offset = number(primary, "replication", "master_repl_offset");
        await("offset " + offset, () -> up() && number(replica, "replication", "slave_repl_offset") >= offset);
    }

    /** Partial resynchronizations that the primary has granted. */
    long partials() {
        return number(primary, "replication", "psync_same_id")
                + number(primary, "replication", "psync_previous_id")
                + number(primary, "stats", "sync_partial_ok");
    }

    /** Bytes that the primary has sent to replicas. */
    long sentBytes() {
        return number(primary, "replication", "repl_sent_bytes")
                + number(primary, "stats", "total_net_repl_output_bytes");
    }

    static long keys(ServerProcess server) {
        try (Jedis jedis = server.client()) {
            return jedis.dbSize();
        }
    }

    /** A number of INFO; 0 where the server does not tell it. */
    static long number(ServerProcess server, String section, String field) {
        String value = server.info(section, field);
        return value == null ? 0 : Long.parseLong(value);
    }

    void await(String what, BooleanSupplier reached) throws IOException, InterruptedException {
        long started = System.nanoTime();
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() - started > TIMEOUT_NANOS) {
                throw new IOException("no " + what + " between " + primary.name() + " and " + replica.name() + ", see "
                        + primary.log() + " and " + replica.log());
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    static double secondsSince(long startedNanos) {
        return (System.nanoTime() - startedNanos) / 1e9;
    }

    static String text(String format, @Nullable Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
