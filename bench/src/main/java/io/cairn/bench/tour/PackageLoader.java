package io.cairn.bench.tour;

import java.util.Locale;
import java.util.Map;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.params.SetParams;

/**
 * Puts packages into a server: a hash a package, sorted sets by installed size, sets by section and maintainer, lists of
 * dependencies, counters, some keys that expire.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class PackageLoader implements PackageIndex.Visitor, AutoCloseable {
    private static final int PIPELINE = 500;
    private static final int TTL_EVERY = 50;
    private static final long TTL_SECONDS = 86_400;

    private final Jedis jedis;
    private final Pipeline pipeline;
    private int packages;

    PackageLoader(Jedis jedis) {
        this.jedis = jedis;
        this.pipeline = jedis.pipelined();
    }

    @Override
    public void visit(Map<String, String> fields) {
        String name = fields.getOrDefault("Package", "");
        String version = fields.getOrDefault("Version", "");
        String key = name + ":" + version;
        String section = fields.getOrDefault("Section", "none");
        pipeline.hset("package:" + key, fields);
        String size = fields.get("Installed-Size");
        if (size != null) {
            pipeline.zadd("size", Double.parseDouble(size), key);
            pipeline.zadd("size:" + section, Double.parseDouble(size), key);
            pipeline.incrBy("total:size", Long.parseLong(size));
        }
        pipeline.sadd("section:" + section, key);
        pipeline.sadd("maintainer:" + fields.getOrDefault("Maintainer", "none"), key);
        pipeline.incr("count:" + section);
        String depends = fields.get("Depends");
        if (depends != null) {
            String[] names = depends.split(", ?", -1);
            pipeline.rpush("depends:" + key, names);
        }
        if (packages % TTL_EVERY == 0) {
            pipeline.set(
                    "seen:" + key,
                    name.toUpperCase(Locale.ROOT),
                    SetParams.setParams().ex(TTL_SECONDS + packages));
            pipeline.expire("depends:" + key, TTL_SECONDS);
        }
        if (++packages % PIPELINE == 0) {
            pipeline.sync();
        }
    }

    @Override
    public void close() {
        pipeline.sync();
        pipeline.close();
        jedis.close();
    }
}
