package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RocksBatchTest {
    @Test
    void serialisesAsTheFormatPageShows() throws Exception {
        RocksBatch batch = new RocksBatch();
        batch.putMeta(7, 1, bytes("k"), bytes("row"));
        batch.delete(Family.ROWS, bytes("ab"));
        batch.deleteRange(Family.SCORES, bytes("a"), bytes("b"));
        String page = Files.readString(Path.of(System.getProperty("cairn.root", ".."), "docs", "formats.md"));
        String example = page.substring(page.indexOf("    00 00 00 00 00 00 00 00 03 00 00 00"));
        String shown = example.lines()
                .takeWhile(line -> line.startsWith("    "))
                .map(line -> line.substring(0, line.indexOf('|')).replace(" ", ""))
                .collect(Collectors.joining());
        assertEquals(shown, HexFormat.of().formatHex(batch.serialised()));
    }

    @Test
    void writesLengthsAsVarints() {
        for (int length : new int[] {0, 127, 128, 16_383, 16_384, 3_000_000}) {
            RocksBatch batch = new RocksBatch();
            batch.put(Family.ROWS, new byte[0], new byte[length]);
            byte[] bytes = batch.serialised();
            int at = 15;
            int read = 0;
            for (int shift = 0; ; shift += 7) {
                read |= (bytes[at] & 0x7F) << shift;
                if (bytes[at++] >= 0) {
                    break;
                }
            }
            assertEquals(length, read);
            assertEquals(bytes.length, at + length);
        }
    }

    @Test
    void refusesMoreThanFitsBeforeAnythingIsLogged() {
        RocksBatch batch = new RocksBatch(1 << 20);
        batch.put(Family.ROWS, bytes("a"), new byte[600_000]);
        StorageException refused =
                assertThrows(StorageException.class, () -> batch.put(Family.ROWS, bytes("b"), new byte[600_000]));
        assertEquals(
                "ERR too much is changed at once: the rows of one commit would have more than 1 MB",
                refused.getMessage());
        assertEquals(0, batch.size());
        batch.put(Family.ROWS, bytes("c"), new byte[1_000_000]);
        // What is logged must be followed by its applied state.
        batch.put(Family.SYSTEM, bytes("applied"), new byte[60_000]);
        assertEquals(2, batch.size());
    }

    @Test
    void sizesAreExact() {
        for (int length : new int[] {0, 1, 123, 124, 127, 128, 16_379, 16_380, 16_383, 16_384, 2_097_151, 2_097_152}) {
            for (Family family : Family.values()) {
                byte[] part = new byte[length];
                BatchBytes batch = new BatchBytes(0);
                batch.change(family, 1, part, part);
                batch.change(family, 1, part, RowChanges.DELETED);
                long size = BatchBytes.headerBytes()
                        + BatchBytes.sizeOf(family, part, part)
                        + BatchBytes.sizeOf(family, part, RowChanges.DELETED);
                assertEquals(size, batch.finished().length, family + " " + length);
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
