package io.cairn.engine.types;

import static io.cairn.engine.types.Workbench.bytes;
import static io.cairn.engine.types.Workbench.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowStore;
import io.cairn.engine.rows.WouldBlockException;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Random changes to a few sorted sets, committed, abandoned and rolled back, against maps. */
class SortedSetsModelTest {
    private static final Limits FEW = new Limits(512, 64, 512, 12, 20, -2);
    /** A listpack to clients that takes more than a packed row may. */
    private static final Limits MANY = new Limits(512, 64, 512, 110, 64, -2);

    private static final int KEYS = 3;
    private static final double[] SCORES = {
        0, 0, 0, 1, 1.5, -1, -1e300, 1e-310, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 3.14, -0.0
    };

    /** What a sorted set must be. */
    private final class Model {
        final Map<String, Double> scores = new HashMap<>();
        boolean large;

        Model copy() {
            Model copy = new Model();
            copy.scores.putAll(scores);
            copy.large = large;
            return copy;
        }

        /** Members in order; negative zero is zero. */
        List<String> ordered() {
            List<String> members = new ArrayList<>(scores.keySet());
            members.sort(Comparator.<String>comparingDouble(member -> score(member) + 0.0)
                    .thenComparing(Comparator.naturalOrder()));
            return members;
        }

        double score(String member) {
            Double score = scores.get(member);
            return score == null ? Double.NaN : score;
        }

        List<String> ordered(Predicate<String> which) {
            return ordered().stream().filter(which).toList();
        }

        void put(String member, double score) {
            if (!scores.containsKey(member)) {
                if (!large
                        && (scores.size() + 1 > limits.zsetMaxListpackEntries()
                                || member.length() > limits.zsetMaxListpackValue())) {
                    large = true;
                }
                scores.put(member, large ? score : score + 0.0);
            } else if (scores.get(member) != score) {
                scores.put(member, large ? score : score + 0.0);
            }
        }
    }

    private Limits limits = FEW;
    private int names = 30;
    private boolean longMembers;

    private final Map<Integer, Model> models = new HashMap<>();

    RowStore openStore() {
        return new MemoryRowStore();
    }

    @Seeded(runs = 12)
    void behavesAsAnOrderedMap(long seed) throws IOException {
        Random random = new Random(seed);
        models.clear();
        limits = random.nextBoolean() ? FEW : MANY;
        names = limits.equals(FEW) ? 30 : 130;
        longMembers = random.nextInt(3) == 0;
        try (Workbench bench = Workbench.reluctant(openStore(), limits, random, 1500)) {
            Map<Integer, Model> committed = snapshot();
            for (int step = 0; step < 250; step++) {
                Map<Integer, Model> before = snapshot();
                Turn.Mark mark = bench.turn.mark();
                bench.turn.beginUnit(true);
                for (boolean refused = !tryChange(bench, random); refused; refused = !tryChange(bench, random)) {
                    bench.turn.rollback(mark);
                    restore(before);
                }
                if (random.nextInt(6) == 0) {
                    bench.turn.rollback(mark);
                    restore(before);
                } else {
                    bench.turn.endUnit();
                }
                if (random.nextInt(10) == 0) {
                    bench.commit();
                    committed = snapshot();
                } else if (random.nextInt(40) == 0) {
                    bench.abandon();
                    restore(committed);
                }
                int checked = random.nextInt(KEYS);
                Workbench.insist(() -> check(bench, checked, random));
            }
            bench.commit();
            for (int i = 0; i < KEYS; i++) {
                int key = i;
                Workbench.insist(() -> check(bench, key, random));
                Workbench.insist(() -> reload(bench, key));
            }
        }
    }

    /** A set is large for Redis as soon as one member is long, and then has kept every negative zero. */
    @Test
    void keepsNegativeZeroesOfALoadedSetWhateverMadeItLarge() throws IOException {
        limits = FEW;
        String longest = "l".repeat(limits.zsetMaxListpackValue() + 1);
        List<String> small = List.of("a", "b", "c");
        try (Workbench bench = new Workbench(openStore(), limits)) {
            for (List<String> members : List.of(small, List.of("a", longest, "b"), List.of("a", "b", longest))) {
                RowBatch batch = bench.store.newBatch();
                CollectionLoader loader =
                        SortedSets.loader(3, MetaRow.NO_EXPIRY, limits, batch, bench.turn::newVersion);
                members.forEach(member -> loader.scored(bytes(member), -0.0));
                byte[] row = loader.row();
                bench.store.write(batch);
                Workbench.Transcript drained = new Workbench.Transcript();
                SortedSets.drain(0, key(0), row, bench.store, drained);
                double expected = members.equals(small) ? 0.0 : -0.0;
                assertEquals(List.of(expected, expected, expected), drained.scores);
                for (String member : members) {
                    assertEquals(expected, SortedSets.score(bench.turn, row, bytes(member)));
                }
            }
        }
    }

    private Map<Integer, Model> snapshot() {
        Map<Integer, Model> copy = new HashMap<>();
        models.forEach((key, model) -> copy.put(key, model.copy()));
        return copy;
    }

    private void restore(Map<Integer, Model> to) {
        models.clear();
        to.forEach((key, model) -> models.put(key, model.copy()));
    }

    private static byte[] key(int number) {
        return bytes("zset" + number);
    }

    private String member(Random random) {
        if (longMembers && random.nextInt(3) > 0) {
            return Workbench.longName(random, names);
        }
        String name = "m" + random.nextInt(names);
        return limits.equals(FEW) ? name + "y".repeat(random.nextInt(200) == 0 ? 20 : 0) : name + "-".repeat(45);
    }

    /** Makes a change; false if a read was refused half-way. */
    private boolean tryChange(Workbench bench, Random random) {
        try {
            change(bench, random);
            return true;
        } catch (WouldBlockException e) {
            return false;
        }
    }

    private void change(Workbench bench, Random random) {
        int number = random.nextInt(KEYS);
        byte[] key = key(number);
        byte[] row = bench.row(key);
        if (row != null && random.nextInt(60) == 0) {
            bench.turn.set(0, key, null);
            models.remove(number);
            return;
        }
        Model model = models.computeIfAbsent(number, absent -> new Model());
        SortedSetEdit edit = new SortedSetEdit(bench.turn, 0, key, row);
        if (model.scores.size() > 1 && random.nextInt(4) == 0) {
            pop(edit, model, random);
            return;
        }
        for (int i = random.nextInt(limits.equals(FEW) ? 5 : 60); i >= 0; i--) {
            String member = member(random);
            Double before = model.scores.get(member);
            double stored = edit.score(bytes(member));
            assertEquals(before == null ? Double.NaN : before, stored);
            if (random.nextInt(5) < 2) {
                assertEquals(before != null, edit.remove(bytes(member)));
                model.scores.remove(member);
            } else {
                double score = SCORES[random.nextInt(SCORES.length)];
                if (before == null) {
                    edit.add(bytes(member), score);
                } else if (score != before) {
                    edit.move(bytes(member), before, score);
                }
                model.put(member, score);
            }
            assertEquals(model.scores.size(), edit.size());
        }
        edit.finish();
        if (model.scores.isEmpty()) {
            models.remove(number);
        }
    }

    private static void pop(SortedSetEdit edit, Model model, Random random) {
        boolean highest = random.nextBoolean();
        int count = 1 + random.nextInt(Math.min(5, model.scores.size() - 1));
        List<String> ordered = new ArrayList<>(model.ordered());
        if (highest) {
            Collections.reverse(ordered);
        }
        List<Scored> popped = edit.pop(highest, count);
        assertEquals(
                ordered.subList(0, count),
                popped.stream().map(scored -> text(scored.member())).toList());
        for (Scored scored : popped) {
            assertEquals(model.scores.remove(text(scored.member())), scored.score());
        }
        assertEquals(model.scores.size(), edit.size());
        edit.finish();
    }

    private void check(Workbench bench, int number, Random random) {
        byte[] row = bench.turn.read(0, key(number));
        Model model = models.get(number);
        if (model == null) {
            assertNull(row);
            return;
        }
        assertNotNull(row);
        assertTrue(MetaRow.inRows(row) || !model.large);
        assertTrue(MetaRow.inRows(row) || row.length <= ElementRows.PACKED_BYTES_MAX + 10);
        assertEquals(model.large ? Encoding.SKIPLIST : Encoding.LISTPACK, MetaRow.encoding(row));
        List<String> ordered = model.ordered();
        int size = ordered.size();
        assertEquals(size, SortedSets.size(row));
        assertMembers(model, ordered, SortedSets.all(bench.turn, row), false);
        String member = member(random);
        assertEquals(ordered.indexOf(member), SortedSets.rank(bench.turn, row, bytes(member)));
        Double score = model.scores.get(member);
        assertEquals(score == null ? Double.NaN : score, SortedSets.score(bench.turn, row, bytes(member)));

        if (MetaRow.inRows(row)) {
            checkEnds(model, row, ordered.get(0), ordered.get(size - 1));
        }
        boolean reverse = random.nextBoolean();
        int from = random.nextInt(size);
        int to = from + random.nextInt(size - from);
        assertMembers(
                model, ordered.subList(from, to + 1), SortedSets.byRank(bench.turn, row, from, to, reverse), reverse);
        checkScores(bench, row, model, random, reverse);
        checkMembers(bench, row, model, random, reverse);
        checkScan(bench, row, model, 1 + random.nextInt(5));
        checkSamples(bench, row, model, random);
    }

    /** The ends are exact, so that no cursor meets the rows of members that were taken from there. */
    private void checkEnds(Model model, byte[] row, String first, String last) {
        ScoreEnds ends = new ScoreEnds(row);
        long version = MetaRow.version(row);
        byte[] lowest = ScoreRows.key(version, model.score(first), bytes(first));
        assertArrayEquals(Arrays.copyOf(lowest, Math.min(lowest.length, Long.BYTES + ScoreEnds.TAIL_MAX)), ends.from());
        byte[] unknown = ScoreRows.bound(version, Double.POSITIVE_INFINITY, true);
        if (!longMembers || !Arrays.equals(unknown, ends.to())) {
            byte[] key = ScoreRows.key(version, model.score(last), bytes(last));
            assertArrayEquals(Arrays.copyOf(key, key.length + 1), ends.to());
        }
    }

    private static void assertMembers(Model model, List<String> expected, ScoredCursor cursor, boolean reverse) {
        List<String> found = new ArrayList<>();
        try (cursor) {
            while (cursor.next()) {
                Scored scored = cursor.current();
                String member = text(scored.member());
                assertEquals(model.scores.get(member), scored.score());
                found.add(member);
            }
        }
        if (reverse) {
            Collections.reverse(found);
        }
        assertEquals(expected, found);
    }

    private static void checkScores(Workbench bench, byte[] row, Model model, Random random, boolean reverse) {
        ScoreRange range = new ScoreRange(
                SCORES[random.nextInt(SCORES.length)],
                random.nextBoolean(),
                SCORES[random.nextInt(SCORES.length)],
                random.nextBoolean());
        List<String> inside = model.ordered(member -> {
            double score = model.score(member);
            return (range.minExclusive() ? score > range.min() : score >= range.min())
                    && (range.maxExclusive() ? score < range.max() : score <= range.max());
        });
        assertMembers(model, inside, SortedSets.byScore(bench.turn, row, range, reverse), reverse);
    }

    /** Ranges of members are only defined where all scores are equal; with others, full ranges must be complete. */
    private void checkMembers(Workbench bench, byte[] row, Model model, Random random, boolean reverse) {
        boolean equalScores = model.scores.values().stream()
                        .map(score -> score + 0.0)
                        .distinct()
                        .count()
                == 1;
        LexRange range = equalScores
                ? new LexRange(bound(random), bound(random))
                : new LexRange(
                        new LexRange.Bound(LexRange.Kind.LOWEST, new byte[0]),
                        new LexRange.Bound(LexRange.Kind.HIGHEST, new byte[0]));
        List<String> inside = model.ordered(member -> {
            byte[] bytes = bytes(member);
            return range.isAtOrAboveMin(bytes, 0, bytes.length) && range.isAtOrBelowMax(bytes, 0, bytes.length);
        });
        assertMembers(model, inside, SortedSets.byLex(bench.turn, row, range, reverse), reverse);
    }

    private LexRange.Bound bound(Random random) {
        LexRange.Kind kind = LexRange.Kind.values()[random.nextInt(4)];
        boolean infinite = kind == LexRange.Kind.LOWEST || kind == LexRange.Kind.HIGHEST;
        return new LexRange.Bound(kind, infinite ? new byte[0] : bytes(member(random)));
    }

    private static void checkScan(Workbench bench, byte[] row, Model model, int count) {
        Set<String> found = new HashSet<>();
        long at = 0;
        do {
            at = SortedSets.scan(bench.turn, row, at, count, scored -> {
                String member = text(scored.member());
                assertEquals(model.scores.get(member), scored.score());
                assertTrue(found.add(member));
            });
        } while (at != 0);
        assertEquals(model.scores.keySet(), found);
    }

    private static void checkSamples(Workbench bench, byte[] row, Model model, Random random) {
        Sample sample = Sample.ofSortedSet(bench.turn, row, random);
        int count = 1 + random.nextInt(model.scores.size() + 3);
        Set<String> seen = new HashSet<>();
        for (Element element : sample.distinct(count)) {
            Scored scored = SortedSets.scored(element);
            assertEquals(model.scores.get(text(scored.member())), scored.score());
            assertTrue(seen.add(text(scored.member())));
        }
        assertEquals(Math.min(count, model.scores.size()), seen.size());
        assertEquals(count, sample.repeated(count).size());
    }

    private void reload(Workbench bench, int number) throws IOException {
        byte[] row = bench.turn.read(0, key(number));
        Model model = models.get(number);
        if (row == null || model == null) {
            return;
        }
        Workbench.Transcript drained = new Workbench.Transcript();
        SortedSets.drain(0, key(number), row, bench.store, drained);
        assertEquals(drained.count, drained.elements.size());
        assertTrue(drained.ended);
        assertEquals(
                model.ordered(), drained.elements.stream().map(Workbench::text).toList());

        RowBatch batch = bench.store.newBatch();
        CollectionLoader loader =
                SortedSets.loader(drained.count, drained.expireAtMillis, limits, batch, bench.turn::newVersion);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < drained.count; i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(drained.count));
        for (int i : order) {
            loader.scored(drained.elements.get(i), drained.scores.get(i));
        }
        byte[] loaded = loader.row();
        bench.store.write(batch);
        Workbench.Transcript again = new Workbench.Transcript();
        SortedSets.drain(0, key(number), loaded, bench.store, again);
        assertEquals(drained.count, again.count);
        assertEquals(
                model.ordered(), again.elements.stream().map(Workbench::text).toList());
        for (int i = 0; i < drained.count; i++) {
            double score = drained.scores.get(i);
            boolean skiplist = MetaRow.encoding(loaded) == Encoding.SKIPLIST;
            assertEquals(skiplist ? score : score + 0.0, again.scores.get(i));
        }
    }
}
