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
import io.cairn.engine.types.Hashes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

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

    private static final byte[] HDEL = "HDEL".getBytes(StandardCharsets.US_ASCII);

    /** Fields that are deleted in one turn, of one hash in one command: as many as take about that long. */
    private static final int FIELDS_LEAST = 256;

    private static final int FIELDS_MOST = 16_384;
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(8);

    private record Due(long atMillis, int namespace, boolean ofFields, byte[] key) {}

    private final KeyspaceHandle handle;
    private final Turn turn;
    private final LongSupplier wallMillis;
    private int fieldsPerTurn = 2048;
    private int fieldsLeft;
    private long version; // of the hash that the turn before was at work on
    private byte @Nullable [] upTo; // and how far it came
    private final LongAdder expiredFields = new LongAdder();

    Expirer(KeyspaceHandle handle, LongSupplier wallMillis) {
        this.handle = handle;
        this.turn = new Turn(handle, true);
        this.wallMillis = wallMillis;
    }

    /** Fields of hashes deleted because they were due. */
    long expiredFields() {
        return expiredFields.sum();
    }

    /** Deletes some keys, and fields, that are due; returns whether there may be more. */
    boolean runOnce() {
        if (!handle.primary() || handle.writeError() != null) {
            return false;
        }
        long now = wallMillis.getAsLong();
        turn.begin(now);
        boolean goesOn = false;
        try {
            fieldsLeft = fieldsPerTurn;
            long startNanos = System.nanoTime();
            List<Due> due = due(now);
            AppliedState state = handle.keyspace().state();
            List<Turn.DbKey> keys = new ArrayList<>();
            List<Turn.DbKey> hashes = new ArrayList<>();
            for (Due entry : due) {
                int db = state.database(entry.namespace());
                if (db >= 0) {
                    (entry.ofFields() ? hashes : keys).add(new Turn.DbKey(db, entry.key()));
                }
            }
            int deleted = delete(keys, hashes, now);
            turn.commit();
            boolean more = fieldsLeft <= 0;
            if (more) {
                adapt(System.nanoTime() - startNanos);
            }
            goesOn = more;
            if (deleted < due.size()) {
                dropStale(due, now);
            }
            return due.size() == KEYS_PER_TURN || more;
        } finally {
            if (!goesOn) {
                upTo = null;
            }
            turn.abandon();
        }
    }

    /** Has the next turn take about as long as one should. */
    private void adapt(long nanos) {
        long fitting = fieldsPerTurn * TURN_NANOS / Math.max(1, nanos);
        fieldsPerTurn = (int) Math.max(FIELDS_LEAST, Math.min(FIELDS_MOST, fitting));
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
                boolean ofFields = (namespace & SystemRows.OF_FIELDS) != 0;
                due.add(new Due(atMillis, namespace & ~SystemRows.OF_FIELDS, ofFields, key));
            }
        }
        return due;
    }

    /** Returns to how many of the entries something was due. */
    private int delete(List<Turn.DbKey> keys, List<Turn.DbKey> hashes, long now) {
        turn.commit();
        turn.begin(now);
        if (!handle.primary()) {
            return 0; // the node became a replica between the two turns
        }
        List<Turn.DbKey> all = new ArrayList<>(keys);
        all.addAll(hashes);
        turn.lockAll(all, false);
        int deleted = 0;
        for (Turn.DbKey key : keys) {
            byte[] row = turn.readStored(key.db(), key.key());
            if (row != null && isDue(row, now)) {
                turn.write(key.db(), key.key()); // deletes it
                turn.endUnit();
                deleted++;
            }
        }
        for (Turn.DbKey key : hashes) {
            byte[] row = turn.readStored(key.db(), key.key());
            if (row != null && areFieldsDue(row, now)) {
                deleted++;
                if (fieldsLeft > 0) {
                    deleteFields(key, row, now);
                }
            }
        }
        return deleted;
    }

    private void deleteFields(Turn.DbKey key, byte[] row, long now) {
        boolean inRows = MetaRow.inRows(row);
        boolean goesOn = inRows && upTo != null && MetaRow.version(row) == version;
        long count = Hashes.count(row);
        if (inRows && !goesOn && count > fieldsLeft && Hashes.areAllDue(turn, row, now)) {
            turn.set(key.db(), key.key(), null); // its rows go all at once, in the background
            turn.effect(key.db(), handle.expireCommand(), key.key());
            told(key, count);
            return;
        }
        Hashes.Removed removed =
                Hashes.removeDue(turn, key.db(), key.key(), row, now, fieldsLeft, goesOn ? upTo : null);
        version = inRows ? MetaRow.version(row) : 0;
        upTo = removed.upTo();
        List<byte[]> effect = new ArrayList<>(List.of(HDEL, key.key()));
        effect.addAll(removed.fields());
        turn.effect(key.db(), effect.toArray(new byte[0][]));
        fieldsLeft -= removed.fields().size();
        told(key, removed.fields().size());
    }

    private void told(Turn.DbKey key, long fields) {
        turn.events().notify(Event.HASH, "hexpired", key.db(), key.key());
        if (turn.readStored(key.db(), key.key()) == null) {
            turn.events().notify(Event.GENERIC, "del", key.db(), key.key());
        }
        turn.endUnit();
        expiredFields.add(fields);
    }

    private static boolean areFieldsDue(byte[] row, long now) {
        long at = MetaRow.fieldsExpireAtMillis(row);
        return at != MetaRow.NO_EXPIRY && at <= now;
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
                        if (row == null || due(entry, row) != entry.atMillis()) {
                            drop(batch, entry);
                        }
                    }
                }));
    }

    private static long due(Due entry, byte[] row) {
        return entry.ofFields() ? MetaRow.fieldsExpireAtMillis(row) : MetaRow.expireAtMillis(row);
    }

    private static void drop(RowBatch batch, Due entry) {
        byte[] key = entry.ofFields()
                ? SystemRows.fieldsExpiry(entry.atMillis(), entry.namespace(), entry.key())
                : SystemRows.expiry(entry.atMillis(), entry.namespace(), entry.key());
        batch.delete(Family.EXPIRES, key);
    }
}
