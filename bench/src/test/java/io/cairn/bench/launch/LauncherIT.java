package io.cairn.bench.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.snapshot.peer.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code bin/cairn-server} as a user would, on the jar that this build has made. */
class LauncherIT {
    private static final Path ROOT =
            Path.of(Objects.requireNonNull(System.getProperty("cairn.root"), "the build sets cairn.root"));

    @TempDir
    Path folder;

    @Test
    void startsThroughSymbolicLinkFromAnyFolder() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("cairn"), ROOT.resolve("bin/cairn-server"));
        Path other = Files.createDirectory(folder.resolve("other folder"));
        Result result = run(other, Map.of(), link.toString(), "--version");
        assertEquals(0, result.status(), result.errors());
        assertTrue(result.output().startsWith("Cairn server v="), result.output());
    }

    @TestFactory
    Stream<DynamicTest> warnsOfNothingOnAnyInstalledJava() throws Exception {
        List<Path> homes = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
        if (Files.isDirectory(Path.of("/usr/lib/jvm"))) {
            try (Stream<Path> installed = Files.list(Path.of("/usr/lib/jvm"))) {
                installed
                        .filter(home -> Files.isExecutable(home.resolve("bin/java")))
                        .forEach(homes::add);
            }
        }
        return homes.stream()
                .filter(home -> major(home) >= 17)
                .map(home -> DynamicTest.dynamicTest(home.toString(), () -> {
                    Result result = server(Map.of("CAIRN_JAVA_HOME", home.toString()), "--version");
                    assertEquals("", result.errors());
                    assertEquals(0, result.status());
                }));
    }

    @Test
    void passesJavaOptionsOn() throws Exception {
        Result result = server(Map.of("CAIRN_JAVA_OPTS", "-Dcairn.first=1 -XX:+NoSuchFlag"), "--version");
        assertNotEquals(0, result.status());
        assertTrue((result.output() + result.errors()).contains("NoSuchFlag"), result.output() + result.errors());
    }

    @Test
    void saysWhatIsMissingWithoutJava() throws Exception {
        Result result = server(Map.of("CAIRN_JAVA_HOME", folder.toString()), "--version");
        assertEquals(1, result.status());
        assertTrue(result.errors().contains("no Java >= 17 found"), result.errors());
    }

    @Test
    void keepsWhatItAcknowledgedInCallersFolderWhenKilled() throws Exception {
        int port = FreePort.find();
        Files.createDirectory(folder.resolve("data"));
        Process first = start(port);
        try {
            assertEquals("+OK", ask(first, port, "SET trail north"));
        } finally {
            // The launcher has become the JVM: this is kill -9.
            first.destroyForcibly().waitFor();
        }
        assertTrue(isNotEmpty(folder.resolve("data")), "nothing in the folder that --dir names");

        Process second = start(port);
        try {
            assertEquals("$5 north", ask(second, port, "GET trail"));
            second.destroy();
            assertTrue(second.waitFor(2, TimeUnit.MINUTES), "does not end on SIGTERM");
            assertEquals(0, second.exitValue());
        } finally {
            second.destroyForcibly().waitFor();
        }
    }

    private Process start(int port) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        ROOT.resolve("bin/cairn-server").toString(),
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--dir",
                        "data")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
        builder.environment().put("CAIRN_NO_BUILD", "1");
        return builder.start();
    }

    /** Waits until the server takes connections, sends one command, returns the lines of the reply in one. */
    private String ask(Process server, int port, String command) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (server.isAlive() && System.nanoTime() < deadline) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(60_000);
                socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
                String head = Objects.requireNonNull(reader.readLine(), "closed without a reply");
                return head.startsWith("$") ? head + " " + reader.readLine() : head;
            } catch (ConnectException e) {
                Thread.sleep(50);
            }
        }
        throw new AssertionError("server is not there: " + Files.readString(folder.resolve("log")));
    }

    private static boolean isNotEmpty(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isPresent();
        }
    }

    private Result server(Map<String, String> environment, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(ROOT.resolve("bin/cairn-server").toString()));
        command.addAll(List.of(arguments));
        return run(folder, environment, command.toArray(String[]::new));
    }

    /** Runs to the end; files, not pipes, take the output, so that a full pipe cannot stop the child. */
    private Result run(Path directory, Map<String, String> environment, String... command) throws Exception {
        Path output = Files.createTempFile(folder, "output", "");
        Path errors = Files.createTempFile(folder, "errors", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().put("CAIRN_NO_BUILD", "1");
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("did not end: " + String.join(" ", command));
        }
        return new Result(process.exitValue(), Files.readString(output), Files.readString(errors));
    }

    private record Result(int status, String output, String errors) {}

    private static int major(Path home) {
        try {
            return Files.readAllLines(home.resolve("release"), StandardCharsets.UTF_8).stream()
                    .filter(line -> line.startsWith("JAVA_VERSION="))
                    .map(line -> line.replaceAll("JAVA_VERSION=\"?(\\d+).*", "$1"))
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
