package io.cairn.engine.types;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.StreamId;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowView;
import io.cairn.engine.rows.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Sends a stored stream to a sink, row by row.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class StreamDrain {
    private final RowView view;
    private final EntrySink sink;
    private final long version;

    private StreamDrain(RowView view, EntrySink sink, long version) {
        this.view = view;
        this.sink = sink;
        this.version = version;
    }

    static void drain(int db, byte[] key, byte[] row, RowView view, EntrySink sink) throws IOException {
        StreamPart.State state = StreamMeta.state(row);
        sink.begin(db, key, MetaRow.expireAtMillis(row), ValueType.STREAM, state.length());
        StreamDrain drain = new StreamDrain(view, sink, MetaRow.version(row));
        sink.part(new StreamPart.Head(StreamMeta.widestBytes(row), drain.isPlain(state)));
        drain.parts(state);
        sink.end();
    }

    private boolean isPlain(StreamPart.State state) {
        boolean plain = state.maxDeletedId().isZero() && state.entriesAdded() == state.length();
        try (RowCursor cursor =
                cursor(StreamRows.start(version, StreamRows.GROUP), StreamRows.end(version, StreamRows.GROUP))) {
            for (cursor.seekToFirst(); plain && cursor.valid(); cursor.next()) {
                ByteBuffer row = ByteBuffer.wrap(cursor.value());
                StreamId lastId = new StreamId(row.getLong(), row.getLong());
                plain = row.getLong() == state.added(lastId);
            }
        }
        return plain;
    }

    private void parts(StreamPart.State state) throws IOException {
        long sent = 0;
        byte[] from = StreamRows.entryKey(version, state.firstId());
        try (RowCursor cursor = cursor(from, StreamRows.end(version, StreamRows.ENTRY))) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                sink.part(new StreamPart.Entry(StreamRows.id(cursor.key()), StreamRows.words(cursor.value())));
                sent++;
            }
        }
        expect("entries", state.length(), sent);
        sink.part(state);
        long groups = 0;
        try (RowCursor cursor =
                cursor(StreamRows.start(version, StreamRows.GROUP), StreamRows.end(version, StreamRows.GROUP))) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                group(StreamRows.groupName(cursor.key()), ByteBuffer.wrap(cursor.value()));
                groups++;
            }
        }
        expect("groups", state.groups(), groups);
    }

    private void group(byte[] name, ByteBuffer row) throws IOException {
        StreamId lastId = new StreamId(row.getLong(), row.getLong());
        long entriesRead = row.getLong();
        long pending = row.getLong();
        long consumers = row.getLong();
        sink.part(new StreamPart.Group(name, lastId, entriesRead, pending));
        byte[] scope = StreamRows.scope(version, StreamRows.PENDING, name);
        long sent = 0;
        try (RowCursor cursor = cursor(scope, StreamRows.behind(scope))) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                byte[] value = cursor.value();
                sink.part(new StreamPart.Pending(
                        StreamRows.id(cursor.key()), StreamRows.deliveredMillis(value), StreamRows.deliveries(value)));
                sent++;
            }
        }
        expect("pending entries", pending, sent);
        sink.part(new StreamPart.Consumers(consumers));
        scope = StreamRows.scope(version, StreamRows.CONSUMER, name);
        sent = 0;
        try (RowCursor cursor = cursor(scope, StreamRows.behind(scope))) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                byte[] key = cursor.key();
                consumer(name, Arrays.copyOfRange(key, scope.length, key.length), cursor.value());
                sent++;
            }
        }
        expect("consumers", consumers, sent);
    }

    private void consumer(byte[] group, byte[] name, byte[] row) throws IOException {
        StreamConsumer consumer = new StreamConsumer(name, row);
        sink.part(new StreamPart.Consumer(name, consumer.seenMillis(), consumer.pending()));
        byte[] scope = StreamRows.claims(version, group, name);
        long sent = 0;
        try (RowCursor cursor = cursor(scope, StreamRows.behind(scope))) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                sink.part(new StreamPart.Claimed(StreamRows.id(cursor.key())));
                sent++;
            }
        }
        expect("entries of a consumer", consumer.pending(), sent);
    }

    private RowCursor cursor(byte[] from, byte[] to) {
        return view.cursor(Family.ROWS, from, to, ReadMode.DISK);
    }

    private void expect(String what, long counted, long found) {
        if (counted != found) {
            throw new StorageException(
                    "stream of version " + version + " has " + found + " " + what + " and counts " + counted);
        }
    }
}
