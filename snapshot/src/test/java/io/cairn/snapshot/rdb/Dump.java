package io.cairn.snapshot.rdb;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.entry.ValueType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A small keyspace in memory that holds its sink's callers to the grammar of calls. Bytes are kept as Latin-1 strings, so
 * that a failed comparison can be read.
 */
public final class Dump implements EntrySink {
    /** One key. */
    public record Entry(ValueType type, long expireAtMillis, Object value) {}

    private final Map<String, Entry> entries = new TreeMap<>();
    private String name = "";
    private ValueType type = ValueType.STRING;
    private long expiry;
    private long missing;
    private boolean open;
    private final List<String> list = new ArrayList<>();
    private final TreeMap<String, Object> map = new TreeMap<>();
    private final List<StreamPart> parts = new ArrayList<>();

    /** All keys, by {@code db/name}. */
    public Map<String, Entry> entries() {
        return entries;
    }

    @Override
    public void string(int db, byte[] key, long expireAtMillis, byte[] value) {
        require(!open, "string within a key");
        put(db + "/" + text(key), new Entry(ValueType.STRING, expireAtMillis, text(value)));
    }

    @Override
    public void begin(int db, byte[] key, long expireAtMillis, ValueType type, long count) {
        require(!open, "begin within a key");
        require(count > 0 || type == ValueType.STREAM, "count=" + count);
        require(type != ValueType.STRING, "begin of a string");
        this.name = db + "/" + text(key);
        this.type = type;
        this.expiry = expireAtMillis;
        this.missing = count;
        open = true;
        list.clear();
        map.clear();
        parts.clear();
    }

    @Override
    public void part(StreamPart part) {
        require(open && type == ValueType.STREAM, "part of " + type);
        parts.add(part);
    }

    @Override
    public void element(byte[] element) {
        require(open && (type == ValueType.LIST || type == ValueType.SET), "element of " + type);
        missing--;
        list.add(text(element));
    }

    @Override
    public void pair(byte[] field, byte[] value) {
        require(open && type == ValueType.HASH, "pair of " + type);
        missing--;
        require(map.put(text(field), text(value)) == null, "field twice");
    }

    /** The time stands behind the value. */
    @Override
    public void timedPair(byte[] field, byte[] value, long fieldExpireAtMillis) {
        pair(field, fieldExpireAtMillis == -1 ? value : bytes(text(value) + "@" + fieldExpireAtMillis));
    }

    @Override
    public void scored(byte[] member, double score) {
        require(open && type == ValueType.ZSET, "scored of " + type);
        missing--;
        require(map.put(text(member), score) == null, "member twice");
    }

    @Override
    public void end() {
        require(open && (missing == 0 || type == ValueType.STREAM), "end with missing=" + missing);
        open = false;
        Object value = switch (type) {
            case LIST -> List.copyOf(list);
            case SET -> {
                TreeSet<String> set = new TreeSet<>(list);
                require(set.size() == list.size(), "member twice");
                yield set;
            }
            case STREAM -> new StreamParts(parts);
            default -> new TreeMap<>(map);
        };
        put(name, new Entry(type, expiry, value));
    }

    private void put(String key, Entry entry) {
        require(entries.put(key, entry) == null, "key twice: " + key);
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    /** Sends all keys to a sink. */
    public void drain(EntrySink sink) throws IOException {
        for (Map.Entry<String, Entry> each : entries.entrySet()) {
            int slash = each.getKey().indexOf('/');
            int db = Integer.parseInt(each.getKey().substring(0, slash));
            drain(sink, db, bytes(each.getKey().substring(slash + 1)), each.getValue());
        }
    }

    private static void drain(EntrySink sink, int db, byte[] key, Entry entry) throws IOException {
        switch (entry.type()) {
            case STRING -> sink.string(db, key, entry.expireAtMillis(), bytes((String) entry.value()));
            case LIST, SET -> {
                Iterable<?> elements = (Iterable<?>) entry.value();
                int count = elements instanceof List<?> items ? items.size() : ((TreeSet<?>) elements).size();
                sink.begin(db, key, entry.expireAtMillis(), entry.type(), count);
                for (Object element : elements) {
                    sink.element(bytes((String) element));
                }
                sink.end();
            }
            case STREAM -> ((StreamParts) entry.value()).drain(sink, db, key, entry.expireAtMillis());
            case HASH, ZSET -> {
                Map<?, ?> elements = (Map<?, ?>) entry.value();
                sink.begin(db, key, entry.expireAtMillis(), entry.type(), elements.size());
                for (Map.Entry<?, ?> element : elements.entrySet()) {
                    byte[] name = bytes((String) element.getKey());
                    if (element.getValue() instanceof Double score) {
                        sink.scored(name, score);
                    } else {
                        sink.pair(name, bytes((String) element.getValue()));
                    }
                }
                sink.end();
            }
        }
    }

    /** Bytes as a string of one character each. */
    public static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The bytes of such a string. */
    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Dump dump && entries.equals(dump.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }

    @Override
    public String toString() {
        return entries.toString();
    }
}
