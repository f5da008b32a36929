package io.cairn.bench.process;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A temporary folder for the data of a run's servers, deleted at the end.
 *
 * <p>It is made in {@code java.io.tmpdir}; {@code CAIRN_JAVA_OPTS=-Djava.io.tmpdir=...} moves it to the disk to measure.
 *
 * <p><i>Immutable.</i>
 */
public record Scratch(Path path) implements AutoCloseable {
    /** A new one. */
    public static Scratch create() throws IOException {
        return new Scratch(Files.createTempDirectory("cairn-bench-"));
    }

    /** The checkout whose launchers are used, from the system property {@code cairn.root}. */
    public static Path root() {
        String root = System.getProperty("cairn.root");
        if (root == null) {
            throw new IllegalStateException(
                    "the system property cairn.root must name the checkout; bin/cairn-bench sets it");
        }
        return Path.of(root);
    }

    /** A directory of its own for one server. */
    public Path directory(String name) throws IOException {
        return Files.createDirectories(path.resolve(name));
    }

    @Override
    public void close() throws IOException {
        delete(path);
    }

    /** Deletes a folder with all that is in it. */
    public static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE; // a dying server removes files of its own
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path visited, @org.jspecify.annotations.Nullable IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
