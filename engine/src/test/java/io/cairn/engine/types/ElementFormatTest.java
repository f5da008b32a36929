package io.cairn.engine.types;

import static io.cairn.engine.types.Workbench.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowCursor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The rows of hashes and sets, as {@code docs/formats.md} shows them: a change here is a new version of the format. */
class ElementFormatTest {
    private static final byte[] KEY = bytes("k");

    @Test
    void packedHashIsAsDocumented() throws IOException {
        try (Workbench bench = bench(Limits.DEFAULT)) {
            byte[] row = hash(bench, "field", "one", "f2", "");
            assertDocumented("packed hash", row);
            assertDocumented("packed hash with expiry", MetaRow.withExpiry(row, 1_700_000_000_000L));
        }
    }

    @Test
    void hashInRowsIsAsDocumented() throws IOException {
        try (Workbench bench = bench(new Limits(1, 64, 512, 128, 64, -2))) {
            assertDocumented("meta row of a hash in rows", hash(bench, "field", "one", "f2", ""));
            assertDocumentedRows(bench, "hash");
        }
    }

    @Test
    void setOfIntegersIsAsDocumented() throws IOException {
        try (Workbench bench = bench(Limits.DEFAULT)) {
            assertDocumented("set of integers", set(bench, "7", "-1", "70000"));
        }
    }

    @Test
    void packedSetIsAsDocumented() throws IOException {
        try (Workbench bench = bench(Limits.DEFAULT)) {
            assertDocumented("packed set", set(bench, "7", "word"));
        }
    }

    @Test
    void setInRowsIsAsDocumented() throws IOException {
        try (Workbench bench = bench(Limits.DEFAULT)) {
            assertDocumented("meta row of a set in rows", set(bench, "7", "w".repeat(65)));
            assertDocumentedRows(bench, "set");
        }
    }

    private static Workbench bench(Limits limits) {
        return new Workbench(new MemoryRowStore(), limits);
    }

    private static byte[] hash(Workbench bench, String... fieldsAndValues) {
        HashEdit hash = Hashes.edit(bench.turn, 0, KEY, bench.row(KEY));
        for (int i = 0; i < fieldsAndValues.length; i += 2) {
            hash.put(bytes(fieldsAndValues[i]), bytes(fieldsAndValues[i + 1]));
        }
        hash.store();
        bench.commit();
        return Objects.requireNonNull(bench.row(KEY));
    }

    private static byte[] set(Workbench bench, String... members) {
        SetEdit set = Sets.edit(bench.turn, 0, KEY, bench.row(KEY));
        for (String member : members) {
            set.add(bytes(member));
        }
        set.store();
        bench.commit();
        return Objects.requireNonNull(bench.row(KEY));
    }

    private static void assertDocumentedRows(Workbench bench, String type) throws IOException {
        try (RowCursor rows = bench.store.cursor(Family.ROWS, new byte[0], null, ReadMode.DISK)) {
            int number = 0;
            for (rows.seekToFirst(); rows.valid(); rows.next()) {
                number++;
                assertDocumented("key " + number + " of the " + type, rows.key());
                assertDocumented("value " + number + " of the " + type, rows.value());
            }
            assertEquals(2, number);
        }
    }

    private static void assertDocumented(String name, byte[] content) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < content.length; i += 16) {
            lines.append(HexFormat.ofDelimiter(" ").formatHex(content, i, Math.min(i + 16, content.length)))
                    .append('\n');
        }
        assertEquals(documented(name), lines.isEmpty() ? "(empty)\n" : lines.toString(), name);
    }

    /** The hex dump that the page shows after the line {@code Row `name`:}, without the remarks behind the bars. */
    private static String documented(String name) throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/formats.md"))) {
            folder = Objects.requireNonNull(folder.getParent(), "docs/formats.md not found");
        }
        return Files.readString(folder.resolve("docs/formats.md"))
                .lines()
                .dropWhile(line -> !line.startsWith("Row `" + name + "`"))
                .dropWhile(line -> !line.startsWith("    "))
                .takeWhile(line -> line.startsWith("    "))
                .map(line -> line.replaceFirst("\\|.*", "").strip() + "\n")
                .collect(Collectors.joining());
    }
}
