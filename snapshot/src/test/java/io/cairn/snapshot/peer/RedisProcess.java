package io.cairn.snapshot.peer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A redis-server of this machine, or another program with the same command line, in a directory of its own.
 *
 * <p><i>Confined to the test's thread.</i>
 */
public final class RedisProcess implements AutoCloseable {
    private static final int START_ATTEMPTS = 5;
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Process process;
    private final int port;
    private final Path log;

    private RedisProcess(Process process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /** Starts the installed redis-server with data in {@code directory} and waits until it serves. */
    public static RedisProcess start(Path directory, String... options) throws IOException {
        return start("redis-server", directory, options);
    }

    /** Starts {@code program}; fails with the end of its log if it does not come up. */
    public static RedisProcess start(String program, Path directory, String... options) throws IOException {
        IOException last = new IOException("no attempt");
        for (int attempt = 0; attempt < START_ATTEMPTS; attempt++) {
            int port = FreePort.find();
            Path log = directory.resolve("redis-" + port + ".log");
            List<String> command = new ArrayList<>(List.of(program, "--port", Integer.toString(port)));
            command.addAll(List.of("--bind", "127.0.0.1", "--dir", directory.toString(), "--save", ""));
            command.addAll(List.of(options));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            RedisProcess redis = new RedisProcess(process, port, log);
            try {
                redis.awaitServing();
                return redis;
            } catch (IOException e) {
                redis.close();
                last = e;
                // Another process may have taken the port in between; anything else will not mend itself.
                if (!redis.logText().contains("Address already in use")) {
                    throw e;
                }
            }
        }
        throw last;
    }

    /** The Redis 6.2 that a test library carries, copied to {@code directory}; empty where it does not run. */
    public static Optional<String> program62(Path directory) throws IOException {
        boolean runs = System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
        try (InputStream program =
                RedisProcess.class.getClassLoader().getResourceAsStream("redis-server-6.2.6-v5-linux-amd64")) {
            if (!runs || program == null) {
                return Optional.empty();
            }
            Path copy = directory.resolve("redis-server-6.2");
            Files.copy(program, copy);
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwx------"));
            return Optional.of(copy.toString());
        }
    }

    private void awaitServing() throws IOException {
        long deadline = System.nanoTime() + START_NANOS;
        while (process.isAlive() && System.nanoTime() < deadline) {
            try (RespClient client = client()) {
                if ("PONG".equals(client.call("PING"))) {
                    return;
                }
            } catch (IOException e) {
                // Not listening yet; whether it ever will shows in the loop's condition.
            }
            try {
                TimeUnit.MILLISECONDS.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
        throw new IOException("redis-server does not serve:\n" + logText());
    }

    /** A new connection. */
    public RespClient client() throws IOException {
        return new RespClient(port);
    }

    /** The port it listens on. */
    public int port() {
        return port;
    }

    /** What it has written to its log. */
    public String logText() throws IOException {
        return Files.exists(log) ? Files.readString(log) : "";
    }

    /** Ends the process, without saving, and waits for it. */
    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
