package io.cairn.engine.types;

import static io.cairn.engine.types.Workbench.bytes;
import static io.cairn.engine.types.Workbench.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowStore;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranks and counts of sorted sets with thousands of members, against an ordered set. */
class ScoreIndexTest {
    private static final byte[] KEY = bytes("large");

    private final Map<String, Double> scores = new HashMap<>();
    private final TreeSet<String> ordered = new TreeSet<>((one, other) -> {
        int byScore = Double.compare(score(one), score(other));
        return byScore != 0 ? byScore : one.compareTo(other);
    });

    RowStore openStore() {
        return new MemoryRowStore();
    }

    private double score(String member) {
        Double score = scores.get(member);
        return score == null ? Double.NaN : score;
    }

    private void put(SortedSetEdit edit, String member, double score) {
        Double before = scores.get(member);
        if (before == null) {
            edit.add(bytes(member), score);
        } else if (before != score) {
            edit.move(bytes(member), before, score);
            ordered.remove(member);
        }
        scores.put(member, score);
        ordered.add(member);
    }

    private void remove(SortedSetEdit edit, String member) {
        assertEquals(ordered.remove(member), edit.remove(bytes(member)));
        scores.remove(member);
    }

    private static SortedSetEdit edit(Workbench bench) {
        return new SortedSetEdit(bench.turn, 0, KEY, bench.row(KEY));
    }

    private static byte[] read(Workbench bench) {
        byte[] row = bench.turn.read(0, KEY);
        assertNotNull(row);
        return row;
    }

    @Seeded(runs = 6)
    void ranksAndCountsAreThoseOfAnOrderedSet(long seed) throws IOException {
        growShrinkAndReload(seed);
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                8915655502156994156L, // rows, but never more than one segment
                -5035287002962876110L // never more than a packed row
            })
    void staysWithoutIndexWhileItIsSmall(long seed) throws IOException {
        assertTrue(growShrinkAndReload(seed) <= ScoreIndex.UNCOUNTED_MAX);
    }

    /** Returns the size of the set when it was largest. */
    private int growShrinkAndReload(long seed) throws IOException {
        Random random = new Random(seed);
        int scoreKinds = 1 + random.nextInt(3) * 1000;
        scores.clear();
        ordered.clear();
        int largest = 0;
        try (Workbench bench = new Workbench(openStore(), Limits.DEFAULT)) {
            for (int round = 0; round < 16; round++) {
                SortedSetEdit edit = edit(bench);
                int batch = 1 + random.nextInt(random.nextInt(4) == 0 ? 6000 : 10);
                boolean removing = ordered.size() > 8000 && random.nextBoolean();
                List<String> members = new ArrayList<>(ordered);
                if (random.nextBoolean()) {
                    Collections.shuffle(members, random);
                }
                for (int i = 0; i < batch; i++) {
                    if (removing) {
                        remove(edit, members.get(i));
                    } else {
                        put(edit, "m" + random.nextInt(40_000), random.nextInt(scoreKinds));
                    }
                }
                edit.finish();
                largest = Math.max(largest, ordered.size());
                if (random.nextInt(3) == 0) {
                    bench.commit();
                }
                check(bench, random);
            }
            bench.commit();
            byte[] row = read(bench);
            assertEquals(largest > ScoreIndex.UNCOUNTED_MAX, isCounted(row));
            if (isCounted(row)) {
                checkIndex(bench, row);
            }
            reload(bench, random);
        }
        return largest;
    }

    private static boolean isCounted(byte[] row) {
        return MetaRow.inRows(row) && ScoreEnds.isCounted(row);
    }

    private void check(Workbench bench, Random random) {
        byte[] row = read(bench);
        List<String> members = new ArrayList<>(ordered);
        int size = members.size();
        assertEquals(size, SortedSets.size(row));
        for (int i = 0; i < 4; i++) {
            int rank = random.nextInt(size);
            String member = members.get(rank);
            assertEquals(rank, SortedSets.rank(bench.turn, row, bytes(member)));
            int to = Math.min(size - 1, rank + random.nextInt(20));
            assertEquals(members.subList(rank, to + 1), range(bench.turn, row, rank, to, false));
            List<String> reversed = range(bench.turn, row, rank, to, true);
            Collections.reverse(reversed);
            assertEquals(members.subList(rank, to + 1), reversed);
            double min = score(members.get(random.nextInt(size)));
            double max = score(members.get(random.nextInt(size)));
            ScoreRange range = new ScoreRange(min, random.nextBoolean(), max, random.nextBoolean());
            long inside = members.stream()
                    .filter(other -> range.isAtOrAboveMin(score(other)) && range.isAtOrBelowMax(score(other)))
                    .count();
            assertEquals(inside, SortedSets.count(bench.turn, row, range));
        }
        assertEquals(-1, SortedSets.rank(bench.turn, row, bytes("nobody")));
    }

    private static List<String> range(Turn turn, byte[] row, int from, int to, boolean reverse) {
        List<String> found = new ArrayList<>();
        try (ScoredCursor cursor = SortedSets.byRank(turn, row, from, to, reverse)) {
            while (cursor.next()) {
                found.add(text(cursor.current().member()));
            }
        }
        return found;
    }

    /** Every segment counts the members from its start to the start of the next, and every node those below it. */
    private void checkIndex(Workbench bench, byte[] row) {
        assertTrue(isCounted(row));
        long version = MetaRow.version(row);
        List<byte[]> starts = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        Set<Long> numbers = new HashSet<>();
        ScoreNode root = ScoreIndex.node(bench.turn, version, ScoreIndex.ROOT);
        collect(bench, version, ScoreIndex.ROOT, root.level(), ElementRows.NOTHING, starts, counts, numbers);
        ScoreEnds ends = new ScoreEnds(row);
        long sum = 0;
        for (int i = 0; i < counts.size(); i++) {
            byte[] from = ScoreIndex.from(ends, version, starts.get(i));
            byte[] to = i + 1 < starts.size() ? ScoreIndex.from(ends, version, starts.get(i + 1)) : ends.to();
            long members = 0;
            try (RowCursor rows = bench.turn.cursor(Family.SCORES, from, to)) {
                for (rows.seekToFirst(); rows.valid(); rows.next()) {
                    members++;
                }
            }
            assertEquals(members, counts.get(i));
            assertTrue(members > 0 && members <= ScoreIndex.SEGMENT_MAX, members + " members");
            sum += members;
        }
        assertEquals(ordered.size(), sum);
        assertEquals(ordered.size(), root.total());
        byte[] first = ByteBuffer.allocate(16).putLong(version).putLong(-1).array();
        try (RowCursor nodes = bench.turn.cursor(Family.SCORES, first, ElementRows.end(version))) {
            for (nodes.seekToFirst(); nodes.valid(); nodes.next()) {
                assertTrue(numbers.remove(ByteBuffer.wrap(nodes.key()).getLong(16)), "a node that nobody knows");
            }
        }
        assertTrue(numbers.isEmpty());
    }

    private static void collect(
            Workbench bench,
            long version,
            long number,
            int level,
            byte[] start,
            List<byte[]> starts,
            List<Long> counts,
            Set<Long> numbers) {
        ScoreNode node = ScoreIndex.node(bench.turn, version, number);
        assertTrue(numbers.add(number));
        assertEquals(level, node.level());
        assertTrue(node.entries() > 0 && node.entries() <= ScoreNode.ENTRIES_MAX, node.entries() + " entries");
        for (int i = 0; i < node.entries(); i++) {
            byte[] from = i == 0 ? start : node.start(i);
            if (node.isLeaf()) {
                starts.add(from);
                counts.add(node.count(i));
            } else {
                assertEquals(ScoreIndex.node(bench.turn, version, node.child(i)).total(), node.count(i));
                collect(bench, version, node.child(i), level - 1, from, starts, counts, numbers);
            }
        }
    }

    private void reload(Workbench bench, Random random) throws IOException {
        List<String> order = new ArrayList<>(ordered);
        int kind = random.nextInt(3);
        if (kind == 0) {
            Collections.reverse(order);
        } else if (kind == 1) {
            Collections.shuffle(order, random);
        }
        RowBatch batch = bench.store.newBatch();
        CollectionLoader loader =
                SortedSets.loader(order.size(), MetaRow.NO_EXPIRY, Limits.DEFAULT, batch, bench.turn::newVersion);
        order.forEach(member -> loader.scored(bytes(member), score(member)));
        byte[] row = loader.row();
        bench.store.write(batch);
        assertEquals(kind != 1 && order.size() > ScoreIndex.UNCOUNTED_MAX, isCounted(row));
        bench.row(KEY);
        bench.turn.set(0, KEY, row);
        bench.commit();
        check(bench, random);
        if (isCounted(row)) {
            checkIndex(bench, row);
        }
    }

    @Seeded(runs = 4)
    void goesBackWithTheCommand(long seed) {
        Random random = new Random(seed);
        scores.clear();
        ordered.clear();
        try (Workbench bench = new Workbench(openStore(), Limits.DEFAULT)) {
            SortedSetEdit edit = edit(bench);
            for (int i = 0; i < ScoreIndex.UNCOUNTED_MAX; i++) {
                put(edit, "m" + i, random.nextInt(50));
            }
            edit.finish();
            bench.turn.endUnit();
            assertFalse(isCounted(read(bench)));
            Turn.Mark mark = bench.turn.mark();
            SortedSetEdit another = edit(bench);
            another.add(bytes("one more"), 7);
            another.finish();
            assertTrue(isCounted(read(bench)));
            bench.turn.rollback(mark);
            assertFalse(isCounted(read(bench)));
            check(bench, random);

            SortedSetEdit last = edit(bench);
            put(last, "one more", 8);
            last.finish();
            bench.commit();
            check(bench, random);
            checkIndex(bench, read(bench));

            SortedSetEdit nothing = edit(bench);
            for (String member : new ArrayList<>(ordered)) {
                remove(nothing, member);
            }
            nothing.finish();
            bench.commit();
            assertNull(bench.turn.read(0, KEY));
        }
    }
}
