package io.cairn.engine.types;

import static io.cairn.engine.types.Workbench.bytes;
import static io.cairn.engine.types.Workbench.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowStore;
import io.cairn.engine.rows.StorageException;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Sorted sets whose members agree in score and head: their order is one of labels. */
class ScoreLabelsTest {
    private static final byte[] KEY = bytes("long");
    private static final String HEAD = "h".repeat(Stub.HEAD_BYTES);

    RowStore openStore() {
        return new MemoryRowStore();
    }

    private static String member(long number) {
        return HEAD + String.format(Locale.ROOT, "%019d", number);
    }

    private static SortedSetEdit edit(Workbench bench) {
        return new SortedSetEdit(bench.turn, 0, KEY, bench.row(KEY));
    }

    private static byte[] read(Workbench bench) {
        byte[] row = bench.turn.read(0, KEY);
        assertNotNull(row);
        return row;
    }

    private static List<String> members(ScoredCursor cursor) {
        List<String> members = new ArrayList<>();
        try (cursor) {
            while (cursor.next()) {
                members.add(text(cursor.current().member()));
            }
        }
        return members;
    }

    private static void check(Workbench bench, NavigableSet<String> expected) {
        byte[] row = read(bench);
        List<String> ordered = List.copyOf(expected);
        assertEquals(ordered, members(SortedSets.all(bench.turn, row)));
        for (int rank = 0; rank < ordered.size(); rank += Math.max(1, ordered.size() / 50)) {
            assertEquals(rank, SortedSets.rank(bench.turn, row, bytes(ordered.get(rank))));
            assertEquals(
                    ordered.subList(rank, rank + 1), members(SortedSets.byRank(bench.turn, row, rank, rank, false)));
        }
    }

    /** Each member comes between the two before it: after some forty of them there is no label left. */
    @Test
    void labelsAnewWhereNoLabelIsLeft() throws IOException {
        try (Workbench bench = new Workbench(openStore(), Limits.DEFAULT)) {
            NavigableSet<String> expected = new TreeSet<>();
            for (int round = 0; round < 8; round++) {
                SortedSetEdit edit = edit(bench);
                long base = round * (1L << 58);
                long below = base;
                long above = base + (1L << 57);
                for (int i = 0; i < 112; i++) {
                    long next = i == 0 ? below : i == 1 ? above : below + (above - below) / 2;
                    if (i > 1 && i % 2 == 0) {
                        above = next;
                    } else if (i > 1) {
                        below = next;
                    }
                    if (expected.add(member(next))) {
                        edit.add(bytes(member(next)), 7);
                    }
                }
                edit.finish();
                bench.commit();
                check(bench, expected);
            }
        }
    }

    @Seeded(runs = 4)
    void countsAndRanksMembersOfOneGroup(long seed) throws IOException {
        Random random = new Random(seed);
        int from = 1 + random.nextInt(1_000_000);
        try (Workbench bench = new Workbench(openStore(), Limits.DEFAULT)) {
            NavigableSet<String> expected = new TreeSet<>();
            for (int round = 0; round < 6; round++) {
                SortedSetEdit edit = edit(bench);
                for (int i = 0; i < 300; i++) {
                    String member = random.nextInt(20) == 0 ? "m" + i : member(from + random.nextInt(2000));
                    if (expected.contains(member) && random.nextBoolean()) {
                        assertTrue(edit.remove(bytes(member)));
                        expected.remove(member);
                    } else if (expected.add(member)) {
                        edit.add(bytes(member), 1);
                    }
                }
                edit.finish();
                bench.commit();
                check(bench, expected);
                checkRange(bench, expected, member(from + random.nextInt(1000)), member(from + random.nextInt(2000)));
            }
            assertTrue(ScoreEnds.isCounted(read(bench)));
        }
    }

    private static void checkRange(Workbench bench, NavigableSet<String> expected, String min, String max) {
        boolean empty = min.compareTo(max) >= 0;
        for (int kinds = 0; kinds < 4; kinds++) {
            boolean withMin = (kinds & 1) == 0;
            boolean withMax = (kinds & 2) == 0;
            LexRange range = new LexRange(
                    new LexRange.Bound(withMin ? LexRange.Kind.INCLUSIVE : LexRange.Kind.EXCLUSIVE, bytes(min)),
                    new LexRange.Bound(withMax ? LexRange.Kind.INCLUSIVE : LexRange.Kind.EXCLUSIVE, bytes(max)));
            if (empty) {
                continue;
            }
            List<String> inside = List.copyOf(expected.subSet(min, withMin, max, withMax));
            assertEquals(inside, members(SortedSets.byLex(bench.turn, read(bench), range, false)));
            assertEquals(inside.size(), SortedSets.count(bench.turn, read(bench), range));
        }
    }

    @Test
    void refusesToLoadInDisorderWhatItDoesNotRemember() {
        LoadedLabels labels = new LoadedLabels(1, 4L * HEAD.length());
        byte[] first = labels.key(0, bytes(member(500)));
        assertEquals(text(first), text(labels.key(-0.0, bytes(member(500)))));
        for (int i = 501; i < 600; i++) {
            labels.key(0, bytes(member(i)));
        }
        for (int i = 499; i > 400; i--) {
            labels.key(0, bytes(member(i)));
        }
        assertThrows(StorageException.class, () -> labels.key(0, bytes(member(450) + "a")));
        labels.key(1, bytes(member(1)));
        labels.key(2, bytes(member(1)));
        labels.key(2, bytes(member(2)));
        labels.key(2, bytes(member(3)));
        assertThrows(StorageException.class, () -> labels.key(0, bytes(member(700))));
    }

    @Test
    void loadsWhatItDrained() throws IOException {
        try (Workbench bench = new Workbench(openStore(), Limits.DEFAULT)) {
            SortedSetEdit edit = edit(bench);
            NavigableSet<String> expected = new TreeSet<>();
            for (int i = 0; i < 700; i++) {
                expected.add(member(i * 7919 % 701));
                edit.add(bytes(member(i * 7919 % 701)), 3);
            }
            edit.finish();
            bench.commit();
            for (boolean reverse : new boolean[] {false, true}) {
                Workbench.Transcript drained = new Workbench.Transcript();
                SortedSets.drain(0, KEY, read(bench), bench.store, drained);
                RowBatch batch = bench.store.newBatch();
                CollectionLoader loader = SortedSets.loader(
                        drained.count, MetaRow.NO_EXPIRY, Limits.DEFAULT, batch, bench.turn::newVersion);
                for (int i = 0; i < drained.count; i++) {
                    loader.scored(drained.elements.get((int) (reverse ? drained.count - 1 - i : i)), 3);
                }
                byte[] loaded = loader.row();
                bench.store.write(batch);
                assertTrue(ScoreEnds.isCounted(loaded));
                assertFalse(expected.isEmpty());
                bench.row(KEY);
                bench.turn.set(0, KEY, loaded);
                bench.commit();
                check(bench, expected);
            }
        }
    }
}
