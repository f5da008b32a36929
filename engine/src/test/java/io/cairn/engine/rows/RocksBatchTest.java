package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
