package io.cairn.engine.types;

import static io.cairn.engine.types.FormatPage.assertDocumented;
import static io.cairn.engine.types.FormatPage.assertDocumentedRows;
import static io.cairn.engine.types.Workbench.bytes;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowCursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The rows of lists and sorted sets, as the format page shows them: a change here is a new version of the format. */
class ListAndScoreFormatTest {
    private static final byte[] KEY = bytes("k");

    @Test
    void packedListIsAsDocumented() throws IOException {
        try (Workbench bench = new Workbench(new MemoryRowStore(), Limits.DEFAULT)) {
            assertDocumented("packed list", push(bench, "one", "", "two"));
        }
    }

    @Test
    void listInRowsIsAsDocumented() throws IOException {
        try (Workbench bench = new Workbench(new MemoryRowStore(), new Limits(512, 64, 512, 128, 64, 1))) {
            push(bench, "one", "two");
            Lists.push(bench.turn, 0, KEY, bench.row(KEY), true, new byte[][] {bytes("zero")}, 0);
            bench.commit();
            assertDocumented("meta row of a list in rows", Objects.requireNonNull(bench.row(KEY)));
            assertDocumentedRows(bench, Family.ROWS, "list", 2);
        }
    }

    @Test
    void packedSortedSetIsAsDocumented() throws IOException {
        try (Workbench bench = new Workbench(new MemoryRowStore(), Limits.DEFAULT)) {
            SortedSetEdit edit = new SortedSetEdit(bench.turn, 0, KEY, bench.row(KEY));
            edit.add(bytes("word"), 1.5);
            edit.add(bytes("a"), Double.NEGATIVE_INFINITY);
            edit.finish();
            assertDocumented("packed sorted set", Objects.requireNonNull(bench.row(KEY)));
        }
    }

    @Test
    void sortedSetInRowsIsAsDocumented() throws IOException {
        try (Workbench bench = new Workbench(new MemoryRowStore(), new Limits(512, 64, 512, 1, 64, -2))) {
            bench.row(KEY);
            SortedSetEdit edit = SortedSetEdit.replacing(bench.turn, 0, KEY, 2, 1);
            edit.add(bytes("z"), -0.0);
            edit.add(bytes("a"), -2);
            edit.finish();
            bench.commit();
            assertDocumented("meta row of a sorted set in rows", Objects.requireNonNull(bench.row(KEY)));
            assertDocumentedRows(bench, Family.ROWS, "sorted set", 2);
            assertDocumentedRows(bench, Family.SCORES, "scores", 2);
        }
    }

    /** All of a long member's row by score but its head. */
    @Test
    void longMemberIsAsDocumented() throws IOException {
        try (Workbench bench = new Workbench(new MemoryRowStore(), Limits.DEFAULT)) {
            SortedSetEdit edit = new SortedSetEdit(bench.turn, 0, KEY, bench.row(KEY));
            edit.add(bytes("x".repeat(1030)), 1);
            edit.finish();
            bench.commit();
            try (RowCursor rows = bench.store.cursor(Family.SCORES, new byte[0], null, ReadMode.DISK)) {
                rows.seekToFirst();
                byte[] key = rows.key();
                assertDocumented(
                        "end of the key of a long member's score", Arrays.copyOfRange(key, 16 + 1024, key.length));
                assertDocumented("value of a long member's score", rows.value());
            }
        }
    }

    @Test
    void indexIsAsDocumented() throws IOException {
        try (Workbench bench = new Workbench(new MemoryRowStore(), Limits.DEFAULT)) {
            SortedSetEdit edit = new SortedSetEdit(bench.turn, 0, KEY, bench.row(KEY));
            for (int i = 0; i <= ScoreIndex.UNCOUNTED_MAX; i++) {
                edit.add(bytes("m" + i), i);
            }
            edit.finish();
            bench.commit();
            byte[] row = Objects.requireNonNull(bench.row(KEY));
            assertDocumented("meta row of a sorted set with an index", row);
            byte[] from = ByteBuffer.allocate(16)
                    .putLong(MetaRow.version(row))
                    .putLong(-1)
                    .array();
            try (RowCursor rows = bench.store.cursor(Family.SCORES, from, null, ReadMode.DISK)) {
                rows.seekToFirst();
                assertDocumented("key of the root", rows.key());
                assertDocumented("value of the root", rows.value());
                rows.next();
                assertFalse(rows.valid(), "the root is the only node");
            }
        }
    }

    private static byte[] push(Workbench bench, String... items) {
        byte[][] bytes = new byte[items.length][];
        for (int i = 0; i < items.length; i++) {
            bytes[i] = bytes(items[i]);
        }
        Lists.push(bench.turn, 0, KEY, bench.row(KEY), false, bytes, 0);
        return Objects.requireNonNull(bench.row(KEY));
    }
}
