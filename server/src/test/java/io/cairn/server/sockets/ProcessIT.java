package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.server.Main;
import io.cairn.server.differential.RespClient;
import io.cairn.snapshot.peer.FreePort;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as a process: how it starts, how it ends, and what it then still knows. */
final class ProcessIT {
    private static final int ATTEMPTS = 1500;

    @TempDir
    private Path directory;

    private Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Djava.library.path=" + System.getProperty("java.library.path", ""),
                "-cp",
                System.getProperty("java.class.path", "").replace("::", File.pathSeparator),
                Main.class.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }

    private Process startServer(int port, String... more) throws IOException {
        List<String> args = new ArrayList<>(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1"));
        args.addAll(List.of("--dir", directory.resolve("data").toString(), "--min-free-disk-bytes", "0"));
        args.addAll(List.of(more));
        return start(args.toArray(String[]::new));
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("output"), StandardCharsets.UTF_8);
    }

    private Wire connect(Process process, int port) throws IOException, InterruptedException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            assertTrue(process.isAlive(), output());
            try {
                return new Wire(port);
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
        throw new IOException("did not listen: " + output());
    }

    private static int end(Process process) throws InterruptedException {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "did not end");
        return process.exitValue();
    }

    private static List<Object> functionsAndTimes(int port) throws IOException {
        try (RespClient client = new RespClient(port)) {
            return List.of(
                    client.call("FUNCTION", "LIST", "WITHCODE"),
                    client.call("HPEXPIRETIME", "h", "FIELDS", "2", "f", "g"),
                    client.call("HGETALL", "h"));
        }
    }

    @Test
    void keepsFunctionsAndTimesOfFieldsThroughAKill() throws Exception {
        int port = FreePort.find();
        Files.createDirectories(directory.resolve("data"));
        Process process = startServer(port);
        List<Object> written;
        try (Wire wire = connect(process, port)) {
            for (String name : List.of("one", "other")) {
                String code =
                        "#!lua name=" + name + "\nredis.register_function('" + name + "', function() return 7 end)";
                wire.call("FUNCTION", "LOAD", code);
            }
            assertEquals("+OK\r\n", wire.call("FUNCTION", "DELETE", "other"));
            assertEquals(":2\r\n", wire.call("HSET", "h", "f", "1", "g", "2"));
            assertEquals("*1\r\n:1\r\n", wire.call("HPEXPIREAT", "h", "4000000000000", "FIELDS", "1", "f"));
            written = functionsAndTimes(port);
            process.destroyForcibly();
        }
        end(process);
        assertEquals(List.of(4_000_000_000_000L, -1L), written.get(1));

        process = startServer(port);
        try (Wire wire = connect(process, port)) {
            assertEquals(written, functionsAndTimes(port));
            assertEquals(":7\r\n", wire.call("FCALL", "one", "0"));
            wire.send(Wire.request("SHUTDOWN"));
        }
        assertEquals(0, end(process), output());
        process = startServer(port);
        try (Wire wire = connect(process, port)) {
            assertEquals(written, functionsAndTimes(port));
            wire.send(Wire.request("SHUTDOWN"));
        } finally {
            process.destroy();
        }
        end(process);
    }

    @Test
    void keepsWhatWasWrittenThroughShutdownSignalAndKill() throws Exception {
        int port = FreePort.find();
        Path pidFile = directory.resolve("pid");
        Files.createDirectories(directory.resolve("data"));
        Process process = startServer(port, "--pidfile", pidFile.toString());
        try (Wire wire = connect(process, port)) {
            assertEquals("+OK\r\n", wire.call("SET", "a", "1"));
            assertTrue(Files.exists(pidFile));
            assertEquals("(closed)", wire.exchange(Wire.request("SHUTDOWN")));
        }
        assertEquals(0, end(process), output());
        assertFalse(Files.exists(pidFile));

        process = startServer(port);
        try (Wire wire = connect(process, port)) {
            assertEquals("$1\r\n1\r\n", wire.call("GET", "a"));
            assertEquals(":2\r\n", wire.call("INCR", "a"));
            process.destroyForcibly();
        }
        end(process);

        process = startServer(port);
        try (Wire wire = connect(process, port)) {
            assertEquals("$1\r\n2\r\n", wire.call("GET", "a"));
            assertEquals(":3\r\n", wire.call("INCR", "a"));
            process.destroy();
        }
        assertEquals(0, end(process), output());

        process = startServer(port, "--appendfsync", "always");
        try (Wire wire = connect(process, port)) {
            assertEquals("$1\r\n3\r\n", wire.call("GET", "a"));
            wire.send(Wire.request("INCR", "a").repeat(100));
            for (int i = 4; i < 104; i++) {
                assertEquals(":" + i + "\r\n", wire.reply());
            }
        } finally {
            process.destroyForcibly();
            end(process);
        }
    }

    @Test
    void saysWhatIsWrongWithItsConfigurationAndEndsWithOne() throws Exception {
        Process process = start("--foo", "bar");
        assertEquals(1, end(process));
        assertTrue(output().contains(">>> '--foo bar'\nBad directive or wrong number of arguments"), output());
        process = start(directory.resolve("missing.conf").toString());
        assertEquals(1, end(process));
        assertTrue(output().contains("can't open config file"), output());
        process = start("--daemonize", "yes");
        assertEquals(1, end(process));
        assertTrue(output().contains("daemonize is not supported"), output());
    }

    @Test
    void refusesAPortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Files.createDirectories(directory.resolve("data"));
            Process process = startServer(taken.getLocalPort(), "--engine", "memory", "--wal", "no");
            assertEquals(1, end(process));
            assertTrue(output().contains("could not listen"), output());
        }
    }

    @Test
    void rewritesItsConfigurationFile() throws Exception {
        int port = FreePort.find();
        Path data = Files.createDirectories(directory.resolve("data"));
        Path file = directory.resolve("cairn.conf");
        Files.writeString(file, "# mine\nport " + port + "\nbind 127.0.0.1\ndir " + data + "\nengine memory\nwal no\n");
        Process process = start(file.toString());
        try (Wire wire = connect(process, port)) {
            assertEquals("+OK\r\n", wire.call("CONFIG", "SET", "timeout", "300", "requirepass", "a b"));
            assertEquals("+OK\r\n", wire.call("CONFIG", "REWRITE"));
        } finally {
            process.destroy();
            assertEquals(0, end(process), output());
        }
        String text = Files.readString(file);
        assertTrue(text.startsWith("# mine\nport " + port + "\n"), text);
        assertTrue(text.contains("\ntimeout 300\n") && text.contains("\nrequirepass \"a b\"\n"), text);
        assertTrue(Objects.requireNonNull(directory.toFile().list()).length <= 3, "something was left behind");
    }
}
