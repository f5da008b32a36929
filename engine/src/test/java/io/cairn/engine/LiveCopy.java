package io.cairn.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A copy of a data directory in use, as a kill at that moment would leave it.
 *
 * <p>RocksDB's background threads make and delete files meanwhile, so a copy counts only if names and sizes were the same
 * before and after; else it is taken again. The caller itself writes nothing meanwhile.
 *
 * <p><i>Thread-safe.</i>
 */
public final class LiveCopy {
    private static final int ATTEMPTS = 200;
    private static final long PAUSE_MILLIS = 10;

    private LiveCopy() {}

    /** Makes the copy; {@code to} is not there yet. */
    public static void take(Path from, Path to) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                Map<String, Long> before = sizes(from);
                copy(from, to);
                if (before.equals(sizes(from))) {
                    return;
                }
            } catch (NoSuchFileException e) {
                // deleted between the listing and the copy: once more
            }
            DataDirectory.delete(to);
            pause();
        }
        throw new IOException(from + " did not stand still for " + ATTEMPTS + " attempts");
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static Map<String, Long> sizes(Path root) throws IOException {
        Map<String, Long> sizes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList()) {
                if (Files.isRegularFile(file) && !file.getFileName().toString().equals("LOG")) {
                    sizes.put(root.relativize(file).toString(), Files.size(file));
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return sizes;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
