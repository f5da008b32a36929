package io.cairn.bench.tour;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.ValueType;
import io.cairn.snapshot.digest.DumpDiff;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;
import redis.clients.jedis.resps.Tuple;

/**
 * Reads everything that a server holds through a client, as any client could: every key, its type, its value, its expiry.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class Contents {
    private static final int BATCH = 1000;

    private record Described(byte[] key, Response<String> type, Response<Long> expireAtMillis) {}

    private Contents() {}

    /** Sends all keys of database 0 to the sink; returns their number. */
    static long read(Jedis jedis, EntrySink sink) throws IOException {
        long keys = 0;
        byte[] cursor = ScanParams.SCAN_POINTER_START_BINARY;
        Set<ByteBuffer> seen = new HashSet<>();
        do {
            ScanResult<byte[]> page = jedis.scan(cursor, new ScanParams().count(BATCH));
            cursor = page.getCursorAsBytes();
            List<byte[]> fresh = new ArrayList<>();
            for (byte[] key : page.getResult()) {
                if (seen.add(ByteBuffer.wrap(key))) {
                    fresh.add(key);
                }
            }
            keys += page(jedis, fresh, sink);
        } while (!Arrays.equals(cursor, ScanParams.SCAN_POINTER_START_BINARY));
        return keys;
    }

    private static long page(Jedis jedis, List<byte[]> keys, EntrySink sink) throws IOException {
        List<Described> described = new ArrayList<>();
        try (Pipeline pipeline = jedis.pipelined()) {
            for (byte[] key : keys) {
                described.add(new Described(key, pipeline.type(key), pipeline.pexpireTime(key)));
            }
            pipeline.sync();
        }
        List<Response<?>> values = new ArrayList<>();
        try (Pipeline pipeline = jedis.pipelined()) {
            for (Described each : described) {
                values.add(request(pipeline, each.key(), each.type().get()));
            }
            pipeline.sync();
        }
        long sent = 0;
        for (int i = 0; i < described.size(); i++) {
            Described each = described.get(i);
            if (!each.type().get().equals("none")) {
                send(each, values.get(i).get(), sink);
                sent++;
            }
        }
        return sent;
    }

    private static Response<?> request(Pipeline pipeline, byte[] key, String type) {
        return switch (type) {
            case "string", "none" -> pipeline.get(key);
            case "list" -> pipeline.lrange(key, 0, -1);
            case "set" -> pipeline.smembers(key);
            case "zset" -> pipeline.zrangeWithScores(key, 0, -1);
            case "hash" -> pipeline.hgetAll(key);
            default -> throw new IllegalStateException("a key of type " + type);
        };
    }

    @SuppressWarnings("unchecked") // the type of the reply follows from the type of the key
    private static void send(Described key, Object value, EntrySink sink) throws IOException {
        long due = key.expireAtMillis().get();
        String type = key.type().get();
        if (type.equals("string")) {
            sink.string(0, key.key(), due, (byte[]) value);
            return;
        }
        ValueType valueType = ValueType.valueOf(type.toUpperCase(Locale.ROOT));
        if (valueType == ValueType.HASH) {
            Map<byte[], byte[]> hash = (Map<byte[], byte[]>) value;
            sink.begin(0, key.key(), due, valueType, hash.size());
            for (Map.Entry<byte[], byte[]> field : hash.entrySet()) {
                sink.pair(field.getKey(), field.getValue());
            }
        } else if (valueType == ValueType.ZSET) {
            List<Tuple> members = (List<Tuple>) value;
            sink.begin(0, key.key(), due, valueType, members.size());
            for (Tuple member : members) {
                sink.scored(member.getBinaryElement(), member.getScore());
            }
        } else {
            Collection<byte[]> elements = (Collection<byte[]>) value;
            sink.begin(0, key.key(), due, valueType, elements.size());
            for (byte[] element : elements) {
                sink.element(element);
            }
        }
        sink.end();
    }

    /** Compares two servers key by key; returns the number of keys, or fails with the first that differ. */
    static long requireEqual(String left, Jedis ofLeft, String right, Jedis ofRight) throws IOException {
        DumpDiff diff = new DumpDiff();
        long keys = read(ofLeft, diff.left());
        long others = read(ofRight, diff.right());
        List<String> differences = diff.differences(10);
        if (!differences.isEmpty() || keys != others) {
            throw new IOException(left + " (" + keys + " keys) and " + right + " (" + others + " keys) differ: "
                    + String.join("; ", differences));
        }
        return keys;
    }
}
