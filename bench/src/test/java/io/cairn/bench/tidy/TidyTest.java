package io.cairn.bench.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Reads the sources of all modules and holds them to {@link Rule}; then holds each rule to an example that breaks it. */
class TidyTest {
    private static final Path ROOT = root();
    private static final List<Source> SOURCES = Source.all(ROOT);

    @TestFactory
    Stream<DynamicTest> everySourceKeepsTheRule() {
        return Arrays.stream(Rule.values())
                .map(rule -> DynamicTest.dynamicTest(rule.name(), () -> {
                    List<String> breaches = SOURCES.stream()
                            .flatMap(source -> rule.breaches(source).stream())
                            .toList();
                    assertEquals("", String.join("\n", breaches));
                }));
    }

    @Test
    void everyPackageHasPackageInfo() {
        Set<String> described = SOURCES.stream()
                .filter(Source::isPackageInfo)
                .map(Source::folder)
                .collect(Collectors.toSet());
        Set<String> missing = SOURCES.stream()
                .filter(Source::isMain)
                .map(Source::folder)
                .filter(folder -> !described.contains(folder))
                .map(folder -> folder + "/package-info.java: PACKAGE_INFO: missing")
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals("", String.join("\n", missing));
    }

    @Test
    void readsAllModules() {
        for (String module : List.of("wal", "engine", "snapshot", "replication", "server", "bench")) {
            assertTrue(
                    SOURCES.stream().anyMatch(source -> source.path().startsWith(module + "/src/main/")),
                    "no sources found in " + module + " below " + ROOT);
        }
    }

    @Test
    void catchesLongFiles() {
        String[] lines = new String[701];
        Arrays.fill(lines, "");
        assertBroken(Rule.NO_LONG_FILES, Source.of("wal/src/main/java/io/cairn/wal/Log.java", lines));
    }

    @Test
    void catchesVagueNames() {
        assertBroken(Rule.NO_VAGUE_PACKAGES, Source.of("wal/src/main/java/io/cairn/wal/util/Bytes.java"));
        assertBroken(Rule.NO_VAGUE_TYPES, Source.of("wal/src/main/java/io/cairn/wal/LogImpl.java"));
        assertBroken(Rule.NO_VAGUE_TYPES, Source.of("wal/src/main/java/io/cairn/wal/BaseLog.java"));
        assertKept(Rule.NO_VAGUE_TYPES, Source.of("wal/src/main/java/io/cairn/wal/BaseOffset.java"));
    }

    @Test
    void catchesUnfinishedWorkAndAuthors() {
        assertBroken(Rule.NO_UNFINISHED_WORK, Source.of("wal/src/A.java", "// TO" + "DO later"));
        assertBroken(Rule.NO_AUTHORS, Source.of("wal/src/A.java", " * @" + "author somebody"));
        assertBroken(Rule.NO_SILENT_SKIPS, Source.of("wal/src/A.java", "    @" + "Disabled"));
    }

    @Test
    void catchesGetters() {
        String path = "wal/src/main/java/io/cairn/wal/Log.java";
        assertBroken(Rule.NO_GETTERS, Source.of(path, "    public long getOffset() {"));
        assertKept(Rule.NO_GETTERS, Source.of(path, "    @Override", "    public String getMessage() {"));
        assertKept(Rule.NO_GETTERS, Source.of(path, "        long n = stats.getCount();", "        return x.getY();"));
    }

    @Test
    void catchesPrintingOutsideTools() {
        assertBroken(Rule.NO_PRINTING, Source.of("wal/src/main/java/Log.java", "System." + "out.println(1);"));
        assertKept(Rule.NO_PRINTING, Source.of("server/src/main/java/Main.java", "System." + "out.println(1);"));
    }

    @Test
    void catchesPackageInfoWithoutComment() {
        String path = "wal/src/main/java/io/cairn/wal/package-info.java";
        assertBroken(Rule.PACKAGE_INFO_SAYS_WHAT, Source.of(path, "@NullMarked", "package io.cairn.wal;"));
    }

    @Test
    void catchesPublicTypesWithoutClosingLine() {
        String path = "wal/src/main/java/io/cairn/wal/Log.java";
        Rule rule = Rule.PUBLIC_TYPES_ARE_DOCUMENTED;
        assertBroken(rule, Source.of(path, "public final class Log {"));
        assertBroken(rule, Source.of(path, "/** A log. */", "public final class Log {"));
        assertBroken(rule, Source.of(path, "/** <i>Thread-safe.</i> A log. */", "public final class Log {"));
        assertBroken(
                rule, Source.of(path, "/**", " * A log.", " *", " * <p><i>Fast.</i>", " */", "public class Log {"));
        assertKept(rule, Source.of(path, "/** A log. */", "final class Log {"));
        assertKept(
                rule,
                Source.of(
                        path,
                        "/**",
                        " * A log.",
                        " *",
                        " * <p><i>Confined to the wal-sync thread.</i>",
                        " *",
                        " * @param bytes of it",
                        " */",
                        "@SuppressWarnings(\"x\")",
                        "public record Log(byte[] bytes) {"));
        assertKept(
                rule,
                Source.of(
                        path,
                        "/**",
                        " * A.",
                        " * <p><i>Guarded by {@code",
                        " * lock}.</i>",
                        " */",
                        "public enum Log {"));
    }

    private static void assertBroken(Rule rule, Source source) {
        List<String> breaches = rule.breaches(source);
        assertFalse(breaches.isEmpty(), rule + " lets pass " + source);
        assertTrue(breaches.get(0).startsWith(source.path() + ":"), breaches.get(0));
        assertTrue(breaches.get(0).contains(rule.name()), breaches.get(0));
    }

    private static void assertKept(Rule rule, Source source) {
        assertEquals(List.of(), rule.breaches(source));
    }

    /** The folder with the modules in it: the build names it, an IDE starts in it or in a module. */
    private static Path root() {
        String named = System.getProperty("cairn.root");
        Path folder = Path.of(named == null ? "" : named).toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("wal/src"))) {
            folder = Objects.requireNonNull(folder.getParent(), "no folder above holds the modules; set cairn.root");
        }
        return folder;
    }
}
