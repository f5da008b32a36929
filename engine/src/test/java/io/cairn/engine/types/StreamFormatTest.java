package io.cairn.engine.types;

import static io.cairn.engine.types.FormatPage.assertDocumented;
import static io.cairn.engine.types.FormatPage.assertDocumentedRows;
import static io.cairn.engine.types.Workbench.bytes;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.RowBatch;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The rows of streams, as the format page shows them: a change here is a new version of the format. */
class StreamFormatTest {
    private static final byte[] KEY = bytes("k");

    @Test
    void streamIsAsDocumented() throws IOException {
        try (Workbench bench = new Workbench(new MemoryRowStore(), Limits.DEFAULT)) {
            bench.row(KEY);
            StoredStream stream = StoredStream.create(bench.turn);
            stream.append(new StreamId(5, 0), new byte[][] {bytes("a"), bytes("1")}, 0);
            stream.append(new StreamId(6, 1), new byte[][] {bytes("a"), bytes("2"), bytes("b"), bytes("")}, 0);
            stream.delete(new StreamId(5, 0));
            StreamGroup group = stream.createGroup(bytes("g"), StreamId.ZERO, -1);
            StreamConsumer consumer = group.createConsumer(bytes("bob"), Workbench.NOW);
            group.claim(null, new StreamId(6, 1), consumer, Workbench.NOW, 1);
            group.lastId(new StreamId(6, 1), 2);
            group.store();
            stream.store(0, KEY);
            bench.commit();
            assertDocumented("meta row of a stream", Objects.requireNonNull(bench.row(KEY)));
            assertDocumentedRows(bench, Family.ROWS, "stream", 5);
        }
    }

    @Test
    void pendingEntriesOfALargeGroupAreAsDocumented() throws IOException {
        try (Workbench bench = new Workbench(new MemoryRowStore(), Limits.DEFAULT)) {
            RowBatch batch = bench.store.newBatch();
            StreamLoader loader = new StreamLoader(-1, batch, 1, 0);
            StreamId id = new StreamId(6, 1);
            loader.part(new StreamPart.State(0, id, StreamId.ZERO, StreamId.ZERO, 0, 1));
            loader.part(new StreamPart.Group(bytes("g"), id, 2, 1));
            loader.part(new StreamPart.Pending(id, Workbench.NOW, 1));
            loader.part(new StreamPart.Consumers(1));
            loader.part(new StreamPart.Consumer(bytes("bob"), Workbench.NOW, 1));
            loader.part(new StreamPart.Claimed(id));
            loader.row();
            bench.store.write(batch);
            assertDocumentedRows(bench, Family.ROWS, "stream with a large group", 5);
        }
    }
}
