package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MemoryRowStoreTest extends RowStoreContract {
    @Override
    RowStore open(Path where) {
        return new MemoryRowStore();
    }

    @Test
    void accountsForWhatItHolds() {
        for (int i = 0; i < 1000; i++) {
            put(1, "key" + i, "some value");
        }
        write(batch -> batch.put(Family.ROWS, row(4, 1), bytes("abc")));
        for (int i = 0; i < 1000; i++) {
            put(1, "key" + i, "v");
        }
        assertEquals(1000, store.stats().get("meta_rows"));
        write(batch -> batch.deleteRange(Family.META, fullKey(0, ""), fullKey(9, "")));
        assertEquals(15 + MemoryRowStore.INDEXED_ROW_BYTES, store.stats().get("live_data_bytes"));
        write(batch -> batch.delete(Family.ROWS, row(4, 1)));
        assertEquals(0, store.stats().get("live_data_bytes"));
    }

    @Test
    void keepsNothingForCheckpointsThatAreClosed() {
        put(1, "k", "v");
        RowView checkpoint = store.checkpoint(directory.resolve("c"));
        put(1, "k", "w");
        assertEquals(1, store.stats().get("checkpoint_rows_kept"));
        checkpoint.close();
        checkpoint.close();
        assertEquals(0, store.stats().get("checkpoints_open"));
        assertEquals(0, store.stats().get("checkpoint_rows_kept"));
    }
}
