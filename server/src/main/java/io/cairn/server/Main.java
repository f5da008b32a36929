package io.cairn.server;

import io.cairn.server.config.ConfigException;
import io.cairn.server.config.ConfigFile;
import io.cairn.server.config.Configuration;
import io.cairn.server.config.Directives;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The command line entry point of the server.
 *
 * <p>Ends with 0 after SHUTDOWN, SIGTERM and SIGINT, with 1 if it could not start.
 *
 * <p><i>Confined to the main thread.</i>
 */
public final class Main {
    private static final String USAGE = """
            Usage: cairn-server [/path/to/cairn.conf] [--directive value ...]
                   cairn-server -v | --version
                   cairn-server -h | --help

            Examples:
                   cairn-server                         listens on port 6379, keeps its data in the current directory
                   cairn-server cairn.conf --port 7777  with a file, and a directive that overrides it
                   cairn-server --dir /data --appendfsync always
                   cairn-server --engine memory --wal no

            The directives are those of redis.conf, and some more: see conf/cairn.conf.""";

    private Main() {}

    /** Starts the server; {@code --version} and {@code --help} print and return. */
    public static void main(String[] args) {
        if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-v"))) {
            System.out.println("Cairn server v=" + Version.text() + " java=" + Runtime.version());
            return;
        }
        if (args.length == 1 && (args[0].equals("--help") || args[0].equals("-h"))) {
            System.out.println(USAGE);
            return;
        }
        Configuration configuration = new Configuration();
        try {
            ConfigFile.load(configuration, args);
            refuseWhatIsNotThere(configuration);
        } catch (ConfigException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
        Logging.follow(configuration);
        run(configuration);
    }

    private static void refuseWhatIsNotThere(Configuration configuration) {
        if (configuration.isYes(Directives.DAEMONIZE)) {
            throw new ConfigException(
                    "daemonize is not supported: run the server under a service manager, or with nohup");
        }
        if (configuration.isYes(Directives.CLUSTER)) {
            throw new ConfigException("cluster-enabled is not supported");
        }
    }

    private static void run(Configuration configuration) {
        Logger log = LoggerFactory.getLogger(Main.class);
        try {
            log.info(
                    "Cairn starts version={} pid={} java={} engine={} dir={}",
                    Version.text(),
                    ProcessHandle.current().pid(),
                    Runtime.version(),
                    configuration.text(Directives.ENGINE),
                    Path.of(configuration.text(Directives.DIR)).toAbsolutePath().normalize());
            Server server = Server.start(configuration, (save, force) -> exit());
            Path pidFile = writePid(configuration.text(Directives.PIDFILE));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, pidFile), "shutdown"));
            log.info(
                    "ready to accept connections port={} offset={}",
                    server.port(),
                    server.engine().offset());
        } catch (IOException | RuntimeException e) {
            log.error("Cairn could not start", e);
            System.exit(1);
        }
    }

    /** Ends the process from a thread of its own: who asked may be one that the end waits for. */
    private static void exit() {
        new Thread(() -> System.exit(0), "exit").start();
    }

    private static void end(Server server, @Nullable Path pidFile) {
        int status = 0;
        try {
            server.close();
            if (pidFile != null) {
                Files.deleteIfExists(pidFile);
            }
        } catch (IOException | RuntimeException e) {
            LoggerFactory.getLogger(Main.class).error("Cairn did not end cleanly", e);
            status = 1;
        }
        Runtime.getRuntime().halt(status); // a signal's own status would look like a failure
    }

    private static @Nullable Path writePid(String file) throws IOException {
        if (file.isEmpty()) {
            return null;
        }
        Path path = Path.of(file).toAbsolutePath();
        return Files.writeString(path, ProcessHandle.current().pid() + "\n", StandardCharsets.US_ASCII);
    }
}
