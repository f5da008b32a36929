package io.cairn.bench.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** One Java file of this repository: its path from the root, with forward slashes, and its lines. */
record Source(String path, List<String> lines) {
    Source {
        lines = List.copyOf(lines);
    }

    static Source of(String path, String... lines) {
        return new Source(path, List.of(lines));
    }

    /** Every Java file below {@code module/src} of every module. */
    static List<Source> all(Path root) {
        try (Stream<Path> modules = Files.list(root)) {
            return modules.map(module -> module.resolve("src"))
                    .filter(Files::isDirectory)
                    .flatMap(Source::javaFiles)
                    .sorted()
                    .map(file -> read(root, file))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> javaFiles(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Source read(Path root, Path file) {
        try {
            return new Source(root.relativize(file).toString().replace('\\', '/'), Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isMain() {
        return path.contains("/src/main/");
    }

    /** The file's name without the suffix: the name of its outermost type. */
    String typeName() {
        return path.substring(path.lastIndexOf('/') + 1, path.length() - ".java".length());
    }

    String folder() {
        return path.substring(0, path.lastIndexOf('/'));
    }

    boolean isPackageInfo() {
        return typeName().equals("package-info");
    }
}
