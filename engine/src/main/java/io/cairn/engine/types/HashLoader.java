package io.cairn.engine.types;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.Limits;
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
        count++;
        if (Math.max(field.length, value.length) > limits.hashMaxListpackValue()
                || count > limits.hashMaxListpackEntries()) {
            outgrow();
        }
        PackedEdit small = packed;
        if (small == null) {
            batch.put(Family.ROWS, ElementRows.key(version, field), value);
            return;
        }
        small.append(field);
        small.appendValue(value);
        if (small.payloadBytes() > ElementRows.PACKED_BYTES_MAX) {
            moveToRows(small);
        }
    }

    /** Past a threshold of {@link Limits}. */
    private void outgrow() {
        encoding = Encoding.HASHTABLE;
        PackedEdit small = packed;
        if (small != null) {
            moveToRows(small);
        }
    }

    private void moveToRows(PackedEdit small) {
        version = versions.getAsLong();
        Packed all = small.reader();
        while (all.next()) {
            byte[] rowKey = ElementRows.key(version, all.copy());
            all.next();
            batch.put(Family.ROWS, rowKey, all.copy());
        }
        packed = null;
    }

    @Override
    public byte[] row() {
        if (count == 0) {
            throw new IllegalStateException("a hash without fields is no hash");
        }
        PackedEdit small = packed;
        return small == null
                ? ElementRows.meta(ValueType.HASH, encoding, expireAtMillis, version, count)
                : HashEdit.packedRow(small, expireAtMillis);
    }
}
