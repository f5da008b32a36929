package io.cairn.snapshot.digest;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.StreamId;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.entry.ValueType;

/**
 * Boils every key down to 128 bits: name, database, type, expiry and elements, the order of which counts for
 * lists and streams alone.
 */
abstract class KeyDigests implements EntrySink {
    private final Fingerprint whole = new Fingerprint();
    private final Fingerprint each = new Fingerprint();
    private int db;
    private byte[] key = {};
    private long expireAtMillis;
    private ValueType type = ValueType.STRING;
    private long elements;
    private long sumHigh;
    private long sumLow;

    /** A key is complete; {@code digest} is valid during the call. */
    abstract void key(int db, byte[] key, ValueType type, long expireAtMillis, long elements, Fingerprint digest);

    @Override
    public final void string(int db, byte[] key, long expireAtMillis, byte[] value) {
        open(db, key, expireAtMillis, ValueType.STRING);
        elements = 1;
        whole.add(value);
        finish();
    }

    @Override
    public final void begin(int db, byte[] key, long expireAtMillis, ValueType type, long count) {
        open(db, key, expireAtMillis, type);
    }

    private void open(int index, byte[] name, long expiry, ValueType valueType) {
        db = index;
        key = name;
        expireAtMillis = expiry;
        type = valueType;
        elements = 0;
        sumHigh = 0;
        sumLow = 0;
        whole.reset(valueType.code()).add(index).add(expiry).add(name);
    }

    @Override
    public final void element(byte[] element) {
        elements++;
        if (type == ValueType.LIST) {
            whole.add(element);
        } else {
            sum(each.reset(0).add(element));
        }
    }

    @Override
    public final void pair(byte[] field, byte[] value) {
        elements++;
        sum(each.reset(0).add(field).add(value));
    }

    @Override
    public final void scored(byte[] member, double score) {
        elements++;
        // Zero and minus zero are equal as scores, and which of them is kept depends on the way they took.
        sum(each.reset(0).add(member).add(Double.doubleToLongBits(score == 0 ? 0.0 : score)));
    }

    @Override
    public final void part(StreamPart part) {
        if (part instanceof StreamPart.Entry entry) {
            elements++;
            add(entry.id());
            for (byte[] word : entry.words()) {
                whole.add(word);
            }
        } else if (part instanceof StreamPart.State state) {
            add(state.lastId());
            add(state.firstId());
            add(state.maxDeletedId());
            whole.add(state.entriesAdded()).add(state.groups());
        } else if (part instanceof StreamPart.Group group) {
            whole.add(group.name());
            add(group.lastId());
            whole.add(group.entriesRead()).add(group.pending());
        } else if (part instanceof StreamPart.Pending pending) {
            add(pending.id());
            whole.add(pending.deliveredMillis()).add(pending.deliveries());
        } else if (part instanceof StreamPart.Consumer consumer) {
            // When it was last seen is not replicated: each node has its own.
            whole.add(consumer.name()).add(consumer.pending());
        } else if (part instanceof StreamPart.Claimed claimed) {
            add(claimed.id());
        }
    }

    private void add(StreamId id) {
        whole.add(id.millis()).add(id.sequence());
    }

    private void sum(Fingerprint element) {
        element.finish();
        sumHigh += element.high();
        sumLow += element.low();
    }

    @Override
    public final void end() {
        finish();
    }

    private void finish() {
        whole.add(elements).add(sumHigh).add(sumLow).finish();
        key(db, key, type, expireAtMillis, elements, whole);
    }
}
