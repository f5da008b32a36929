package io.cairn.engine.types;

import static io.cairn.engine.types.FormatPage.assertDocumented;
import static io.cairn.engine.types.FormatPage.assertDocumentedRows;
import static io.cairn.engine.types.Workbench.bytes;

import io.cairn.engine.entry.FunctionLibrary;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowCursor;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
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
            assertDocumentedRows(bench, Family.ROWS, "hash", 2);
        }
    }

    @Test
    void packedHashWithExpiringFieldsIsAsDocumented() throws IOException {
        try (Workbench bench = bench(Limits.DEFAULT)) {
            assertDocumented("packed hash with expiring fields", timed(bench));
        }
    }

    @Test
    void hashInRowsWithExpiringFieldsIsAsDocumented() throws IOException {
        try (Workbench bench = bench(new Limits(1, 64, 512, 128, 64, -2))) {
            assertDocumented("meta row of a hash in rows with expiring fields", timed(bench));
            assertDocumentedRows(bench, Family.SCORES, "field times", 2);
        }
    }

    /** All of a long member's row but its head. */
    @Test
    void longMemberIsAsDocumented() throws IOException {
        try (Workbench bench = bench(Limits.DEFAULT)) {
            set(bench, "x".repeat(1030));
            try (RowCursor rows = bench.store.cursor(Family.ROWS, new byte[0], null, ReadMode.DISK)) {
                rows.seekToFirst();
                byte[] key = rows.key();
                assertDocumented("end of the key of a long member", Arrays.copyOfRange(key, 12 + 1024, key.length));
                assertDocumented("value of a long member", rows.value());
            }
        }
    }

    private static byte[] timed(Workbench bench) {
        HashEdit hash = Hashes.edit(bench.turn, 0, KEY, hash(bench, "field", "one", "f2", ""));
        hash.expiry(bytes("field"), 1_700_000_000_000L);
        hash.store();
        bench.commit();
        return Objects.requireNonNull(bench.row(KEY));
    }

    @Test
    void libraryIsAsDocumented() throws IOException {
        try (Workbench bench = bench(Limits.DEFAULT)) {
            FunctionLibrary library = FunctionLibrary.of(bytes("#!lua name=lib\n"));
            bench.commit();
            bench.turn.exclusively(Workbench.NOW, () -> Libraries.put(bench.turn, library));
            bench.turn.begin(Workbench.NOW);
            try (RowCursor rows = bench.turn.cursor(Family.SYSTEM, bytes("F"), bytes("G"))) {
                rows.seekToFirst();
                assertDocumented("key of a library", rows.key());
                assertDocumented("value of a library", rows.value());
            }
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
            assertDocumentedRows(bench, Family.ROWS, "set", 2);
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
}
