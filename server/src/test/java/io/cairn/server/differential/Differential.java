package io.cairn.server.differential;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Sends one stream of commands to two subjects and fails at the first difference, with the seed and the commands that
 * led to it.
 *
 * <p><i>Confined to the test's thread.</i>
 */
public final class Differential {
    private static final int DATABASES = 2;
    private static final int HISTORY = 40;
    private static final int SHOWN = 3000;

    private final Subject ours;
    private final Subject theirs;
    private final long seed;
    private final Random random;
    private final List<String> history = new ArrayList<>();

    /** Compares; {@code seed} is told in messages. */
    public Differential(Subject ours, Subject theirs, long seed) {
        this.ours = ours;
        this.theirs = theirs;
        this.seed = seed;
        this.random = new Random(seed);
    }

    /** Runs {@code count} commands, each drawn from one of the generators. */
    public void run(int count, List<CommandGenerator> generators) {
        for (int i = 0; i < count; i++) {
            boolean replays = ours instanceof Node;
            step(replays ? draw(generators) : deterministic(generators, false));
            if (random.nextInt(200) == 0) {
                step(Draw.bytes("SELECT"), Draw.bytes(Integer.toString(random.nextInt(DATABASES))));
            }
        }
    }

    /** Runs {@code count} transactions of a few commands each. */
    public void runTransactions(int count, List<CommandGenerator> generators) {
        for (int i = 0; i < count; i++) {
            List<byte[][]> drawn = new ArrayList<>();
            for (int left = random.nextInt(6); left > 0; left--) {
                drawn.add(deterministic(generators, true));
            }
            drawn.removeIf(Differential::isSort);
            step(Draw.bytes("MULTI"));
            List<byte[][]> queue = new ArrayList<>();
            for (byte[][] args : drawn) {
                if (queue(args).equals("+QUEUED")) {
                    queue.add(args);
                }
            }
            execute(queue);
        }
    }

    /** Runs {@code count} commands on our side only, those that go by chance among them. */
    public void runAlone(int count, List<CommandGenerator> generators) {
        for (int i = 0; i < count; i++) {
            byte[][] args = generators.get(random.nextInt(generators.size())).next(random);
            remember(Answers.text(args));
            ours.call(args);
        }
    }

    /** Has both sides answer in RESP2 or RESP3 from now on. */
    public void speak(int protocol) {
        ours.call("HELLO", Integer.toString(protocol));
        theirs.call("HELLO", Integer.toString(protocol));
    }

    private byte[][] deterministic(List<CommandGenerator> generators, boolean queued) {
        while (true) {
            byte[][] args = draw(generators);
            boolean stores = Comparing.of(args) == Comparing.STORED_DISTANCES;
            if (Comparing.of(args) != Comparing.EFFECTS && !(stores && queued)) {
                return args;
            }
        }
    }

    /**
     * Draws a command. SORT is treated with care: a real server changes the encoding of a sorted set that it sorts, so none
     * is sorted here; and it may take an overflow in an earlier command for one of its own, which SCAN makes it forget.
     */
    private byte[][] draw(List<CommandGenerator> generators) {
        byte[][] args = generators.get(random.nextInt(generators.size())).next(random);
        if (!isSort(args)) {
            return args;
        }
        theirs.call("SCAN", "0");
        return theirs.call(Draw.bytes("TYPE"), args[1]).equals("+zset")
                ? new byte[][] {Draw.bytes("DEL"), args[1]}
                : args;
    }

    private static boolean isSort(byte[]... args) {
        String name = new String(args[0], StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        return name.startsWith("sort") && args.length > 1;
    }

    private Object queue(byte[]... args) {
        remember(Answers.text(args));
        Object our = ours.call(args);
        compare(Answers.text(args), our, theirs.call(args), Comparing.EXACTLY);
        return our;
    }

    private void execute(List<byte[][]> queue) {
        remember("\"EXEC\"");
        Object our = ours.call("EXEC");
        Object their = theirs.call("EXEC");
        if (!(our instanceof List<?> answers) || !(their instanceof List<?> expected)) {
            compare("EXEC", our, their, Comparing.EXACTLY);
            return;
        }
        compare("number of answers to EXEC", (long) answers.size(), (long) expected.size(), Comparing.EXACTLY);
        for (int i = 0; i < queue.size(); i++) {
            byte[][] args = queue.get(i);
            compare(Answers.text(args) + " in EXEC", answers.get(i), expected.get(i), Comparing.of(args));
        }
    }

    private void remember(String line) {
        history.add(line);
        if (history.size() > HISTORY) {
            history.remove(0);
        }
    }

    /** Runs one command of words on both sides and compares the answers. */
    public void step(String... words) {
        step(Arrays.stream(words).map(Draw::bytes).toArray(byte[][]::new));
    }

    /** Runs one command on both sides and compares the answers. */
    public void step(byte[]... args) {
        String line = Answers.text(args);
        remember(line);
        Comparing comparing = Comparing.of(args);
        if (comparing == Comparing.EFFECTS && ours instanceof Node node) {
            stepByEffects(node, args);
            return;
        }
        Object our = ours.call(args);
        Object their = theirs.call(args);
        if (!comparing.agree(our, their)) {
            throw difference(line, our, their, comparing);
        }
        if (comparing == Comparing.STORED_DISTANCES && our instanceof Long stored && stored > 0) {
            compareStored(args);
        }
    }

    private void compareStored(byte[]... args) {
        boolean first = new String(args[0], StandardCharsets.ISO_8859_1).equalsIgnoreCase("geosearchstore");
        byte[] key = args[first ? 1 : args.length - 1];
        for (int i = 5; !first && i < args.length - 1; i++) {
            String option = new String(args[i], StandardCharsets.ISO_8859_1);
            if (option.equalsIgnoreCase("store") || option.equalsIgnoreCase("storedist")) {
                key = args[++i];
            }
        }
        Object our = value(ours, key, "+zset");
        Object their = value(theirs, key, "+zset");
        compare("distances stored by " + Answers.text(args), our, their, Comparing.STORED_DISTANCES);
        if (!our.equals(their)) {
            step(Draw.bytes("DEL"), key);
        }
    }

    /** Ours decides by chance: the peer is made to do the same, and must then agree that it could be done. */
    private void stepByEffects(Node node, byte[]... args) {
        long before = node.position();
        Object our = node.call(args);
        List<byte[][]> effects = node.effects(before);
        if (effects.isEmpty()) {
            Object their = theirs.call(args);
            if (!our.equals(their)) {
                throw difference(Answers.text(args), our, their, Comparing.EFFECTS);
            }
        }
        for (byte[][] effect : effects) {
            Object their = theirs.call(effect);
            if (their instanceof String text && text.startsWith("-")) {
                throw difference(Answers.text(effect), our, their, Comparing.EFFECTS);
            }
        }
    }

    private AssertionError difference(String what, @Nullable Object our, @Nullable Object their, Comparing how) {
        return new AssertionError("seed " + seed + ": " + what + " (compared " + how + ")\n  ours:   " + brief(our)
                + "\n  theirs: " + brief(their) + "\nafter\n  " + String.join("\n  ", history));
    }

    private static String brief(@Nullable Object answer) {
        String text = String.valueOf(answer);
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "... " + text.length() + " characters";
    }

    /** Compares all keys of all databases that were used: types, encodings, expiries, values. */
    public void compareState() {
        for (int db = 0; db < DATABASES; db++) {
            String select = Integer.toString(db);
            ours.call("SELECT", select);
            theirs.call("SELECT", select);
            Map<String, Object> our = state(ours, true);
            Map<String, Object> their = state(theirs, true);
            compareKeys("database " + db, our, their);
            compareExpiries(our);
        }
        ours.call("SELECT", "0");
        theirs.call("SELECT", "0");
    }

    private void compareExpiries(Map<String, Object> keys) {
        for (String key : keys.keySet()) {
            byte[] name = Draw.bytes(key);
            Object our = ours.call(Draw.bytes("PEXPIRETIME"), name);
            Object their = theirs.call(Draw.bytes("PEXPIRETIME"), name);
            compare("expiry of " + key, our, their, Comparing.ABOUT);
        }
    }

    /** Compares our state with a replica's, which may name encodings otherwise. */
    public void compareReplica(Subject replica) {
        for (int db = 0; db < DATABASES; db++) {
            String select = Integer.toString(db);
            ours.call("SELECT", select);
            replica.call("SELECT", select);
            Map<String, Object> our = state(ours, false);
            compareKeys("replica's database " + db, our, state(replica, false));
            for (String key : our.keySet()) {
                byte[] name = Draw.bytes(key);
                Object expiry = ours.call(Draw.bytes("PEXPIRETIME"), name);
                Object replicated = replica.call(Draw.bytes("PEXPIRETIME"), name);
                compare("replicated expiry of " + key, expiry, replicated, Comparing.EXACTLY);
            }
        }
    }

    private void compareKeys(String what, Map<String, Object> our, Map<String, Object> their) {
        Set<String> keys = new TreeSet<>(our.keySet());
        keys.addAll(their.keySet());
        for (String key : keys) {
            Object ourValue = our.getOrDefault(key, Subject.NIL);
            Object theirValue = their.getOrDefault(key, Subject.NIL);
            compare(what + ", key " + key, ourValue, theirValue, Comparing.EXACTLY);
        }
    }

    private void compare(String what, Object our, Object their, Comparing how) {
        if (!how.agree(our, their)) {
            throw difference(what, our, their, how);
        }
    }

    /** Each key with its type, encoding and value. */
    private static Map<String, Object> state(Subject subject, boolean withEncoding) {
        Map<String, Object> state = new TreeMap<>();
        if (!(subject.call("KEYS", "*") instanceof List<?> keys)) {
            throw new AssertionError("KEYS gave no list");
        }
        for (Object key : keys) {
            byte[] name = Draw.bytes(((String) key).substring(1));
            Object type = subject.call(Draw.bytes("TYPE"), name);
            Object encoding = withEncoding ? subject.call(Draw.bytes("OBJECT"), Draw.bytes("ENCODING"), name) : "any";
            state.put(((String) key).substring(1), List.of(type, encoding, value(subject, name, (String) type)));
        }
        return state;
    }

    private static Object value(Subject subject, byte[] key, String type) {
        return switch (type) {
            case "+string" -> subject.call(Draw.bytes("GET"), key);
            case "+list" -> subject.call(Draw.bytes("LRANGE"), key, Draw.bytes("0"), Draw.bytes("-1"));
            case "+set" -> Answers.sorted(subject.call(Draw.bytes("SMEMBERS"), key));
            case "+hash" -> Answers.sortedPairs(subject.call(Draw.bytes("HGETALL"), key));
            case "+zset" ->
                subject.call(Draw.bytes("ZRANGE"), key, Draw.bytes("0"), Draw.bytes("-1"), Draw.bytes("WITHSCORES"));
            case "+stream" ->
                Answers.timeless(subject.call(
                        Draw.bytes("XINFO"),
                        Draw.bytes("STREAM"),
                        key,
                        Draw.bytes("FULL"),
                        Draw.bytes("COUNT"),
                        Draw.bytes("0")));
            default -> throw new AssertionError("type " + type);
        };
    }
}
