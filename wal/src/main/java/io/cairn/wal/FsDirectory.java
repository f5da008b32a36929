package io.cairn.wal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A {@link Directory} in the file system.
 *
 * <p><i>Thread-safe.</i>
 */
public final class FsDirectory implements Directory {
    private final Path path;

    private FsDirectory(Path path) {
        this.path = path;
    }

    /** Opens the directory at {@code path}, creating it and its parents where they are missing. */
    public static FsDirectory open(Path path) throws IOException {
        Files.createDirectories(path);
        return new FsDirectory(path);
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    @Override
    public long size(String name) throws IOException {
        return Files.size(path.resolve(name));
    }

    @Override
    public LogFile create(String name) throws IOException {
        return open(
                name,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    @Override
    public LogFile openWrite(String name) throws IOException {
        return open(name, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public LogFile openRead(String name) throws IOException {
        return open(name, StandardOpenOption.READ);
    }

    private LogFile open(String name, StandardOpenOption... how) throws IOException {
        return new FsFile(name, FileChannel.open(path.resolve(name), how));
    }

    @Override
    public void delete(String name) throws IOException {
        Files.delete(path.resolve(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(path.resolve(from), path.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void sync() throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public long usableBytes() throws IOException {
        return Files.getFileStore(path).getUsableSpace();
    }

    @Override
    public Closeable lock(String name) throws IOException {
        FileChannel channel = FileChannel.open(path.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new IOException("The log in " + path + " is already open in this process", e);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new IOException("The log in " + path + " is open in another process");
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
