package io.cairn.bench.tour;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The package index of a Debian machine: the files {@code *_Packages*} under /var/lib/apt/lists, in whatever compression.
 *
 * <p><i>Thread-safe.</i>
 */
final class PackageIndex {
    private static final Path LISTS = Path.of("/var/lib/apt/lists");

    private PackageIndex() {}

    /** Receives a package as its fields, in the order of the file. */
    interface Visitor {
        void visit(Map<String, String> fields);
    }

    /** The index files; an update is run first if there are none. */
    static List<Path> files() throws IOException, InterruptedException {
        List<Path> files = find();
        if (files.isEmpty()) {
            System.out.println("  no package index here, running apt-get update");
            int status =
                    new ProcessBuilder("apt-get", "update").inheritIO().start().waitFor();
            files = find();
            if (files.isEmpty()) {
                throw new IOException("no package index under " + LISTS + " after apt-get update (status " + status
                        + "): run it as root");
            }
        }
        return files;
    }

    private static List<Path> find() throws IOException {
        if (!Files.isDirectory(LISTS)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(LISTS)) {
            return all.filter(file -> file.getFileName().toString().matches(".*_Packages(\\.\\w+)?"))
                    .sorted()
                    .toList();
        }
    }

    /** Reads a file; apt's own helper knows the compression. Returns the number of packages. */
    static int read(Path file, Visitor visitor) throws IOException, InterruptedException {
        Process helper = new ProcessBuilder("/usr/lib/apt/apt-helper", "cat-file", file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int packages = 0;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(helper.getInputStream(), StandardCharsets.UTF_8))) {
            List<String> paragraph = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isEmpty()) {
                    paragraph.add(line);
                } else if (!paragraph.isEmpty()) {
                    visitor.visit(fields(paragraph));
                    packages++;
                    paragraph.clear();
                }
            }
            if (!paragraph.isEmpty()) {
                visitor.visit(fields(paragraph));
                packages++;
            }
        }
        int status = helper.waitFor();
        if (status != 0) {
            throw new IOException("apt-helper cannot read " + file + ": status " + status);
        }
        return packages;
    }

    private static Map<String, String> fields(List<String> paragraph) {
        Map<String, String> fields = new LinkedHashMap<>();
        String last = "";
        for (String line : paragraph) {
            int colon = line.indexOf(':');
            if (line.startsWith(" ")) {
                fields.merge(last, line, (value, more) -> value + "\n" + more);
            } else if (colon > 0) {
                last = line.substring(0, colon);
                fields.put(last, line.substring(colon + 1).strip());
            }
        }
        return fields;
    }
}
