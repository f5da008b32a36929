package io.cairn.snapshot.rdb;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.ValueType;
import java.io.IOException;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/** Keyspaces drawn from a seed: all types, sizes from one element up, numbers and other texts, expiries. */
public final class RandomDump {
    private final Random random;

    private final int types;

    private RandomDump(long seed, int types) {
        this.random = new Random(seed);
        this.types = types;
    }

    /** As {@link #of}, with streams among the keys. */
    public static Dump withStreams(long seed, int keys) {
        return of(new RandomDump(seed, 6), keys);
    }

    /** A keyspace of {@code keys} keys over 3 databases. */
    public static Dump of(long seed, int keys) {
        return of(new RandomDump(seed, 5), keys);
    }

    private static Dump of(RandomDump random, int keys) {
        Dump dump = new Dump();
        try {
            random.fill(dump, keys);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return dump;
    }

    private void fill(EntrySink sink, int keys) throws IOException {
        for (int i = 0; i < keys; i++) {
            int db = random.nextInt(3);
            byte[] key = Dump.bytes("key:" + i + (random.nextInt(10) == 0 ? "/" + text() : ""));
            long expiry = random.nextInt(3) == 0 ? 4_000_000_000_000L + random.nextInt() : -1;
            ValueType type = ValueType.values()[random.nextInt(types)];
            if (type == ValueType.STRING) {
                sink.string(db, key, expiry, Dump.bytes(text()));
                continue;
            }
            if (type == ValueType.STREAM) {
                StreamParts.random(random).drain(sink, db, key, expiry);
                continue;
            }
            Set<String> names = new HashSet<>();
            int count = 1 + (random.nextInt(20) == 0 ? random.nextInt(2000) : random.nextInt(20));
            while (names.size() < count) {
                names.add(text());
            }
            sink.begin(db, key, expiry, type, count);
            for (String name : names) {
                element(sink, type, Dump.bytes(name));
            }
            sink.end();
        }
    }

    private void element(EntrySink sink, ValueType type, byte[] name) throws IOException {
        switch (type) {
            case HASH -> sink.pair(name, Dump.bytes(text()));
            case ZSET -> sink.scored(name, score());
            default -> sink.element(name);
        }
    }

    private double score() {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextInt(100);
            case 1 -> random.nextGaussian() * 1e6;
            case 2 -> random.nextBoolean() ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
            case 3 -> random.nextLong();
            default -> random.nextDouble() * Math.pow(10, random.nextInt(600) - 300);
        };
    }

    private String text() {
        return switch (random.nextInt(6)) {
            case 0 -> Integer.toString(random.nextInt(300) - 150);
            case 1 -> Long.toString(random.nextLong() >> random.nextInt(64));
            case 2 -> "word-" + random.nextInt(1000);
            case 3 -> "again and again ".repeat(1 + random.nextInt(20)) + random.nextInt(1000);
            case 4 -> {
                byte[] bytes = new byte[random.nextInt(100) == 0 ? random.nextInt(100_000) : random.nextInt(50)];
                random.nextBytes(bytes);
                yield Dump.text(bytes);
            }
            default -> "";
        };
    }
}
