package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Answers;
import io.cairn.server.differential.CommandGenerator;
import io.cairn.server.differential.Draw;
import io.cairn.server.differential.Families;
import io.cairn.server.differential.Peer;
import io.cairn.server.differential.RespClient;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is logged for a script is what a real server propagates for it, to the last MULTI. */
final class ScriptEffectsIT {
    private static final int SCRIPTS = 400;
    /** Commands that do not go by chance or by the clock. */
    private static final Pattern SURE =
            Pattern.compile("(h|l|rp|z|pf).*|s(add|rem|move|diffstore|interstore|unionstore)");

    /** Runs commands whose words stand in ARGV behind their number. */
    private static final String EACH = """
            local i = 1
            while i <= #ARGV do
              local count = tonumber(ARGV[i])
              redis.CALL(unpack(ARGV, i + 1, i + count))
              i = i + count + 1
            end
            return i
            """;

    @Test
    void effectsAreThoseOfARealServer() throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        String[] scripts = {
            "return 1",
            "return redis.call('get', 'k')",
            "return redis.call('set', 'k', '1')",
            "redis.call('set', 'k', '1') redis.call('incr', 'k')",
            "redis.call('set', 'k', '1') redis.call('get', 'k')",
            "redis.call('incr', 'k') error('x')",
            "redis.call('incr', 'k') redis.call('incr', 'j') error('x')",
            "redis.call('incr', 'k') redis.call('lpush', 'k', '1')",
            "redis.pcall('lpush', 'k', '1') redis.call('incr', 'k')",
            "redis.call('del', 'nothing')",
            "redis.call('set', 'k', '1.5') redis.call('incrbyfloat', 'k', '1') redis.call('getdel', 'k')",
            "redis.call('set', 'k', 'v', 'ex', '1000') redis.call('expire', 'k', '5000') redis.call('persist', 'k')",
            "redis.call('sadd', 's', 'only') redis.call('spop', 's')",
            "redis.call('set', 'k', 'v') redis.call('expire', 'k', '-1')",
            "redis.call('rpush', 'l', '3', '1', '2') redis.call('sort', 'l', 'store', 'm') redis.call('lmove', 'l', 'm', 'left', 'right')",
            "redis.set_repl(redis.REPL_ALL) redis.call('set', 'k', 'v')",
            "redis.replicate_commands() redis.call('set', 'k', 'v')",
            "redis.call('flushall')",
            "redis.call('set', 'k', 'v') redis.call('flushdb') redis.call('set', 'k', 'v')",
            "redis.call('swapdb', '0', '1') redis.call('set', 'k', 'v')",
            "redis.call('xadd', 's1', '1-1', 'f', 'v') redis.call('xgroup', 'create', 's1', 'g', '0')",
            "redis.call('pfadd', 'h', 'a', 'b') redis.call('pfcount', 'h')",
            "redis.call('ping') redis.call('time') redis.call('dbsize')",
            "local t = {} for i = 1, 50 do redis.call('rpush', 'long', i) end return redis.call('llen', 'long')",
        };
        try (Peer peer = Peer.start("--appendonly", "yes", "--appendfsync", "always");
                RunningServer server = RunningServer.start("--appendfsync", "always");
                RespClient client = new RespClient(server.port())) {
            for (String script : scripts) {
                compare(peer, server, client, Draw.bytes("EVAL"), Draw.bytes(script), Draw.bytes("0"));
                compare(peer, server, client, Draw.bytes("EVAL"), Draw.bytes(script), Draw.bytes("1"), Draw.bytes("k"));
                compare(peer, server, client, Draw.bytes("EVAL_RO"), Draw.bytes(script), Draw.bytes("0"));
                String library = "#!lua name=l\nredis.register_function('f', function() " + script + " end)";
                compare(
                        peer,
                        server,
                        client,
                        Draw.bytes("FUNCTION"),
                        Draw.bytes("LOAD"),
                        Draw.bytes("REPLACE"),
                        Draw.bytes(library));
                compare(peer, server, client, Draw.bytes("FCALL"), Draw.bytes("f"), Draw.bytes("0"));
                transaction(peer, server, client, script);
            }
        }
    }

    private static void transaction(Peer peer, RunningServer server, RespClient client, String script)
            throws IOException {
        for (String[] call :
                new String[][] {{"MULTI"}, {"SET", "before", "1"}, {"EVAL", script, "0"}, {"INCR", "before"}}) {
            peer.call(call);
            client.call(call);
        }
        compare(peer, server, client, Draw.bytes("EXEC"));
    }

    @Seeded(runs = 1, longRuns = 20)
    void effectsOfManyCommandsAreThoseOfARealServer(long seed) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        Random random = new Random(seed);
        List<CommandGenerator> generators = Families.generators();
        try (Peer peer = Peer.start("--appendonly", "yes", "--appendfsync", "always");
                RunningServer server = RunningServer.start("--appendfsync", "always");
                RespClient client = new RespClient(server.port())) {
            for (int i = 0; i < SCRIPTS; i++) {
                List<byte[]> call = new ArrayList<>();
                call.add(Draw.bytes("EVAL"));
                call.add(Draw.bytes(EACH.replace("CALL", random.nextInt(4) == 0 ? "call" : "pcall")));
                call.add(Draw.bytes("0"));
                for (int left = random.nextInt(12); left > 0; left--) {
                    byte[][] args =
                            generators.get(random.nextInt(generators.size())).next(random);
                    if (SURE.matcher(new String(args[0], StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT))
                            .matches()) {
                        call.add(Draw.bytes(Integer.toString(args.length)));
                        call.addAll(List.of(args));
                    }
                }
                compare(peer, server, client, call.toArray(byte[][]::new));
            }
        }
    }

    private static void compare(Peer peer, RunningServer server, RespClient client, byte[]... call) throws IOException {
        long theirStart = peer.appended();
        int ourStart = Logged.bytes(server).length;
        Object theirs = peer.call(call);
        Object ours = client.call(call);
        byte[] logged = Logged.bytes(server);
        String what = Answers.text(call);
        assertEquals(theirs, ours, what);
        assertEquals(
                lines(peer.appendedSince(theirStart)),
                lines(Arrays.copyOfRange(logged, ourStart, logged.length)),
                what);
    }

    /** When a database is told differs, and times to live are those of two clocks. */
    private static String lines(byte[] stream) {
        List<String> lines = new ArrayList<>();
        for (String line : Logged.lines(stream)) {
            if (!line.startsWith("select ")) {
                lines.add(line.replaceAll("\\b\\d{13}\\b", "soon"));
            }
        }
        return String.join("\n", lines);
    }
}
