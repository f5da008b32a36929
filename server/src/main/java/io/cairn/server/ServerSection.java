package io.cairn.server;

import io.cairn.engine.Engine;
import io.cairn.engine.EngineOptions;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.server.command.connection.Compatibility;
import io.cairn.server.config.Configuration;
import io.cairn.server.config.Directives;
import io.cairn.server.info.InfoSection;
import io.cairn.wal.Wal;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The sections of INFO about the node itself and its log. */
final class ServerSection {
    private final Configuration configuration;
    private final Engine engine;
    private final long startedMillis = System.currentTimeMillis();
    private final String runId = EngineOptions.randomId();

    ServerSection(Configuration configuration, Engine engine) {
        this.configuration = configuration;
        this.engine = engine;
    }

    String runId() {
        return runId;
    }

    InfoSection server() {
        return new InfoSection("Server", true, fields -> {
            long now = System.currentTimeMillis();
            Path file = configuration.file();
            fields.add("redis_version", Compatibility.VERSION)
                    .add("cairn_version", Version.text())
                    .add("redis_mode", "standalone")
                    .add(
                            "os",
                            System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                                    + System.getProperty("os.arch"))
                    .add("arch_bits", 64)
                    .add("java_version", Runtime.version())
                    .add("multiplexing_api", configuration.text(Directives.IO_TRANSPORT))
                    .add("process_id", ProcessHandle.current().pid())
                    .add("run_id", runId)
                    .add("tcp_port", configuration.text(Directives.PORT))
                    .add("server_time_usec", now * 1000)
                    .add("uptime_in_seconds", (now - startedMillis) / 1000)
                    .add("uptime_in_days", (now - startedMillis) / 86_400_000)
                    .add("hz", configuration.text(Directives.HZ))
                    .add("configured_hz", configuration.text(Directives.HZ))
                    .add("config_file", file == null ? "" : file)
                    .add("engine", configuration.text(Directives.ENGINE))
                    .add("io_threads", configuration.text(Directives.IO_THREADS))
                    .add("disk_threads", configuration.text(Directives.DISK_THREADS));
        });
    }

    /** The section Persistence: {@code saves} adds what is known of dump files. */
    InfoSection persistence(Consumer<InfoSection.Fields> saves) {
        return new InfoSection("Persistence", true, fields -> {
            fields.add("loading", 0).add("async_loading", 0);
            saves.accept(fields);
            Wal wal = engine.wal();
            fields.add("wal_enabled", wal == null ? 0 : 1);
            if (wal != null) {
                fields.add("wal_start", wal.start())
                        .add("wal_end", wal.end())
                        .add("wal_durable", wal.durable())
                        .add("wal_floor", wal.floor())
                        .add("wal_segments", wal.segments().size())
                        .add("wal_pins", wal.pins().size())
                        .add("wal_syncs", wal.stats().syncs())
                        .add("wal_records", wal.stats().records())
                        .add("wal_failed", wal.failure() == null ? 0 : 1);
            }
            KeyspaceHandle handle = engine.handle();
            String error = handle.writeError();
            fields.add("writes_refused", error == null ? "" : error);
        });
    }
}
