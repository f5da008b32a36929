package io.cairn.server.command.hashes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.server.differential.Draw;
import io.cairn.server.differential.Node;
import io.cairn.server.differential.Subject;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hashes whose fields expire, against a model, with a clock that the test moves; and a replica that runs the log. */
class FieldExpiryModelTest {
    private static final int COMMANDS = 3000;
    private static final String[] KEYS = {"a", "b", "large"};

    /** A field of the model. */
    private static final class Field {
        String value;
        long due;

        Field(String value, long due) {
            this.value = value;
            this.due = due;
        }
    }

    @TempDir
    Path directory;

    private final Map<String, Map<String, Field>> model = new TreeMap<>();
    private long now = 1_700_000_000_000L;

    @Seeded(runs = 5, longRuns = 300)
    void agreesWithAModel(long seed) throws IOException {
        Random random = new Random(seed);
        model.clear();
        Path root = Files.createTempDirectory(directory, "run");
        try (Node node = node(root, "primary", seed);
                Node replica = node(root, "replica", seed)) {
            for (int i = 0; i < COMMANDS; i++) {
                if (random.nextInt(6) == 0) {
                    now += random.nextInt(400);
                    node.commit();
                }
                step(node, random, "seed " + seed + ", step " + i);
            }
            replica.applyLogOf(node);
            for (String key : KEYS) {
                compareAll(node, key, "seed " + seed + ", primary");
                compareAll(replica, key, "seed " + seed + ", replica");
            }
        }
    }

    @Test
    void whatSortStoresDoesNotDependOnWhenAnExpiredFieldIsDeleted() throws IOException {
        Path root = Files.createTempDirectory(directory, "sort");
        try (Node node = node(root, "primary", 0);
                Node replica = node(root, "replica", 0)) {
            node.call("RPUSH", "elements", "a", "b");
            node.call("HSET", "hash-a", "short", "2", "long", "x");
            node.call("HSET", "hash-b", "short", "1");
            node.call("HPEXPIRE", "hash-a", "10", "FIELDS", "1", "short");
            node.call("HPEXPIRE", "hash-b", "10", "FIELDS", "1", "short");
            now += 10;
            node.commit();
            node.call("SORT", "elements", "BY", "hash-*->short", "GET", "hash-*->short", "GET", "#", "STORE", "stored");
            node.commit();
            replica.applyLogOf(node);
            for (Node each : List.of(node, replica)) {
                assertEquals(List.of("$", "$a", "$", "$b"), each.call("LRANGE", "stored", "0", "-1"));
                assertEquals(1L, each.call("HLEN", "hash-a"));
                assertEquals(0L, each.call("EXISTS", "hash-b"));
            }
        }
    }

    private Node node(Path root, String name, long seed) throws IOException {
        Path log = Files.createDirectory(root.resolve(name));
        return new Node(new MemoryRowStore(), log, () -> now, new Random(seed));
    }

    private void step(Node node, Random random, String what) {
        String key = KEYS[random.nextInt(KEYS.length)];
        int fields = key.equals("large") ? 800 : 8;
        String field = name(random, fields);
        Map<String, Field> hash = model.getOrDefault(key, new LinkedHashMap<>());
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> set(node, random, key, fields, what);
            case 3, 4, 5, 6 -> expire(node, random, key, fields, what);
            case 7 -> {
                long removed = hash.remove(field) != null ? 1 : 0;
                assertEquals(removed, node.call("HDEL", key, field), what);
                forgetEmpty(key);
            }
            case 8 -> persist(node, key, field, what);
            case 9 -> assertEquals(text(visible(key, field)), node.call("HGET", key, field), what);
            case 10 -> assertEquals((long) hash.size(), node.call("HLEN", key), what);
            case 11 -> assertEquals(visible(key, field) == null ? 0L : 1L, node.call("HEXISTS", key, field), what);
            case 12 -> increment(node, random, key, field, what);
            case 13 -> setIfNew(node, key, field, what);
            case 14 -> times(node, key, field, what);
            case 15 -> compareAll(node, key, what);
            case 16 -> draw(node, random, key, what);
            case 17 -> move(node, random, key, what);
            case 18 -> scan(node, key, what);
            default -> {
                if (random.nextInt(10) == 0) {
                    assertEquals(model.remove(key) == null ? 0L : 1L, node.call("DEL", key), what);
                }
            }
        }
    }

    private static String text(Field field) {
        return field == null ? Subject.NIL : "$" + field.value;
    }

    private Field visible(String key, String field) {
        Field found = model.getOrDefault(key, Map.of()).get(field);
        return found == null || isDue(found) ? null : found;
    }

    private boolean isDue(Field field) {
        return field.due >= 0 && field.due <= now;
    }

    private void forgetEmpty(String key) {
        if (model.getOrDefault(key, Map.of()).isEmpty()) {
            model.remove(key);
        }
    }

    private void set(Node node, Random random, String key, int fields, String what) {
        List<byte[]> args = new ArrayList<>(List.of(Draw.bytes("HSET"), Draw.bytes(key)));
        long added = 0;
        Map<String, Field> hash = model.computeIfAbsent(key, k -> new LinkedHashMap<>());
        for (int left = random.nextInt(fields > 100 ? 100 : 3); left >= 0; left--) {
            String name = name(random, fields);
            String value = Integer.toString(random.nextInt(1000));
            args.add(Draw.bytes(name));
            args.add(Draw.bytes(value));
            added += hash.put(name, new Field(value, -1)) == null ? 1 : 0;
        }
        assertEquals(added, node.call(args.toArray(new byte[0][])), what);
    }

    /** One of so many names; of many every eleventh is longer than what stands in the key of a row. */
    private static String name(Random random, int fields) {
        int number = random.nextInt(fields);
        return fields > 100 && number % 11 == 5 ? "f".repeat(1024) + number : "f" + number;
    }

    private void expire(Node node, Random random, String key, int fields, String what) {
        String condition = List.of("", "", "", "NX", "XX", "GT", "LT").get(random.nextInt(7));
        long after = random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(2000);
        boolean absolute = random.nextBoolean();
        List<String> args = new ArrayList<>(
                List.of(absolute ? "HPEXPIREAT" : "HPEXPIRE", key, Long.toString(absolute ? now + after : after)));
        if (!condition.isEmpty()) {
            args.add(condition);
        }
        int count = 1 + random.nextInt(fields > 100 ? 60 : 3);
        args.addAll(List.of("FIELDS", Integer.toString(count)));
        List<Object> replies = new ArrayList<>();
        for (int left = count; left > 0; left--) {
            String name = name(random, fields);
            args.add(name);
            replies.add(expire(key, name, condition, now + after));
        }
        forgetEmpty(key);
        assertEquals(replies, node.call(args.toArray(new String[0])), what + args);
    }

    private long expire(String key, String name, String condition, long due) {
        Field field = visible(key, name);
        if (field == null) {
            return -2;
        }
        boolean never = field.due < 0;
        boolean met = switch (condition) {
            case "NX" -> never;
            case "XX" -> !never;
            case "GT" -> !never && due > field.due;
            case "LT" -> never || due < field.due;
            default -> true;
        };
        if (!met) {
            return 0;
        }
        if (due <= now) {
            model.get(key).remove(name);
            return 2;
        }
        field.due = due;
        return 1;
    }

    private void persist(Node node, String key, String name, String what) {
        Field field = visible(key, name);
        long expected = field == null ? -2 : field.due < 0 ? -1 : 1;
        if (field != null) {
            field.due = -1;
        }
        assertEquals(List.of(expected), node.call("HPERSIST", key, "FIELDS", "1", name), what);
    }

    private void deleteIfDue(String key, String name) {
        Field field = model.getOrDefault(key, Map.of()).get(name);
        if (field != null && isDue(field)) {
            model.get(key).remove(name);
            forgetEmpty(key);
        }
    }

    private void increment(Node node, Random random, String key, String name, String what) {
        deleteIfDue(key, name);
        Map<String, Field> hash = model.computeIfAbsent(key, k -> new LinkedHashMap<>());
        Field field = hash.computeIfAbsent(name, k -> new Field("0", -1));
        field.value = Long.toString(Long.parseLong(field.value) + 7);
        if (random.nextBoolean()) {
            assertEquals(Long.valueOf(field.value), node.call("HINCRBY", key, name, "7"), what);
        } else {
            assertEquals("$" + field.value, node.call("HINCRBYFLOAT", key, name, "7"), what);
        }
    }

    private void setIfNew(Node node, String key, String name, String what) {
        deleteIfDue(key, name);
        Map<String, Field> hash = model.computeIfAbsent(key, k -> new LinkedHashMap<>());
        boolean isNew = hash.putIfAbsent(name, new Field("1", -1)) == null;
        assertEquals(isNew ? 1L : 0L, node.call("HSETNX", key, name, "1"), what);
    }

    private void times(Node node, String key, String name, String what) {
        Field field = visible(key, name);
        long due = field == null ? -2 : field.due;
        assertEquals(List.of(due), node.call("HPEXPIRETIME", key, "FIELDS", "1", name), what);
        assertEquals(List.of(due < 0 ? due : due - now), node.call("HPTTL", key, "FIELDS", "1", name), what);
        long seconds = due < 0 ? due : (due - now + 999) / 1000;
        assertEquals(List.of(seconds), node.call("HTTL", key, "FIELDS", "1", name), what);
        long at = due < 0 ? due : (due + 999) / 1000;
        assertEquals(List.of(at), node.call("HEXPIRETIME", key, "FIELDS", "1", name), what);
    }

    private Map<String, String> visible(String key) {
        Map<String, String> visible = new TreeMap<>();
        model.getOrDefault(key, Map.of()).forEach((name, field) -> {
            if (!isDue(field)) {
                visible.put("$" + name, "$" + field.value);
            }
        });
        return visible;
    }

    private static Map<String, String> pairs(Object reply) {
        Map<String, String> pairs = new TreeMap<>();
        List<?> items = (List<?>) reply;
        for (int i = 0; i < items.size(); i += 2) {
            pairs.put((String) items.get(i), (String) items.get(i + 1));
        }
        return pairs;
    }

    private void compareAll(Node node, String key, String what) {
        assertEquals(visible(key), pairs(node.call("HGETALL", key)), what);
        assertEquals(visible(key).size(), ((List<?>) node.call("HKEYS", key)).size(), what);
        model.getOrDefault(key, Map.of()).forEach((name, field) -> {
            List<Long> due = List.of(isDue(field) ? -2 : field.due);
            assertEquals(due, node.call("HPEXPIRETIME", key, "FIELDS", "1", name), what + " " + name);
        });
    }

    private void draw(Node node, Random random, String key, String what) {
        Map<String, String> visible = visible(key);
        int count = random.nextInt(20);
        Object drawn = node.call("HRANDFIELD", key, Integer.toString(count), "WITHVALUES");
        assertEquals(2 * Math.min(count, visible.size()), ((List<?>) drawn).size(), what);
        pairs(drawn).forEach((name, value) -> assertEquals(visible.get(name), value, what));
    }

    private void scan(Node node, String key, String what) {
        Map<String, String> found = new TreeMap<>();
        String cursor = "0";
        do {
            List<?> reply = (List<?>) node.call("HSCAN", key, cursor, "COUNT", "50");
            cursor = ((String) reply.get(0)).substring(1);
            found.putAll(pairs(reply.get(1)));
        } while (!cursor.equals("0"));
        assertEquals(visible(key), found, what);
    }

    private void move(Node node, Random random, String key, String what) {
        String to = KEYS[random.nextInt(2)];
        if (key.equals("large") || to.equals(key) || !model.containsKey(key)) {
            return;
        }
        if (random.nextBoolean()) {
            assertEquals("+OK", node.call("RENAME", key, to), what);
            model.put(to, model.remove(key));
        } else {
            assertEquals(1L, node.call("COPY", key, to, "REPLACE"), what);
            Map<String, Field> copy = new LinkedHashMap<>();
            model.get(key).forEach((name, field) -> copy.put(name, new Field(field.value, field.due)));
            model.put(to, copy);
        }
    }
}
