package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.Transaction;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.resps.ScanResult;

/** The clients that Java programs use, unchanged. */
final class ClientsIT {
    private static final int KEYS = 500;

    /** Clients have little patience by default; a loaded machine needs more. */
    private static final int PATIENCE_MILLIS = 60_000;

    @Test
    void jedis() throws IOException {
        try (RunningServer server = RunningServer.start("--requirepass", "secret");
                Jedis jedis = new Jedis("127.0.0.1", server.port(), PATIENCE_MILLIS)) {
            jedis.auth("secret");
            assertEquals("PONG", jedis.ping());
            assertEquals("OK", jedis.set("a", "1"));
            assertEquals(2, jedis.incr("a"));
            assertEquals("OK", jedis.clientSetname("jedis"));
            jedis.hset("h", Map.of("f", "v", "g", "w"));
            assertEquals(Map.of("f", "v", "g", "w"), jedis.hgetAll("h"));
            jedis.rpush("l", "x", "y");
            assertEquals(List.of("x", "y"), jedis.lrange("l", 0, -1));
            jedis.zadd("z", 1.5, "m");
            assertEquals(1.5, jedis.zscore("z", "m"));
            pipeline(jedis);
            Transaction transaction = jedis.multi();
            transaction.set("t", "1");
            Response<Long> length = transaction.append("t", "23");
            transaction.exec();
            assertEquals(3, length.get());
            assertEquals(KEYS, scanned(jedis).size());
            assertTrue(jedis.info("server").contains("redis_version:"));
            assertEquals("0", jedis.configGet("maxmemory").get("maxmemory"));
        }
    }

    private static void pipeline(Jedis jedis) {
        Pipeline pipeline = jedis.pipelined();
        List<Response<String>> values = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            pipeline.set("key:" + i, "value:" + i, SetParams.setParams().ex(100));
            values.add(pipeline.get("key:" + i));
        }
        pipeline.sync();
        for (int i = 0; i < KEYS; i++) {
            assertEquals("value:" + i, values.get(i).get());
        }
    }

    private static Set<String> scanned(Jedis jedis) {
        Set<String> keys = new HashSet<>();
        String cursor = ScanParams.SCAN_POINTER_START;
        do {
            ScanResult<String> page =
                    jedis.scan(cursor, new ScanParams().match("key:*").count(50));
            keys.addAll(page.getResult());
            cursor = page.getCursor();
        } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
        return keys;
    }

    @Test
    void lettuce() throws Exception {
        try (RunningServer server = RunningServer.start()) {
            RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", server.port()));
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                RedisCommands<String, String> commands = connection.sync();
                assertEquals("OK", commands.set("a", "1"));
                assertNull(commands.get("nothing"));
                assertEquals(3, commands.sadd("s", "x", "y", "z"));
                assertEquals(Set.of("x", "y", "z"), commands.smembers("s"));
                commands.hset("h", "f", "v");
                assertEquals(Map.of("f", "v"), commands.hgetall("h"));
                commands.zadd("z", 2.25, "m");
                assertEquals(2.25, commands.zscore("z", "m"));
                asynchronous(connection.async());
                commands.multi();
                commands.incr("n");
                commands.get("n");
                TransactionResult result = commands.exec();
                assertEquals(List.of(1L, "1"), result.stream().toList());
                Set<String> keys = new HashSet<>();
                ScanIterator.scan(commands, ScanArgs.Builder.matches("k:*").limit(20))
                        .forEachRemaining(keys::add);
                assertEquals(KEYS, keys.size());
                assertTrue(commands.commandCount() > 100);
            } finally {
                client.shutdown(0, 1, TimeUnit.SECONDS);
            }
        }
    }

    private static void asynchronous(RedisAsyncCommands<String, String> commands) throws Exception {
        List<RedisFuture<String>> replies = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            commands.set("k:" + i, "v" + i);
            replies.add(commands.get("k:" + i));
        }
        for (int i = 0; i < KEYS; i++) {
            assertEquals("v" + i, replies.get(i).get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void redisson() throws IOException {
        try (RunningServer server = RunningServer.start()) {
            Config config = new Config();
            config.setCodec(StringCodec.INSTANCE);
            config.useSingleServer()
                    .setAddress("redis://127.0.0.1:" + server.port())
                    .setTimeout(PATIENCE_MILLIS)
                    .setConnectTimeout(PATIENCE_MILLIS)
                    .setConnectionMinimumIdleSize(2)
                    .setConnectionPoolSize(4)
                    .setSubscriptionConnectionMinimumIdleSize(0);
            RedissonClient client = Redisson.create(config);
            try {
                client.getBucket("b").set("v");
                assertEquals("v", client.getBucket("b").get());
                assertEquals(1, client.getAtomicLong("n").incrementAndGet());
                assertTrue(client.getSet("s").add("x"));
                assertTrue(client.getSet("s").contains("x"));
                assertTrue(client.getList("l").add("y"));
                assertEquals(List.of("y"), client.getList("l").readAll());
                assertTrue(client.getScoredSortedSet("z").add(1, "m"));
                assertEquals(1.0, client.getScoredSortedSet("z").getScore("m"));
                client.getBuckets().set(Map.of("c", "1", "d", "2"));
                assertEquals(Map.of("c", "1", "d", "2"), client.getBuckets().get("c", "d"));
            } finally {
                client.shutdown();
            }
        }
    }
}
