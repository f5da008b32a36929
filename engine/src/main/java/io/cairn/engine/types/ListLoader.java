package io.cairn.engine.types;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Builds a list in bulk: holds items back while they fit a meta row, then sends all of them to rows.
 *
 * <p><i>Confined to the loading thread.</i>
 */
final class ListLoader implements CollectionLoader {
    private static final int BYTES_EXPECTED = 16;

    private final long expireAtMillis;
    private final Limits limits;
    private final LongSupplier versions;
    private final RowBatch batch;
    private final List<byte[]> packed = new ArrayList<>();
    private int packedBytes;
    private boolean inRows;
    private long version;
    private long count;
    private ListBlock.@Nullable Writer block;

    ListLoader(long expireAtMillis, Limits limits, LongSupplier versions, RowBatch batch) {
        this.expireAtMillis = expireAtMillis;
        this.limits = limits;
        this.versions = versions;
        this.batch = batch;
    }

    @Override
    public void element(byte[] element) {
        if (inRows) {
            put(element);
            return;
        }
        packed.add(element);
        packedBytes += Packed.elementBytes(element);
        if (!Lists.fits(limits, packed.size(), packedBytes + Packed.varintBytes(packed.size()))) {
            inRows = true;
            version = versions.getAsLong();
            packed.forEach(this::put);
            packed.clear();
        }
    }

    private void put(byte[] element) {
        ListBlock.Writer writer = block;
        if (writer == null) {
            writer = new ListBlock.Writer(0, ListBlock.SLOTS * BYTES_EXPECTED);
            block = writer;
        }
        if (ListBlock.fits(element)) {
            writer.inline(element, 0, element.length);
        } else {
            writer.outside();
            batch.put(Family.ROWS, ListRows.outsideKey(version, count), element);
        }
        count++;
        if (ListBlock.slot(count) == 0) {
            finishBlock();
        }
    }

    private void finishBlock() {
        if (block != null) {
            batch.put(Family.ROWS, ListRows.key(version, ListBlock.number(count - 1)), block.block());
            block = null;
        }
    }

    @Override
    public byte[] row() {
        if (inRows) {
            finishBlock();
            return ListRows.row(version, expireAtMillis, 0, count);
        }
        int size = Packed.varintBytes(packed.size()) + packedBytes;
        byte[] row = MetaRow.allocate(ValueType.LIST, Encoding.QUICKLIST, false, expireAtMillis, size);
        int at = Packed.putVarint(row, MetaRow.payloadStart(row), packed.size());
        for (byte[] element : packed) {
            at = Packed.putElement(row, at, element);
        }
        return row;
    }
}
