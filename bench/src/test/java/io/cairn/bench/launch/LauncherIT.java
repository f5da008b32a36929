package io.cairn.bench.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
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
