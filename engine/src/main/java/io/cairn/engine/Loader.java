package io.cairn.engine;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.KeyHash;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.SystemRows;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowSink;
import io.cairn.engine.types.CollectionLoader;
import io.cairn.engine.types.Libraries;
import io.cairn.engine.types.StoredValues;
import org.jspecify.annotations.Nullable;

/**
 * Loads whole keys into a store that nobody else uses: rows are built directly, counted, and written in large batches.
 *
 * <p>Keys must come once each. {@link #finish()} writes the applied state with the last batch.
 *
 * <p><i>Confined to the loading thread.</i>
 */
final class Loader implements EntrySink {
    private static final int BATCH_ROWS = 2048;
    private static final int BATCH_BYTES = 1 << 20;

    private final RowSink store;
    private final AppliedState state;
    private final Limits limits;
    private final RowBatch batch;
    private int batchBytes;
    private long versions;
    private long loadedKeys;

    private int db;
    private byte[] key = SystemRows.EMPTY;
    private @Nullable CollectionLoader open;

    Loader(RowSink store, AppliedState state, Limits limits) {
        this.store = store;
        this.state = state;
        this.limits = limits;
        this.batch = store.newBatch();
    }

    long keys() {
        return loadedKeys;
    }

    @Override
    public void string(int db, byte[] key, long expireAtMillis, byte[] value) {
        put(db, key, StoredValues.string(expireAtMillis, value, batch, this::newVersion));
    }

    @Override
    public void begin(int db, byte[] key, long expireAtMillis, ValueType type, long count) {
        this.db = db;
        this.key = key;
        open = StoredValues.loader(type, count, expireAtMillis, limits, batch, this::newVersion);
    }

    @Override
    public void element(byte[] element) {
        current().element(element);
        wrote(element.length);
    }

    @Override
    public void pair(byte[] field, byte[] value) {
        current().pair(field, value);
        wrote(field.length + value.length);
    }

    @Override
    public void timedPair(byte[] field, byte[] value, long fieldExpireAtMillis) {
        current().timedPair(field, value, fieldExpireAtMillis);
        wrote(field.length + value.length);
    }

    @Override
    public void scored(byte[] member, double score) {
        current().scored(member, score);
        wrote(member.length);
    }

    @Override
    public void part(StreamPart part) {
        current().part(part);
        int bytes = 0;
        if (part instanceof StreamPart.Entry entry) {
            for (byte[] word : entry.words()) {
                bytes += word.length;
            }
        }
        wrote(bytes);
    }

    @Override
    public void library(byte[] code) {
        Libraries.load(batch, code);
        wrote(code.length);
    }

    @Override
    public void end() {
        put(db, key, current().row());
        open = null;
    }

    private CollectionLoader current() {
        CollectionLoader loader = open;
        if (loader == null) {
            throw new IllegalStateException("no collection was begun");
        }
        return loader;
    }

    private long newVersion() {
        return ++versions;
    }

    private void put(int toDb, byte[] toKey, byte[] row) {
        if (toDb < 0 || toDb >= state.databases()) {
            throw new IllegalArgumentException("database " + toDb + " does not exist here: databases is "
                    + state.databases() + ", raise it to load this data");
        }
        int namespace = state.namespace(toDb);
        batch.putMeta(KeyHash.of(namespace, toKey), namespace, toKey, row);
        long due = MetaRow.expireAtMillis(row);
        if (due != MetaRow.NO_EXPIRY) {
            batch.put(Family.EXPIRES, SystemRows.expiry(due, namespace, toKey), SystemRows.EMPTY);
        }
        long fieldsDue = MetaRow.fieldsExpireAtMillis(row);
        if (fieldsDue != MetaRow.NO_EXPIRY) {
            batch.put(Family.EXPIRES, SystemRows.fieldsExpiry(fieldsDue, namespace, toKey), SystemRows.EMPTY);
        }
        state.loaded(toDb, due != MetaRow.NO_EXPIRY);
        loadedKeys++;
        wrote(row.length + toKey.length);
    }

    private void wrote(int bytes) {
        batchBytes += bytes;
        if (batch.size() >= BATCH_ROWS || batchBytes >= BATCH_BYTES) {
            flushBatch();
        }
    }

    private void flushBatch() {
        store.write(batch);
        batch.clear();
        batchBytes = 0;
    }

    /** As {@link #finish()}, for keys that turn out to stand at another position. */
    void finish(long offset, int streamDb) {
        state.standsAt(offset, streamDb);
        finish();
    }

    /** Writes what is left, with the applied state. */
    void finish() {
        state.writeTo(batch, versions);
        flushBatch();
    }
}
