package io.cairn.engine.types;

import static io.cairn.engine.types.Workbench.bytes;
import static io.cairn.engine.types.Workbench.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.RocksOptions;
import io.cairn.engine.rows.RocksRowStore;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleTest {
    private static final byte[] KEY = bytes("k");
    private static final int MEMBERS = 2000;

    @Test
    void givesEveryMemberTheSameChance() {
        try (Workbench bench = new Workbench(new MemoryRowStore(), Limits.DEFAULT)) {
            byte[] row = fill(bench, MEMBERS);
            Sample sample = Sample.ofSet(bench.turn, row, new Random(20));
            Map<String, Integer> hits = new HashMap<>();
            int draws = 0;
            while (draws < 100 * MEMBERS) {
                // few enough at a time that windows are drawn, not the whole set read
                for (Element element : sample.repeated(50)) {
                    hits.merge(text(element.member()), 1, Integer::sum);
                    draws++;
                }
            }
            assertEquals(MEMBERS, hits.size());
            double chiSquare = 0;
            for (int hit : hits.values()) {
                chiSquare += (hit - 100.0) * (hit - 100.0) / 100.0;
            }
            // mean 1999, standard deviation 63; with a fixed seed the figure is always the same
            assertTrue(chiSquare < 1999 + 4 * 63, "chi square is " + chiSquare);
        }
    }

    /** Once all rows are known to the store, a draw asks for one of them; rows of the turn's own are respected. */
    @Test
    void drawsOneFromWhatTheTurnSeesOfASetThatTheStoreKnows(@TempDir Path directory) {
        RocksRowStore store = RocksRowStore.open(directory, RocksOptions.small());
        try (Workbench bench = new Workbench(store, Limits.DEFAULT)) {
            byte[] filled = fill(bench, MEMBERS);
            Random random = new Random(23);
            for (int i = 0; i < 200; i++) {
                Sample.ofSet(bench.turn, filled, random).one();
            }
            byte[] from = ElementRows.bound(MetaRow.version(filled), 0);
            byte[] to = ElementRows.end(MetaRow.version(filled));
            assertNotNull(bench.turn.random(Family.ROWS, from, to, MEMBERS, random));
            assertEven(bench, filled, 0, MEMBERS, random);

            Turn.Mark mark = bench.turn.mark();
            SetEdit set = Sets.edit(bench.turn, 0, KEY, bench.row(KEY));
            for (int i = 0; i < MEMBERS / 2; i++) {
                set.take(bytes("member" + i));
            }
            set.store();
            assertEven(bench, row(bench), MEMBERS / 2, MEMBERS, random);
            bench.turn.rollback(mark);
            assertEven(bench, filled, 0, MEMBERS, random);

            set = Sets.edit(bench.turn, 0, KEY, bench.row(KEY));
            for (int i = 0; i < MEMBERS / 2; i++) {
                set.take(bytes("member" + i));
                set.add(bytes("member" + (MEMBERS + i)));
            }
            set.store();
            assertEven(bench, row(bench), MEMBERS / 2, MEMBERS + MEMBERS / 2, random);
            bench.commit();
            assertEven(bench, row(bench), MEMBERS / 2, MEMBERS + MEMBERS / 2, random);
        }
    }

    private static byte[] row(Workbench bench) {
        byte[] row = bench.row(KEY);
        if (row == null) {
            throw new AssertionError("set is not there");
        }
        return row;
    }

    private static void assertEven(Workbench bench, byte[] row, int from, int to, Random random) {
        int[] hits = new int[to];
        for (int i = 0; i < 20 * (to - from); i++) {
            String member = text(Sample.ofSet(bench.turn, row, random).one().member());
            hits[Integer.parseInt(member.substring("member".length()))]++;
        }
        double chiSquare = 0;
        for (int i = 0; i < to; i++) {
            chiSquare += i < from ? hits[i] * 1e6 : (hits[i] - 20.0) * (hits[i] - 20.0) / 20.0;
        }
        int freedom = to - from - 1;
        assertTrue(chiSquare < freedom + 5 * Math.sqrt(2.0 * freedom), "chi square is " + chiSquare);
    }

    @Test
    void drawsDifferentMembersFromALargeSet() {
        try (Workbench bench = new Workbench(new MemoryRowStore(), Limits.DEFAULT)) {
            byte[] row = fill(bench, MEMBERS);
            Sample sample = Sample.ofSet(bench.turn, row, new Random(21));
            for (int count : new int[] {1, 40, 70, 83, 84, 1000, 1999, 2000, 5000}) {
                Set<String> drawn = new HashSet<>();
                sample.distinct(count).forEach(element -> drawn.add(text(element.member())));
                assertEquals(Math.min(count, MEMBERS), drawn.size());
            }
        }
    }

    /** Rows laid out by hand so that all hashes lie close together, as one could who picked members for it. */
    @Test
    void findsMembersWhoseHashesCrowd() {
        try (Workbench bench = new Workbench(new MemoryRowStore(), Limits.DEFAULT)) {
            long version = bench.turn.newVersion();
            for (int i = 0; i < 500; i++) {
                byte[] member = bytes("crowd" + i);
                byte[] rowKey = ElementRows.key(version, member);
                byte[] crowded = ElementRows.bound(version, 77_000 + i % 3);
                System.arraycopy(crowded, 0, rowKey, 0, crowded.length);
                bench.turn.putRow(io.cairn.engine.rows.Family.ROWS, rowKey, ElementRows.NOTHING);
            }
            byte[] row = ElementRows.meta(
                    io.cairn.engine.entry.ValueType.SET, io.cairn.engine.keyspace.Encoding.HASHTABLE, -1, version, 500);
            Sample sample = Sample.ofSet(bench.turn, row, new Random(22));
            assertEquals(5, sample.distinct(5).size());
            assertEquals(5, sample.repeated(5).size());
            List<Element> one = List.of(sample.one());
            assertTrue(text(one.get(0).member()).startsWith("crowd"));
        }
    }

    private static byte[] fill(Workbench bench, int members) {
        byte[] row = bench.row(KEY);
        SetEdit set = Sets.edit(bench.turn, 0, KEY, row);
        for (int i = 0; i < members; i++) {
            set.add(bytes("member" + i));
        }
        set.store();
        bench.commit();
        byte[] filled = bench.row(KEY);
        if (filled == null) {
            throw new AssertionError("set is not there");
        }
        return filled;
    }
}
