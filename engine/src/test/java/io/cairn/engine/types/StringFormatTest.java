package io.cairn.engine.types;

import static io.cairn.engine.types.FormatPage.assertDocumented;
import static io.cairn.engine.types.FormatPage.assertDocumentedRows;
import static io.cairn.engine.types.Workbench.bytes;

import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.MemoryRowStore;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The rows of strings, as {@code docs/formats.md} shows them: a change here is a new version of the format. */
class StringFormatTest {
    private static final byte[] KEY = bytes("k");

    @Test
    void stringInTheMetaRowIsAsDocumented() throws IOException {
        try (Workbench bench = new Workbench(new MemoryRowStore(), Limits.DEFAULT)) {
            bench.row(KEY);
            Strings.set(bench.turn, 0, KEY, bytes("hello"), MetaRow.NO_EXPIRY);
            assertDocumented("string", row(bench));
            Strings.set(bench.turn, 0, KEY, bytes("-7"), 1_700_000_000_000L);
            assertDocumented("integer with expiry", row(bench));
        }
    }

    @Test
    void stringInChunksIsAsDocumented() throws IOException {
        try (Workbench bench = new Workbench(new MemoryRowStore(), Limits.DEFAULT)) {
            byte[] none = bench.row(KEY);
            Strings.writeRange(bench.turn, 0, KEY, none, 2 * Strings.CHUNK_BYTES + 3, bytes("far"));
            Strings.writeRange(bench.turn, 0, KEY, row(bench), 0, bytes("near"));
            bench.commit();
            assertDocumented("meta row of a string in chunks", row(bench));
            assertDocumentedRows(bench, Family.ROWS, "string", 2);
        }
    }

    private static byte[] row(Workbench bench) {
        return Objects.requireNonNull(bench.turn.readStored(0, KEY));
    }
}
