package io.cairn.engine.keyspace;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a turn will append to the log: the effects of the unit under way, and the stream bytes of those that are closed.
 *
 * <p>A unit of more than one effect goes out in MULTI and EXEC. A database is selected where it changes; which one the
 * stream has selected before the turn is known only when the turn commits, so the first is told, not written.
 *
 * <p><i>Confined to the owning turn's thread.</i>
 */
final class UnitLog {
    private record Effect(int db, byte[][] args) {}

    /** Where the log stood. */
    record Mark(int bytes, int firstDb, int db, int effects) {
        static final Mark EMPTY = new Mark(0, -1, -1, 0);
    }

    private final LogBuffer bytes = new LogBuffer();
    private final List<Effect> effects = new ArrayList<>();
    private int firstDb = -1;
    private int db = -1;

    /** Bytes of closed units. */
    int size() {
        return bytes.size();
    }

    ByteBuffer view() {
        return bytes.view();
    }

    /** Database of the first command, -1 if none is logged that has one. */
    int firstDb() {
        return firstDb;
    }

    /** Database selected at the end, -1 as above. */
    int db() {
        return db;
    }

    int effects() {
        return effects.size();
    }

    void effect(int ofDb, byte[]... args) {
        effects.add(new Effect(ofDb, args));
    }

    void close() {
        int count = effects.size();
        if (count == 0) {
            return;
        }
        if (count > 1) {
            select(effects.get(0).db());
            bytes.appendMulti();
        }
        for (int i = 0; i < count; i++) {
            Effect effect = effects.get(i);
            select(effect.db());
            bytes.append(effect.args());
        }
        if (count > 1) {
            bytes.appendExec();
        }
        effects.clear();
    }

    private void select(int next) {
        if (firstDb < 0) {
            firstDb = next;
        } else if (next != db) {
            bytes.appendSelect(next);
        }
        db = next;
    }

    void outOfBand(byte[]... args) {
        bytes.append(args);
    }

    /** States the database at the end without a byte. */
    void selected(int dbAfter) {
        db = dbAfter;
    }

    Mark mark() {
        return new Mark(bytes.size(), firstDb, db, effects.size());
    }

    void rollback(Mark mark) {
        bytes.truncate(mark.bytes());
        firstDb = mark.firstDb();
        db = mark.db();
        effects.subList(mark.effects(), effects.size()).clear();
    }

    void clear() {
        bytes.clear();
        effects.clear();
        firstDb = -1;
        db = -1;
    }
}
