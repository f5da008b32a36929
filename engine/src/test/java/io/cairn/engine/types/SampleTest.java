package io.cairn.engine.types;

import static io.cairn.engine.types.Workbench.bytes;
import static io.cairn.engine.types.Workbench.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.rows.MemoryRowStore;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

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
