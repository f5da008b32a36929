package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Many clients push and many wait, on both loops, while others let them go or end them: every element is had once, in the
 * order in which it was pushed.
 */
final class BlockingCrowdIT {
    private static final int PRODUCERS = 4;
    private static final int CONSUMERS = 7;
    private static final int ELEMENTS = 400;
    private static final String STASH = "stash";
    private static final Pattern ELEMENT = Pattern.compile("\\b(k\\d):(\\d+)");
    private static final Pattern CLIENT = Pattern.compile("id=(\\d+) [^\n]* name=eater [^\n]* flags=b ");

    private final AtomicBoolean pushed = new AtomicBoolean();
    private final AtomicBoolean eaten = new AtomicBoolean();
    private final AtomicInteger ended = new AtomicInteger();
    private final Set<String> had = ConcurrentHashMap.newKeySet();

    @Seeded(runs = 1, longRuns = 30)
    void everyElementIsHadOnceInMemory(long seed) throws Exception {
        try (RunningServer server = RunningServer.inMemory()) {
            play(server, new Random(seed));
        }
    }

    @Seeded(runs = 1, longRuns = 30)
    void everyElementIsHadOnceOnDisk(long seed) throws Exception {
        try (RunningServer server = RunningServer.start("--appendfsync", "always")) {
            play(server, new Random(seed));
        }
    }

    @Seeded(runs = 1, longRuns = 30)
    void everyElementIsHadOnceWhereTheDiskIsWaitedFor(long seed) throws Exception {
        try (RunningServer server = RunningServer.inMemory()) {
            Random random = new Random(seed);
            server.reluctant(new Random(seed), 4);
            play(server, random);
        }
    }

    private void play(RunningServer server, Random random) throws Exception {
        List<FutureTask<Integer>> producers = new ArrayList<>();
        for (int i = 0; i < PRODUCERS; i++) {
            String key = "k" + i;
            long seed = random.nextLong();
            producers.add(start(() -> produce(server, key, new Random(seed))));
        }
        List<FutureTask<Boolean>> others = new ArrayList<>();
        for (int i = 0; i < CONSUMERS; i++) {
            long seed = random.nextLong();
            others.add(start(() -> consume(server, new Random(seed))));
        }
        long seed = random.nextLong();
        FutureTask<Boolean> meddler = start(() -> meddle(server, new Random(seed)));
        int all = 0;
        for (FutureTask<Integer> producer : producers) {
            all += producer.get();
        }
        pushed.set(true);
        for (FutureTask<Boolean> other : others) {
            other.get();
        }
        eaten.set(true);
        meddler.get();
        check(server, all);
    }

    private static <T> FutureTask<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "client");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    /** Appends numbered elements to a key of its own; how many. */
    private static int produce(RunningServer server, String key, Random random) throws IOException {
        int next = 0;
        try (Wire wire = server.connect()) {
            while (next < ELEMENTS) {
                int replies;
                StringBuilder request = new StringBuilder();
                switch (random.nextInt(4)) {
                    case 0 -> {
                        request.append(Wire.request("RPUSH", key, key + ":" + next++, key + ":" + next++));
                        replies = 1;
                    }
                    case 1 -> {
                        request.append(Wire.request("MULTI"));
                        request.append(Wire.request("RPUSH", key, key + ":" + next++));
                        request.append(Wire.request("RPUSH", key, key + ":" + next++, key + ":" + next++));
                        request.append(Wire.request("EXEC"));
                        replies = 4;
                    }
                    case 2 -> {
                        replies = 1 + random.nextInt(20);
                        for (int i = 0; i < replies; i++) {
                            request.append(Wire.request("RPUSH", key, key + ":" + next++));
                        }
                    }
                    default -> {
                        request.append(Wire.request("RPUSH", key, key + ":" + next++));
                        replies = 1;
                    }
                }
                wire.send(request.toString());
                for (int i = 0; i < replies; i++) {
                    String reply = wire.reply();
                    assertTrue(reply.charAt(0) != '-', reply);
                }
            }
        }
        return next;
    }

    private boolean consume(RunningServer server, Random random) throws IOException {
        Map<String, Integer> last = new HashMap<>();
        boolean done = false;
        while (!done) {
            try (Wire wire = server.connect()) {
                wire.call("CLIENT", "SETNAME", "eater");
                while (!done) {
                    if (random.nextInt(200) == 0) {
                        break; // leaves, while it waits for nothing
                    }
                    boolean over = pushed.get();
                    String reply = wire.call(hunger(random));
                    boolean none = take(reply, last) == 0;
                    done = over
                            && none
                            && wire.call("EXISTS", "k0", "k1", "k2", "k3").equals(":0\r\n");
                }
            } catch (IOException e) {
                ended.incrementAndGet(); // killed: what it was just given is lost, one command's worth at most
            }
        }
        return true;
    }

    private static String[] hunger(Random random) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < PRODUCERS; i++) {
            if (random.nextInt(3) > 0) {
                keys.add("k" + i);
            }
        }
        if (keys.isEmpty()) {
            keys.add("k0");
        }
        String timeout = "0.0" + (1 + random.nextInt(9));
        return switch (random.nextInt(6)) {
            case 0 -> new String[] {"BLMOVE", keys.get(0), STASH, "LEFT", "RIGHT", timeout};
            case 1 -> new String[] {"BLMPOP", timeout, "1", keys.get(0), "LEFT"};
            case 2 -> new String[] {"LPOP", keys.get(0)};
            default -> {
                keys.add(0, "BLPOP");
                keys.add(timeout);
                yield keys.toArray(String[]::new);
            }
        };
    }

    /** Notes the elements in a reply; how many there are. */
    private int take(String reply, Map<String, Integer> last) {
        Matcher elements = ELEMENT.matcher(reply);
        int count = 0;
        while (elements.find()) {
            count++;
            String key = elements.group(1);
            int number = Integer.parseInt(elements.group(2));
            assertTrue(had.add(elements.group()), () -> elements.group() + " is had twice");
            Integer before = last.put(key, number);
            assertTrue(before == null || before < number, () -> key + ":" + number + " comes behind " + before);
        }
        return count;
    }

    /** Lets clients go that wait, and ends some. */
    private boolean meddle(RunningServer server, Random random) throws IOException {
        try (Wire wire = server.connect()) {
            while (!eaten.get()) {
                Matcher waiting = CLIENT.matcher(wire.call("CLIENT", "LIST"));
                while (waiting.find()) {
                    String id = waiting.group(1);
                    switch (random.nextInt(40)) {
                        case 0, 1, 2 -> wire.call("CLIENT", "UNBLOCK", id);
                        case 3 -> wire.call("CLIENT", "UNBLOCK", id, "ERROR");
                        case 4 -> wire.call("CLIENT", "KILL", "ID", id);
                        default -> {}
                    }
                }
            }
        }
        return true;
    }

    private void check(RunningServer server, int all) throws IOException {
        try (Wire wire = server.connect()) {
            Map<String, Integer> last = new HashMap<>();
            // Moved ones were noted when the mover was told, unless it was killed: they are here in any case.
            Matcher stash = ELEMENT.matcher(wire.call("LRANGE", STASH, "0", "-1"));
            while (stash.find()) {
                int number = Integer.parseInt(stash.group(2));
                Integer before = last.put(stash.group(1), number);
                assertTrue(before == null || before < number, () -> "the stash is in disorder");
                had.add(stash.group());
            }
            int missing = all - had.size();
            assertTrue(missing >= 0 && missing <= ended.get(), missing + " lost, " + ended.get() + " clients killed");
            String clients = wire.call("INFO", "clients");
            assertTrue(clients.contains("blocked_clients:0\r\n"), clients);
        }
    }
}
