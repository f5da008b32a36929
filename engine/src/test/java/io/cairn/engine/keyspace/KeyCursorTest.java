package io.cairn.engine.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.RowCursor;
import io.cairn.wal.LogIdentity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A cursor over keys, with what the turn has not committed yet. */
class KeyCursorTest {
    private final KeyspaceHandle handle = new KeyspaceHandle();
    private final Turn turn;

    KeyCursorTest() {
        AppliedState state = AppliedState.empty(LogIdentity.of("f".repeat(40)), 16, 0, -1);
        handle.keyspace(new Keyspace(new MemoryRowStore(), null, state));
        turn = new Turn(handle, true);
        turn.begin(1);
    }

    private void put(int db, String key, boolean exists) {
        byte[] name = key.getBytes(StandardCharsets.US_ASCII);
        assertTrue(turn.tryLock(db, name));
        byte[] row = MetaRow.of(ValueType.STRING, Encoding.EMBSTR, false, MetaRow.NO_EXPIRY, name);
        turn.set(db, name, exists ? row : null);
    }

    private List<String> keys() {
        List<String> keys = new ArrayList<>();
        int namespace = turn.namespace(0);
        try (RowCursor cursor = turn.cursor(
                Family.META, SystemRows.namespaceStart(namespace), SystemRows.namespaceStart(namespace + 1))) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                keys.add(new String(cursor.key(), 4, cursor.key().length - 4, StandardCharsets.US_ASCII));
            }
        }
        return keys;
    }

    @Test
    void showsWhatTheTurnMakesOfKeys() {
        put(0, "a", true);
        put(0, "c", true);
        put(1, "other", true);
        turn.commit();
        turn.begin(2);
        assertEquals(List.of("a", "c"), keys());
        put(0, "b", true);
        put(0, "c", false);
        put(0, "d", false);
        assertEquals(List.of("a", "b"), keys());
        turn.abandon();
        turn.begin(3);
        assertEquals(List.of("a", "c"), keys());
    }
}
