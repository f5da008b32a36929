package io.cairn.server.persistence;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.entry.ValueType;
import java.io.IOException;

/**
 * Passes on the keys that are not due yet: what a primary takes from a dump file.
 *
 * <p><i>Confined to the loading thread.</i>
 */
final class UnexpiredKeys implements EntrySink {
    private final EntrySink sink;
    private final long nowMillis;
    private boolean due;

    UnexpiredKeys(EntrySink sink, long nowMillis) {
        this.sink = sink;
        this.nowMillis = nowMillis;
    }

    private boolean isDue(long expireAtMillis) {
        return expireAtMillis >= 0 && expireAtMillis <= nowMillis;
    }

    @Override
    public void string(int db, byte[] key, long expireAtMillis, byte[] value) throws IOException {
        if (!isDue(expireAtMillis)) {
            sink.string(db, key, expireAtMillis, value);
        }
    }

    @Override
    public void begin(int db, byte[] key, long expireAtMillis, ValueType type, long count) throws IOException {
        due = isDue(expireAtMillis);
        if (!due) {
            sink.begin(db, key, expireAtMillis, type, count);
        }
    }

    @Override
    public void element(byte[] element) throws IOException {
        if (!due) {
            sink.element(element);
        }
    }

    @Override
    public void pair(byte[] field, byte[] value) throws IOException {
        if (!due) {
            sink.pair(field, value);
        }
    }

    @Override
    public void beginTimedHash(int db, byte[] key, long expireAtMillis, long count, long firstMillis)
            throws IOException {
        due = isDue(expireAtMillis);
        if (!due) {
            sink.beginTimedHash(db, key, expireAtMillis, count, firstMillis);
        }
    }

    @Override
    public void timedPair(byte[] field, byte[] value, long fieldExpireAtMillis) throws IOException {
        if (!due) {
            sink.timedPair(field, value, fieldExpireAtMillis);
        }
    }

    @Override
    public void scored(byte[] member, double score) throws IOException {
        if (!due) {
            sink.scored(member, score);
        }
    }

    @Override
    public void part(StreamPart part) throws IOException {
        if (!due) {
            sink.part(part);
        }
    }

    @Override
    public void library(byte[] code) throws IOException {
        sink.library(code);
    }

    @Override
    public void end() throws IOException {
        if (!due) {
            sink.end();
        }
    }
}
