package io.cairn.server.persistence;

import io.cairn.engine.Checkpoint;
import io.cairn.engine.Engine;
import io.cairn.engine.Seed;
import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.keyspace.AppliedState;
import io.cairn.server.config.Configuration;
import io.cairn.server.config.Directives;
import io.cairn.snapshot.RdbFile;
import io.cairn.snapshot.rdb.RdbEvents;
import io.cairn.snapshot.rdb.RdbHeader;
import io.cairn.snapshot.rdb.RdbOrigin;
import io.cairn.snapshot.rdb.RdbReadOptions;
import io.cairn.snapshot.rdb.RdbWriteOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dump file of the server ({@code dir}/{@code dbfilename}): written from a checkpoint, read at a start.
 *
 * <p>The caller serialises saves.
 *
 * <p><i>Thread-safe.</i>
 */
public final class DumpFile implements Seed {
    private static final Logger LOG = LoggerFactory.getLogger(DumpFile.class);

    private final Configuration configuration;

    /** The file that the configuration names, at each use. */
    public DumpFile(Configuration configuration) {
        this.configuration = configuration;
    }

    private Path directory() {
        return Path.of(configuration.text(Directives.DIR)).toAbsolutePath();
    }

    private Path path() {
        return directory().resolve(configuration.text(Directives.DBFILENAME));
    }

    /** Writes the whole keyspace; returns the number of keys. A failure leaves the old file as it was. */
    long save(Engine engine) throws IOException {
        try (Checkpoint checkpoint = engine.checkpoint("dump")) {
            AppliedState state = checkpoint.state();
            RdbHeader header = new RdbHeader(
                    System.currentTimeMillis() / 1000,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory(),
                    new RdbOrigin(state.identity().id(), state.offset(), state.streamDb()));
            RdbWriteOptions options = RdbWriteOptions.FILE
                    .withChecksum(configuration.isYes(Directives.RDBCHECKSUM))
                    .withCompression(configuration.isYes(Directives.RDBCOMPRESSION));
            RdbFile.save(directory(), configuration.text(Directives.DBFILENAME), header, options, writer -> {
                checkpoint.drainLibraries(writer);
                for (int db = 0; db < state.databases(); db++) {
                    if (state.keys(db) > 0) {
                        writer.database(db, state.keys(db), state.expires(db));
                        checkpoint.drain(db, writer);
                    }
                }
            });
            engine.janitor().snapshotAt(state.offset());
            return checkpoint.keys();
        }
    }

    // ---- reading

    @Override
    public @Nullable Position load(EntrySink sink) throws IOException {
        if (!Files.exists(path())) {
            return null;
        }
        Origin origin = new Origin();
        read(path(), sink, origin);
        return origin.position();
    }

    /**
     * Imports the file that {@code load-rdb} names, or else the dump file, into a keyspace that nothing was ever
     * written to. Keys that are due already are left out.
     */
    public void importAtFirstStart(Engine engine) throws IOException {
        String named = configuration.text(Directives.LOAD_RDB);
        Path file = named.isEmpty() ? path() : Path.of(named).toAbsolutePath();
        if (!engine.isNew()) {
            if (!named.isEmpty()) {
                LOG.warn("load-rdb ignored, the data directory holds data already file={}", file);
            }
            return;
        }
        if (!Files.exists(file)) {
            if (!named.isEmpty()) {
                throw new IOException("load-rdb names " + file + ", which does not exist");
            }
            return;
        }
        long started = System.nanoTime();
        long[] keys = new long[1];
        engine.load(sink -> keys[0] = read(file, new UnexpiredKeys(sink, System.currentTimeMillis()), RdbEvents.NONE));
        LOG.info(
                "dump file imported file={} keys={} millis={}",
                file,
                keys[0],
                (System.nanoTime() - started) / 1_000_000);
        if (engine.options().memory() && engine.options().log()) {
            save(engine); // a restart begins from this file and the log behind it
        }
    }

    private long read(Path file, EntrySink sink, RdbEvents events) throws IOException {
        RdbReadOptions options = RdbReadOptions.DEFAULT
                .withDatabases((int) configuration.number(Directives.DATABASES))
                .withChecksum(configuration.isYes(Directives.RDBCHECKSUM));
        try {
            return RdbFile.load(file, sink, events, options).keys();
        } catch (IOException e) {
            throw new IOException(
                    "dump file " + file + " cannot be loaded: " + e.getMessage()
                            + "; put a good one in its place, or move it away to start without its keys",
                    e);
        }
    }

    /** The replication position in the auxiliary fields. */
    private static final class Origin implements RdbEvents {
        private String id = "";
        private long offset = -1;
        private int streamDb = -1;

        @Override
        public void aux(String name, byte[] value) {
            String text = new String(value, StandardCharsets.US_ASCII);
            if (name.equals("repl-id")) {
                id = text;
            } else if (name.equals("repl-offset")) {
                offset = Long.parseLong(text);
            } else if (name.equals("repl-stream-db")) {
                streamDb = Integer.parseInt(text);
            }
        }

        @Nullable
        Position position() {
            return id.isEmpty() || offset < 0 ? null : new Position(id, offset, streamDb);
        }
    }
}
