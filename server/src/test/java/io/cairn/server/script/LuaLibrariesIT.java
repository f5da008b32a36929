package io.cairn.server.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Peer;
import io.cairn.server.differential.RespClient;
import io.cairn.server.sockets.RunningServer;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The libraries of scripts do what those of a real server do: the same expressions there and here, results and errors equal with
 * the line that they blame.
 */
final class LuaLibrariesIT {
    private static final int EXPRESSIONS = 600;
    private static final int BATCH = 50;

    /** Writes results as text, to the last bit of numbers and byte of strings, and runs a function for its results or error. */
    private static final String PRELUDE = """
            local function shown(value, depth)
              local kind = type(value)
              if kind == 'string' then
                return (value:gsub('[^%w _.,:()-]', function(c) return string.format('%%%02x', c:byte()) end)) .. "'"
              elseif kind == 'number' then
                return string.format('%.17g', value)
              elseif kind == 'table' then
                if depth > 30 then return 'deep' end
                local entries = {}
                for key, entry in pairs(value) do
                  entries[#entries + 1] = shown(key, depth + 1) .. '=' .. shown(entry, depth + 1)
                end
                table.sort(entries)
                return '{' .. table.concat(entries, ';') .. '}'
              elseif kind == 'userdata' then
                return value == cjson.null and 'null' or kind
              end
              return kind == 'function' and kind or tostring(value)
            end
            local function keep(...) return ... end
            local function run(expression)
              local function listed(...) return select('#', ...), { ... } end
              local count, results = listed(pcall(expression))
              for i = 1, count do results[i] = shown(results[i], 0) end
              return table.concat(results, ' | ')
            end
            return {
            """;

    private static Peer peer;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        peer = Peer.start();
    }

    @AfterAll
    static void stop() {
        if (peer != null) {
            peer.close();
        }
    }

    @Test
    void doWhatIsWrittenDown() throws IOException {
        compare(written());
    }

    @Test
    void doWhatIsWrittenDownInTheServer() throws Exception {
        try (RunningServer server = RunningServer.start("--engine", "memory");
                RespClient client = new RespClient(server.port())) {
            peer.call("SCRIPT", "FLUSH");
            // A script that lasts is begun again elsewhere: one by one, its settings are not left behind twice.
            compare(written(), 1, script -> texts(client.call("EVAL", script, "0")));
        }
    }

    private static List<String> written() throws IOException {
        try (InputStream lines = LuaLibrariesIT.class.getResourceAsStream("libraries.txt")) {
            return new String(lines.readAllBytes(), StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("--"))
                    .toList();
        }
    }

    @Seeded(runs = 8, longRuns = 200)
    void combinesBits(long seed) throws IOException {
        compare(seed, BitExpressions::draw);
    }

    @Seeded(runs = 8, longRuns = 200)
    void packsStructures(long seed) throws IOException {
        compare(seed, StructExpressions::draw);
    }

    @Seeded(runs = 8, longRuns = 200)
    void packsMessages(long seed) throws IOException {
        compare(seed, MessagePackExpressions::draw);
    }

    @Seeded(runs = 8, longRuns = 200)
    void encodesAndDecodesJson(long seed) throws IOException {
        compare(seed, JsonExpressions::draw);
    }

    private static void compare(long seed, Function<Random, String> draw) throws IOException {
        Random random = new Random(seed);
        List<String> expressions = new ArrayList<>();
        for (int i = 0; i < EXPRESSIONS; i++) {
            expressions.add(draw.apply(random));
        }
        long succeeded = compare(expressions);
        assertTrue(succeeded > EXPRESSIONS / 4 && succeeded < EXPRESSIONS, () -> succeeded + " succeeded");
    }

    /** Compares one after the other, from fresh states on both sides; gives the number of those that did not fail. */
    private static long compare(List<String> expressions) throws IOException {
        peer.call("SCRIPT", "FLUSH");
        try (PlainLua state = PlainLua.open()) {
            return compare(expressions, BATCH, state::run);
        }
    }

    private static long compare(List<String> expressions, int size, Function<String, List<String>> runner) {
        long succeeded = 0;
        for (int start = 0; start < expressions.size(); start += size) {
            List<String> batch = expressions.subList(start, Math.min(start + size, expressions.size()));
            String script = script(batch);
            List<String> ours = runner.apply(script);
            List<String> theirs = texts(peer.call("EVAL", script, "0"));
            for (int i = 0; i < batch.size(); i++) {
                assertEquals(theirs.get(i), ours.get(i), batch.get(i));
            }
            assertEquals(batch.size(), ours.size());
            succeeded +=
                    ours.stream().filter(result -> result.startsWith("true")).count();
        }
        return succeeded;
    }

    private static List<String> texts(Object reply) {
        return ((List<?>) reply)
                .stream().map(text -> ((String) text).substring(1)).toList();
    }

    /**
     * A script that runs each expression for itself. A function of ours that is called last of all, where a C function keeps its
     * caller, is not told by whom: none is called so.
     */
    private static String script(List<String> expressions) {
        StringBuilder script = new StringBuilder(PRELUDE);
        for (String expression : expressions) {
            int last = expression.lastIndexOf("return ");
            script.append("run(function() ").append(expression);
            if (last >= 0) {
                script.setLength(script.length() - (expression.length() - last));
                script.append("return keep(")
                        .append(expression.substring(last + 7))
                        .append(')');
            }
            script.append(" end),\n");
        }
        return script.append('}').toString();
    }
}
