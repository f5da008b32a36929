package io.cairn.engine.types;

import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.StorageException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How many members of a large sorted set stand where: a tree of counts, which makes the price of a rank that of a few rows.
 *
 * <pre>
 *   SCORES key := version(8) FF * 8 number(8)          number: of a node, 0 for the root
 *   value      := see {@link ScoreNode}
 * </pre>
 *
 * The members of a set are cut into *segments*, which lie one behind the other and have {@link #SEGMENT_MAX} members at most,
 * and mostly. A leaf counts those of up to {@link ScoreNode#ENTRIES_MAX} segments, a node above those of as many nodes. No
 * score sorts as high as eight FF bytes, so nodes stand behind all members.
 *
 * <p>Counts are exact after every command: {@link #apply} passes from the root to the leaves concerned, by the keys of rows
 * alone. What has grown or shrunk is mended afterwards: a segment too large is cut, which is the one thing that walks over
 * members, a small one joined with its neighbour; nodes likewise. No result depends on how well that was done.
 *
 * <p><i>Immutable.</i>
 */
final class ScoreIndex {
    /** A set gets an index when it has more members. */
    static final int UNCOUNTED_MAX = 512;

    /** Members of a segment at most. */
    static final int SEGMENT_MAX = 128;

    /** Members of a segment when it is made. */
    static final int SEGMENT_MADE = SEGMENT_MAX / 2;

    /** Entries of a node at most when it is made. */
    static final int NODE_MADE = ScoreNode.ENTRIES_MAX * 3 / 4;
    /** A node with fewer entries is joined with its neighbour if that is possible. */
    static final int NODE_SMALL = ScoreNode.ENTRIES_MAX / 4;
    /** Number of the root. */
    static final long ROOT = 0;

    private static final int NUMBER_AT = 16;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private ScoreIndex() {}

    /** A member that came ({@code by} 1) or went (-1), as its key in SCORES. */
    record Change(byte[] key, int by) {}

    /** A key in SCORES, and the number of members before it. */
    record Place(byte[] from, long before) {}

    /** Where rows of nodes are put. */
    interface Target {
        /** Puts a row of SCORES. */
        void put(byte[] key, byte[] value);
    }

    /** Key of the row of a node. */
    static byte[] key(long version, long number) {
        byte[] key = new byte[NUMBER_AT + Long.BYTES];
        LONG.set(key, 0, version);
        LONG.set(key, Long.BYTES, -1L);
        LONG.set(key, NUMBER_AT, number);
        return key;
    }

    static ScoreNode node(Turn turn, long version, long number) {
        byte[] row = turn.row(Family.SCORES, key(version, number));
        if (row == null) {
            throw new StorageException(
                    "sorted set of version " + version + " has lost node " + number + " of its index");
        }
        return new ScoreNode(row);
    }

    // ---- the whole of it

    /** Segments one behind the other, from which an index is made. */
    static final class Segments {
        private final List<ScoreNode.Entry> entries = new ArrayList<>();

        /** Adds one behind the last; the start of the first one is empty. */
        void add(byte[] start, long count) {
            entries.add(new ScoreNode.Entry(start, count, 0));
        }

        void writeTo(long version, Target target) {
            long next = 1;
            int level = 0;
            List<ScoreNode.Entry> nodes = entries;
            while (nodes.size() > ScoreNode.ENTRIES_MAX) {
                List<ScoreNode.Entry> above = new ArrayList<>();
                for (List<ScoreNode.Entry> part : parts(nodes)) {
                    above.add(write(version, target, level, next++, part));
                }
                nodes = above;
                level++;
            }
            target.put(key(version, ROOT), ScoreNode.row(level, next, nodes));
        }
    }

    /** Puts a node below the root; its first entry gives up its start to the entry that stands for the node. */
    static ScoreNode.Entry write(long version, Target target, int level, long number, List<ScoreNode.Entry> part) {
        byte[] start = part.get(0).start();
        List<ScoreNode.Entry> entries = new ArrayList<>(part);
        entries.set(0, part.get(0).startingAt(ElementRows.NOTHING));
        target.put(key(version, number), ScoreNode.row(level, 0, entries));
        long count = 0;
        for (ScoreNode.Entry entry : part) {
            count += entry.count();
        }
        return new ScoreNode.Entry(start, count, number);
    }

    /** Entries in parts that have a node each. */
    static List<List<ScoreNode.Entry>> parts(List<ScoreNode.Entry> entries) {
        int count = (entries.size() + NODE_MADE - 1) / NODE_MADE;
        List<List<ScoreNode.Entry>> parts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            parts.add(entries.subList(
                    (int) ((long) entries.size() * i / count), (int) ((long) entries.size() * (i + 1) / count)));
        }
        return parts;
    }

    /** Makes the index of a set that has none. */
    static void build(Turn turn, ScoreEnds ends, long version) {
        Segments segments = new Segments();
        try (RowCursor members = ends.members(turn)) {
            byte[] start = ElementRows.NOTHING;
            byte[] before = ElementRows.NOTHING;
            int count = 0;
            for (members.seekToFirst(); members.valid(); members.next()) {
                byte[] key = members.key();
                if (count == SEGMENT_MADE) {
                    segments.add(start, count);
                    start = ScoreNode.startBetween(before, key);
                    count = 0;
                }
                count++;
                before = key;
            }
            segments.add(start, count);
        }
        segments.writeTo(version, (key, row) -> turn.putRow(Family.SCORES, key, row));
    }

    // ---- changes

    /**
     * Counts members that came and went; their rows have been changed already. Ends that may have moved far are told so: while
     * the first and the last segment stay as they are, bounds that were ends once are good enough.
     */
    static void apply(Turn turn, ScoreEnds ends, long version, List<Change> changes) {
        if (changes.size() > 1) {
            changes.sort((one, other) -> Arrays.compareUnsigned(one.key, other.key));
        }
        List<byte[]> unfit = new ArrayList<>();
        raise(turn, version, ROOT, changes, unfit);
        for (byte[] key : unfit) {
            ends.moved(isInFirst(turn, version, key), isInLast(turn, version, key));
            new ScoreMending(turn, ends, version).at(key);
        }
    }

    private static boolean isInFirst(Turn turn, long version, byte[] key) {
        ScoreNode node = node(turn, version, ROOT);
        while (!node.isLeaf()) {
            if (!node.startsBehind(1, key)) {
                return false;
            }
            node = node(turn, version, node.child(0));
        }
        return node.startsBehind(1, key);
    }

    private static boolean isInLast(Turn turn, long version, byte[] key) {
        ScoreNode node = node(turn, version, ROOT);
        while (!node.isLeaf()) {
            int last = node.entries() - 1;
            if (last > 0 && node.startsBehind(last, key)) {
                return false;
            }
            node = node(turn, version, node.child(last));
        }
        return node.entries() == 1 || !node.startsBehind(node.entries() - 1, key);
    }

    /** Counts sorted changes in a node and below it; adds a key of each segment that is too large or too small. */
    private static void raise(Turn turn, long version, long number, List<Change> changes, List<byte[]> unfit) {
        ScoreNode node = node(turn, version, number);
        long[] raised = new long[2 * Math.min(changes.size(), node.entries())];
        int size = 0;
        for (int from = 0; from < changes.size(); ) {
            int entry = node.entryOf(changes.get(from).key);
            int to = from;
            long by = 0;
            while (to < changes.size() && node.startsBehind(entry + 1, changes.get(to).key)) {
                by += changes.get(to++).by;
            }
            long count = node.count(entry) + by;
            if (count < 0) {
                throw new StorageException("sorted set of version " + version + " has an index that counts wrong");
            }
            if (by != 0) {
                raised[size++] = entry;
                raised[size++] = by;
            }
            if (!node.isLeaf()) {
                raise(turn, version, node.child(entry), changes.subList(from, to), unfit);
            } else if (by > 0 ? count > SEGMENT_MAX : by < 0 && isSmall(node, number, entry, count)) {
                unfit.add(changes.get(from).key);
            }
            from = to;
        }
        if (size > 0) {
            turn.putRow(Family.SCORES, key(version, number), node.raised(raised, size));
        }
    }

    /** Whether a segment that has shrunk is to be joined with one of its neighbours. */
    private static boolean isSmall(ScoreNode leaf, long number, int entry, long count) {
        if (leaf.entries() == 1) {
            return count == 0 && number != ROOT;
        }
        return count == 0
                || entry > 0 && count + leaf.count(entry - 1) <= SEGMENT_MADE
                || entry + 1 < leaf.entries() && count + leaf.count(entry + 1) <= SEGMENT_MADE;
    }

    // ---- reads

    /** Number of members whose key in SCORES is below {@code key}. */
    static long before(Turn turn, ScoreEnds ends, long version, byte[] key) {
        Place place = placeOf(turn, ends, version, key);
        return place.before + members(turn, place.from, key);
    }

    /** Number of members from one key in SCORES to another one. */
    static long between(Turn turn, ScoreEnds ends, long version, byte[] from, byte[] to) {
        Place first = placeOf(turn, ends, version, from);
        Place last = placeOf(turn, ends, version, to);
        return Arrays.equals(first.from, last.from)
                ? members(turn, from, to)
                : last.before + members(turn, last.from, to) - first.before - members(turn, first.from, from);
    }

    /** Where the segment starts to which a key in SCORES belongs. */
    private static Place placeOf(Turn turn, ScoreEnds ends, long version, byte[] key) {
        long before = 0;
        byte[] start = ElementRows.NOTHING;
        ScoreNode node = node(turn, version, ROOT);
        while (true) {
            int entry = node.entryOf(key);
            before += node.before(entry);
            if (entry > 0) {
                start = node.start(entry);
            }
            if (node.isLeaf()) {
                return new Place(from(ends, version, start), before);
            }
            node = node(turn, version, node.child(entry));
        }
    }

    /** A start as a key in SCORES. */
    static byte[] from(ScoreEnds ends, long version, byte[] start) {
        if (start.length == 0) {
            return ends.from();
        }
        byte[] key = new byte[Long.BYTES + start.length];
        LONG.set(key, 0, version);
        System.arraycopy(start, 0, key, Long.BYTES, start.length);
        return key;
    }

    private static long members(Turn turn, byte[] from, byte[] to) {
        if (Arrays.compareUnsigned(from, to) >= 0) {
            return 0;
        }
        long count = 0;
        try (RowCursor members = turn.cursor(Family.SCORES, from, to)) {
            for (members.seekToFirst(); members.valid(); members.next()) {
                count++;
            }
        }
        return count;
    }

    /** Where the segment starts in which a rank lies, and the number of members before it. */
    static Place placeOf(Turn turn, ScoreEnds ends, long version, long rank) {
        long before = 0;
        byte[] start = ElementRows.NOTHING;
        ScoreNode node = node(turn, version, ROOT);
        while (true) {
            int entry = 0;
            while (entry < node.entries() && before + node.count(entry) <= rank) {
                before += node.count(entry++);
            }
            if (entry == node.entries()) {
                throw new StorageException("sorted set of version " + version + " has an index that counts wrong");
            }
            if (entry > 0) {
                start = node.start(entry);
            }
            if (node.isLeaf()) {
                return new Place(from(ends, version, start), before);
            }
            node = node(turn, version, node.child(entry));
        }
    }
}
