package io.cairn.server.crash;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the keys of one writer should be: the commands once more, as simply as can be.
 *
 * <p><i>Confined to the test's threads, one after another.</i>
 */
final class Model {
    /** A key's value: a String, a List, a TreeSet, or a TreeMap of fields or scores; and when it is due, or -1. */
    private record Entry(Object value, long due) {
        Entry copy() {
            Object copied = value instanceof List<?> list
                    ? new ArrayList<>(list)
                    : value instanceof TreeSet<?> set
                            ? new TreeSet<>(set)
                            : value instanceof TreeMap<?, ?> map ? new TreeMap<>(map) : value;
            return new Entry(copied, due);
        }
    }

    private final Map<String, Entry> entries = new TreeMap<>();

    /** All keys with their values as text: {@code db/key}. */
    Map<String, String> text() {
        Map<String, String> text = new TreeMap<>();
        entries.forEach((key, entry) -> text.put(key, text(entry)));
        return text;
    }

    private static String text(Entry entry) {
        String suffix = entry.due < 0 ? "" : "@" + entry.due;
        if (entry.value instanceof String string) {
            return string + suffix;
        }
        List<String> elements = new ArrayList<>();
        if (entry.value instanceof Map<?, ?> map) {
            map.forEach((field, value) -> elements.add(field + "=" + value));
            Collections.sort(elements);
        } else {
            ((Iterable<?>) entry.value).forEach(element -> elements.add((String) element));
        }
        return elements + suffix;
    }

    Model copy() {
        Model copy = new Model();
        entries.forEach((key, entry) -> copy.entries.put(key, entry.copy()));
        return copy;
    }

    // ---- keys

    void delete(String key) {
        entries.remove(key);
    }

    void expireAt(String key, long millis) {
        entries.computeIfPresent(key, (name, entry) -> new Entry(entry.value, millis));
    }

    void copy(String from, String to) {
        Entry entry = entries.get(from);
        if (entry != null) {
            entries.put(to, entry.copy());
        }
    }

    void flush(String db) {
        entries.keySet().removeIf(key -> key.startsWith(db + "/"));
    }

    void swap(String one, String other) {
        Map<String, Entry> swapped = new LinkedHashMap<>();
        entries.forEach((key, entry) -> {
            String db = key.substring(0, key.indexOf('/'));
            String to = db.equals(one) ? other : db.equals(other) ? one : db;
            swapped.put(to + key.substring(db.length()), entry);
        });
        entries.clear();
        entries.putAll(swapped);
    }

    // ---- strings

    void set(String key, String value, long due) {
        entries.put(key, new Entry(value, due));
    }

    String string(String key) {
        Entry entry = entries.get(key);
        return entry == null ? "" : (String) entry.value;
    }

    private long due(String key) {
        Entry entry = entries.get(key);
        return entry == null ? -1 : entry.due;
    }

    void replace(String key, String value) {
        entries.put(key, new Entry(value, due(key)));
    }

    void increment(String key, long by) {
        String before = string(key);
        replace(key, Long.toString((before.isEmpty() ? 0 : Long.parseLong(before)) + by));
    }

    void setRange(String key, int at, String value) {
        StringBuilder changed = new StringBuilder(string(key));
        while (changed.length() < at + value.length()) {
            changed.append('\0');
        }
        changed.replace(at, at + value.length(), value);
        replace(key, changed.toString());
    }

    // ---- collections

    @SuppressWarnings("unchecked")
    List<String> list(String key) {
        return (List<String>) make(key, new ArrayList<String>());
    }

    @SuppressWarnings("unchecked")
    Set<String> set(String key) {
        return (Set<String>) make(key, new TreeSet<String>());
    }

    @SuppressWarnings("unchecked")
    Map<String, String> hash(String key) {
        return (Map<String, String>) make(key, new TreeMap<String, String>());
    }

    @SuppressWarnings("unchecked")
    Map<String, Long> sorted(String key) {
        return (Map<String, Long>) make(key, new TreeMap<String, Long>());
    }

    private Object make(String key, Object empty) {
        return entries.computeIfAbsent(key, name -> new Entry(empty, -1)).value;
    }

    /** Removes the key if it is an empty collection. */
    void tidy(String key) {
        @Nullable Entry entry = entries.get(key);
        if (entry != null
                && (entry.value instanceof java.util.Collection<?> elements && elements.isEmpty()
                        || entry.value instanceof Map<?, ?> map && map.isEmpty())) {
            entries.remove(key);
        }
    }
}
