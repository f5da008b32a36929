package io.cairn.server;

import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.server.config.ConfigFile;
import io.cairn.server.config.Configuration;
import io.cairn.wal.LogIdentity;

/**
 * The command line entry point of the server.
 *
 * <p><i>Confined to the main thread.</i>
 */
public final class Main {
    private Main() {}

    /** Starts the server; {@code --version} and {@code --help} print and return. */
    public static void main(String[] args) throws Exception {
        if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-v"))) {
            System.out.println("Cairn server v=" + version());
            return;
        }
        if (args.length == 1 && (args[0].equals("--help") || args[0].equals("-h"))) {
            System.out.println("Usage: cairn-server [/path/to/cairn.conf] [--directive value ...]");
            System.out.println("       cairn-server --version | --help");
            return;
        }
        Configuration configuration = new Configuration();
        ConfigFile.load(configuration, args);
        KeyspaceHandle handle = new KeyspaceHandle();
        handle.keyspace(
                new Keyspace(new MemoryRowStore(), null, AppliedState.empty(LogIdentity.of("0".repeat(40)), 16, 0, 0)));
        Server server = new Server(configuration, handle);
        System.out.println("Ready to accept connections port=" + server.port());
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
