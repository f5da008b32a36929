package io.cairn.snapshot.rdb;

import static io.cairn.snapshot.rdb.RdbBytes.bytes;
import static io.cairn.snapshot.rdb.RdbBytes.intset;
import static io.cairn.snapshot.rdb.RdbBytes.listpack;
import static io.cairn.snapshot.rdb.RdbBytes.rdb;
import static io.cairn.snapshot.rdb.RdbBytes.ziplist;

import io.cairn.engine.entry.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/** Streams with every encoding there ever was, with what is in them. A real server loads them, too: see OldEncodingsIT. */
final class OldEncodings {
    /** A stream and its keys. */
    record Fixture(byte[] rdb, Dump expected) {}

    private static final String S63 = "x".repeat(63);
    private static final String S64 = "y".repeat(64);
    private static final String S300 = "z".repeat(300);
    private static final String S16382 = "v".repeat(16382);
    private static final String S16384 = "w".repeat(16384);

    /** Items in every way that a ziplist can hold them. */
    private static final Map<String, byte[]> ZIPLIST_ENTRIES = new LinkedHashMap<>();

    /** Items in every way that a listpack can hold them. */
    private static final Map<String, byte[]> LISTPACK_ENTRIES = new LinkedHashMap<>();

    static {
        Map<String, byte[]> z = ZIPLIST_ENTRIES;
        z.put("", bytes(0x00).done());
        z.put("one", bytes(0x03).ascii("one").done());
        z.put(S63, bytes(0x3F).ascii(S63).done());
        z.put(S64, bytes(0x40, 0x40).ascii(S64).done());
        z.put(S300, bytes(0x41, 0x2C).ascii(S300).done());
        z.put("behind a long one", bytes(17).ascii("behind a long one").done());
        z.put(S16384, bytes(0x80).big(4, 16384).ascii(S16384).done());
        z.put("-1", bytes(0xFE, 0xFF).done());
        z.put("-128", bytes(0xFE, 0x80).done());
        z.put("127", bytes(0xFE, 0x7F).done());
        z.put("-32768", bytes(0xC0).little(2, -32768).done());
        z.put("32767", bytes(0xC0).little(2, 32767).done());
        z.put("-8388608", bytes(0xF0).little(3, -8388608).done());
        z.put("8388607", bytes(0xF0).little(3, 8388607).done());
        z.put("-2147483648", bytes(0xD0).little(4, Integer.MIN_VALUE).done());
        z.put("2147483647", bytes(0xD0).little(4, Integer.MAX_VALUE).done());
        z.put("-9223372036854775808", bytes(0xE0).little(8, Long.MIN_VALUE).done());
        z.put("9223372036854775807", bytes(0xE0).little(8, Long.MAX_VALUE).done());
        for (int i = 0; i <= 12; i++) {
            z.put(Integer.toString(i), bytes(0xF1 + i).done());
        }
        Map<String, byte[]> l = LISTPACK_ENTRIES;
        l.put("", bytes(0x80).done());
        l.put("one", bytes(0x83).ascii("one").done());
        l.put(S63, bytes(0xBF).ascii(S63).done());
        l.put(S64, bytes(0xE0, 0x40).ascii(S64).done());
        l.put(S300, bytes(0xE1, 0x2C).ascii(S300).done());
        l.put(S16382, bytes(0xF0).little(4, 16382).ascii(S16382).done());
        l.put(S16384, bytes(0xF0).little(4, 16384).ascii(S16384).done());
        // With its head, these have the lengths around the step from two to three bytes of length.
        for (int length = 16376; length < 16380; length++) {
            String text = "u".repeat(length);
            l.put(text, bytes(0xF0).little(4, length).ascii(text).done());
        }
        l.put("0", bytes(0x00).done());
        l.put("127", bytes(0x7F).done());
        l.put("-1", bytes(0xDF, 0xFF).done());
        l.put("4095", bytes(0xCF, 0xFF).done());
        l.put("-4096", bytes(0xD0, 0x00).done());
        l.put("-32768", bytes(0xF1).little(2, -32768).done());
        l.put("32767", bytes(0xF1).little(2, 32767).done());
        l.put("-8388608", bytes(0xF2).little(3, -8388608).done());
        l.put("8388607", bytes(0xF2).little(3, 8388607).done());
        l.put("-2147483648", bytes(0xF3).little(4, Integer.MIN_VALUE).done());
        l.put("2147483647", bytes(0xF3).little(4, Integer.MAX_VALUE).done());
        l.put("-9223372036854775808", bytes(0xF4).little(8, Long.MIN_VALUE).done());
        l.put("9223372036854775807", bytes(0xF4).little(8, Long.MAX_VALUE).done());
    }

    private final Dump expected = new Dump();

    private OldEncodings() {}

    /** All streams by name. */
    static Map<String, Fixture> all() {
        Map<String, Fixture> all = new LinkedHashMap<>();
        all.put("zipmaps of version 3", new OldEncodings().zipmaps());
        all.put("ziplists of version 6", new OldEncodings().ziplists());
        all.put("quicklists of version 7", new OldEncodings().quicklists());
        all.put("intsets and text scores of version 5", new OldEncodings().intsetsAndScores());
        all.put("listpacks of version 10", new OldEncodings().listpacks());
        all.put("numbers, lengths and compressed strings of version 9", new OldEncodings().strings());
        return all;
    }

    /** One of the streams. */
    static byte[] stream(String name) {
        return Objects.requireNonNull(all().get(name), name).rdb();
    }

    /** What only Redis 7.2 and later load. */
    static Fixture setListpacks() {
        OldEncodings made = new OldEncodings();
        RdbBytes rdb = rdb(11).key(20, "set").string(listpack(entries(LISTPACK_ENTRIES)));
        made.put("set", ValueType.SET, -1, new TreeSet<>(LISTPACK_ENTRIES.keySet()));
        rdb.key(20, "lzf")
                .lzf(listpack(bytes(0x85).ascii("aaaaa").done(), bytes(0x05).done()));
        made.put("lzf", ValueType.SET, -1, new TreeSet<>(List.of("aaaaa", "5")));
        return new Fixture(rdb.end(), made.expected);
    }

    private Fixture zipmaps() {
        RdbBytes map = bytes(3);
        map.raw(3).ascii("one").raw(2, 0).ascii("11");
        map.raw(0).raw(0, 0);
        // Four bytes of a value that was longer once.
        map.raw(5).ascii("three").raw(3, 4).ascii("333").raw(1, 2, 3, 4).raw(0xFF);
        RdbBytes large = bytes(0xFE).raw(0xFE).little(4, 300).ascii(S300);
        large.raw(0xFE).little(4, 300).raw(0).ascii(S300).raw(0xFF);
        RdbBytes rdb = rdb(3).raw(0xFE, 0);
        rdb.raw(0xFD).little(4, 2_000_000_000).key(9, "zipmap").string(map.done());
        rdb.key(9, "large").lzf(large.done());
        put("zipmap", ValueType.HASH, 2_000_000_000_000L, new TreeMap<>(Map.of("one", "11", "", "", "three", "333")));
        put("large", ValueType.HASH, -1, new TreeMap<>(Map.of(S300, S300)));
        return new Fixture(rdb.end(), expected);
    }

    private Fixture ziplists() {
        byte[] all = ziplist(entries(ZIPLIST_ENTRIES));
        List<String> items = List.copyOf(ZIPLIST_ENTRIES.keySet());
        RdbBytes rdb = rdb(6).raw(0xFE, 0).key(10, "list").string(all);
        put("list", ValueType.LIST, -1, items);
        rdb.key(13, "hash").lzf(ziplist(pairs(ZIPLIST_ENTRIES)));
        put("hash", ValueType.HASH, -1, backwards(items));
        List<byte[]> scored = new ArrayList<>();
        TreeMap<String, Object> scores = new TreeMap<>();
        for (String[] pair :
                new String[][] {{"a", "-inf"}, {"b", "-1.5"}, {"c", "0.1"}, {"d", "1e+300"}, {"e", "inf"}}) {
            scored.add(bytes(1).ascii(pair[0]).done());
            scored.add(bytes(pair[1].length()).ascii(pair[1]).done());
            scores.put(pair[0], Decimals.of(pair[1]));
        }
        scored.add(3 * 2, bytes(1).ascii("7").done());
        scored.add(3 * 2 + 1, bytes(0xF1 + 7).done());
        scores.put("7", 7.0);
        rdb.key(12, "zset").string(ziplist(scored.toArray(byte[][]::new)));
        put("zset", ValueType.ZSET, -1, scores);
        return new Fixture(rdb.end(), expected);
    }

    private Fixture quicklists() {
        RdbBytes rdb = rdb(7).raw(0xFA)
                .string("redis-ver")
                .string("3.2.0")
                .raw(0xFE, 0)
                .raw(0xFB, 2, 0);
        rdb.key(14, "list").length(3);
        rdb.string(ziplist(entries(ZIPLIST_ENTRIES)));
        rdb.lzf(ziplist(bytes(40).ascii("m".repeat(40)).done()));
        rdb.string(ziplist(bytes(3).ascii("end").done()));
        List<String> items = new ArrayList<>(ZIPLIST_ENTRIES.keySet());
        items.add("m".repeat(40));
        items.add("end");
        put("list", ValueType.LIST, -1, items);
        return new Fixture(rdb.end(), expected);
    }

    private Fixture intsetsAndScores() {
        RdbBytes rdb = rdb(5).raw(0xFE, 0);
        long[][] sets = {
            {-32768, -1, 0, 32767}, {Integer.MIN_VALUE, 0, Integer.MAX_VALUE}, {Long.MIN_VALUE, 1, Long.MAX_VALUE}
        };
        for (int i = 0; i < sets.length; i++) {
            int width = 2 << i;
            rdb.key(11, "set" + width).string(intset(width, sets[i]));
            TreeSet<String> members = new TreeSet<>();
            for (long number : sets[i]) {
                members.add(Long.toString(number));
            }
            put("set" + width, ValueType.SET, -1, members);
        }
        rdb.key(3, "zset").length(4);
        rdb.string("low").raw(255).string("high").raw(254);
        rdb.string("mid").raw(3).ascii("2.5").string("int").raw(2).ascii("-7");
        put(
                "zset",
                ValueType.ZSET,
                -1,
                new TreeMap<>(Map.of(
                        "low", Double.NEGATIVE_INFINITY, "high", Double.POSITIVE_INFINITY, "mid", 2.5, "int", -7.0)));
        return new Fixture(rdb.end(), expected);
    }

    private Fixture listpacks() {
        List<String> items = new ArrayList<>(LISTPACK_ENTRIES.keySet());
        RdbBytes rdb = rdb(10).raw(0xFE, 0).key(18, "list").length(3);
        rdb.raw(2).string(listpack(entries(LISTPACK_ENTRIES)));
        rdb.raw(1)
                .string("plain")
                .raw(2)
                .lzf(listpack(bytes(0x86).ascii("bbbbbb").done()));
        List<String> all = new ArrayList<>(items);
        all.addAll(List.of("plain", "bbbbbb"));
        put("list", ValueType.LIST, -1, all);
        rdb.key(16, "hash").string(listpack(pairs(LISTPACK_ENTRIES)));
        put("hash", ValueType.HASH, -1, backwards(items));
        rdb.key(17, "zset")
                .string(listpack(
                        bytes(0x81).ascii("a").done(),
                        bytes(0x84).ascii("-inf").done(),
                        bytes(0x81).ascii("b").done(),
                        bytes(0xDF, 0xFF).done(),
                        bytes(0x81).ascii("c").done(),
                        bytes(0x83).ascii("0.1").done()));
        put("zset", ValueType.ZSET, -1, new TreeMap<>(Map.of("a", Double.NEGATIVE_INFINITY, "b", -1.0, "c", 0.1)));
        return new Fixture(rdb.end(), expected);
    }

    private Fixture strings() {
        RdbBytes rdb = rdb(9).raw(0xFE, 0);
        rdb.raw(0xFC).little(8, 4_000_000_000_000L).raw(0, 0xC0, 0xFE).raw(0xC0, 0x85);
        put("-2", ValueType.STRING, 4_000_000_000_000L, "-123");
        rdb.raw(0xF8).length(100).key(0, "int16").raw(0xC1).little(2, -20000);
        put("int16", ValueType.STRING, -1, "-20000");
        rdb.raw(0xF9, 5).key(0, "int32").raw(0xC2).little(4, -2_000_000_000);
        put("int32", ValueType.STRING, -1, "-2000000000");
        rdb.key(0, "14 bit").raw(0x41, 0x00).ascii("c".repeat(256));
        put("14 bit", ValueType.STRING, -1, "c".repeat(256));
        rdb.key(0, "32 bit").raw(0x80).big(4, 5).ascii("short");
        put("32 bit", ValueType.STRING, -1, "short");
        rdb.key(0, "64 bit").raw(0x81).big(8, 5).ascii("short");
        put("64 bit", ValueType.STRING, -1, "short");
        rdb.key(0, "lzf").lzf(Dump.bytes("abc".repeat(1000) + "d".repeat(1000)));
        put("lzf", ValueType.STRING, -1, "abc".repeat(1000) + "d".repeat(1000));
        rdb.raw(0).lzf(Dump.bytes("key ".repeat(20))).string("");
        put("key ".repeat(20), ValueType.STRING, -1, "");
        rdb.raw(0xFE, 9).key(0, "elsewhere").string("x");
        expected.entries().put("9/elsewhere", new Dump.Entry(ValueType.STRING, -1, "x"));
        return new Fixture(rdb.end(), expected);
    }

    private void put(String key, ValueType type, long expireAtMillis, Object value) {
        expected.entries().put("0/" + key, new Dump.Entry(type, expireAtMillis, value));
    }

    private static byte[][] entries(Map<String, byte[]> encoded) {
        return encoded.values().toArray(byte[][]::new);
    }

    /** Each item as a field, the items backwards as values. */
    private static byte[][] pairs(Map<String, byte[]> encoded) {
        byte[][] entries = entries(encoded);
        byte[][] pairs = new byte[2 * entries.length][];
        for (int i = 0; i < entries.length; i++) {
            pairs[2 * i] = entries[i];
            pairs[2 * i + 1] = entries[entries.length - 1 - i];
        }
        return pairs;
    }

    private static Map<String, Object> backwards(List<String> items) {
        Map<String, Object> map = new TreeMap<>();
        for (int i = 0; i < items.size(); i++) {
            map.put(items.get(i), items.get(items.size() - 1 - i));
        }
        return map;
    }

    private static final class Decimals {
        static double of(String text) {
            return switch (text) {
                case "inf" -> Double.POSITIVE_INFINITY;
                case "-inf" -> Double.NEGATIVE_INFINITY;
                default -> Double.parseDouble(text);
            };
        }
    }
}
