package io.cairn.engine.types;

import static io.cairn.engine.types.Workbench.bytes;
import static io.cairn.engine.types.Workbench.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowStore;
import io.cairn.wal.simulation.Seeded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** Collections of a million elements, loaded and then changed at random, against arrays and a tree of counts. */
class LargeCollectionsTest {
    private static final byte[] KEY = bytes("large");
    private static final int ELEMENTS = 1_000_000;
    private static final int NUMBERS = ELEMENTS + ELEMENTS / 8;
    private static final int OPERATIONS = 12_000;

    RowStore openStore() {
        return new MemoryRowStore();
    }

    private interface Filling {
        void into(CollectionLoader loader);
    }

    /** A bench on whose key a loaded collection stands. */
    private Workbench loaded(ValueType type, Filling filling) {
        Workbench bench = new Workbench(openStore(), Limits.DEFAULT);
        RowBatch batch = bench.store.newBatch();
        CollectionLoader loader =
                StoredValues.loader(type, ELEMENTS, MetaRow.NO_EXPIRY, Limits.DEFAULT, batch, bench.turn::newVersion);
        filling.into(loader);
        byte[] row = loader.row();
        bench.store.write(batch);
        bench.row(KEY);
        bench.turn.set(0, KEY, row);
        bench.commit();
        return bench;
    }

    private static byte[] row(Workbench bench) {
        byte[] row = bench.row(KEY);
        assertNotNull(row);
        return row;
    }

    private static void sometimesCommit(Workbench bench, Random random) {
        bench.turn.endUnit();
        if (random.nextInt(50) == 0) {
            bench.commit();
        }
    }

    @Seeded(runs = 1)
    void setKeepsItsMembers(long seed) {
        Random random = new Random(seed);
        boolean[] has = new boolean[NUMBERS];
        Arrays.fill(has, 0, ELEMENTS, true);
        long count = ELEMENTS;
        try (Workbench bench = loaded(ValueType.SET, loader -> {
            for (int i = 0; i < ELEMENTS; i++) {
                loader.element(bytes("m" + i));
            }
        })) {
            for (int i = 0; i < OPERATIONS; i++) {
                int number = random.nextInt(NUMBERS);
                byte[] member = bytes("m" + number);
                SetEdit edit = Sets.edit(bench.turn, 0, KEY, row(bench));
                if (random.nextBoolean()) {
                    assertEquals(!has[number], edit.add(member));
                    count += has[number] ? 0 : 1;
                    has[number] = true;
                } else {
                    assertEquals(has[number], edit.remove(member));
                    count -= has[number] ? 1 : 0;
                    has[number] = false;
                }
                edit.store();
                sometimesCommit(bench, random);
                assertEquals(count, Sets.count(row(bench)));
                int other = random.nextInt(NUMBERS);
                assertEquals(has[other], Sets.contains(bench.turn, row(bench), bytes("m" + other)));
            }
            boolean[] seen = new boolean[NUMBERS];
            try (ElementCursor all = Sets.cursor(bench.turn, row(bench))) {
                while (all.next()) {
                    seen[Integer.parseInt(text(all.element().member()).substring(1))] = true;
                }
            }
            assertArrayEquals(has, seen);
        }
    }

    @Seeded(runs = 1)
    void hashKeepsItsFields(long seed) {
        Random random = new Random(seed);
        int[] values = new int[NUMBERS]; // 0: no such field
        long count = ELEMENTS;
        try (Workbench bench = loaded(ValueType.HASH, loader -> {
            for (int i = 0; i < ELEMENTS; i++) {
                values[i] = i + 1;
                loader.pair(bytes("f" + i), bytes("v" + values[i]));
            }
        })) {
            for (int i = 0; i < OPERATIONS; i++) {
                int number = random.nextInt(NUMBERS);
                byte[] field = bytes("f" + number);
                HashEdit edit = Hashes.edit(bench.turn, 0, KEY, row(bench));
                boolean was = values[number] != 0;
                if (random.nextInt(3) > 0) {
                    values[number] = 1 + random.nextInt(1 << 20);
                    assertEquals(!was, edit.put(field, bytes("v" + values[number])));
                    count += was ? 0 : 1;
                } else {
                    assertEquals(was, edit.remove(field));
                    values[number] = 0;
                    count -= was ? 1 : 0;
                }
                edit.store();
                sometimesCommit(bench, random);
                assertEquals(count, Hashes.count(row(bench)));
                int other = random.nextInt(NUMBERS);
                byte[] found = Hashes.get(bench.turn, row(bench), bytes("f" + other));
                if (values[other] == 0) {
                    assertNull(found);
                } else {
                    assertArrayEquals(bytes("v" + values[other]), found);
                }
            }
        }
    }

    @Seeded(runs = 1)
    void listKeepsItsOrder(long seed) {
        Random random = new Random(seed);
        List<Integer> model = new ArrayList<>(NUMBERS);
        try (Workbench bench = loaded(ValueType.LIST, loader -> {
            for (int i = 0; i < ELEMENTS; i++) {
                model.add(i);
                loader.element(bytes("i" + i));
            }
        })) {
            for (int i = 0; i < OPERATIONS / 4; i++) {
                changeList(bench, model, random, ELEMENTS + i);
                sometimesCommit(bench, random);
                byte[] row = row(bench);
                assertEquals(model.size(), Lists.size(row));
                int from = random.nextInt(model.size());
                int to = Math.min(model.size() - 1, from + random.nextInt(100));
                List<String> expected = model.subList(from, to + 1).stream()
                        .map(number -> "i" + number)
                        .toList();
                List<String> found = Lists.range(bench.turn, row, from, to).stream()
                        .map(Workbench::text)
                        .toList();
                assertEquals(expected, found);
            }
        }
    }

    private static void changeList(Workbench bench, List<Integer> model, Random random, int next) {
        byte[] row = row(bench);
        boolean atHead = random.nextBoolean();
        // Near an end mostly, since a search walks there.
        int near = random.nextInt(200);
        int index = atHead ? near : model.size() - 1 - near;
        byte[] item = bytes("i" + next);
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                Lists.push(bench.turn, 0, KEY, row, atHead, new byte[][] {item}, 0);
                model.add(atHead ? 0 : model.size(), next);
            }
            case 2, 3 -> {
                int count = 1 + random.nextInt(100);
                for (byte[] popped : Lists.pop(bench.turn, 0, KEY, row, atHead, count)) {
                    int last = model.remove(atHead ? 0 : model.size() - 1);
                    assertEquals("i" + last, text(popped));
                }
            }
            case 4 -> {
                int anywhere = random.nextInt(model.size());
                Lists.set(bench.turn, 0, KEY, row, anywhere, item);
                model.set(anywhere, next);
            }
            case 5 -> {
                // From the head the search for the pivot would pass a million items; that is done seldom.
                int where = atHead || random.nextInt(20) == 0 ? index : near;
                Lists.insert(bench.turn, 0, KEY, row, false, bytes("i" + model.get(where)), item);
                model.add(where + 1, next);
            }
            case 6 -> {
                byte[] gone = bytes("i" + model.get(index));
                assertEquals(1, Lists.remove(bench.turn, 0, KEY, row, gone, atHead ? 1 : -1));
                model.remove(index);
            }
            default -> {
                int first = random.nextInt(50);
                int last = model.size() - 1 - random.nextInt(50);
                Lists.trim(bench.turn, 0, KEY, row, first, last);
                model.subList(last + 1, model.size()).clear();
                model.subList(0, first).clear();
            }
        }
    }

    @Seeded(runs = 1)
    void sortedSetKeepsItsRanks(long seed) {
        Random random = new Random(seed);
        Ranked model = new Ranked();
        try (Workbench bench = loaded(ValueType.ZSET, loader -> {
            for (int i = 0; i < ELEMENTS; i++) {
                model.put(i, i / 4);
            }
            for (int score = 0; score < Ranked.SCORES; score++) {
                for (String member : model.at(score)) {
                    loader.scored(bytes(member), score);
                }
            }
        })) {
            for (int i = 0; i < OPERATIONS; i++) {
                changeScores(bench, model, random);
                sometimesCommit(bench, random);
                checkRanks(bench, model, random);
            }
        }
    }

    private static void changeScores(Workbench bench, Ranked model, Random random) {
        SortedSetEdit edit = new SortedSetEdit(bench.turn, 0, KEY, row(bench));
        int number = random.nextInt(NUMBERS);
        int score = random.nextInt(Ranked.SCORES);
        if (random.nextInt(400) == 0) { // by rank, as many as a command takes away at once
            long from = random.nextInt(model.size() - 3000);
            byte[] row = row(bench);
            List<byte[]> members = new ArrayList<>();
            try (ScoredCursor range = SortedSets.byRank(bench.turn, row, from, from + random.nextInt(2000), false)) {
                while (range.next()) {
                    members.add(range.current().member());
                }
            }
            for (byte[] member : members) {
                edit.remove(member);
                model.remove(Integer.parseInt(text(member).substring(1)));
            }
        } else if (model.score(number) < 0) {
            edit.add(bytes("m" + number), score);
            model.put(number, score);
        } else if (random.nextBoolean()) {
            if (model.score(number) != score) {
                edit.move(bytes("m" + number), model.score(number), score);
                model.put(number, score);
            }
        } else {
            edit.remove(bytes("m" + number));
            model.remove(number);
        }
        edit.finish();
    }

    private static void checkRanks(Workbench bench, Ranked model, Random random) {
        byte[] row = row(bench);
        assertEquals(model.size(), SortedSets.size(row));
        int number = random.nextInt(NUMBERS);
        assertEquals(model.rank(number), SortedSets.rank(bench.turn, row, bytes("m" + number)));
        int min = random.nextInt(Ranked.SCORES);
        int max = random.nextInt(Ranked.SCORES);
        long inside = Math.max(0, model.below(max + 1) - model.below(min));
        assertEquals(inside, SortedSets.count(bench.turn, row, new ScoreRange(min, false, max, false)));
        long rank = random.nextInt(model.size());
        try (ScoredCursor at = SortedSets.byRank(bench.turn, row, rank, rank, random.nextBoolean())) {
            assertEquals(true, at.next());
            String member = text(at.current().member());
            assertEquals(rank, model.rank(Integer.parseInt(member.substring(1))));
        }
    }

    /** Members by number, with whole scores: a tree of counts by score, and the members of each score in order. */
    private static final class Ranked {
        static final int SCORES = 1 << 18;

        private final int[] scores = new int[NUMBERS];
        private final int[] counts = new int[SCORES + 1];
        private final List<TreeSet<String>> members = new ArrayList<>();
        private int size;

        Ranked() {
            Arrays.fill(scores, -1);
            for (int i = 0; i < SCORES; i++) {
                members.add(new TreeSet<>());
            }
        }

        int size() {
            return size;
        }

        int score(int number) {
            return scores[number];
        }

        Iterable<String> at(int score) {
            return members.get(score);
        }

        void put(int number, int score) {
            remove(number);
            scores[number] = score;
            members.get(score).add("m" + number);
            add(score, 1);
        }

        void remove(int number) {
            int score = scores[number];
            if (score >= 0) {
                scores[number] = -1;
                members.get(score).remove("m" + number);
                add(score, -1);
            }
        }

        private void add(int score, int by) {
            size += by;
            for (int i = score + 1; i <= SCORES; i += i & -i) {
                counts[i] += by;
            }
        }

        /** Members whose score is below. */
        long below(int score) {
            long sum = 0;
            for (int i = score; i > 0; i -= i & -i) {
                sum += counts[i];
            }
            return sum;
        }

        long rank(int number) {
            int score = scores[number];
            return score < 0
                    ? -1
                    : below(score) + members.get(score).headSet("m" + number).size();
        }
    }
}
