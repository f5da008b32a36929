package io.cairn.snapshot.rdb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cairn.engine.entry.ValueType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A dump as {@code docs/formats.md} shows it. */
class RdbFormatTest {
    @Test
    void aDumpIsAsDocumented() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RdbWriter writer = new RdbWriter(RdbOutput.to(bytes), RdbWriteOptions.FILE);
        RdbOrigin origin = new RdbOrigin("8371b4fb1155b71f4a04d3e1bc3e18c4a990aeeb", 1000, 0);
        writer.header(new RdbHeader(1_700_000_000L, 1 << 20, origin));
        writer.database(0, 3, 1);
        writer.string(0, Dump.bytes("greeting"), 1_700_000_060_000L, Dump.bytes("hello"));
        writer.string(0, Dump.bytes("long"), -1, Dump.bytes("abcabcabcabcabcabcabcabc"));
        writer.begin(0, Dump.bytes("board"), -1, ValueType.ZSET, 2);
        writer.scored(Dump.bytes("ann"), 1.5);
        writer.scored(Dump.bytes("7"), Double.POSITIVE_INFINITY);
        writer.end();
        writer.finish();
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < bytes.size(); i += 16) {
            int to = Math.min(i + 16, bytes.size());
            lines.append(HexFormat.ofDelimiter(" ").formatHex(bytes.toByteArray(), i, to))
                    .append('\n');
        }
        assertEquals(documented(), lines.toString());
    }

    private static String documented() throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/formats.md"))) {
            folder = Objects.requireNonNull(folder.getParent(), "docs/formats.md not found");
        }
        return Files.readString(folder.resolve("docs/formats.md"))
                .lines()
                .dropWhile(line -> !line.startsWith("File `dump.rdb`"))
                .dropWhile(line -> !line.startsWith("    "))
                .takeWhile(line -> line.startsWith("    "))
                .map(line -> line.replaceFirst("\\|.*", "").strip() + "\n")
                .collect(Collectors.joining());
    }
}
