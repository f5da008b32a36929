package io.cairn.snapshot.digest;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.ValueType;

/**
 * Boils every key down to 128 bits: name, database, type, expiry and elements, the order of which counts for lists alone.
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
