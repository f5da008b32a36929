package io.cairn.engine.types;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowBatch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Builds a stream in bulk.
 *
 * <p>A group's pending entries come before it is known whose they are. They are kept until then, if there are no more
 * than {@link #KEPT_MAX}; else their rows are written without the consumer, which gets a row of its own.
 *
 * <p><i>Confined to the loading thread.</i>
 */
final class StreamLoader implements CollectionLoader {
    static final int KEPT_MAX = 1 << 15;

    private final long expireAtMillis;
    private final RowBatch batch;
    private final long version;
    private final int keptMax;
    private int widestBytes;
    private StreamPart.@Nullable State state;
    private StreamPart.@Nullable Group group;
    private byte[] consumer = ElementRows.NOTHING;
    private boolean keeps;
    private StreamPart.Pending[] kept = {};
    private int keptCount;
    private long strangers;

    StreamLoader(long expireAtMillis, RowBatch batch, long version) {
        this(expireAtMillis, batch, version, KEPT_MAX);
    }

    StreamLoader(long expireAtMillis, RowBatch batch, long version, int keptMax) {
        this.expireAtMillis = expireAtMillis;
        this.batch = batch;
        this.version = version;
        this.keptMax = keptMax;
    }

    @Override
    public void part(StreamPart part) {
        if (part instanceof StreamPart.Entry entry) {
            byte[] value = StreamRows.words(entry.words(), 0);
            widestBytes = Math.max(widestBytes, value.length);
            batch.put(Family.ROWS, StreamRows.entryKey(version, entry.id()), value);
        } else if (part instanceof StreamPart.State stated) {
            state = stated;
        } else if (part instanceof StreamPart.Group begun) {
            group = begun;
            keeps = begun.pending() <= keptMax;
            kept = new StreamPart.Pending[keeps ? (int) begun.pending() : 0];
            keptCount = 0;
        } else if (part instanceof StreamPart.Pending pending) {
            pending(pending);
        } else if (part instanceof StreamPart.Consumers consumers) {
            StreamPart.Group of = group();
            byte[] row = StreamRows.group(of.lastId(), of.entriesRead(), of.pending(), consumers.count());
            batch.put(Family.ROWS, StreamRows.groupKey(version, of.name()), row);
        } else if (part instanceof StreamPart.Consumer begun) {
            consumer = begun.name();
            byte[] row = StreamRows.consumer(begun.seenMillis(), begun.pending());
            batch.put(Family.ROWS, StreamRows.consumerKey(version, group().name(), consumer), row);
        } else if (part instanceof StreamPart.Claimed claimed) {
            claimed(claimed.id());
        }
    }

    private StreamPart.Group group() {
        StreamPart.Group of = group;
        if (of == null) {
            throw new IllegalStateException("no group was begun");
        }
        return of;
    }

    private void pending(StreamPart.Pending pending) {
        if (keeps) {
            kept[keptCount++] = pending;
        } else {
            byte[] row =
                    StreamRows.pending(pending.deliveredMillis(), pending.deliveries(), ElementRows.NOTHING, false);
            batch.put(Family.ROWS, key(StreamRows.PENDING, pending.id()), row);
        }
    }

    private void claimed(StreamId id) {
        if (keeps) {
            StreamPart.Pending wanted = new StreamPart.Pending(id, 0, 0);
            int at = Arrays.binarySearch(
                    kept, 0, keptCount, wanted, (one, other) -> one.id().compareTo(other.id()));
            if (at < 0) {
                strangers++;
                return;
            }
            byte[] row = StreamRows.pending(kept[at].deliveredMillis(), kept[at].deliveries(), consumer, true);
            batch.put(Family.ROWS, key(StreamRows.PENDING, id), row);
        } else {
            batch.put(Family.ROWS, key(StreamRows.OWNER, id), consumer);
        }
        byte[] claims = StreamRows.claims(version, group().name(), consumer);
        batch.put(Family.ROWS, StreamRows.at(claims, id), ElementRows.NOTHING);
    }

    private byte[] key(byte kind, StreamId id) {
        return StreamRows.at(StreamRows.scope(version, kind, group().name()), id);
    }

    @Override
    public byte[] row() {
        StreamPart.State stated = state;
        if (stated == null || strangers > 0) {
            throw new IllegalStateException("a stream without its state, or with claims to what is not pending");
        }
        return StreamMeta.row(version, expireAtMillis, stated, widestBytes);
    }
}
