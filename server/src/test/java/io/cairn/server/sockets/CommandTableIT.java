package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Peer;
import io.cairn.server.differential.RespClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** COMMAND describes each of our commands as a real server's does. */
final class CommandTableIT {
    /** Not in Redis 7.0: from 7.2, which clients send unasked; from 7.4. */
    private static final Set<String> ONLY_OURS = Set.of(
            "client|no-touch",
            "client|setinfo",
            "hexpire",
            "hexpireat",
            "hexpiretime",
            "hpersist",
            "hpexpire",
            "hpexpireat",
            "hpexpiretime",
            "hpttl",
            "httl");

    @Test
    void describesCommandsAsARealServerDoes() throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        Map<String, String> mine = new TreeMap<>();
        Map<String, String> theirs = new TreeMap<>();
        try (Peer peer = Peer.start();
                RunningServer server = RunningServer.inMemory();
                RespClient client = new RespClient(server.port())) {
            describe(items(client.call("COMMAND")), mine);
            describe(items(peer.call("COMMAND")), theirs);
        }
        mine.keySet().removeAll(ONLY_OURS);
        List<String> expected = new ArrayList<>();
        List<String> found = new ArrayList<>();
        mine.forEach((name, description) -> {
            String real = Objects.requireNonNullElse(theirs.get(name), "not in Redis");
            if (!real.equals(description)) {
                expected.add(name + " " + real);
                found.add(name + " " + description);
            }
        });
        assertEquals(String.join("\n", expected), String.join("\n", found));
    }

    private static List<?> items(Object reply) {
        return (List<?>) reply;
    }

    private static void describe(List<?> commands, Map<String, String> into) {
        for (Object command : commands) {
            List<?> fields = items(command);
            into.put(
                    String.valueOf(fields.get(0)).substring(1),
                    "arity=" + fields.get(1)
                            + " flags=" + sorted(fields.get(2))
                            + " range=" + fields.subList(3, 6)
                            + " categories=" + sorted(fields.get(6))
                            + " tips=" + fields.get(7)
                            + " keys=" + specs(items(fields.get(8))));
            describe(items(fields.get(9)), into);
        }
    }

    private static Set<String> sorted(Object names) {
        TreeSet<String> sorted = new TreeSet<>();
        items(names).forEach(name -> sorted.add(String.valueOf(name)));
        return sorted;
    }

    /** Specs without notes, which are prose, and with their flags in order. */
    private static List<String> specs(List<?> specs) {
        List<String> texts = new ArrayList<>();
        for (Object spec : specs) {
            TreeMap<String, String> fields = new TreeMap<>();
            List<?> pairs = items(spec);
            for (int i = 0; i < pairs.size(); i += 2) {
                String name = String.valueOf(pairs.get(i));
                Object value = pairs.get(i + 1);
                if (!name.equals("$notes")) {
                    fields.put(name, name.equals("$flags") ? sorted(value).toString() : value.toString());
                }
            }
            // What a real server calls unknown is not declared here: such a command runs alone instead (SORT BY,
            // STORE).
            if (!fields.getOrDefault("$find_keys", "").contains("$unknown")) {
                texts.add(fields.toString());
            }
        }
        return texts;
    }
}
