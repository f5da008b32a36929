package io.cairn.engine.types;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A group of consumers while a command works with it: pending entries change at once, {@link #store} writes the rows of
 * the group and of its consumers.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
public final class StreamGroup {
    private final StoredStream stream;
    private final byte[] name;
    private StreamId lastId;
    private long entriesRead;
    private long pending;
    private long consumerCount;
    private boolean changed;
    private final Map<ByteBuffer, StreamConsumer> known = new LinkedHashMap<>();

    StreamGroup(StoredStream stream, byte[] name, byte[] row) {
        this.stream = stream;
        this.name = name;
        ByteBuffer bytes = ByteBuffer.wrap(row);
        lastId = new StreamId(bytes.getLong(), bytes.getLong());
        entriesRead = bytes.getLong();
        pending = bytes.getLong();
        consumerCount = bytes.getLong();
    }

    /** Its name. */
    public byte[] name() {
        return name;
    }

    /** The id that was delivered last. */
    public StreamId lastId() {
        return lastId;
    }

    /** How many of the entries ever added were read, or {@code State.UNKNOWN}. */
    public long entriesRead() {
        return entriesRead;
    }

    /** Number of pending entries. */
    public long pending() {
        return pending;
    }

    /** Number of consumers. */
    public long consumerCount() {
        return consumerCount;
    }

    /** Sets what was delivered last. */
    public void lastId(StreamId id, long read) {
        lastId = id;
        entriesRead = read;
        changed = true;
    }

    /** Writes what has changed of the group and of its consumers. */
    public void store() {
        for (StreamConsumer consumer : known.values()) {
            if (consumer.hasChanged()) {
                stream.turn.putRow(Family.ROWS, consumerKey(consumer.name()), consumer.row());
            }
        }
        if (changed) {
            byte[] row = StreamRows.group(lastId, entriesRead, pending, consumerCount);
            stream.turn.putRow(Family.ROWS, StreamRows.groupKey(stream.version, name), row);
        }
    }

    void destroy() {
        stream.turn.expectRows(2 * pending + consumerCount);
        byte[] kinds = {StreamRows.CONSUMER, StreamRows.PENDING, StreamRows.CLAIMED, StreamRows.OWNER};
        for (byte kind : kinds) {
            deleteAll(StreamRows.scope(stream.version, kind, name));
        }
        stream.turn.deleteRow(Family.ROWS, StreamRows.groupKey(stream.version, name));
    }

    private void deleteAll(byte[] scope) {
        try (RowCursor cursor = stream.turn.cursor(Family.ROWS, scope, StreamRows.behind(scope))) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                stream.turn.deleteRow(Family.ROWS, cursor.key());
            }
        }
    }

    // ---- consumers

    /** The consumer of that name, or null. */
    public @Nullable StreamConsumer consumer(byte[] consumer) {
        StreamConsumer found = known.get(ByteBuffer.wrap(consumer));
        if (found == null && consumerCount > 0) {
            byte[] row = stream.turn.row(Family.ROWS, consumerKey(consumer));
            if (row != null) {
                found = new StreamConsumer(consumer, row);
                known.put(ByteBuffer.wrap(consumer), found);
            }
        }
        return found;
    }

    /** Makes a consumer that is not there. */
    public StreamConsumer createConsumer(byte[] consumer, long nowMillis) {
        StreamConsumer created = new StreamConsumer(consumer, StreamRows.consumer(nowMillis, 0));
        created.pending(0);
        known.put(ByteBuffer.wrap(consumer), created);
        consumerCount++;
        changed = true;
        return created;
    }

    /** All consumers, ordered by name. */
    public List<StreamConsumer> consumers() {
        List<StreamConsumer> all = new ArrayList<>();
        byte[] scope = StreamRows.scope(stream.version, StreamRows.CONSUMER, name);
        try (RowCursor cursor = stream.turn.cursor(Family.ROWS, scope, StreamRows.behind(scope))) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                byte[] key = cursor.key();
                all.add(new StreamConsumer(Arrays.copyOfRange(key, scope.length, key.length), cursor.value()));
            }
        }
        return all;
    }

    /** Deletes a consumer with its pending entries. */
    public void delete(StreamConsumer consumer) {
        stream.turn.expectRows(2 * consumer.pending());
        List<StreamId> claimed = new ArrayList<>();
        visitClaimed(consumer, StreamId.ZERO, StreamId.LAST, entry -> claimed.add(entry.id()));
        for (StreamId id : claimed) {
            remove(id, consumer.name());
        }
        pending -= claimed.size();
        stream.turn.deleteRow(Family.ROWS, consumerKey(consumer.name()));
        known.remove(ByteBuffer.wrap(consumer.name()));
        consumerCount--;
        changed = true;
    }

    private byte[] consumerKey(byte[] consumer) {
        return StreamRows.consumerKey(stream.version, name, consumer);
    }

    // ---- pending entries

    /** The pending entry with this id, or null. */
    public @Nullable PendingEntry pending(StreamId id) {
        byte[] row = pending == 0 ? null : stream.turn.row(Family.ROWS, key(StreamRows.PENDING, id));
        return row == null ? null : entry(id, row);
    }

    private PendingEntry entry(StreamId id, byte[] row) {
        boolean named = StreamRows.isNamed(row);
        byte[] consumer = named ? StreamRows.consumerOf(row) : stream.turn.row(Family.ROWS, key(StreamRows.OWNER, id));
        if (consumer == null) {
            throw new StorageException(
                    "stream of version " + stream.version + " has a pending entry of nobody at " + id);
        }
        return new PendingEntry(id, consumer, StreamRows.deliveredMillis(row), StreamRows.deliveries(row), named);
    }

    /**
     * Makes an entry pending with a consumer.
     *
     * @param before what it was before, or null if it was not pending
     */
    public void claim(
            @Nullable PendingEntry before, StreamId id, StreamConsumer consumer, long millis, long deliveries) {
        boolean same = before != null && Arrays.equals(before.consumer(), consumer.name());
        if (before != null && !same) {
            remove(before.id(), before.consumer());
            owner(before).pending(-1);
        }
        byte[] row = StreamRows.pending(millis, deliveries, consumer.name(), before == null || !same || before.named());
        stream.turn.putRow(Family.ROWS, key(StreamRows.PENDING, id), row);
        if (!same) {
            stream.turn.putRow(Family.ROWS, claimKey(id, consumer.name()), ElementRows.NOTHING);
            consumer.pending(1);
        }
        if (before == null) {
            pending++;
            changed = true;
        }
    }

    /** Ends that an entry is pending. */
    public void release(PendingEntry entry) {
        remove(entry.id(), entry.consumer());
        owner(entry).pending(-1);
        pending--;
        changed = true;
    }

    private StreamConsumer owner(PendingEntry entry) {
        StreamConsumer owner = consumer(entry.consumer());
        if (owner == null) {
            throw new StorageException("stream of version " + stream.version + " has no consumer for " + entry.id());
        }
        return owner;
    }

    private void remove(StreamId id, byte[] consumer) {
        byte[] key = key(StreamRows.PENDING, id);
        byte[] row = stream.turn.row(Family.ROWS, key);
        if (row != null && !StreamRows.isNamed(row)) {
            stream.turn.deleteRow(Family.ROWS, key(StreamRows.OWNER, id));
        }
        stream.turn.deleteRow(Family.ROWS, key);
        stream.turn.deleteRow(Family.ROWS, claimKey(id, consumer));
    }

    /** Shows the pending entries between two ids, both inclusive, until the visitor says false. */
    public void visitPending(StreamId from, StreamId to, Predicate<PendingEntry> visitor) {
        byte[] scope = StreamRows.scope(stream.version, StreamRows.PENDING, name);
        try (RowCursor cursor = pending == 0 || from.isAfter(to) ? null : between(scope, from, to)) {
            if (cursor == null) {
                return;
            }
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                if (!visitor.test(entry(StreamRows.id(cursor.key()), cursor.value()))) {
                    return;
                }
            }
        }
    }

    /** As {@link #visitPending}, those of one consumer. */
    public void visitClaimed(StreamConsumer consumer, StreamId from, StreamId to, Predicate<PendingEntry> visitor) {
        byte[] scope = StreamRows.claims(stream.version, name, consumer.name());
        try (RowCursor cursor = consumer.pending() == 0 || from.isAfter(to) ? null : between(scope, from, to)) {
            if (cursor == null) {
                return;
            }
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                StreamId id = StreamRows.id(cursor.key());
                PendingEntry entry = pending(id);
                if (entry == null) {
                    throw new StorageException(
                            "stream of version " + stream.version + " has a claim to what is not pending: " + id);
                }
                if (!visitor.test(entry)) {
                    return;
                }
            }
        }
    }

    /** The first pending entry's id, or the last one's; only if there are any. */
    public StreamId edge(boolean last) {
        byte[] scope = StreamRows.scope(stream.version, StreamRows.PENDING, name);
        try (RowCursor cursor = between(scope, StreamId.ZERO, StreamId.LAST)) {
            if (last) {
                cursor.seekToLast();
            } else {
                cursor.seekToFirst();
            }
            return StreamRows.id(cursor.key());
        }
    }

    private RowCursor between(byte[] scope, StreamId from, StreamId to) {
        byte[] end = to.isLast() ? StreamRows.behind(scope) : StreamRows.at(scope, to.next());
        return stream.turn.cursor(Family.ROWS, StreamRows.at(scope, from), end);
    }

    private byte[] key(byte kind, StreamId id) {
        return StreamRows.at(StreamRows.scope(stream.version, kind, name), id);
    }

    private byte[] claimKey(StreamId id, byte[] consumer) {
        return StreamRows.at(StreamRows.claims(stream.version, name, consumer), id);
    }
}
