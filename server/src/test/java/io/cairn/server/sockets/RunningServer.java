package io.cairn.server.sockets;

import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.types.ReluctantStore;
import io.cairn.server.Server;
import io.cairn.server.config.ConfigFile;
import io.cairn.server.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A server in this process on a free port, with its data in a temporary directory.
 *
 * <p><i>Confined to the test's thread.</i>
 */
public final class RunningServer implements AutoCloseable {
    private final Path directory;
    private final Server server;

    private RunningServer(Path directory, Server server) {
        this.directory = directory;
        this.server = server;
    }

    /** Starts one with these directives on top of those that a test wants anyway. */
    public static RunningServer start(String... directives) throws IOException {
        Path directory = Files.createTempDirectory("cairn");
        List<String> args = new ArrayList<>(List.of("--port", "0", "--bind", "127.0.0.1"));
        args.addAll(List.of("--dir", directory.toString(), "--enable-debug-command", "yes", "--io-threads", "2"));
        args.addAll(List.of("--min-free-disk-bytes", "0", "--disk-threads", "4"));
        args.addAll(List.of(directives));
        Configuration configuration = new Configuration();
        ConfigFile.load(configuration, args.toArray(String[]::new));
        return new RunningServer(directory, Server.start(configuration, (save, force) -> {}));
    }

    /** In memory, without a log: nothing but sockets and commands. */
    static RunningServer inMemory(String... directives) throws IOException {
        List<String> all = new ArrayList<>(List.of("--engine", "memory", "--wal", "no"));
        all.addAll(List.of(directives));
        return start(all.toArray(String[]::new));
    }

    /** From now on one read in so many says that it would have to wait for the disk. */
    void reluctant(Random random, int oneIn) {
        KeyspaceHandle handle = server.engine().handle();
        handle.alone(() -> {
            Keyspace willing = handle.keyspace();
            handle.keyspace(
                    new Keyspace(new ReluctantStore(willing.store(), random, oneIn), willing.wal(), willing.state()));
        });
    }

    public int port() {
        return server.port();
    }

    Path directory() {
        return directory;
    }

    Wire connect() throws IOException {
        return new Wire(port());
    }

    @Override
    public void close() throws IOException {
        server.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
