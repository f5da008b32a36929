package io.cairn.server.crash;

import io.cairn.engine.keyspace.Step;
import io.cairn.snapshot.peer.RespClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server in a process of its own, on a free port.
 *
 * <p>Life: {@link #start} waits until it listens or has ended; then {@link #kill} or its own end; {@link #close} kills too.
 *
 * <p><i>Thread-safe.</i>
 */
final class ServerChild implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final Path log;
    private final int port;

    private ServerChild(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /** Starts one on a data directory, with its messages in {@code log}; it may be told to halt at a step. */
    static ServerChild start(Path directory, Path log, @Nullable Step step, long passage, List<String> directives)
            throws IOException {
        return start(directory, log, step, passage, false, directives);
    }

    /** Starts one of which a thread stands still for ever when it passes a step. */
    static ServerChild stalling(Path directory, Path log, Step step, long passage, List<String> directives)
            throws IOException {
        return start(directory, log, step, passage, true, directives);
    }

    private static ServerChild start(
            Path directory, Path log, @Nullable Step step, long passage, boolean stalls, List<String> directives)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx256m", "-XX:+UseSerialGC"));
        command.add("-Djava.library.path=" + System.getProperty("java.library.path"));
        command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
        if (step != null) {
            command.add("-Dcrash.step=" + step);
            command.add("-Dcrash.passage=" + passage);
            command.add("-Dcrash.stalls=" + stalls);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), CrashChild.class.getName()));
        command.addAll(List.of("--port", "0", "--bind", "127.0.0.1", "--dir", directory.toString()));
        command.addAll(List.of("--io-threads", "2", "--disk-threads", "2", "--enable-debug-command", "yes"));
        command.addAll(List.of("--min-free-disk-bytes", "0", "--save", ""));
        command.addAll(directives);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        BufferedReader out = process.inputReader(StandardCharsets.US_ASCII);
        String line = out.readLine();
        return new ServerChild(process, log, line == null ? -1 : Integer.parseInt(line));
    }

    /** Whether it got as far as to listen; else it ended before. */
    boolean listened() {
        return port > 0;
    }

    int port() {
        if (port < 0) {
            throw new AssertionError("server did not start, its messages:\n" + messages());
        }
        return port;
    }

    RespClient connect() throws IOException {
        return new RespClient(port());
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for its end; its exit status. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("server does not end, its messages:\n" + messages());
        }
        return process.exitValue();
    }

    /** Waits a while for its end; whether it came. */
    boolean endsWithin(long millis) throws InterruptedException {
        return process.waitFor(millis, TimeUnit.MILLISECONDS);
    }

    /** Ends it as a power switch would, but for the kernel. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Asks it to end. */
    int terminate() throws InterruptedException {
        process.destroy();
        return awaitEnd();
    }

    /** What it logged, and what servers before it with the same file did. */
    String messages() {
        try {
            return Files.readString(log, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
