package io.cairn.snapshot.rdb;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.StreamId;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.entry.ValueType;
import io.cairn.snapshot.digest.Fingerprint;
import io.cairn.snapshot.digest.KeyText;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads a stream of type 15, 19 or 21; see {@link StreamWriter} for the grammar, to which type 21 adds a time for each
 * consumer.
 *
 * <p>Everything goes to the sink as it comes. That each pending entry of a group is claimed by one of its consumers is
 * checked by sums over both.
 */
final class StreamReader {
    private static final int DELETED = 1;
    private static final int SAME_FIELDS = 2;
    private static final int ID_BYTES = 16;

    private final RdbSource source;
    private final EntrySink sink;
    private final Duplicates names;
    private final Fingerprint fingerprint = new Fingerprint();
    private long entries;
    private StreamId firstId = StreamId.ZERO;
    private StreamId lastId = StreamId.ZERO;
    private long sumHigh;
    private long sumLow;

    StreamReader(RdbSource source, EntrySink sink, Duplicates names) {
        this.source = source;
        this.sink = sink;
        this.names = names;
    }

    void read(int type, int db, byte[] key, long expireAtMillis) throws IOException, BadEncodingException {
        entries = 0;
        firstId = StreamId.ZERO;
        lastId = StreamId.ZERO;
        long nodes = source.length();
        sink.begin(db, key, expireAtMillis, ValueType.STREAM, EntrySink.UNKNOWN_COUNT);
        for (long i = 0; i < nodes; i++) {
            node();
        }
        StreamPart.State state = state(type);
        sink.part(state);
        for (long i = 0; i < state.groups(); i++) {
            group(type, state, i);
        }
        sink.end();
    }

    // ---- entries

    private void node() throws IOException, BadEncodingException {
        byte[] id = source.string();
        if (id.length != ID_BYTES) {
            throw new BadEncodingException("stream node with an id of " + id.length + " bytes");
        }
        StreamId master = id(id);
        Listpack listpack = new Listpack(source.string());
        long count = listpack.nextNumber();
        long deleted = listpack.nextNumber();
        byte[][] fields = new byte[count(listpack.nextNumber(), listpack.left())][];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = listpack.nextElement();
        }
        expectNumber(listpack, 0);
        long live = 0;
        long dead = 0;
        while (listpack.left() > 0) {
            if (entry(master, fields, listpack)) {
                live++;
            } else {
                dead++;
            }
        }
        if (live != count || dead != deleted) {
            throw new BadEncodingException("stream node of " + live + " entries and " + dead + " deleted ones says "
                    + count + " and " + deleted);
        }
    }

    /** Reads an entry; false if it is a deleted one, which the sink does not get. */
    private boolean entry(StreamId master, byte[][] fields, Listpack listpack)
            throws IOException, BadEncodingException {
        long flags = listpack.nextNumber();
        if ((flags & ~(DELETED | SAME_FIELDS)) != 0) {
            throw new BadEncodingException("stream entry with flags=" + flags);
        }
        StreamId id = new StreamId(master.millis() + listpack.nextNumber(), master.sequence() + listpack.nextNumber());
        boolean same = (flags & SAME_FIELDS) != 0;
        int pairs = same ? fields.length : count(listpack.nextNumber(), listpack.left() / 2);
        byte[][] words = new byte[2 * pairs][];
        for (int i = 0; i < words.length; i++) {
            words[i] = same && i % 2 == 0 ? fields[i / 2] : listpack.nextElement();
        }
        expectNumber(listpack, same ? pairs + 3 : words.length + 4);
        if ((flags & DELETED) != 0) {
            return false;
        }
        if (pairs == 0) {
            throw new BadEncodingException("stream entry without fields: " + id);
        }
        if (!id.isAfter(lastId)) {
            throw new BadEncodingException("stream entry " + id + " comes behind " + lastId);
        }
        firstId = entries == 0 ? id : firstId;
        lastId = id;
        entries++;
        sink.part(new StreamPart.Entry(id, words));
        return true;
    }

    private static int count(long stated, int most) throws BadEncodingException {
        if (stated < 0 || stated > most) {
            throw new BadEncodingException("stream entry says that it has " + stated + " fields");
        }
        return (int) stated;
    }

    private static void expectNumber(Listpack listpack, long expected) throws BadEncodingException {
        long found = listpack.nextNumber();
        if (found != expected) {
            throw new BadEncodingException("stream entry ends with " + found + " instead of " + expected);
        }
    }

    // ---- what stands behind them

    private StreamPart.State state(int type) throws IOException, BadEncodingException {
        long length = source.length();
        if (length != entries) {
            throw new BadEncodingException("stream of " + entries + " entries says length=" + length);
        }
        StreamId last = numbers();
        if (last.isBefore(lastId)) {
            throw new BadEncodingException("stream with an entry " + lastId + " behind its last id " + last);
        }
        StreamId deleted = StreamId.ZERO;
        long added = length;
        if (type != RdbCodes.TYPE_STREAM) {
            StreamId first = numbers();
            if (entries > 0 && !first.equals(firstId)) {
                throw new BadEncodingException("stream that begins with " + firstId + " says that it is " + first);
            }
            deleted = numbers();
            added = source.number();
        }
        return new StreamPart.State(length, last, firstId, deleted, added, source.length());
    }

    private void group(int type, StreamPart.State state, long index) throws IOException, BadEncodingException {
        byte[] name = source.string();
        checkNew(0, name, "group");
        StreamId last = numbers();
        long read = type == RdbCodes.TYPE_STREAM ? state.added(last) : source.number();
        long pending = source.length();
        sink.part(new StreamPart.Group(name, last, read, pending));
        sumHigh = 0;
        sumLow = 0;
        StreamId before = StreamId.ZERO;
        for (long i = 0; i < pending; i++) {
            StreamId id = ascending(i, before);
            before = id;
            long millis = source.longLittleEndian();
            sink.part(new StreamPart.Pending(id, millis, source.length()));
            sum(id, 1);
        }
        consumers(type, index, pending);
    }

    private void consumers(int type, long group, long pending) throws IOException, BadEncodingException {
        long count = source.length();
        sink.part(new StreamPart.Consumers(count));
        long claimed = 0;
        for (long i = 0; i < count; i++) {
            byte[] name = source.string();
            checkNew(group + 1, name, "consumer");
            long seenMillis = source.longLittleEndian();
            if (type == RdbCodes.TYPE_STREAM_3) {
                source.longLittleEndian(); // when it was last given something
            }
            long claims = source.length();
            claimed += claims;
            if (claimed > pending) {
                throw new BadEncodingException("consumers have more entries than the " + pending + " of their group");
            }
            sink.part(new StreamPart.Consumer(name, seenMillis, claims));
            StreamId before = StreamId.ZERO;
            for (long j = 0; j < claims; j++) {
                StreamId id = ascending(j, before);
                before = id;
                sum(id, -1);
                sink.part(new StreamPart.Claimed(id));
            }
        }
        if (claimed != pending || (sumHigh | sumLow) != 0) {
            throw new BadEncodingException("what is pending in a group is not what its consumers have");
        }
    }

    private StreamId ascending(long index, StreamId before) throws IOException, BadEncodingException {
        StreamId id = id(source.bytes(ID_BYTES));
        if (index > 0 && !id.isAfter(before)) {
            throw new BadEncodingException("pending entry " + id + " comes behind " + before);
        }
        return id;
    }

    private void sum(StreamId id, int sign) {
        fingerprint.reset(0).add(id.millis()).add(id.sequence()).finish();
        sumHigh += sign * fingerprint.high();
        sumLow += sign * fingerprint.low();
    }

    private void checkNew(long scope, byte[] name, String what) throws BadEncodingException {
        byte[] scoped = ByteBuffer.allocate(Long.BYTES + name.length)
                .putLong(scope)
                .put(name)
                .array();
        if (!names.add(scoped)) {
            throw new BadEncodingException(what + " comes twice: " + KeyText.of(name));
        }
    }

    private static StreamId id(byte[] bytes) {
        ByteBuffer id = ByteBuffer.wrap(bytes);
        return new StreamId(id.getLong(), id.getLong());
    }

    private StreamId numbers() throws IOException {
        return new StreamId(source.number(), source.number());
    }
}
