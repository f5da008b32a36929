package io.cairn.engine.types;

import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.StorageException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes one sorted set within one command: packed ones in a buffer, those in rows at once; {@link #finish()} sets the
 * key's row.
 *
 * <p>The row must be the one that the turn gave for writing; the set must not be changed otherwise before the end.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
public final class SortedSetEdit {
    private final Turn turn;
    private final int db;
    private final byte[] key;
    private final byte @Nullable [] row;
    private final long expireAtMillis;
    private @Nullable PackedScores packed;
    private long version;
    private long count;
    private boolean listpack = true;
    private boolean counted;
    private ScoreEnds ends = new ScoreEnds(0);
    private final List<ScoreIndex.Change> changes = new ArrayList<>();
    private long added;
    private boolean changed;
    private @Nullable Scored end;
    private boolean endIsHighest;

    /** An edit of the sorted set in {@code row}, or of a new one. */
    public SortedSetEdit(Turn turn, int db, byte[] key, byte @Nullable [] row) {
        this.turn = turn;
        this.db = db;
        this.key = key;
        this.row = row;
        this.expireAtMillis = row == null ? MetaRow.NO_EXPIRY : MetaRow.expireAtMillis(row);
        if (row == null) {
            packed = new PackedScores();
        } else if (MetaRow.inRows(row)) {
            listpack = MetaRow.encoding(row) == Encoding.LISTPACK;
            version = MetaRow.version(row);
            count = ElementRows.count(row);
            counted = ScoreEnds.isCounted(row);
            ends = new ScoreEnds(row);
        } else {
            packed = new PackedScores(row);
        }
    }

    /**
     * An edit of a new sorted set that takes the place of whatever the key holds.
     *
     * @param count number of members that will come
     * @param memberBytes length of the longest of them
     */
    public static SortedSetEdit replacing(Turn turn, int db, byte[] key, long count, int memberBytes) {
        SortedSetEdit edit = new SortedSetEdit(turn, db, key, null);
        PackedScores small = edit.packed;
        if (small != null && !isListpack(turn.limits(), count, memberBytes)) {
            edit.listpack = false;
            edit.moveToRows(small);
        }
        return edit;
    }

    /** Number of members. */
    public long size() {
        PackedScores small = packed;
        return small == null ? count : small.count();
    }

    /** Score of a member, or NaN if it is not in the set. */
    public double score(byte[] member) {
        PackedScores small = packed;
        if (small != null) {
            int index = small.find(member);
            return index < 0 ? Double.NaN : small.score(index);
        }
        byte[] rowKey = ElementRows.key(version, member);
        byte[] value = turn.row(Family.ROWS, rowKey);
        return value == null ? Double.NaN : ScoreRows.score(rowKey, value);
    }

    /** Adds a member that is not in the set. */
    public void add(byte[] member, double score) {
        changed = true;
        listpack = listpack && isListpack(turn.limits(), size() + 1, member.length);
        PackedScores small = packed;
        if (small != null && listpack && small.hasRoomFor(member)) {
            small.insert(member, score);
            return;
        }
        if (small != null) {
            moveToRows(small);
        }
        putRows(member, score, true);
        count++;
    }

    /** Gives a member that is in the set with {@code before} another score. */
    public void move(byte[] member, double before, double score) {
        changed = true;
        PackedScores small = packed;
        if (small != null) {
            small.removeAt(small.find(member));
            small.insert(member, score);
            return;
        }
        deleteScore(member, before);
        putRows(member, score, false);
    }

    /** Removes a member; false if it was not in the set. */
    public boolean remove(byte[] member) {
        PackedScores small = packed;
        if (small != null) {
            int index = small.find(member);
            if (index < 0) {
                return false;
            }
            small.removeAt(index);
        } else {
            double score = score(member);
            if (Double.isNaN(score)) {
                return false;
            }
            turn.deleteRow(Family.ROWS, ElementRows.key(version, member));
            deleteScore(member, score);
            count--;
        }
        changed = true;
        return true;
    }

    /**
     * Removes members at an end, but not all, in a set that was not changed before; where they stand is known, so none is looked
     * for, and who stands at that end then is known too.
     *
     * @return the members, from the end on
     */
    public List<Scored> pop(boolean highest, int count) {
        byte[] stored = row;
        if (stored == null || changed || count >= size()) {
            throw new IllegalStateException("pops " + count + " of " + size() + " members");
        }
        List<Scored> popped = new ArrayList<>(count);
        long from = highest ? size() - count - 1 : 0;
        try (ScoredCursor members = SortedSets.byRank(turn, stored, from, from + count, highest)) {
            while (popped.size() < count && members.next()) {
                popped.add(members.current());
            }
            if (!members.next()) {
                throw new StorageException("sorted set of version " + version + " has fewer members than counted");
            }
            for (Scored scored : popped) {
                take(scored);
            }
            if (packed == null) {
                end = members.current();
                endIsHighest = highest;
            }
        }
        return popped;
    }

    private void take(Scored scored) {
        byte[] member = scored.member();
        if (packed != null) {
            remove(member);
            return;
        }
        turn.deleteRow(Family.ROWS, ElementRows.key(version, member));
        deleteScore(member, scored.score());
        count--;
        changed = true;
    }

    /** Sets the key's row, or deletes the key if no member is left; nothing if nothing changed. */
    public void finish() {
        if (!changed) {
            return;
        }
        PackedScores small = packed;
        if (size() == 0) {
            turn.set(db, key, null);
        } else if (small != null) {
            turn.set(db, key, small.row(expireAtMillis));
        } else {
            count();
            Scored known = end;
            if (known != null) {
                ends.is(ScoreRows.key(version, known.score(), known.member()), endIsHighest);
            }
            ends.refresh(turn);
            byte[] before = row;
            if (before != null
                    && MetaRow.inRows(before)
                    && ElementRows.count(before) == count
                    && MetaRow.encoding(before) == encoding()
                    && ScoreEnds.isCounted(before) == counted
                    && !ends.haveChanged()) {
                turn.touch(db, key);
            } else {
                turn.set(db, key, ends.row(encoding(), expireAtMillis, count, counted));
            }
        }
    }

    /** Brings the index up to date; makes it where that costs no more than what was done before. */
    private void count() {
        if (counted) {
            ScoreIndex.apply(turn, ends, version, changes);
            return;
        }
        if (count > ScoreIndex.UNCOUNTED_MAX && count <= ScoreIndex.UNCOUNTED_MAX + 2 * added) {
            ends.refresh(turn);
            ScoreIndex.build(turn, ends, version);
            counted = true;
        }
    }

    private Encoding encoding() {
        return listpack ? Encoding.LISTPACK : Encoding.SKIPLIST;
    }

    /** Whether Redis would keep a set of {@code count} members small when one of {@code memberBytes} comes in. */
    static boolean isListpack(Limits limits, long count, int memberBytes) {
        return count <= limits.zsetMaxListpackEntries() && memberBytes <= limits.zsetMaxListpackValue();
    }

    private void moveToRows(PackedScores small) {
        packed = null;
        version = turn.newVersionOfElements();
        ends = new ScoreEnds(version);
        count = small.count();
        for (int i = 0; i < small.count(); i++) {
            Scored scored = small.at(i);
            putRows(scored.member(), scored.score(), true);
        }
    }

    /** Puts the rows of a member; the one by score is new in any case, since members have one score. */
    private void putRows(byte[] member, double given, boolean isNew) {
        double score = listpack ? PackedScores.stored(given) : given;
        byte[] rowKey = ElementRows.key(version, member);
        byte[] value = Stub.value(member, ScoreRows.value(score));
        if (isNew) {
            turn.putNewRow(Family.ROWS, rowKey, value);
        } else {
            turn.putRow(Family.ROWS, rowKey, value);
        }
        byte[] scoreKey = Stub.isFor(member)
                ? new ScoreLabels(turn, version).newKey(score, member, this::moved)
                : ScoreRows.key(version, score, member);
        turn.putNewRow(Family.SCORES, scoreKey, ScoreRows.mark(score, member));
        ends.came(scoreKey);
        added++;
        if (counted) {
            changes.add(new ScoreIndex.Change(scoreKey, 1));
        }
    }

    /** Another member's row by score has another key: it stands where it stood among the members. */
    private void moved(byte[] before, byte[] after) {
        if (counted) {
            changes.add(new ScoreIndex.Change(before, -1));
            changes.add(new ScoreIndex.Change(after, 1));
        }
    }

    private void deleteScore(byte[] member, double score) {
        byte[] scoreKey = Stub.isFor(member)
                ? new ScoreLabels(turn, version).key(score, member)
                : ScoreRows.key(version, score, member);
        turn.deleteRow(Family.SCORES, scoreKey);
        if (counted) {
            changes.add(new ScoreIndex.Change(scoreKey, -1));
        } else {
            ends.went(scoreKey);
        }
    }
}
