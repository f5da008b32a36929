package io.cairn.engine.rows;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Hard links to the files of a RocksDB, opened read-only with a small cache of its own, so that reading all of it leaves
 * the live store's cache alone. Closed, it removes its links. Or a store that is only looked at.
 *
 * <p><i>Thread-safe.</i>
 */
final class RocksCheckpoint implements RowView {
    private final RocksDatabase database;
    private final Path directory;
    private final boolean links;

    /** @param links whether the directory is of links that were made for this, to be removed at the end */
    RocksCheckpoint(RocksDatabase database, Path directory, boolean links) {
        this.database = database;
        this.directory = directory;
        this.links = links;
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key, ReadMode mode) {
        return database.get(family, key, mode);
    }

    @Override
    public byte @Nullable [] meta(int hash, int namespace, byte[] key, ReadMode mode) {
        return database.get(Family.META, RowNode.fullKey(namespace, key), mode);
    }

    @Override
    public RowCursor cursor(Family family, byte[] from, byte @Nullable [] to, ReadMode mode) {
        return database.cursor(family, from, to, mode);
    }

    @Override
    public void close() {
        if (database.close() && links) {
            remove(directory);
        }
    }

    /** Removes a flat directory of links. */
    static void remove(Path directory) {
        try {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new StorageException("checkpoint could not be removed, do it by hand: " + directory, e);
        }
    }
}
