package io.cairn.server.persistence;

import io.cairn.engine.Engine;
import io.cairn.engine.rows.StorageException;
import io.cairn.server.command.Call;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandException;
import io.cairn.server.command.Flag;
import io.cairn.server.command.Reply;
import io.cairn.server.info.InfoSection;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SAVE, BGSAVE, LASTSAVE. A save reads a checkpoint on a thread of its own and holds nobody up.
 *
 * <p><i>Thread-safe.</i>
 */
public final class SaveCommands {
    private static final Logger LOG = LoggerFactory.getLogger(SaveCommands.class);

    private final Engine engine;
    private final DumpFile file;
    private final AtomicBoolean saving = new AtomicBoolean();
    private volatile long lastSaveSeconds = System.currentTimeMillis() / 1000;
    private volatile long startedMillis;
    private volatile long lastDurationSeconds = -1;
    private volatile long offsetAtLastSave;
    private volatile boolean lastFailed;

    /** Commands that save an engine's keyspace to a file. */
    public SaveCommands(Engine engine, DumpFile file) {
        this.engine = engine;
        this.file = file;
    }

    /** The declarations. */
    public List<Command> commands() {
        return List.of(
                Command.of("save", 1, this::save)
                        .flags(Flag.ADMIN, Flag.NOSCRIPT, Flag.NO_ASYNC_LOADING, Flag.NO_MULTI, Flag.OFF_LOOP)
                        .group("server")
                        .complexity("O(N)")
                        .summary("Writes the dump file and answers when it is there.")
                        .build(),
                Command.of("bgsave", -1, this::bgsave)
                        .flags(Flag.ADMIN, Flag.NOSCRIPT, Flag.NO_ASYNC_LOADING)
                        .group("server")
                        .summary("Writes the dump file in the background.")
                        .build(),
                Command.of("lastsave", 1, call -> Reply.integer(lastSaveSeconds))
                        .flags(Flag.LOADING, Flag.STALE, Flag.FAST)
                        .categories("admin", "dangerous")
                        .tips("nondeterministic_output")
                        .group("server")
                        .summary("Returns the Unix time of the last save that succeeded.")
                        .build());
    }

    private Reply save(Call call) {
        if (!saving.compareAndSet(false, true)) {
            throw new CommandException("ERR Background save already in progress");
        }
        call.turn().commit(); // the save is not to hold the world up
        try {
            run();
            return Reply.OK;
        } catch (IOException | StorageException e) {
            throw new CommandException("ERR " + e.getMessage());
        }
    }

    private Reply bgsave(Call call) {
        if (call.count() > 2 || call.count() == 2 && !call.is(1, "schedule")) {
            throw CommandException.syntax();
        }
        if (!saving.compareAndSet(false, true)) {
            if (call.count() == 2) {
                return Reply.simple("Background saving scheduled");
            }
            throw new CommandException("ERR Background save already in progress");
        }
        startInBackground();
        return Reply.simple("Background saving started");
    }

    /**
     * In memory mode with a log a restart begins from the dump file: it is written when a full resynchronization has
     * replaced the keyspace, and when the log behind it has grown to what is to be retained.
     */
    public void start() {
        if (engine.options().memory() && engine.options().log()) {
            engine.onInstall(this::saveIfIdle);
            engine.janitor().eachRound(() -> {
                if (engine.applied() - offsetAtLastSave > engine.options().wal().retentionBytes()) {
                    saveIfIdle();
                }
            });
        }
    }

    private void saveIfIdle() {
        if (saving.compareAndSet(false, true)) {
            startInBackground();
        }
    }

    private void startInBackground() {
        Thread thread = new Thread(this::runInBackground, "snapshot-save");
        thread.setDaemon(true);
        thread.start();
    }

    private void runInBackground() {
        try {
            run();
        } catch (IOException | StorageException e) {
            LOG.error("dump file could not be written", e);
        }
    }

    private void run() throws IOException {
        startedMillis = System.currentTimeMillis();
        long offset = engine.applied();
        boolean saved = false;
        try {
            long keys = file.save(engine);
            saved = true;
            offsetAtLastSave = offset;
            lastSaveSeconds = System.currentTimeMillis() / 1000;
            LOG.info("dump file written keys={} millis={}", keys, System.currentTimeMillis() - startedMillis);
        } finally {
            lastFailed = !saved;
            lastDurationSeconds = (System.currentTimeMillis() - startedMillis) / 1000;
            saving.set(false);
        }
    }

    /** Adds Redis's fields of the section Persistence. */
    public void figures(InfoSection.Fields fields) {
        boolean busy = saving.get();
        fields.add("rdb_changes_since_last_save", engine.applied() - offsetAtLastSave);
        fields.add("rdb_bgsave_in_progress", busy ? 1 : 0);
        fields.add("rdb_last_save_time", lastSaveSeconds);
        fields.add("rdb_last_bgsave_status", lastFailed ? "err" : "ok");
        fields.add("rdb_last_bgsave_time_sec", lastDurationSeconds);
        fields.add("rdb_current_bgsave_time_sec", busy ? (System.currentTimeMillis() - startedMillis) / 1000 : -1);
    }
}
