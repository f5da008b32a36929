package io.cairn.server.differential;

import io.cairn.snapshot.peer.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real {@code redis-server} on a free local port, in a temporary directory, without persistence.
 *
 * <p><i>Confined to the test's thread.</i>
 */
public final class Peer implements Subject {
    private static final String PROGRAM = "redis-server";
    private static final int START_ATTEMPTS = 5;
    private static final int ATTEMPTS = 3000;

    private final Process process;
    private final Path directory;
    private final int port;
    private final RespClient client;

    private Peer(Process process, Path directory, int port) throws IOException {
        this.process = process;
        this.directory = directory;
        this.port = port;
        this.client = connect();
    }

    /** Whether there is a redis-server on this machine. */
    public static boolean isInstalled() {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(path -> Files.isExecutable(Path.of(path, PROGRAM)));
    }

    /** Starts one with these further options. */
    public static Peer start(String... options) throws IOException {
        Path directory = Files.createTempDirectory("peer");
        for (int attempt = 1; ; attempt++) {
            int port = FreePort.find();
            List<String> command = new ArrayList<>(List.of(
                    PROGRAM,
                    "--port",
                    Integer.toString(port),
                    "--bind",
                    "127.0.0.1",
                    "--save",
                    "",
                    "--appendonly",
                    "no"));
            // An entry a node, so that it deletes as exactly as ours when it may delete about as much as asked for.
            command.addAll(List.of("--stream-node-max-entries", "1"));
            command.addAll(List.of("--dir", directory.toString(), "--enable-debug-command", "yes"));
            // A reply that would take all the memory of the machine ends the connection instead.
            command.addAll(List.of("--client-output-buffer-limit", "normal", "256mb", "0", "0"));
            command.addAll(Arrays.asList(options));
            Path log = directory.resolve("log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                return new Peer(process, directory, port);
            } catch (IOException | RuntimeException e) {
                process.destroyForcibly();
                // Another process may have taken the port in between; anything else will not mend itself.
                if (attempt == START_ATTEMPTS || !Files.readString(log).contains("Address already in use")) {
                    throw e;
                }
            }
        }
    }

    private RespClient connect() throws IOException {
        IOException last = new IOException("never tried");
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (!process.isAlive()) {
                throw new IOException(PROGRAM + " ended: " + Files.readString(directory.resolve("log")));
            }
            try {
                return new RespClient(port);
            } catch (IOException e) {
                last = e;
                pause();
            }
        }
        throw last;
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /** Length of its append-only file, if it has been told to write one with a sync for each command. */
    public long appended() throws IOException {
        return Files.size(appendOnlyFile());
    }

    /** What it has appended to that file from a place on: what it propagated. */
    public byte[] appendedSince(long start) throws IOException {
        byte[] all = Files.readAllBytes(appendOnlyFile());
        return Arrays.copyOfRange(all, Math.toIntExact(start), all.length);
    }

    private Path appendOnlyFile() {
        return directory.resolve("appendonlydir").resolve("appendonly.aof.1.incr.aof");
    }

    @Override
    public Object call(byte[]... args) {
        return client.call(args);
    }

    @Override
    public void close() {
        client.close();
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
