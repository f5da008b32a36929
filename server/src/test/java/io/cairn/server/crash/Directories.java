package io.cairn.server.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Whole directories: copied, deleted, compared.
 *
 * <p><i>Immutable.</i>
 */
final class Directories {
    private Directories() {}

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            return walk.sorted(Comparator.reverseOrder()).toList();
        }
    }

    /** Copies everything into a directory that does not exist. */
    static void copy(Path from, Path to) throws IOException {
        List<Path> all = files(from);
        for (int i = all.size() - 1; i >= 0; i--) {
            Files.copy(all.get(i), to.resolve(from.relativize(all.get(i)).toString()));
        }
    }

    static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            for (Path file : files(directory)) {
                Files.delete(file);
            }
        }
    }

    /** Path to a hash of the contents, of every file but locks. */
    static Map<String, Integer> fingerprint(Path directory) throws IOException {
        Map<String, Integer> prints = new TreeMap<>();
        for (Path file : files(directory)) {
            String name = file.getFileName().toString();
            if (!name.equalsIgnoreCase("lock")) {
                prints.put(
                        directory.relativize(file).toString(),
                        Files.isDirectory(file) ? 0 : Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return prints;
    }
}
