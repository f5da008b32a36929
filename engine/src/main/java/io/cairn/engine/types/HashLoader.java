package io.cairn.engine.types;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowBatch;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Builds one hash in bulk.
 *
 * <p><i>Confined to the loading thread.</i>
 */
final class HashLoader implements CollectionLoader {
    private final RowBatch batch;
    private final LongSupplier versions;
    private final long expireAtMillis;
    private final Limits limits;
    private Encoding encoding = Encoding.LISTPACK;
    private @Nullable PackedEdit packed = new PackedEdit(2);
    private long version;
    private long count;
    private long firstMillis = FieldTimes.NEVER;

    HashLoader(RowBatch batch, LongSupplier versions, long expireAtMillis, long count, Limits limits) {
        this.batch = batch;
        this.versions = versions;
        this.expireAtMillis = expireAtMillis;
        this.limits = limits;
        if (count > limits.hashMaxListpackEntries()) {
            outgrow();
        }
    }

    @Override
    public void pair(byte[] field, byte[] value) {
        timedPair(field, value, FieldTimes.NEVER);
    }

    @Override
    public void timedPair(byte[] field, byte[] value, long fieldExpireAtMillis) {
        count++;
        if (Math.max(field.length, value.length) > limits.hashMaxListpackValue()
                || count > limits.hashMaxListpackEntries()) {
            outgrow();
        }
        if (fieldExpireAtMillis != FieldTimes.NEVER) {
            takeTime(fieldExpireAtMillis);
        }
        PackedEdit small = packed;
        if (small == null) {
            putRow(field, value, fieldExpireAtMillis);
            return;
        }
        small.append(field);
        small.appendValue(value);
        if (encoding == Encoding.LISTPACKEX) {
            small.appendValue(PackedFields.element(fieldExpireAtMillis));
        }
        if (small.payloadBytes() > ElementRows.PACKED_BYTES_MAX) {
            moveToRows(small);
        }
    }

    private void takeTime(long dueMillis) {
        firstMillis = firstMillis == FieldTimes.NEVER ? dueMillis : Math.min(firstMillis, dueMillis);
        if (encoding == Encoding.LISTPACK) {
            PackedEdit small = packed;
            packed = small == null ? null : PackedFields.from(small);
            encoding = Encoding.LISTPACKEX;
        }
    }

    private void putRow(byte[] field, byte[] value, long dueMillis) {
        batch.put(Family.ROWS, ElementRows.key(version, field), Stub.value(field, value));
        if (dueMillis != FieldTimes.NEVER) {
            batch.put(Family.SCORES, FieldTimes.byField(version, field), FieldTimes.bytes(dueMillis));
            batch.put(Family.SCORES, FieldTimes.byTime(version, dueMillis, field), FieldTimes.mark(field));
        }
    }

    /** Past a threshold of {@link Limits}. */
    private void outgrow() {
        PackedEdit small = packed;
        if (small != null) {
            moveToRows(small);
        }
        encoding = Encoding.HASHTABLE;
    }

    private void moveToRows(PackedEdit small) {
        version = versions.getAsLong();
        Packed all = small.reader();
        while (all.next()) {
            byte[] field = all.copy();
            all.next();
            byte[] value = all.copy();
            boolean timed = encoding == Encoding.LISTPACKEX && all.next();
            putRow(field, value, timed ? PackedFields.time(all) : FieldTimes.NEVER);
        }
        packed = null;
    }

    @Override
    public byte[] row() {
        if (count == 0) {
            throw new IllegalStateException("a hash without fields is no hash");
        }
        PackedEdit small = packed;
        if (small != null) {
            return encoding == Encoding.LISTPACKEX
                    ? PackedFields.row(small, expireAtMillis)
                    : HashEdit.packedRow(small, expireAtMillis);
        }
        byte[] row = ElementRows.meta(ValueType.HASH, encoding, expireAtMillis, version, count);
        return firstMillis == FieldTimes.NEVER ? row : MetaRow.withFieldsExpiry(row, firstMillis);
    }
}
