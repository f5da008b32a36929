package io.cairn.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Jedis;

/**
 * Fills a server with collections whose elements are named as {@code redis-benchmark} names them
 * ({@code member:000000000042}), through one connection; what a key held before is deleted.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public final class CollectionLoader implements AutoCloseable {
    private static final int AT_ONCE = 100;
    private static final int UNANSWERED_MAX = 64;

    private final Jedis client;
    private final Connection connection;
    private final byte[] value;
    private int unanswered;

    /** Adds the arguments of one element. */
    @FunctionalInterface
    private interface Element {
        void addTo(List<byte[]> arguments, long number);
    }

    /** A loader whose values are of so many bytes. */
    public CollectionLoader(Jedis client, int valueBytes) {
        this.client = client;
        this.connection = client.getConnection();
        this.value = "x".repeat(valueBytes).getBytes(StandardCharsets.US_ASCII);
    }

    /** Counters at zero. */
    public void counters(String prefix, long count) {
        byte[] zero = bytes("0");
        for (long i = 0; i < count; i++) {
            send("SET", List.of(name(prefix, i), zero));
        }
        await(0);
    }

    /** Strings. */
    public void strings(String prefix, long count) {
        for (long i = 0; i < count; i++) {
            send("SET", List.of(name(prefix, i), value));
        }
        await(0);
    }

    /** Hashes of so many fields each. */
    public void hashes(String prefix, long count, int fields) {
        for (long i = 0; i < count; i++) {
            List<byte[]> arguments = new ArrayList<>();
            arguments.add(name(prefix, i));
            for (int field = 0; field < fields; field++) {
                arguments.add(bytes("field:" + field));
                arguments.add(name("value:", i));
            }
            send("HSET", arguments);
        }
        await(0);
    }

    /** A list of values. */
    public void list(String key, long count) {
        fill("RPUSH", key, count, (arguments, i) -> arguments.add(value));
    }

    /** A set of members whose numbers are multiples of {@code step}. */
    public void set(String key, long count, int step) {
        fill("SADD", key, count, (arguments, i) -> arguments.add(name("member:", i * step)));
    }

    /** A hash. */
    public void hash(String key, long count) {
        fill("HSET", key, count, (arguments, i) -> {
            arguments.add(name("field:", i));
            arguments.add(value);
        });
    }

    /** A sorted set whose members have their number as score. */
    public void scores(String key, long count) {
        fill("ZADD", key, count, (arguments, i) -> {
            arguments.add(bytes(Long.toString(i)));
            arguments.add(name("member:", i));
        });
    }

    /** A stream of entries of one field. */
    public void stream(String key, long count) {
        client.del(key);
        List<byte[]> arguments = List.of(bytes(key), bytes("*"), bytes("field"), value);
        for (long i = 0; i < count; i++) {
            send("XADD", arguments);
        }
        await(0);
    }

    private void fill(String command, String key, long count, Element element) {
        client.del(key);
        for (long i = 0; i < count; ) {
            List<byte[]> arguments = new ArrayList<>();
            arguments.add(bytes(key));
            for (long end = Math.min(count, i + AT_ONCE); i < end; i++) {
                element.addTo(arguments, i);
            }
            send(command, arguments);
        }
        await(0);
    }

    private void send(String command, List<byte[]> arguments) {
        byte[] name = bytes(command);
        connection.sendCommand(() -> name, arguments.toArray(byte[][]::new));
        if (++unanswered == UNANSWERED_MAX) {
            await(UNANSWERED_MAX / 2);
        }
    }

    /** Reads replies until only so many are missing. */
    private void await(int missing) {
        for (Object reply : connection.getMany(unanswered - missing)) {
            if (reply instanceof RuntimeException refusal) {
                throw refusal;
            }
        }
        unanswered = missing;
    }

    private static byte[] name(String prefix, long number) {
        return bytes(Loader.name(prefix, number));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        client.close();
    }
}
