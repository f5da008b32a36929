package io.cairn.server.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.engine.keyspace.Announcement;
import io.cairn.engine.keyspace.KeyEvent;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The events of keys are those that a real server publishes for the same commands, in the same order.
 *
 * <p>Not compared is {@code expired}: a real server deletes a key that has expired whenever it meets one, ours where a
 * command is about to write it, or in the background.
 */
final class EventsIT {
    private static final int COMMANDS = 4000;
    private static final String END = "$end";

    @TempDir
    Path directory;

    @Seeded(runs = 1, longRuns = 20)
    void tellsWhatARealServerTells(long seed) throws IOException {
        compare(seed, Families.generators());
    }

    @Seeded(runs = 1, longRuns = 20)
    void tellsWhatARealServerTellsOfStreams(long seed) throws IOException {
        compare(seed, List.of(new StreamGenerator()));
    }

    private void compare(long seed, List<CommandGenerator> generators) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        Random random = new Random(seed);
        try (Peer peer = Peer.start();
                RespClient listener = listener(peer);
                Node node = new Node(new MemoryRowStore(), directory, System::currentTimeMillis, random)) {
            peer.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
            List<String> ours = new ArrayList<>();
            node.announceTo((all, offset) -> all.forEach(each -> ours.add(line(each))));
            Map<String, String> differing = new TreeMap<>();
            for (int i = 0; i < COMMANDS; i++) {
                byte[][] args =
                        generators.get(random.nextInt(generators.size())).next(random);
                if (Comparing.of(args) == Comparing.EFFECTS) {
                    continue;
                }
                String difference = compare(peer, listener, node, ours, args);
                if (!difference.isEmpty()) {
                    differing.putIfAbsent(Answers.text(args[0]).toLowerCase(Locale.ROOT), difference);
                }
            }
            assertEquals("", String.join("\n", differing.values()), "seed " + seed);
        }
    }

    /** Commands whose effect is random, on what leaves no choice; and events of everything that a key can come from. */
    @Test
    void tellsWhatARealServerTellsOfRandomRemovals() throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (Peer peer = Peer.start();
                RespClient listener = listener(peer);
                Node node = new Node(new MemoryRowStore(), directory, System::currentTimeMillis, new Random(1))) {
            List<String> ours = new ArrayList<>();
            node.announceTo((all, offset) -> all.forEach(each -> ours.add(line(each))));
            for (String command : List.of(
                    "SADD s a",
                    "SPOP s",
                    "SADD s a a",
                    "SPOP s 1",
                    "SADD s a b c",
                    "SPOP s 5",
                    "SADD s a b c",
                    "SPOP s 0",
                    "SPOP s 3",
                    "SPOP s 3",
                    "SPOP s",
                    "SELECT 3",
                    "SET k v EX 1000",
                    "GETEX k PERSIST",
                    "MOVE k 4",
                    "COPY k l",
                    "SELECT 4",
                    "COPY k l DB 3",
                    "RENAME k m",
                    "PEXPIREAT m 1")) {
                byte[][] args = new byte[command.split(" ").length][];
                for (int i = 0; i < args.length; i++) {
                    args[i] = Draw.bytes(command.split(" ")[i]);
                }
                assertEquals("", compare(peer, listener, node, ours, args));
            }
        }
    }

    private static RespClient listener(Peer peer) throws IOException {
        peer.call("CONFIG", "SET", "notify-keyspace-events", "Eg$lshzxetmn");
        RespClient listener = new RespClient(peer.port());
        listener.call("PSUBSCRIBE", "__keyevent@*__:*");
        return listener;
    }

    /** The command, answers and events where these differ; empty if they do not. */
    private static String compare(Peer peer, RespClient listener, Node node, List<String> ours, byte[]... args) {
        ours.clear();
        Object answer = node.call(args);
        node.commit();
        Object theirAnswer = peer.call(args);
        List<String> theirs = published(listener);
        // An error may come before or behind the look at the key.
        boolean failed = answer.toString().startsWith("-");
        Predicate<String> hidden = line -> line.startsWith("expired ") || failed && line.startsWith("keymiss ");
        ours.removeIf(hidden);
        theirs.removeIf(hidden);
        if (Answers.text(args[0]).toLowerCase(Locale.ROOT).contains("sort")) {
            Collections.sort(ours); // it looks for keys in the order of a hash table
            Collections.sort(theirs);
        }
        return ours.equals(theirs)
                ? ""
                : Answers.text(args) + " -> " + answer + " " + ours + " / " + theirAnswer + " " + theirs;
    }

    private static List<String> published(RespClient listener) {
        List<String> lines = new ArrayList<>();
        Object next = listener.call("PING", END.substring(1));
        while (next instanceof List<?> message
                && !message.get(message.size() - 1).equals(END)) {
            String channel = message.get(2).toString();
            int db = channel.indexOf('@') + 1;
            int event = channel.indexOf(':') + 1;
            lines.add(channel.substring(event) + " "
                    + channel.substring(db, channel.indexOf('_', db)) + " "
                    + message.get(3).toString().substring(1));
            next = listener.next();
        }
        return lines;
    }

    private static String line(Announcement announcement) {
        KeyEvent event = (KeyEvent) announcement;
        return event.name() + " " + event.db() + " " + new String(event.key(), StandardCharsets.ISO_8859_1);
    }
}
