package io.cairn.snapshot.peer;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.entry.ValueType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Fills a server with commands, and reads all that is in it with commands. */
public final class Peers {
    private static final byte[] CURSOR_START = {'0'};

    private Peers() {}

    /** Sends keys of all types as the commands that make them; {@code client} is left in some database. */
    public static EntrySink filling(RespClient client) {
        return new Filler(client);
    }

    /** Reads every key of the first {@code databases} databases into a sink. Needs Redis 7.0 or later for expiries. */
    public static void read(RespClient client, int databases, boolean withExpiry, EntrySink sink) throws IOException {
        for (int db = 0; db < databases; db++) {
            client.succeed("SELECT", db);
            byte[] cursor = CURSOR_START;
            do {
                List<Object> page = client.list("SCAN", cursor, "COUNT", 1000);
                cursor = (byte[]) page.get(0);
                for (Object key : (List<?>) page.get(1)) {
                    readKey(client, db, (byte[]) key, withExpiry, sink);
                }
            } while (cursor.length != 1 || cursor[0] != '0');
        }
    }

    private static void readKey(RespClient client, int db, byte[] key, boolean withExpiry, EntrySink sink)
            throws IOException {
        long expiry = withExpiry ? (Long) client.succeed("PEXPIRETIME", key) : -1;
        String type = client.text("TYPE", key);
        if (type.equals("string")) {
            sink.string(db, key, expiry, (byte[]) client.succeed("GET", key));
            return;
        }
        ValueType valueType = ValueType.valueOf(type.toUpperCase(Locale.ROOT));
        List<Object> elements = switch (valueType) {
            case LIST -> client.list("LRANGE", key, 0, -1);
            case SET -> client.list("SMEMBERS", key);
            case HASH -> client.list("HGETALL", key);
            default -> client.list("ZRANGE", key, 0, -1, "WITHSCORES");
        };
        boolean inPairs = valueType == ValueType.HASH || valueType == ValueType.ZSET;
        sink.begin(db, key, expiry, valueType, elements.size() / (inPairs ? 2 : 1));
        for (int i = 0; i < elements.size(); i += inPairs ? 2 : 1) {
            byte[] element = (byte[]) elements.get(i);
            switch (valueType) {
                case HASH -> sink.pair(element, (byte[]) elements.get(i + 1));
                case ZSET -> sink.scored(element, score((byte[]) elements.get(i + 1)));
                default -> sink.element(element);
            }
        }
        sink.end();
    }

    private static double score(byte[] text) {
        String string = new String(text, StandardCharsets.US_ASCII);
        return switch (string) {
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(string);
        };
    }

    /** Values that bring out encodings: numbers around every width, short and long texts, binary, compressible. */
    public static List<byte[]> interestingValues(long seed) {
        List<byte[]> values = new ArrayList<>();
        for (int bits = 0; bits < 64; bits++) {
            for (long near = -1; near <= 1; near++) {
                values.add(ascii(Long.toString((1L << bits) + near)));
                values.add(ascii(Long.toString(-(1L << bits) + near)));
            }
        }
        for (String text : List.of("", "0", "-0", "007", "+1", "1.5", "-", "9223372036854775808", "a", "inf", "nan")) {
            values.add(ascii(text));
        }
        Random random = new Random(seed);
        for (int length : new int[] {
            1, 10, 20, 21, 62, 63, 64, 65, 126, 127, 128, 250, 253, 254, 255, 256, 4095, 4096, 8191, 8192, 16382, 16383,
            16384, 70_000, 300_000
        }) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            values.add(bytes);
            values.add(ascii("abcdefgh ".repeat(length / 9 + 1).substring(0, length)));
        }
        return values;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static final class Filler implements EntrySink {
        private final RespClient client;
        private int selected = -1;
        private byte[] key = {};
        private long expiry;
        private ValueType type = ValueType.STRING;
        private final List<Object> command = new ArrayList<>();

        Filler(RespClient client) {
            this.client = client;
        }

        @Override
        public void string(int db, byte[] key, long expireAtMillis, byte[] value) throws IOException {
            select(db);
            client.succeed("SET", key, value);
            expire(key, expireAtMillis);
        }

        private void select(int db) throws IOException {
            if (db != selected) {
                client.succeed("SELECT", db);
                selected = db;
            }
        }

        private void expire(byte[] name, long expireAtMillis) throws IOException {
            if (expireAtMillis != -1) {
                client.succeed("PEXPIREAT", name, expireAtMillis);
            }
        }

        @Override
        public void begin(int db, byte[] key, long expireAtMillis, ValueType type, long count) throws IOException {
            select(db);
            this.key = key;
            this.expiry = expireAtMillis;
            this.type = type;
            start();
        }

        private void start() {
            command.clear();
            command.add(
                    switch (type) {
                        case LIST -> "RPUSH";
                        case SET -> "SADD";
                        case HASH -> "HSET";
                        default -> "ZADD";
                    });
            command.add(key);
        }

        private void add(@Nullable Object first, Object second) throws IOException {
            if (first != null) {
                command.add(first);
            }
            command.add(second);
            if (command.size() >= 1000) {
                client.succeed(command.toArray());
                start();
            }
        }

        @Override
        public void element(byte[] element) throws IOException {
            add(null, element);
        }

        @Override
        public void pair(byte[] field, byte[] value) throws IOException {
            add(field, value);
        }

        @Override
        public void scored(byte[] member, double score) throws IOException {
            String text = Double.isInfinite(score) ? (score > 0 ? "inf" : "-inf") : Double.toString(score);
            add(text, member);
        }

        @Override
        public void part(StreamPart part) {
            throw new IllegalStateException("streams are not filled in command by command");
        }

        @Override
        public void end() throws IOException {
            if (command.size() > 2) {
                client.succeed(command.toArray());
            }
            expire(Objects.requireNonNull(key), expiry);
        }
    }
}
