package io.cairn.engine.types;

import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowBatch;
import java.util.function.LongSupplier;

/**
 * Builds a sorted set in bulk: packed while it fits a meta row, then all of it in rows.
 *
 * <p><i>Confined to the loading thread.</i>
 */
final class SortedSetLoader implements CollectionLoader {
    private final long expireAtMillis;
    private final Limits limits;
    private final RowBatch batch;
    private final LongSupplier versions;
    private final PackedScores packed = new PackedScores();
    private boolean inRows;
    private long version;
    private long count;

    SortedSetLoader(long count, long expireAtMillis, Limits limits, RowBatch batch, LongSupplier versions) {
        this.expireAtMillis = expireAtMillis;
        this.limits = limits;
        this.batch = batch;
        this.versions = versions;
        if (count > limits.zsetMaxListpackEntries()) {
            goToRows();
        }
    }

    private void goToRows() {
        inRows = true;
        version = versions.getAsLong();
        for (int i = 0; i < packed.count(); i++) {
            Scored scored = packed.at(i);
            put(scored.member(), scored.score());
        }
    }

    @Override
    public void scored(byte[] member, double score) {
        if (!inRows && SortedSetEdit.fits(limits, packed.count() + 1L, member.length)) {
            packed.insert(member, score);
            return;
        }
        if (!inRows) {
            goToRows();
        }
        put(member, score);
    }

    private void put(byte[] member, double score) {
        batch.put(Family.ROWS, ElementRows.key(version, member), ScoreRows.value(score));
        batch.put(Family.SCORES, ScoreRows.key(version, score, member), ScoreRows.mark(score));
        count++;
    }

    @Override
    public byte[] row() {
        return inRows ? ScoreRows.meta(expireAtMillis, version, count) : packed.row(expireAtMillis);
    }
}
