package io.cairn.server.differential;

import io.cairn.engine.rows.MemoryRowStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A node with a clock that stands, and commands as lines of words: what tests of single commands are written with.
 *
 * <p><i>Confined to the test's thread.</i>
 */
public final class Script implements AutoCloseable {
    /** Where the clock stands at first, Unix milliseconds. */
    public static final long START = 1_700_000_000_000L;

    /** The error for a key of another type. */
    public static final String WRONG_TYPE = "-WRONGTYPE Operation against a key holding the wrong kind of value";

    private final Node node;
    private long nowMillis = START;

    /** A script over an empty node whose log lies in the directory. */
    public Script(Path directory) throws IOException {
        node = new Node(new MemoryRowStore(), directory, () -> nowMillis, new Random(1));
    }

    /** The node. */
    public Node node() {
        return node;
    }

    /** Lets time pass. */
    public void sleep(long millis) {
        node.commit();
        nowMillis += millis;
    }

    /** Runs a line; words are separated by one blank, {@code ""} is the empty word. */
    public Object call(String line) {
        String[] words = line.split(" ");
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].equals("\"\"") ? "" : words[i];
        }
        return node.call(words);
    }

    /** Runs a line and gives what was logged for it as lines, without SELECT. */
    public List<String> effects(String line) {
        long before = node.position();
        call(line);
        List<String> effects = new ArrayList<>();
        for (byte[][] effect : node.effects(before)) {
            List<String> words = new ArrayList<>();
            for (byte[] word : effect) {
                words.add(new String(word, StandardCharsets.ISO_8859_1));
            }
            if (!words.get(0).equals("SELECT")) {
                effects.add(String.join(" ", words));
            }
        }
        return effects;
    }

    @Override
    public void close() {
        node.close();
    }
}
