package io.cairn.server.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.RowStore;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandTable;
import io.cairn.server.command.ElementSpec;
import io.cairn.server.command.Flag;
import io.cairn.server.command.KeySpec;
import io.cairn.server.command.Reply;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The elements that commands declare are those whose rows they look up. */
final class ElementSpecTest {
    private static final int ELEMENTS = 600;
    private static final int MEMBER_START = 12; // of an element's row key

    /** One call, without options, for each command that declares elements. */
    private static final List<String> CALLS = List.of(
            "sadd set e1 new1 e2",
            "srem set e3 e4",
            "sismember set e5",
            "smismember set e6 e7 missing",
            "hset hash e1 v e2 v new1 v",
            "hsetnx hash e20 v",
            "hmset hash e21 v e22 v",
            "hdel hash e3 e4",
            "hincrby hash e5 2",
            "hincrbyfloat hash e6 2",
            "hget hash e7",
            "hmget hash e8 e9 missing",
            "hexists hash e10",
            "hstrlen hash e11",
            "zadd zset 1 e1 2 e2 3 new1",
            "zincrby zset 1 e3",
            "zrem zset e4 e5",
            "zscore zset e6",
            "zmscore zset e7 e8 missing",
            "zrank zset e9",
            "zrevrank zset e10",
            "geoadd zset 1 2 e11 3 4 new2",
            "geodist zset e12 e13",
            "geohash zset e14 e15",
            "geopos zset e16 e17");

    @TempDir
    Path directory;

    private final Set<String> looked = new TreeSet<>();

    @Test
    void commandsLookUpWhatTheyDeclare() throws IOException {
        Set<String> tried = new TreeSet<>();
        try (Node node = new Node(watched(new MemoryRowStore()), directory, System::currentTimeMillis, new Random(1))) {
            for (int i = 0; i < ELEMENTS; i++) {
                node.call(words("sadd set e" + i));
                node.call(words("hset hash e" + i + " 1"));
                node.call(words("zadd zset " + i + " e" + i));
            }
            for (String call : CALLS) {
                byte[][] args = words(call);
                Command command = Families.command(call.split(" ")[0]).orElseThrow();
                ElementSpec named = Objects.requireNonNull(command.elements(), call);
                node.commit();
                looked.clear();
                Object answer = node.call(args);
                assertEquals(declared(named, args), looked, call + " -> " + answer);
                tried.add(command.name());
            }
        }
        Set<String> declaring = new TreeSet<>();
        for (Command command : Families.commands()) {
            if (command.elements() != null) {
                declaring.add(command.name());
            }
        }
        assertEquals(declaring, tried);
    }

    private static Set<String> declared(ElementSpec named, byte[][] args) {
        Set<String> elements = new TreeSet<>();
        for (int at = named.first(); at <= Math.min(named.last(), args.length - 1); at += named.step()) {
            elements.add(text(args[at]));
        }
        assertTrue(!elements.isEmpty());
        return elements;
    }

    @Test
    void elementsAreThoseOfOneKey() {
        Command ofTwo = Command.of("two", 3, call -> Reply.OK)
                .flags(Flag.READONLY)
                .keys(KeySpec.range(1, 2, 1, KeySpec.Access.RO))
                .elements(ElementSpec.at(2))
                .build();
        assertThrows(IllegalArgumentException.class, () -> new CommandTable(List.of(ofTwo)));
    }

    private RowStore watched(RowStore store) {
        return (RowStore) Proxy.newProxyInstance(
                RowStore.class.getClassLoader(), new Class<?>[] {RowStore.class}, (proxy, method, args) -> {
                    if (method.getName().equals("get") && args[0] == Family.ROWS) {
                        byte[] key = (byte[]) args[1];
                        looked.add(text(Arrays.copyOfRange(key, MEMBER_START, key.length)));
                    }
                    try {
                        return method.invoke(store, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static byte[][] words(String line) {
        List<byte[]> words = new ArrayList<>();
        for (String word : line.split(" ")) {
            words.add(word.getBytes(StandardCharsets.ISO_8859_1));
        }
        return words.toArray(new byte[0][]);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    }
}
