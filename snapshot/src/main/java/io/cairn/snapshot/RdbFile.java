package io.cairn.snapshot;

import io.cairn.engine.entry.EntrySink;
import io.cairn.snapshot.rdb.RdbEvents;
import io.cairn.snapshot.rdb.RdbException;
import io.cairn.snapshot.rdb.RdbHeader;
import io.cairn.snapshot.rdb.RdbInput;
import io.cairn.snapshot.rdb.RdbOutput;
import io.cairn.snapshot.rdb.RdbReadOptions;
import io.cairn.snapshot.rdb.RdbReader;
import io.cairn.snapshot.rdb.RdbWriteOptions;
import io.cairn.snapshot.rdb.RdbWriter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * RDB files on disk.
 *
 * <p>A file is written under the name {@code temp-<pid>.rdb}, synced, renamed over the old one, and the directory synced:
 * under the final name there is at all times either the old file or the whole new one. A process saves one file of a
 * directory at a time.
 *
 * <p><i>Thread-safe.</i>
 */
public final class RdbFile {
    /** Written bytes are pushed to the disk in steps, so that the sync at the end does not hold up everything else. */
    private static final long SYNC_STEP_BYTES = 32L << 20;

    private RdbFile() {}

    /**
     * What goes into a file.
     *
     * <p><i>Confined to the saving thread.</i>
     */
    @FunctionalInterface
    public interface Content {
        /** Writes databases and keys; header and end are written around it. */
        void write(RdbWriter writer) throws IOException;
    }

    /**
     * What a load has read.
     *
     * <p><i>Immutable.</i>
     *
     * @param version RDB version of the file
     * @param bytes length of the RDB
     * @param keys keys handed to the sink
     * @param emptyKeys keys left out because their collection was empty
     * @param trailingBytes bytes of the file behind the RDB, which belong to something else
     */
    public record Loaded(int version, long bytes, long keys, long emptyKeys, long trailingBytes) {}

    /**
     * Writes a new file and puts it in the place of an older one; returns its length. If it fails, the older one stays as
     * it was and nothing else is left behind.
     */
    public static long save(Path directory, String name, RdbHeader header, RdbWriteOptions options, Content content)
            throws IOException {
        Path temporary = directory.resolve("temp-" + ProcessHandle.current().pid() + ".rdb");
        try {
            long bytes = write(temporary, header, options, content);
            Files.move(temporary, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            syncDirectory(directory);
            return bytes;
        } catch (Throwable t) {
            deleteAfter(t, temporary);
            throw t;
        }
    }

    private static long write(Path file, RdbHeader header, RdbWriteOptions options, Content content)
            throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            RdbWriter writer = new RdbWriter(syncedInSteps(channel), options);
            writer.header(header);
            content.write(writer);
            writer.finish();
            channel.force(true);
            return writer.writtenBytes();
        }
    }

    private static RdbOutput syncedInSteps(FileChannel channel) {
        RdbOutput output = RdbOutput.to(channel);
        long[] unsynced = new long[1];
        return bytes -> {
            unsynced[0] += bytes.remaining();
            output.write(bytes);
            if (unsynced[0] >= SYNC_STEP_BYTES) {
                channel.force(false);
                unsynced[0] = 0;
            }
        };
    }

    private static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void deleteAfter(Throwable failure, Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * Reads a file. Bytes behind the RDB are counted but not looked at.
     *
     * @throws RdbException if the file cannot be loaded; the sink may have got keys by then
     */
    public static Loaded load(Path file, EntrySink sink, RdbEvents events, RdbReadOptions options) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            RdbReader reader = new RdbReader(RdbInput.from(channel), options);
            long bytes = reader.read(sink, events);
            return new Loaded(reader.version(), bytes, reader.keys(), reader.emptyKeys(), channel.size() - bytes);
        }
    }
}
