package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Peer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Scripts and functions are answered byte for byte as a real server answers them, in both protocols.
 *
 * <p>{@code scripts.txt} has the calls, one a line, words separated by {@code " | "}, with {@code \n} and {@code \\} in them. These
 * differences are known and wanted, and not in it:
 *
 * <table>
 *   <caption>What a real server does otherwise</caption>
 *   <tr><td>{@code SCRIPT HELP}, {@code SCRIPT DEBUG}</td><td>speak of a debugger</td></tr>
 *   <tr><td>{@code FUNCTION LIST} of several libraries</td><td>has the order of a hash table</td></tr>
 *   <tr><td>a table that contains itself</td><td>is sent some thousand levels deep</td></tr>
 *   <tr><td>{@code error({})}, an error whose {@code __index} fails</td><td>ends the process</td></tr>
 *   <tr><td>the last of two hundred levels of calls in C</td><td>is reached a level later</td></tr>
 *   <tr><td>patterns longer than 10,000 bytes</td><td>are tried, and may end the process</td></tr>
 *   <tr><td>status replies and errors that are no UTF-8</td><td>are sent as they are</td></tr>
 *   <tr><td>{@code table.foreach} of {@code redis}</td><td>sees its fields</td></tr>
 *   <tr><td>missing arguments of standard functions</td><td>are told from nil</td></tr>
 * </table>
 */
final class ScriptIT {
    private static final Pattern ADDRESS = Pattern.compile("0x[0-9a-f]+");

    /** The calls of the file by what stands above them. */
    private static Map<String, List<String>> calls() throws IOException {
        Map<String, List<String>> calls = new TreeMap<>();
        List<String> group = List.of();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(ScriptIT.class.getResourceAsStream("scripts.txt")), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("# ")) {
                    group = calls.computeIfAbsent(line, title -> new ArrayList<>());
                } else {
                    group.add(line);
                }
            }
        }
        return calls;
    }

    private static String[] words(String line) {
        String[] words = line.split(" \\| ", -1);
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\");
        }
        return words;
    }

    private static String answer(Wire wire, String line) throws IOException {
        return ADDRESS.matcher(wire.call(words(line))).replaceAll("address");
    }

    @Test
    void answerAsARealServerDoes() throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        int count = 0;
        try (Peer peer = Peer.start();
                RunningServer server = RunningServer.start()) {
            for (String protocol : new String[] {"2", "3"}) {
                for (Map.Entry<String, List<String>> group : calls().entrySet()) {
                    try (Wire theirs = new Wire(peer.port());
                            Wire ours = server.connect()) {
                        for (Wire wire : List.of(theirs, ours)) {
                            wire.call("HELLO", protocol);
                            wire.call("FLUSHALL");
                            wire.call("FUNCTION", "FLUSH");
                            wire.call("SCRIPT", "FLUSH");
                        }
                        for (String line : group.getValue()) {
                            assertEquals(
                                    answer(theirs, line), answer(ours, line), () -> "RESP" + protocol + ": " + line);
                            count++;
                        }
                    }
                }
            }
        }
        assertTrue(count > 900, "only " + count + " calls");
    }

    @Test
    void answerAsARealServerDoesWhereTheDiskIsWaitedFor() throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        try (Peer peer = Peer.start();
                RunningServer server = RunningServer.inMemory()) {
            server.reluctant(new Random(7), 2);
            for (Map.Entry<String, List<String>> group : calls().entrySet()) {
                try (Wire theirs = new Wire(peer.port());
                        Wire ours = server.connect()) {
                    for (Wire wire : List.of(theirs, ours)) {
                        wire.call("FLUSHALL");
                        wire.call("FUNCTION", "FLUSH");
                    }
                    for (String line : group.getValue()) {
                        assertEquals(answer(theirs, line), answer(ours, line), line);
                    }
                }
            }
        }
    }

    @Test
    void differWhereARealServerEndsOrIsNotMeantToBeFollowed() throws IOException {
        try (RunningServer server = RunningServer.inMemory();
                Wire wire = server.connect()) {
            String[][] calls = {
                {"error({})", "-ERR unknown error script: "},
                {"error({foo='y'})", "-ERR unknown error script: "},
                {"local t={} t[1]=t return t", "-ERR reached lua stack limit"},
                {"return redis.breakpoint()", "$-1"},
                {
                    "local a = string.find('a', string.rep('a?', 6000))",
                    "-ERR user_script:1: pattern too complex script: "
                },
                {"return table.foreach(redis, function() return 1 end)", "$-1"},
            };
            for (String[] call : calls) {
                String reply = wire.call("EVAL", call[0], "0");
                assertTrue(reply.startsWith(call[1]), call[0] + " -> " + reply);
            }
            assertTrue(wire.call("SCRIPT", "DEBUG", "YES").startsWith("-ERR there is no debugger"));
            assertEquals("+OK\r\n", wire.call("SCRIPT", "DEBUG", "NO"));
        }
    }

    @Test
    void areKnownByTheirDigestUntilTheyAreFlushed() throws IOException {
        try (RunningServer server = RunningServer.inMemory();
                Wire one = server.connect();
                Wire two = server.connect()) {
            String digest = one.call("SCRIPT", "LOAD", "return ARGV[1]").substring(5, 45);
            for (int i = 0; i < 600; i++) {
                one.call("EVAL", "return " + i, "0");
            }
            assertEquals("$1\r\nx\r\n", two.call("EVALSHA", digest, "0", "x"));
            assertEquals("*1\r\n:1\r\n", two.call("SCRIPT", "EXISTS", digest));
            String first = "06d3d9b2060dd51343d5f19f0e531f15c507e3d1";
            assertEquals("*1\r\n:0\r\n", two.call("SCRIPT", "EXISTS", first));
            two.call("SCRIPT", "FLUSH");
            assertEquals("-NOSCRIPT No matching script. Please use EVAL.\r\n", one.call("EVALSHA", digest, "0", "x"));
            assertEquals("*1\r\n:0\r\n", one.call("SCRIPT", "EXISTS", digest));
            for (int i = 0; i < 3000; i++) {
                assertEquals(":" + i + "\r\n", one.call("EVAL", "return " + i, "0"));
            }
        }
    }
}
