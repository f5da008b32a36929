package io.cairn.engine.types;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowCursor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Collectors;

/** The examples of {@code docs/formats.md}, which show the bytes of rows. */
final class FormatPage {
    private FormatPage() {}

    /** Asserts that the page shows exactly these bytes behind the line {@code Row `name`}. */
    static void assertDocumented(String name, byte[] content) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < content.length; i += 16) {
            lines.append(HexFormat.ofDelimiter(" ").formatHex(content, i, Math.min(i + 16, content.length)))
                    .append('\n');
        }
        assertEquals(documented(name), lines.isEmpty() ? "(empty)\n" : lines.toString(), name);
    }

    /** Asserts that a family holds these rows alone: {@code key 1 of the ...}, {@code value 1 of the ...}, and so on. */
    static void assertDocumentedRows(Workbench bench, Family family, String what, int count) throws IOException {
        try (RowCursor rows = bench.store.cursor(family, new byte[0], null, ReadMode.DISK)) {
            int number = 0;
            for (rows.seekToFirst(); rows.valid(); rows.next()) {
                number++;
                assertDocumented("key " + number + " of the " + what, rows.key());
                assertDocumented("value " + number + " of the " + what, rows.value());
            }
            assertEquals(count, number);
        }
    }

    /** The hex dump behind the line, without the remarks behind the bars. */
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
