package io.cairn.engine.types;

import static io.cairn.engine.types.Workbench.bytes;
import static io.cairn.engine.types.Workbench.text;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Random changes to a few sets, committed, abandoned and rolled back, against sets of strings. */
class SetsModelTest {
    /** A low threshold, one past what is packed, and none. */
    private static final List<Limits> LIMITS = List.of(
            new Limits(512, 64, 40, 128, 64, -2),
            new Limits(512, 64, 600, 128, 64, -2),
            new Limits(512, 64, 0, 128, 64, -2));

    private static final int KEYS = 3;

    /** The three layouts, in the order in which a set may go through them. */
    private enum Layout {
        INTEGERS,
        WORDS,
        ROWS
    }

    /** What a set must be. */
    private static final class Model {
        final Set<String> members = new TreeSet<>();
        final Limits limits;
        Layout layout = Layout.INTEGERS;
        Encoding encoding = Encoding.INTSET;

        Model(Limits limits) {
            this.limits = limits;
        }

        Model copy() {
            Model copy = new Model(limits);
            copy.members.addAll(members);
            copy.layout = layout;
            copy.encoding = encoding;
            return copy;
        }

        void add(String member) {
            if (!members.add(member)) {
                return;
            }
            if (!Decimal.isCanonical(bytes(member)) || members.size() > limits.setMaxIntsetEntries()) {
                encoding = Encoding.HASHTABLE;
            }
            if (layout == Layout.INTEGERS) {
                if (encoding == Encoding.HASHTABLE) {
                    layout = Layout.WORDS;
                } else if (members.size() > Sets.PACKED_INTEGERS_MAX) {
                    layout = Layout.ROWS;
                }
            }
            if (layout == Layout.WORDS && (members.size() > 128 || member.length() > 64 || bytesOfMembers() >= 4096)) {
                layout = Layout.ROWS;
            }
        }

        private int bytesOfMembers() {
            int bytes = 1;
            for (String member : members) {
                bytes += Packed.elementBytes(bytes(member));
            }
            return bytes;
        }
    }

    private Limits limits = LIMITS.get(0);
    private final Map<Integer, Model> models = new HashMap<>();

    RowStore openStore() {
        return new MemoryRowStore();
    }

    @Seeded
    void behavesAsASet(long seed) throws IOException {
        Random random = new Random(seed);
        models.clear();
        limits = LIMITS.get(random.nextInt(LIMITS.size()));
        try (Workbench bench = Workbench.reluctant(openStore(), limits, random, 1500)) {
            Map<Integer, Model> committed = snapshot();
            for (int step = 0; step < 200; step++) {
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
                    if (random.nextInt(12) == 0) {
                        bench.store.flush();
                    }
                    committed = snapshot();
                } else if (random.nextInt(30) == 0) {
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
        return bytes("set" + number);
    }

    private static String member(Random random) {
        return switch (random.nextInt(20)) {
            case 4 -> Workbench.longName(random, 40);
            case 0 -> "word" + random.nextInt(300);
            case 1 -> String.valueOf(random.nextLong());
            case 2 -> "0" + random.nextInt(10);
            case 3 -> random.nextInt(20) == 0 ? "w".repeat(65) : "w".repeat(random.nextInt(65));
            default -> String.valueOf(random.nextInt(300) - 100);
        };
    }

    /** Where the members of one change come from: all of a kind, so that layouts last, or mixed. */
    private Supplier<String> source(Random random) {
        int range = limits.setMaxIntsetEntries() * 2 + 50;
        return switch (random.nextInt(12)) {
            case 0 -> () -> member(random);
            case 3 -> () -> Workbench.longName(random, 40);
            case 1, 2 -> () -> "word" + "o".repeat(40) + random.nextInt(120);
            default -> () -> String.valueOf(random.nextInt(range));
        };
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
        if (random.nextInt(30) == 0) {
            bench.turn.set(0, key, null);
            models.remove(number);
            return;
        }
        if (random.nextInt(30) == 0) {
            store(bench, number, random);
            return;
        }
        Model model = models.computeIfAbsent(number, absent -> new Model(limits));
        SetEdit set = Sets.edit(bench.turn, 0, key, row);
        Supplier<String> source = source(random);
        for (int i = random.nextInt(limits.setMaxIntsetEntries() / 4 + 20); i >= 0; i--) {
            String member = source.get();
            if (random.nextInt(4) > 0) {
                assertEquals(!model.members.contains(member), set.add(bytes(member)));
                model.add(member);
            } else {
                assertEquals(model.members.remove(member), set.remove(bytes(member)));
            }
            assertEquals(model.members.size(), set.count());
        }
        set.store();
        if (model.members.isEmpty()) {
            models.remove(number);
        }
    }

    private void store(Workbench bench, int number, Random random) {
        MemberSet members = new MemberSet();
        Model model = new Model(limits);
        Supplier<String> source = source(random);
        for (int i = random.nextInt(1000); i > 0; i--) {
            String member = source.get();
            members.add(bytes(member));
            model.add(member);
        }
        if (random.nextInt(3) == 0) {
            for (String member : List.copyOf(model.members)) {
                if (random.nextInt(4) > 0) {
                    members.remove(bytes(member));
                }
            }
        }
        Sets.store(bench.turn, 0, key(number), members);
        models.remove(number);
        if (members.size() > 0) {
            Model stored = new Model(limits);
            stored.encoding = model.encoding;
            members.forEach(member -> stored.add(text(member)));
            models.put(number, stored);
        }
    }

    private void check(Workbench bench, int number, Random random) {
        byte[] row = bench.turn.read(0, key(number));
        Model model = models.get(number);
        if (model == null) {
            assertNull(row);
            return;
        }
        assertNotNull(row);
        assertEquals(model.layout == Layout.ROWS, MetaRow.inRows(row));
        assertEquals(model.encoding, MetaRow.encoding(row));
        assertEquals(model.members.size(), Sets.count(row));
        String member = member(random);
        assertEquals(model.members.contains(member), Sets.contains(bench.turn, row, bytes(member)));

        List<String> found = new ArrayList<>();
        try (ElementCursor cursor = Sets.cursor(bench.turn, row)) {
            while (cursor.next()) {
                found.add(text(cursor.element().member()));
            }
        }
        if (model.layout == Layout.INTEGERS) {
            List<Long> numbers = found.stream().map(Long::valueOf).toList();
            assertEquals(numbers.stream().sorted().toList(), numbers);
        }
        assertEquals(List.copyOf(model.members), found.stream().sorted().toList());
        assertEquals(List.copyOf(model.members), scanned(bench, row, 1 + random.nextInt(20)));
        checkSamples(bench, row, model, random);
    }

    private static List<String> scanned(Workbench bench, byte[] row, int count) {
        List<String> found = new ArrayList<>();
        long at = 0;
        do {
            at = Sets.scan(bench.turn, row, at, count, element -> found.add(text(element.member())));
        } while (at != 0);
        return found.stream().sorted().toList();
    }

    private static void checkSamples(Workbench bench, byte[] row, Model model, Random random) {
        Sample sample = Sample.ofSet(bench.turn, row, random);
        int count = 1 + random.nextInt(model.members.size() + 3);
        MemberSet seen = new MemberSet();
        for (Element element : sample.distinct(count)) {
            assertTrue(model.members.contains(text(element.member())));
            assertTrue(seen.add(element.member()));
        }
        assertEquals(Math.min(count, model.members.size()), seen.size());
        assertEquals(count, sample.repeated(count).size());
        assertTrue(model.members.contains(text(sample.one().member())));
    }

    /** Drains a set and loads it again: the same members, the encoding that Redis would choose on loading. */
    private void reload(Workbench bench, int number) throws IOException {
        byte[] row = bench.turn.read(0, key(number));
        if (row == null) {
            return;
        }
        Workbench.Transcript drained = new Workbench.Transcript();
        Sets.drain(0, key(number), row, bench.store, drained);
        assertEquals(Sets.count(row), drained.count);
        assertEquals(drained.count, drained.elements.size());
        assertTrue(drained.ended);

        RowBatch batch = bench.store.newBatch();
        CollectionLoader loader =
                Sets.loader(drained.count, drained.expireAtMillis, limits, batch, bench.turn::newVersion);
        Model model = new Model(limits);
        for (byte[] element : drained.elements) {
            loader.element(element);
            model.add(text(element));
        }
        byte[] loaded = loader.row();
        bench.store.write(batch);
        assertEquals(model.layout == Layout.ROWS, MetaRow.inRows(loaded));
        assertEquals(model.encoding, MetaRow.encoding(loaded));
        Workbench.Transcript again = new Workbench.Transcript();
        Sets.drain(0, key(number), loaded, bench.store, again);
        assertEquals(
                List.copyOf(model.members),
                again.elements.stream().map(Workbench::text).sorted().toList());
    }
}
