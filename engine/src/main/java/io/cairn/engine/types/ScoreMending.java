package io.cairn.engine.types;

import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.StorageException;
import io.cairn.engine.types.ScoreNode.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings one segment of a {@link ScoreIndex}, and the nodes above it, to a fitting size again.
 *
 * <p>Goes down to the segment, then up: what became too large is cut, what became small is joined with a neighbour below the
 * same node. The root alone may be small; when it grows it moves one level up, and its entries to nodes of their own.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
final class ScoreMending {
    private final Turn turn;
    private final ScoreEnds ends;
    private final long version;
    private long next;

    ScoreMending(Turn turn, ScoreEnds ends, long version) {
        this.turn = turn;
        this.ends = ends;
        this.version = version;
    }

    /** Mends what lies on the way from the root to the segment of a key in SCORES. */
    void at(byte[] key) {
        ScoreNode root = ScoreIndex.node(turn, version, ScoreIndex.ROOT);
        next = root.next();
        List<Entry> entries = root.list();
        boolean changed = mend(root.level(), entries, key, ElementRows.NOTHING, ElementRows.NOTHING);
        if (changed || next != root.next()) {
            writeRoot(root.level(), entries);
        }
    }

    private void writeRoot(int level, List<Entry> entries) {
        if (entries.size() > ScoreNode.ENTRIES_MAX) {
            List<Entry> above = new ArrayList<>();
            for (List<Entry> part : ScoreIndex.parts(entries)) {
                above.add(write(level, next++, part));
            }
            writeRoot(level + 1, above);
        } else if (level > 0 && entries.size() == 1) {
            long only = entries.get(0).child();
            ScoreNode child = ScoreIndex.node(turn, version, only);
            turn.deleteRow(Family.SCORES, ScoreIndex.key(version, only));
            writeRoot(child.level(), child.list());
        } else {
            turn.putRow(Family.SCORES, ScoreIndex.key(version, ScoreIndex.ROOT), ScoreNode.row(level, next, entries));
        }
    }

    /**
     * Mends the entry of a key among those of a node, and what is below it.
     *
     * @param start where the node starts, empty for the root's
     * @param end where the node behind it starts, empty for none
     * @return whether the entries changed
     */
    private boolean mend(int level, List<Entry> entries, byte[] key, byte[] start, byte[] end) {
        int at = entryOf(entries, key);
        Entry entry = entries.get(at);
        byte[] from = at == 0 ? start : entry.start();
        byte[] to = at + 1 < entries.size() ? entries.get(at + 1).start() : end;
        if (level == 0) {
            return mendSegment(entries, at, from, to);
        }
        ScoreNode child = ScoreIndex.node(turn, version, entry.child());
        List<Entry> below = child.list();
        if (!mend(level - 1, below, key, from, to)) {
            return false;
        }
        return mendNode(level - 1, entries, at, below);
    }

    private static int entryOf(List<Entry> entries, byte[] key) {
        int at = entries.size() - 1;
        while (at > 0 && isBehind(entries.get(at).start(), key)) {
            at--;
        }
        return at;
    }

    private static boolean isBehind(byte[] start, byte[] key) {
        return java.util.Arrays.compareUnsigned(start, 0, start.length, key, Long.BYTES, key.length) > 0;
    }

    // ---- segments

    private boolean mendSegment(List<Entry> entries, int at, byte[] from, byte[] to) {
        long count = entries.get(at).count();
        if (count > ScoreIndex.SEGMENT_MAX) {
            List<Entry> pieces = cut(entries.get(at), from, to);
            entries.remove(at);
            entries.addAll(at, pieces);
            return true;
        }
        if (at + 1 < entries.size() && fits(count, entries.get(at + 1).count())) {
            join(entries, at);
            return true;
        }
        if (at > 0 && fits(count, entries.get(at - 1).count())) {
            join(entries, at - 1);
            return true;
        }
        return count == 0; // the only one of its leaf
    }

    private static boolean fits(long count, long other) {
        return count == 0 || count + other <= ScoreIndex.SEGMENT_MADE;
    }

    /** Joins an entry of a leaf with the one behind it. */
    private static void join(List<Entry> entries, int at) {
        Entry one = entries.get(at);
        Entry other = entries.remove(at + 1);
        entries.set(at, new Entry(one.start(), one.count() + other.count(), 0));
    }

    /** Cuts a segment into pieces; the walk that this takes is the price of as many members that came. */
    private List<Entry> cut(Entry segment, byte[] from, byte[] to) {
        List<Entry> pieces = new ArrayList<>();
        byte[] start = segment.start();
        byte[] upper = to.length == 0 ? ends.to() : ScoreIndex.from(ends, version, to);
        long left = segment.count();
        try (RowCursor members = turn.cursor(Family.SCORES, ScoreIndex.from(ends, version, from), upper)) {
            members.seekToFirst();
            while (left > ScoreIndex.SEGMENT_MAX) {
                byte[] before = ElementRows.NOTHING;
                for (int i = 0; i < ScoreIndex.SEGMENT_MADE && members.valid(); i++) {
                    if (i + 1 == ScoreIndex.SEGMENT_MADE) {
                        before = members.key();
                    }
                    members.next();
                }
                if (!members.valid()) {
                    throw new StorageException("sorted set of version " + version + " has fewer members than counted");
                }
                pieces.add(new Entry(start, ScoreIndex.SEGMENT_MADE, 0));
                start = ScoreNode.startBetween(before, members.key());
                left -= ScoreIndex.SEGMENT_MADE;
            }
        }
        pieces.add(new Entry(start, left, 0));
        return pieces;
    }

    // ---- nodes

    /** Puts the node that an entry stands for, as several if it is too large, or as one with a neighbour if it is small. */
    private boolean mendNode(int level, List<Entry> entries, int at, List<Entry> below) {
        Entry entry = entries.get(at);
        List<Entry> whole = new ArrayList<>(below);
        whole.set(0, below.get(0).startingAt(entry.start()));
        if (below.size() > ScoreNode.ENTRIES_MAX) {
            List<Entry> made = new ArrayList<>();
            for (List<Entry> part : ScoreIndex.parts(whole)) {
                made.add(write(level, made.isEmpty() ? entry.child() : next++, part));
            }
            entries.remove(at);
            entries.addAll(at, made);
            return true;
        }
        if (entry.count() == 0 && entries.size() > 1) {
            drop(entries, at);
            return true;
        }
        if (below.size() < ScoreIndex.NODE_SMALL) {
            int other = at + 1 < entries.size() ? at + 1 : at - 1;
            if (other >= 0 && joinNodes(level, entries, at, other, whole)) {
                return true;
            }
        }
        write(level, entry.child(), whole);
        return entry.count() == 0; // then the node above may be empty too
    }

    /** Takes out a node without members; the one before it, or else behind it, reaches as far as both. */
    private void drop(List<Entry> entries, int at) {
        Entry gone = entries.remove(at);
        deleteAll(gone.child());
        if (at == 0) {
            entries.set(0, entries.get(0).startingAt(gone.start()));
        }
    }

    private boolean joinNodes(int level, List<Entry> entries, int at, int other, List<Entry> whole) {
        Entry neighbour = entries.get(other);
        ScoreNode node = ScoreIndex.node(turn, version, neighbour.child());
        if (whole.size() + node.entries() > ScoreIndex.NODE_MADE) {
            return false;
        }
        List<Entry> added = node.list();
        added.set(0, added.get(0).startingAt(neighbour.start()));
        List<Entry> both = new ArrayList<>(other < at ? added : whole);
        both.addAll(other < at ? whole : added);
        int first = Math.min(at, other);
        delete(entries.remove(first + 1).child());
        entries.set(first, write(level, entries.get(first).child(), both));
        return true;
    }

    /** Deletes a node and those below it: if it has no members it may still have a node, which has none either. */
    private void deleteAll(long number) {
        ScoreNode node = ScoreIndex.node(turn, version, number);
        for (int i = 0; !node.isLeaf() && i < node.entries(); i++) {
            deleteAll(node.child(i));
        }
        delete(number);
    }

    private void delete(long number) {
        turn.deleteRow(Family.SCORES, ScoreIndex.key(version, number));
    }

    private Entry write(int level, long number, List<Entry> part) {
        return ScoreIndex.write(version, (key, row) -> turn.putRow(Family.SCORES, key, row), level, number, part);
    }
}
