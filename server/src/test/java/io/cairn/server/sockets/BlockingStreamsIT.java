package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Peer;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Random commands of a few clients, of which some wait, at a real server and at ours in step: one client sends something, and
 * then whoever is answered at the real server must be answered the same by ours, and whoever is not must wait there too.
 */
final class BlockingStreamsIT {
    private static final int CLIENTS = 5;
    private static final int STEPS = 250;
    private static final long PATIENCE_SECONDS = 60;
    private static final String[] LISTS = {"l1", "l2", "l3"};
    private static final String[] SCORED = {"z1", "z2"};
    private static final String[] STREAMS = {"s1", "s2"};
    private static final String[] ENDS = {"LEFT", "RIGHT"};
    private static final String[] TIMES = {"0", "1000", "12345.5"};
    private static final String[] MILLIS = {"0", "1000000"};

    /** The clients of one server. */
    private static final class Side implements AutoCloseable {
        private final Wire director;
        private final List<Wire> clients = new ArrayList<>();
        private final List<String> ids = new ArrayList<>();

        Side(int port) throws IOException {
            director = new Wire(port);
            for (int i = 0; i < CLIENTS; i++) {
                Wire client = new Wire(port);
                clients.add(client);
                ids.add(client.call("CLIENT", "ID").substring(1).strip());
            }
        }

        void send(int client, List<String> lines) throws IOException {
            StringBuilder all = new StringBuilder();
            for (String line : lines) {
                all.append(Wire.request(withId(line).split(" ")));
            }
            clients.get(client).send(all.toString());
        }

        private String withId(String line) {
            int at = line.indexOf('<');
            return at < 0
                    ? line
                    : line.substring(0, at) + ids.get(line.charAt(at + 1) - '0') + line.substring(at + "<0>".length());
        }

        String replies(int client, int count) throws IOException {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < count; i++) {
                all.append(clients.get(client).reply().replace("\r\n", " "));
            }
            return all.toString();
        }

        boolean isBlocked(int client) throws IOException {
            return director.call("CLIENT", "LIST", "ID", ids.get(client)).contains(" flags=b ");
        }

        /** Waits until the client is answered, or waits; true if it is answered. */
        boolean settle(int client) throws IOException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (System.nanoTime() < deadline) {
                if (clients.get(client).isAnswered()) {
                    return true;
                }
                if (isBlocked(client)) {
                    return false;
                }
            }
            throw new IOException("client " + client + " is neither answered nor does it wait");
        }

        @Override
        public void close() throws IOException {
            for (Wire client : clients) {
                client.close();
            }
            director.close();
        }
    }

    private final StringBuilder history = new StringBuilder();
    private Random random = new Random(0);
    private int nextId;

    private String any(String... of) {
        return of[random.nextInt(of.length)];
    }

    private String key() {
        return random.nextInt(12) == 0 ? any(SCORED) : any(LISTS);
    }

    private String keys(String... of) {
        return random.nextInt(3) == 0 ? any(of) + " " + any(of) : any(of);
    }

    private String count() {
        return random.nextBoolean() ? "" : " COUNT " + (1 + random.nextInt(3));
    }

    private String numbered(String... of) {
        return random.nextInt(3) == 0 ? "2 " + any(of) + " " + any(of) : "1 " + any(of);
    }

    private String waiting() {
        return switch (random.nextInt(13)) {
            case 0, 1 -> "BLPOP " + keys(LISTS) + " " + any(TIMES);
            case 2 -> "BRPOP " + keys(LISTS) + " " + any(TIMES);
            case 3 -> "BLMOVE " + any(LISTS) + " " + key() + " " + any(ENDS) + " " + any(ENDS) + " " + any(TIMES);
            case 4 -> "BRPOPLPUSH " + any(LISTS) + " " + key() + " " + any(TIMES);
            case 5 -> "BLMPOP " + any(TIMES) + " " + numbered(LISTS) + " " + any(ENDS) + count();
            case 6 -> "BZPOPMIN " + keys(SCORED) + " " + any(TIMES);
            case 7 -> "BZPOPMAX " + keys(SCORED) + " " + any(TIMES);
            case 8 -> "BZMPOP " + any(TIMES) + " " + numbered(SCORED) + " " + any("MIN", "MAX") + count();
            case 9 -> "XREAD" + count() + " BLOCK " + any(MILLIS) + " STREAMS " + any(STREAMS) + " $";
            case 10 -> "XREAD BLOCK " + any(MILLIS) + " STREAMS s1 s2 " + any("$", "0", "5-0") + " $";
            case 11 ->
                "XREADGROUP GROUP " + any("g", "h") + " c" + random.nextInt(2) + count() + " BLOCK " + any(MILLIS)
                        + any("", " NOACK") + " STREAMS " + any(STREAMS) + " >";
            default ->
                "XREADGROUP GROUP g c" + random.nextInt(2) + count() + " BLOCK " + any(MILLIS) + " STREAMS s1 s2 > >";
        };
    }

    private String adding() {
        return switch (random.nextInt(11)) {
            case 0, 1, 2 ->
                any("LPUSH ", "RPUSH ") + key() + " e" + nextId++ + (random.nextBoolean() ? "" : " e" + nextId++);
            case 3 -> "LMOVE " + any(LISTS) + " " + any(LISTS) + " " + any(ENDS) + " " + any(ENDS);
            case 4, 5 -> "ZADD " + any(SCORED) + " " + random.nextInt(9) + " m" + nextId++ + " 5 m" + random.nextInt(4);
            case 6 -> "ZINCRBY " + any(SCORED) + " 1 m" + random.nextInt(3);
            case 7, 8 -> "XADD " + any(STREAMS) + " " + (10 + nextId++) + "-1 f v";
            case 9 -> "XADD " + any(STREAMS) + " MAXLEN " + random.nextInt(2) + " " + (10 + nextId++) + "-1 f v";
            default ->
                any(
                        "LINSERT l1 BEFORE e1 x",
                        "RPUSHX l2 y",
                        "XGROUP CREATE s1 g $ MKSTREAM",
                        "XGROUP CREATE s2 h 0 MKSTREAM");
        };
    }

    private String changing() {
        return switch (random.nextInt(12)) {
            case 0 -> "DEL " + any(any(LISTS), any(SCORED), any(STREAMS));
            case 1 ->
                "RENAME " + any(any(LISTS), any(SCORED), any(STREAMS)) + " "
                        + any(any(LISTS), any(SCORED), any(STREAMS));
            case 2 -> "COPY " + any(LISTS) + " " + any(LISTS);
            case 3 -> "XGROUP CREATE " + any(STREAMS) + " " + any("g", "h") + " " + any("$", "0") + " MKSTREAM";
            case 4 -> "XDEL " + any(STREAMS) + " " + (10 + random.nextInt(nextId + 1)) + "-1";
            case 5 -> any("LPOP ", "RPOP ") + any(LISTS);
            case 6 -> "XGROUP DESTROY " + any(STREAMS) + " " + any("g", "h");
            case 7 -> "CLIENT UNBLOCK <" + random.nextInt(CLIENTS) + ">" + any("", " TIMEOUT", " ERROR");
            case 8 -> "SWAPDB 0 1";
            case 9 -> "ZPOPMIN " + any(SCORED);
            case 10 -> "XTRIM " + any(STREAMS) + " MAXLEN " + random.nextInt(3);
            default -> any("LRANGE " + any(LISTS) + " 0 -1", "ZRANGE " + any(SCORED) + " 0 -1", "XLEN " + any(STREAMS));
        };
    }

    private List<String> lines() {
        switch (random.nextInt(12)) {
            case 0 -> {
                String to = any(LISTS);
                return List.of("MULTI", "DEL " + to, "SORT " + any(LISTS) + " ALPHA STORE " + to, "EXEC");
            }
            case 1, 2 -> {
                List<String> lines = new ArrayList<>(List.of("MULTI"));
                for (int left = 1 + random.nextInt(4); left > 0; left--) {
                    String line = line(adding(), this::changing, this::waiting);
                    // Whom a transaction lets go that is then run again on a disk thread is gone by then.
                    lines.add(line.startsWith("CLIENT") ? "LLEN l1" : line);
                }
                lines.add("EXEC");
                return lines;
            }
            case 3, 4, 5 -> {
                return List.of(waiting());
            }
            case 6, 7 -> {
                return List.of(changing());
            }
            default -> {
                return List.of(adding());
            }
        }
    }

    private String line(String mostly, Supplier<String> at, Supplier<String> seldom) {
        int drawn = random.nextInt(8);
        return drawn == 0 ? seldom.get() : drawn < 3 ? at.get() : mostly;
    }

    private void play(Peer peer, RunningServer server, long seed) throws IOException {
        random = new Random(seed);
        try (Side theirs = new Side(peer.port());
                Side ours = new Side(server.port())) {
            theirs.director.call("FLUSHALL");
            ours.director.call("FLUSHALL");
            TreeMap<Integer, String> waiting = new TreeMap<>();
            for (int step = 0; step < STEPS; step++) {
                List<String> lines = waiting.size() == CLIENTS ? List.of("CLIENT UNBLOCK <0>") : lines();
                if (waiting.size() == CLIENTS) {
                    compare("director", direct(theirs, lines), direct(ours, lines));
                } else {
                    issue(theirs, ours, lines, waiting);
                }
                settle(theirs, ours, waiting);
            }
            compareData(theirs, ours);
        }
    }

    private static String direct(Side side, List<String> lines) throws IOException {
        return side.director.call(side.withId(lines.get(0)).split(" "));
    }

    /** One client that does not wait sends the lines. */
    private void issue(Side theirs, Side ours, List<String> lines, Map<Integer, String> waiting) throws IOException {
        int client = random.nextInt(CLIENTS);
        while (waiting.containsKey(client)) {
            client = (client + 1) % CLIENTS;
        }
        history.append(client).append(' ').append(lines).append('\n');
        theirs.send(client, lines);
        boolean answered = theirs.settle(client);
        ours.send(client, lines);
        assertEquals(answered, ours.settle(client), () -> "whether it is answered at once, after\n" + history);
        if (answered) {
            compare("client " + client, theirs.replies(client, lines.size()), ours.replies(client, lines.size()));
        } else {
            waiting.put(client, lines.get(0));
        }
    }

    /** Whoever waited and does so no longer at the real server is answered the same. */
    private void settle(Side theirs, Side ours, Map<Integer, String> waiting) throws IOException {
        for (int client : List.copyOf(waiting.keySet())) {
            if (!theirs.isBlocked(client)) {
                String expected = theirs.replies(client, 1);
                history.append("    client ")
                        .append(client)
                        .append(" <- ")
                        .append(expected)
                        .append('\n');
                String answer;
                try {
                    answer = ours.replies(client, 1);
                } catch (SocketTimeoutException e) {
                    throw new AssertionError(client + " waits still after\n" + history, e);
                }
                assertEquals(expected, answer, () -> "client " + client + " after\n" + history);
                waiting.remove(client);
            }
        }
        for (int client : waiting.keySet()) {
            assertFalse(ours.clients.get(client).isAnswered(), () -> client + " is answered after\n" + history);
        }
    }

    private void compare(String who, String theirs, String ours) {
        history.append("    ").append(who).append(" <- ").append(theirs).append('\n');
        assertEquals(theirs, ours, () -> who + " after\n" + history);
    }

    private void compareData(Side theirs, Side ours) throws IOException {
        for (int db = 0; db < 2; db++) {
            String select = "SELECT " + db;
            compare(select, direct(theirs, List.of(select)), direct(ours, List.of(select)));
            for (String[] names : new String[][] {LISTS, SCORED, STREAMS}) {
                for (String name : names) {
                    for (String look : new String[] {"LRANGE %s 0 -1", "ZRANGE %s 0 -1 WITHSCORES", "XRANGE %s - +"}) {
                        List<String> line = List.of(String.format(look, name));
                        compare(line.get(0), direct(theirs, line), direct(ours, line));
                    }
                }
            }
        }
    }

    @Seeded(runs = 4, longRuns = 300)
    void goAsOnARealServer(long seed) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (Peer peer = Peer.start();
                RunningServer server = RunningServer.inMemory()) {
            play(peer, server, seed);
        }
    }

    @Seeded(runs = 2, longRuns = 100)
    void goAsOnARealServerWhereTheDiskIsWaitedFor(long seed) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (Peer peer = Peer.start();
                RunningServer server = RunningServer.inMemory()) {
            server.reluctant(new Random(seed), 4);
            play(peer, server, seed);
        }
    }
}
