package io.cairn.bench.compare;

import io.cairn.bench.load.CollectionLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A load on collections of a given number of elements: what is asked, and what the server is filled with before.
 *
 * <p>All but three work on one key. {@link #INCR}, {@link #MSET} and {@link #HGETALL} work on as many keys as elements are
 * asked for. Numbers at random are below the number of elements.
 *
 * <p><i>Immutable.</i>
 */
enum ElementTest {
    /** Of counters at random. */
    INCR("INCR", "counter:" + ElementTest.RANDOM),
    /** Of ten strings at random. */
    MSET(mset()),
    /** At the head of a list that grows from its size. */
    LPUSH("LPUSH", "list", ElementTest.VALUE),
    /** At the head of a list that shrinks to its size. */
    LPOP("LPOP", "list"),
    /** At the tail of a list that shrinks to its size. */
    RPOP("RPOP", "list"),
    /** The hundred items at the head. */
    LRANGE_100("LRANGE", "list", "0", "99"),
    /** Of twice as many members: at first, one in two is new. */
    SADD("SADD", "set", "member:" + ElementTest.RANDOM),
    /** From a set that shrinks to its size. */
    SPOP("SPOP", "set"),
    /** A field that is there. */
    HSET("HSET", "hash", "field:" + ElementTest.RANDOM, ElementTest.VALUE),
    /** Hashes of ten fields. */
    HGETALL("HGETALL", "hash:" + ElementTest.RANDOM),
    /** A member that is there gets another score. */
    ZADD("ZADD", "zset", ElementTest.RANDOM, "member:" + ElementTest.RANDOM),
    /** From a sorted set that shrinks to its size. */
    ZPOPMIN("ZPOPMIN", "zset"),
    /** A hundred members from a score on. */
    ZRANGE("ZRANGE", "zset", ElementTest.RANDOM, "+inf", "BYSCORE", "LIMIT", "0", "100"),
    /** Of a member. */
    ZSCORE("ZSCORE", "zset", "member:" + ElementTest.RANDOM),
    /** Of a member. */
    ZRANK("ZRANK", "zset", "member:" + ElementTest.RANDOM),
    /** Members from a score on. */
    ZCOUNT("ZCOUNT", "zset", ElementTest.RANDOM, "+inf"),
    /** At the end of a stream that grows from its size. */
    XADD("XADD", "stream", "*", "field", ElementTest.VALUE);

    private static final String RANDOM = "__rand_int__";
    private static final String VALUE = "__value__";
    private static final int FIELDS = 10;

    private final List<String> request;

    ElementTest(String... request) {
        this.request = List.of(request);
    }

    private static String[] mset() {
        List<String> words = new ArrayList<>(List.of("MSET"));
        for (int i = 0; i < FIELDS; i++) {
            words.add("key:" + RANDOM);
            words.add(VALUE);
        }
        return words.toArray(String[]::new);
    }

    /** By its name in any case. */
    static Optional<ElementTest> named(String test) {
        for (ElementTest each : values()) {
            if (each.name().equalsIgnoreCase(test)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** Name of the command. */
    String command() {
        return request.get(0).toLowerCase(Locale.ROOT);
    }

    /** The key, or what keys have in common: tests of the same one undo each other's filling. */
    String key() {
        return request.get(1).replace(RANDOM, "");
    }

    /** The request, as redis-benchmark takes it. */
    List<String> request(int valueBytes) {
        String value = "x".repeat(valueBytes);
        return request.stream().map(word -> word.equals(VALUE) ? value : word).toList();
    }

    /** Numbers at random are below that. */
    long range(long elements) {
        return this == SADD ? 2 * elements : elements;
    }

    /** Whether requests leave as many elements as they found, so that one filling is enough for several rounds. */
    boolean keepsSize() {
        return switch (this) {
            case LPUSH, LPOP, RPOP, SADD, SPOP, ZPOPMIN, XADD -> false;
            default -> true;
        };
    }

    /** How many elements are needed before so many requests. */
    long filled(long elements, long requests) {
        return this == LPOP || this == RPOP || this == SPOP || this == ZPOPMIN ? elements + requests : elements;
    }

    /** Fills the server with so many elements. */
    void fill(CollectionLoader loader, long count) {
        switch (this) {
            case INCR -> loader.counters("counter:", count);
            case MSET -> loader.strings("key:", count);
            case LPUSH, LPOP, RPOP, LRANGE_100 -> loader.list("list", count);
            case SADD -> loader.set("set", count, 2);
            case SPOP -> loader.set("set", count, 1);
            case HSET -> loader.hash("hash", count);
            case HGETALL -> loader.hashes("hash:", count, FIELDS);
            case ZADD, ZPOPMIN, ZRANGE, ZSCORE, ZRANK, ZCOUNT -> loader.scores("zset", count);
            case XADD -> loader.stream("stream", count);
        }
    }
}
