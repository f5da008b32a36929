package io.cairn.snapshot.rdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.ValueType;
import io.cairn.snapshot.RdbFile;
import io.cairn.snapshot.peer.Peers;
import io.cairn.snapshot.peer.RedisProcess;
import io.cairn.snapshot.peer.RespClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What real servers save is read, and what is written they load. */
class RedisDumpIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--rdbcompression no --list-max-listpack-size 3",
                "--list-max-listpack-size -5 --list-compress-depth 1",
                "--hash-max-listpack-entries 0 --zset-max-listpack-entries 0 --set-max-intset-entries 0",
                "--hash-max-listpack-value 100000 --zset-max-listpack-value 100000 --hash-max-listpack-entries 100000",
                "--maxmemory 1gb --maxmemory-policy allkeys-lfu",
                "--maxmemory 1gb --maxmemory-policy allkeys-lru",
                "--rdbchecksum no",
            })
    void readsWhatRedis70Saves(String options) throws IOException {
        String[] split = options.isEmpty() ? new String[0] : options.split(" ");
        try (RedisProcess redis = RedisProcess.start(directory, split);
                RespClient client = redis.client()) {
            populate(client);
            Dump expected = new Dump();
            Peers.read(client, 4, true, expected);
            client.succeed("SAVE");
            assertEquals(expected, RoundTripTest.read(saved(), RdbReadOptions.DEFAULT));
        }
    }

    @Test
    void readsEveryTypeThatRedis70Saves() throws IOException {
        try (RedisProcess redis = RedisProcess.start(directory);
                RespClient client = redis.client()) {
            populate(client);
            assertEquals(Set.of(0, 2, 4, 5, 11, 16, 17, 18), types(client));
        }
    }

    @Test
    void readsWhatRedis62Saves() throws IOException {
        Optional<String> program = RedisProcess.program62(directory);
        assumeTrue(program.isPresent(), "the carried Redis 6.2 is for Linux on amd64");
        for (String options :
                List.of("", "--list-max-ziplist-size 3", "--hash-max-ziplist-value 100000 --rdbcompression no")) {
            String[] split = options.isEmpty() ? new String[0] : options.split(" ");
            try (RedisProcess redis = RedisProcess.start(program.get(), directory, split);
                    RespClient client = redis.client()) {
                assertTrue(client.text("INFO", "server").contains("redis_version:6.2"));
                client.succeed("FLUSHALL");
                populate(client);
                assertTrue(types(client).containsAll(Set.of(0, 2, 5, 11, 12, 13, 14)), options);
                Dump expected = new Dump();
                Peers.read(client, 4, false, expected);
                client.succeed("SAVE");
                Dump actual = RoundTripTest.read(saved(), RdbReadOptions.DEFAULT);
                assertEquals(withoutExpiry(expected), withoutExpiry(actual), options);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void writesWhatRedis70Loads(boolean compression) throws IOException, InterruptedException {
        for (long seed = 1; seed <= 3; seed++) {
            Dump dump = RandomDump.of(seed, 500);
            interesting(dump);
            write(dump, RdbWriteOptions.FILE.withCompression(compression));
            check();
            try (RedisProcess redis = RedisProcess.start(directory);
                    RespClient client = redis.client()) {
                Dump loaded = new Dump();
                Peers.read(client, 4, true, loaded);
                assertEquals(dump, loaded);
            }
        }
    }

    @Test
    void aCopyHasTheDigestOfItsOriginal() throws IOException, InterruptedException {
        String original;
        Dump dump;
        try (RedisProcess redis = RedisProcess.start(directory, "--enable-debug-command", "yes");
                RespClient client = redis.client()) {
            populate(client);
            original = client.text("DEBUG", "DIGEST");
            client.succeed("SAVE");
            dump = RoundTripTest.read(saved(), RdbReadOptions.DEFAULT);
        }
        write(dump, RdbWriteOptions.STREAM.withBufferBytes(256));
        check();
        try (RedisProcess redis = RedisProcess.start(directory, "--enable-debug-command", "yes");
                RespClient client = redis.client()) {
            assertEquals(original, client.text("DEBUG", "DIGEST"));
        }
    }

    @Test
    void redisLoadsAStreamWithoutChecksum() throws IOException, InterruptedException {
        Dump dump = RandomDump.of(9, 50);
        write(dump, RdbWriteOptions.STREAM.withChecksum(false));
        check();
        try (RedisProcess redis = RedisProcess.start(directory);
                RespClient client = redis.client()) {
            Dump loaded = new Dump();
            Peers.read(client, 4, true, loaded);
            assertEquals(dump, loaded);
        }
    }

    /** The RDB types that DUMP gives. */
    private static Set<Integer> types(RespClient client) throws IOException {
        Set<Integer> types = new TreeSet<>();
        for (int db = 0; db < 4; db++) {
            client.succeed("SELECT", db);
            for (Object key : client.list("KEYS", "*")) {
                types.add((int) ((byte[]) client.succeed("DUMP", key))[0]);
            }
        }
        return types;
    }

    /** Streams with groups and pending entries: a real server loads what we write, and we read what it saves of that. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void redisGivesBackTheStreamsItWasGiven(boolean compression) throws IOException, InterruptedException {
        for (long seed = 1; seed <= 3; seed++) {
            Dump dump = RandomDump.withStreams(seed, 100);
            dump.entries().values().removeIf(entry -> entry.type() != ValueType.STREAM);
            write(dump, RdbWriteOptions.FILE.withCompression(compression));
            check();
            try (RedisProcess redis = RedisProcess.start(directory, "--sanitize-dump-payload", "yes");
                    RespClient client = redis.client()) {
                client.succeed("SAVE");
                Dump saved = RoundTripTest.read(saved(), RdbReadOptions.DEFAULT);
                assertEquals(dump, saved);
            }
        }
    }

    @Test
    void readsTheStreamsThatRedisMakes() throws IOException {
        try (RedisProcess redis = RedisProcess.start(directory);
                RespClient client = redis.client()) {
            for (int i = 0; i < 500; i++) {
                client.succeed("XADD", "events", "*", "field" + i % 3, "value" + i, "n", i);
            }
            client.succeed("XADD", "events", "99999999999999-1", "last", "one");
            client.succeed("XTRIM", "events", "MAXLEN", 350);
            client.succeed("XDEL", "events", "99999999999999-1");
            client.succeed("XGROUP", "CREATE", "events", "group", 0);
            client.succeed("XREADGROUP", "GROUP", "group", "alice", "COUNT", 30, "STREAMS", "events", ">");
            client.succeed("XREADGROUP", "GROUP", "group", "bob", "COUNT", 40, "STREAMS", "events", ">");
            client.succeed("XGROUP", "CREATE", "empty", "group", "$", "MKSTREAM");
            client.succeed("SAVE");
        }
        String events = RoundTripTest.read(saved(), RdbReadOptions.DEFAULT).toString();
        assertTrue(events.contains("State[length=349, lastId=99999999999999-1"), events);
        assertTrue(events.contains("maxDeletedId=99999999999999-1, entriesAdded=501, groups=1]"), events);
        assertTrue(events.contains("Consumers[count=2]"), events);
        assertTrue(events.contains("State[length=0, lastId=0-0"), events);
    }

    @Test
    void skipsFunctions() throws IOException {
        try (RedisProcess redis = RedisProcess.start(directory);
                RespClient client = redis.client()) {
            String code = "#!lua name=lib\nredis.register_function('f', function() return 1 end)";
            client.succeed("FUNCTION", "LOAD", code + " -- comment".repeat(100));
            client.succeed("SET", "k", "v");
            client.succeed("SAVE");
        }
        assertEquals(
                1, RoundTripTest.read(saved(), RdbReadOptions.DEFAULT).entries().size());
    }

    @Test
    void readsFieldsAndSizesOfARealDump() throws IOException {
        try (RedisProcess redis = RedisProcess.start(directory);
                RespClient client = redis.client()) {
            client.succeed("SELECT", "3");
            client.succeed("SET", "k", "v", "EX", "1000");
            client.succeed("SET", "l", "v");
            client.succeed("SAVE");
        }
        RdbFields fields = new RdbFields();
        RdbFile.load(directory.resolve("dump.rdb"), new Dump(), fields, RdbReadOptions.DEFAULT);
        assertEquals(10, fields.version());
        assertEquals("7.0.15", fields.field("redis-ver"));
        assertEquals("0", fields.field("aof-base"));
        List<String> sizes = new ArrayList<>();
        RdbEvents events = new RdbEvents() {
            @Override
            public void databaseSize(int db, long keys, long expires) {
                sizes.add(db + " " + keys + " " + expires);
            }
        };
        RdbFile.load(directory.resolve("dump.rdb"), new Dump(), events, RdbReadOptions.DEFAULT);
        assertEquals(List.of("3 2 1"), sizes);
    }

    private void populate(RespClient client) throws IOException {
        EntrySink sink = Peers.filling(client);
        RandomDump.of(42, 300).drain(sink);
        interesting(sink);
    }

    /** Every interesting value as a string, and as an element of collections of one, of some and of all. */
    private static void interesting(EntrySink sink) throws IOException {
        List<byte[]> values = Peers.interestingValues(5);
        for (int i = 0; i < values.size(); i++) {
            sink.string(0, Dump.bytes("s" + i), -1, values.get(i));
        }
        List<List<byte[]>> groups = new ArrayList<>(List.of(unique(values), unique(values.subList(0, 100))));
        for (int i = 0; i < values.size(); i++) {
            groups.add(List.of(values.get(i)));
        }
        int group = 0;
        for (List<byte[]> elements : groups) {
            String suffix = "-" + group++;
            list(sink, Dump.bytes("list" + suffix), elements);
            collection(sink, ValueType.SET, Dump.bytes("set" + suffix), elements);
            collection(sink, ValueType.HASH, Dump.bytes("hash" + suffix), elements);
            collection(sink, ValueType.ZSET, Dump.bytes("zset" + suffix), elements);
        }
        for (int width : new int[] {15, 31, 63}) {
            List<byte[]> numbers = List.of(Dump.bytes("1"), Dump.bytes("-5"), Dump.bytes("" + (1L << width - 1)));
            collection(sink, ValueType.SET, Dump.bytes("intset" + width), numbers);
        }
        sink.string(3, Dump.bytes("12345"), 4_102_444_800_123L, Dump.bytes("key that is a number"));
        sink.string(3, Dump.bytes("long key ".repeat(1000)), -1, Dump.bytes("x"));
    }

    private static List<byte[]> unique(List<byte[]> values) {
        return new TreeSet<>(values.stream().map(Dump::text).toList())
                .stream().map(Dump::bytes).toList();
    }

    private static void list(EntrySink sink, byte[] key, List<byte[]> elements) throws IOException {
        collection(sink, ValueType.LIST, key, elements);
    }

    private static void collection(EntrySink sink, ValueType type, byte[] key, List<byte[]> elements)
            throws IOException {
        double[] scores = {
            0, 1, -1, 1.5, 1e300, -1e-300, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.1, 1L << 53
        };
        sink.begin(1, key, -1, type, elements.size());
        for (int i = 0; i < elements.size(); i++) {
            byte[] element = elements.get(i);
            switch (type) {
                case HASH -> sink.pair(element, elements.get(elements.size() - 1 - i));
                case ZSET -> sink.scored(element, scores[(i + Arrays.hashCode(element) & 0xFF) % scores.length]);
                default -> sink.element(element);
            }
        }
        sink.end();
    }

    private static Dump withoutExpiry(Dump dump) {
        Dump without = new Dump();
        dump.entries()
                .forEach((name, entry) -> without.entries().put(name, new Dump.Entry(entry.type(), -1, entry.value())));
        return without;
    }

    private byte[] saved() throws IOException {
        return Files.readAllBytes(directory.resolve("dump.rdb"));
    }

    private void write(Dump dump, RdbWriteOptions options) throws IOException {
        Files.write(directory.resolve("dump.rdb"), RoundTripTest.write(dump, options));
    }

    private void check() throws IOException, InterruptedException {
        Path log = directory.resolve("check.log");
        Process check = new ProcessBuilder(
                        "redis-check-rdb", directory.resolve("dump.rdb").toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertEquals(0, check.waitFor(), Files.readString(log));
    }
}
