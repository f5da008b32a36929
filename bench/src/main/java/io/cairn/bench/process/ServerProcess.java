package io.cairn.bench.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A server that runs as a child of this process, on a port and in a directory that stay the same over restarts.
 *
 * <p>Life: {@link #start}, then {@link #kill} (SIGKILL) or {@link #stop}, any number of times; {@link #close} kills. If this
 * process ends first, the child is killed by a shutdown hook.
 *
 * <p><i>Confined to the calling thread.</i>
 */
public final class ServerProcess implements AutoCloseable {
    private static final long READY_TIMEOUT_MILLIS = 120_000;
    private static final int CLIENT_TIMEOUT_MILLIS = 60_000;
    private static final long STOP_TIMEOUT_SECONDS = 60;

    private final String name;
    private final List<String> command;
    private final Path directory;
    private final int port;
    private final Map<String, String> environment = new HashMap<>();
    private @Nullable Process process;

    private ServerProcess(String name, List<String> command, Path directory, int port) {
        this.name = name;
        this.command = command;
        this.directory = directory;
        this.port = port;
        Runtime.getRuntime().addShutdownHook(new Thread(this::kill, "kill-" + name));
    }

    /** A Cairn server of the checkout at {@code root}, not started yet. */
    public static ServerProcess cairn(String name, Path root, Path directory, int port, String... directives)
            throws IOException {
        List<String> command =
                new ArrayList<>(List.of(root.resolve("bin/cairn-server").toString()));
        return of(name, command, directory, port, directives);
    }

    /** A redis-server found on PATH, not started yet. */
    public static ServerProcess redis(String name, Path directory, int port, String... directives) throws IOException {
        return of(name, new ArrayList<>(List.of("redis-server")), directory, port, directives);
    }

    private static ServerProcess of(String name, List<String> command, Path directory, int port, String... directives)
            throws IOException {
        Files.createDirectories(directory);
        command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1", "--dir", directory.toString()));
        command.addAll(List.of(directives));
        return new ServerProcess(name, command, directory, port);
    }

    /** A port that nobody listens on now. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Sets a variable of the child's environment, from the next start on. */
    public ServerProcess environment(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Starts the server and waits until it answers PING; returns the milliseconds that took. */
    public long start(String... moreDirectives) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(command);
        line.addAll(List.of(moreDirectives));
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().putAll(environment);
        long started = System.nanoTime();
        Process child = builder.start();
        process = child;
        while (!answers()) {
            if (!child.isAlive()) {
                throw new IOException(name + " ended with status " + child.exitValue() + ", see " + log());
            }
            long waitedMillis = (System.nanoTime() - started) / 1_000_000;
            if (waitedMillis > READY_TIMEOUT_MILLIS) {
                throw new IOException(name + " does not answer after " + waitedMillis + " ms, see " + log());
            }
            Thread.sleep(5);
        }
        return (System.nanoTime() - started) / 1_000_000;
    }

    private boolean answers() {
        try (Jedis jedis = client()) {
            return jedis.ping().equals("PONG");
        } catch (JedisException e) {
            return false; // not yet, or loading: asked again
        }
    }

    /** Ends it as a power switch would. */
    public void kill() {
        Process child = process;
        if (child != null && child.isAlive()) {
            child.destroyForcibly();
            await(child);
        }
    }

    /** Ends it with SIGTERM. */
    public void stop() {
        Process child = process;
        if (child != null && child.isAlive()) {
            child.destroy();
            await(child);
        }
    }

    private void await(Process child) {
        try {
            if (!child.waitFor(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                child.destroyForcibly();
                throw new IllegalStateException(name + " did not end within " + STOP_TIMEOUT_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            child.destroyForcibly();
        }
    }

    /** A new connection. */
    public Jedis client() {
        return new Jedis(
                new HostAndPort("127.0.0.1", port),
                DefaultJedisClientConfig.builder()
                        .timeoutMillis(CLIENT_TIMEOUT_MILLIS)
                        .autoNegotiateProtocol(false)
                        .build());
    }

    /** A field of INFO, or null. */
    public @Nullable String info(String section, String field) {
        try (Jedis jedis = client()) {
            for (String line : jedis.info(section).split("\r\n", -1)) {
                if (line.startsWith(field + ":")) {
                    return line.substring(field.length() + 1);
                }
            }
            return null;
        }
    }

    /** Name for people. */
    public String name() {
        return name;
    }

    /** Port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** Its data directory. */
    public Path directory() {
        return directory;
    }

    /** What it printed. */
    public Path log() {
        return directory.resolveSibling(directory.getFileName() + ".log");
    }

    /** Process id of the running child. */
    public long pid() {
        Process child = process;
        if (child == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return child.pid();
    }

    @Override
    public void close() {
        kill();
    }
}
