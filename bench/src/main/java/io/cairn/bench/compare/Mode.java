package io.cairn.bench.compare;

import io.cairn.bench.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** A way to run a server that can be compared. */
enum Mode {
    /** Cairn: rows in RocksDB, log synced each second. */
    DISK,
    /** Cairn: rows in memory, log synced each second. */
    MEMORY_WAL,
    /** Cairn: rows in memory, no log. */
    MEMORY,
    /** Redis with its append-only file synced each second, which is not rewritten during the run. */
    REDIS,
    /** Redis without an append-only file. */
    REDIS_MEMORY;

    /** Its name on the command line and in reports. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Mode of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    ServerProcess server(Path root, Path directory) throws IOException {
        int port = ServerProcess.freePort();
        return switch (this) {
            case DISK -> ServerProcess.cairn(text(), root, directory, port, "--appendfsync", "everysec");
            case MEMORY_WAL ->
                ServerProcess.cairn(
                        text(), root, directory, port, "--engine", "memory", "--appendfsync", "everysec", "--save", "");
            case MEMORY ->
                ServerProcess.cairn(text(), root, directory, port, "--engine", "memory", "--wal", "no", "--save", "");
            case REDIS ->
                ServerProcess.redis(
                        text(),
                        directory,
                        port,
                        "--appendonly",
                        "yes",
                        "--appendfsync",
                        "everysec",
                        "--auto-aof-rewrite-percentage",
                        "0",
                        "--save",
                        "");
            case REDIS_MEMORY -> ServerProcess.redis(text(), directory, port, "--appendonly", "no", "--save", "");
        };
    }
}
