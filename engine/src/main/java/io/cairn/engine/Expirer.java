package io.cairn.engine;

import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.Event;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.SystemRows;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowCursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Deletes keys when they are due, in the order of their time, and logs each as a deletion; on a primary only.
 *
 * <p>The index may name keys that are gone or due later (a flushed database, a row of an older state): such entries are
 * dropped.
 *
 * <p><i>Confined to the janitor thread.</i>
 */
final class Expirer {
    private static final int KEYS_PER_TURN = 256;

    private record Due(long atMillis, int namespace, byte[] key) {}

    private final KeyspaceHandle handle;
    private final Turn turn;
    private final LongSupplier wallMillis;
    private final LongAdder expired = new LongAdder();

    Expirer(KeyspaceHandle handle, LongSupplier wallMillis) {
        this.handle = handle;
        this.turn = new Turn(handle, true);
        this.wallMillis = wallMillis;
    }

    long expired() {
        return expired.sum();
    }

    /** Deletes some keys that are due; returns whether there may be more. */
    boolean runOnce() {
        if (!handle.primary() || handle.writeError() != null) {
            return false;
        }
        long now = wallMillis.getAsLong();
        turn.begin(now);
        try {
            List<Due> due = due(now);
            AppliedState state = handle.keyspace().state();
            List<Turn.DbKey> keys = new ArrayList<>();
            for (Due entry : due) {
                int db = state.database(entry.namespace());
                if (db >= 0) {
                    keys.add(new Turn.DbKey(db, entry.key()));
                }
            }
            int deleted = delete(keys, now);
            turn.commit();
            expired.add(deleted);
            if (deleted < due.size()) {
                dropStale(due, now);
            }
            return due.size() == KEYS_PER_TURN;
        } finally {
            turn.abandon();
        }
    }

    private List<Due> due(long now) {
        List<Due> due = new ArrayList<>();
        byte[] end = ByteBuffer.allocate(8).putLong(now + 1).array();
        try (RowCursor cursor = turn.cursor(Family.EXPIRES, SystemRows.EMPTY, end)) {
            for (cursor.seekToFirst(); cursor.valid() && due.size() < KEYS_PER_TURN; cursor.next()) {
                ByteBuffer entry = ByteBuffer.wrap(cursor.key());
                long atMillis = entry.getLong();
                int namespace = entry.getInt();
                byte[] key = new byte[entry.remaining()];
                entry.get(key);
                due.add(new Due(atMillis, namespace, key));
            }
        }
        return due;
    }

    private int delete(List<Turn.DbKey> keys, long now) {
        turn.commit();
        turn.begin(now);
        if (!handle.primary()) {
            return 0; // the node became a replica between the two turns
        }
        turn.lockAll(keys, false);
        int deleted = 0;
        for (Turn.DbKey key : keys) {
            byte[] row = turn.readStored(key.db(), key.key());
            if (row != null && isDue(row, now)) {
                turn.set(key.db(), key.key(), null);
                turn.effect(key.db(), handle.expireCommand(), key.key());
                turn.events().notify(Event.EXPIRED, "expired", key.db(), key.key());
                turn.endUnit();
                deleted++;
            }
        }
        return deleted;
    }

    private static boolean isDue(byte[] row, long now) {
        long at = MetaRow.expireAtMillis(row);
        return at != MetaRow.NO_EXPIRY && at <= now;
    }

    /** Removes index entries whose key is gone or has another expiry, under the keys' stripes. */
    private void dropStale(List<Due> due, long now) {
        turn.exclusively(
                now,
                () -> handle.keyspace().maintain(batch -> {
                    AppliedState state = handle.keyspace().state();
                    for (Due entry : due) {
                        int db = state.database(entry.namespace());
                        byte[] row = db < 0 ? null : turn.readStored(db, entry.key());
                        if (row == null || MetaRow.expireAtMillis(row) != entry.atMillis()) {
                            drop(batch, entry);
                        }
                    }
                }));
    }

    private static void drop(RowBatch batch, Due entry) {
        batch.delete(Family.EXPIRES, SystemRows.expiry(entry.atMillis(), entry.namespace(), entry.key()));
    }
}
