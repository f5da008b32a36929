package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;

/**
 * Many clients run scripts on the same keys, declared or not, beside transactions and commands that concern all keys: sums
 * stay what they are, and counters count every call.
 */
final class ScriptCrowdIT {
    private static final int CLIENTS = 6;
    private static final int CALLS = 250;
    private static final int ACCOUNTS = 8;
    private static final int MONEY = 1000;

    private static final String TRANSFER = """
            local from, to, sum = ARGV[1], ARGV[2], tonumber(ARGV[3])
            local has = tonumber(redis.call('get', from))
            if has < sum then return 0 end
            redis.call('decrby', from, sum)
            if ARGV[4] == 'fail' then redis.call('incrby', from, sum) error('changed my mind') end
            redis.call('incrby', to, sum)
            redis.call('incr', 'transfers')
            return 1
            """;
    private static final String AUDIT = """
            local sum = 0
            for i = 0, ARGV[1] - 1 do sum = sum + redis.call('get', 'a' .. i) end
            redis.call('incr', 'audits')
            return sum
            """;
    private static final String ALL_KEYS = """
            local sum = 0
            for _, key in ipairs(redis.call('keys', 'a?')) do sum = sum + redis.call('get', key) end
            return sum
            """;

    @Seeded(runs = 1, longRuns = 20)
    void sumsStayInMemory(long seed) throws Exception {
        try (RunningServer server = RunningServer.inMemory()) {
            play(server, new Random(seed));
        }
    }

    @Seeded(runs = 1, longRuns = 20)
    void sumsStayOnDisk(long seed) throws Exception {
        try (RunningServer server = RunningServer.start()) {
            play(server, new Random(seed));
        }
    }

    @Seeded(runs = 1, longRuns = 20)
    void sumsStayWhereTheDiskIsWaitedFor(long seed) throws Exception {
        try (RunningServer server = RunningServer.inMemory()) {
            server.reluctant(new Random(seed), 5);
            play(server, new Random(seed));
        }
    }

    private static void play(RunningServer server, Random random) throws Exception {
        try (Wire wire = server.connect()) {
            for (int i = 0; i < ACCOUNTS; i++) {
                wire.call("SET", "a" + i, Integer.toString(MONEY));
            }
            List<FutureTask<int[]>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                long seed = random.nextLong();
                FutureTask<int[]> task = new FutureTask<>(() -> client(server, new Random(seed)));
                clients.add(task);
                Thread thread = new Thread(task, "client");
                thread.setDaemon(true);
                thread.start();
            }
            int[] counted = new int[3];
            for (FutureTask<int[]> client : clients) {
                int[] some = client.get();
                for (int i = 0; i < counted.length; i++) {
                    counted[i] += some[i];
                }
            }
            assertEquals(
                    ACCOUNTS * MONEY,
                    Integer.parseInt(wire.call("EVAL", AUDIT, "0", "" + ACCOUNTS)
                            .substring(1)
                            .strip()));
            assertEquals(counted[0], number(wire.call("GET", "transfers")));
            assertEquals(counted[1] + 1, number(wire.call("GET", "audits")));
            assertEquals(counted[2], number(wire.call("GET", "counter")));
        }
    }

    /** Transfers, audits and counts. */
    private static int[] client(RunningServer server, Random random) throws IOException {
        int[] counted = new int[3];
        try (Wire wire = server.connect()) {
            for (int i = 0; i < CALLS; i++) {
                String from = "a" + random.nextInt(ACCOUNTS);
                String to = "a" + random.nextInt(ACCOUNTS);
                String sum = Integer.toString(1 + random.nextInt(50));
                switch (random.nextInt(10)) {
                    case 0 -> {
                        assertEquals(":" + ACCOUNTS * MONEY + "\r\n", wire.call("EVAL", AUDIT, "0", "" + ACCOUNTS));
                        counted[1]++;
                    }
                    case 1 -> assertEquals(":" + ACCOUNTS * MONEY + "\r\n", wire.call("EVAL", ALL_KEYS, "0"));
                    case 2 -> {
                        String reply = wire.call("EVAL", TRANSFER, "2", from, to, from, to, sum, "fail");
                        assertTrue(
                                reply.equals(":0\r\n") || reply.startsWith("-ERR user_script:5: changed my mind"),
                                reply);
                    }
                    case 3 -> {
                        wire.call("MULTI");
                        wire.call("DECRBY", from, sum);
                        wire.call("EVAL", "return redis.call('incrby', ARGV[1], ARGV[2])", "0", to, sum);
                        String reply = wire.call("EXEC");
                        assertTrue(reply.startsWith("*2\r\n:"), reply);
                    }
                    case 4, 5 -> {
                        wire.call("EVAL", "for i = 1, 3 do redis.call('incr', KEYS[1]) end", "1", "counter");
                        wire.call("EVAL", "return redis.call('incr', ARGV[1])", "0", "counter");
                        counted[2] += 4;
                    }
                    case 6, 7 -> counted[0] += transfer(wire, "EVAL", TRANSFER, "2", from, to, from, to, sum);
                    default -> counted[0] += transfer(wire, "EVAL", TRANSFER, "0", from, to, sum);
                }
            }
        }
        return counted;
    }

    private static int transfer(Wire wire, String... call) throws IOException {
        String reply = wire.call(call);
        assertTrue(reply.equals(":0\r\n") || reply.equals(":1\r\n"), reply);
        return reply.equals(":1\r\n") ? 1 : 0;
    }

    private static int number(String bulk) {
        return Integer.parseInt(bulk.split("\r\n")[1]);
    }
}
