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
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Random changes to a few lists, committed, abandoned and rolled back, against array lists. */
class ListsModelTest {
    private static final Limits LIMITS = new Limits(512, 64, 512, 128, 64, 12);
    private static final int KEYS = 3;

    private final Map<Integer, List<String>> models = new HashMap<>();

    RowStore openStore() {
        return new MemoryRowStore();
    }

    @Seeded
    void behavesAsAList(long seed) throws IOException {
        Random random = new Random(seed);
        models.clear();
        try (Workbench bench = Workbench.reluctant(openStore(), LIMITS, random, 1500)) {
            Map<Integer, List<String>> committed = snapshot();
            for (int step = 0; step < 300; step++) {
                Map<Integer, List<String>> before = snapshot();
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

    private Map<Integer, List<String>> snapshot() {
        Map<Integer, List<String>> copy = new HashMap<>();
        models.forEach((key, model) -> copy.put(key, new ArrayList<>(model)));
        return copy;
    }

    private void restore(Map<Integer, List<String>> to) {
        models.clear();
        to.forEach((key, model) -> models.put(key, new ArrayList<>(model)));
    }

    private static byte[] key(int number) {
        return bytes("list" + number);
    }

    private static String item(Random random) {
        return "item" + random.nextInt(6) + "x".repeat(random.nextInt(12) == 0 ? 245 + random.nextInt(10) : 0);
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
        List<String> model = models.computeIfAbsent(number, absent -> new ArrayList<>());
        int size = model.size();
        if (row == null || random.nextInt(3) == 0) {
            push(bench, key, row, model, random);
            return;
        }
        switch (random.nextInt(8)) {
            case 0, 1 -> pop(bench, key, row, model, random);
            case 2 -> {
                int index = random.nextInt(size);
                String item = item(random);
                Lists.set(bench.turn, 0, key, row, index, bytes(item));
                model.set(index, item);
            }
            case 3 -> {
                String pivot = item(random);
                String item = item(random);
                boolean before = random.nextBoolean();
                int at = model.indexOf(pivot);
                long left = Lists.insert(bench.turn, 0, key, row, before, bytes(pivot), bytes(item));
                assertEquals(at < 0 ? -1 : size + 1, left);
                if (at >= 0) {
                    model.add(before ? at : at + 1, item);
                }
            }
            case 4 -> remove(bench, key, row, model, random);
            case 5 -> {
                if (random.nextInt(3) == 0) {
                    int from = random.nextInt(size);
                    int to = from + random.nextInt(size - from + 1) - 1;
                    Lists.trim(bench.turn, 0, key, row, from, to);
                    List<String> kept = new ArrayList<>(model.subList(from, to + 1));
                    model.clear();
                    model.addAll(kept);
                }
            }
            case 6 -> bench.turn.set(0, key, MetaRow.withExpiry(row, Workbench.NOW + 1 + random.nextInt(100)));
            default -> push(bench, key, row, model, random);
        }
        if (model.isEmpty()) {
            models.remove(number);
            assertNull(bench.turn.read(0, key));
        }
    }

    private static void push(Workbench bench, byte[] key, byte @Nullable [] row, List<String> model, Random random) {
        boolean atHead = random.nextBoolean();
        byte[][] items = new byte[2 + random.nextInt(5)][];
        items[0] = bytes("ignored");
        for (int i = 1; i < items.length; i++) {
            String item = item(random);
            items[i] = bytes(item);
            model.add(atHead ? 0 : model.size(), item);
        }
        assertEquals(model.size(), Lists.push(bench.turn, 0, key, row, atHead, items, 1));
    }

    private static void pop(Workbench bench, byte[] key, byte[] row, List<String> model, Random random) {
        boolean atHead = random.nextBoolean();
        int count = 1 + random.nextInt(random.nextInt(8) == 0 ? model.size() + 3 : 3);
        List<String> expected = new ArrayList<>();
        while (expected.size() < count && !model.isEmpty()) {
            expected.add(model.remove(atHead ? 0 : model.size() - 1));
        }
        assertEquals(expected, texts(Lists.pop(bench.turn, 0, key, row, atHead, count)));
    }

    private static void remove(Workbench bench, byte[] key, byte[] row, List<String> model, Random random) {
        String item = item(random);
        int count = random.nextInt(7) - 3;
        int limit = count == 0 ? Integer.MAX_VALUE : Math.abs(count);
        int removed = 0;
        for (int at; removed < limit && (at = count < 0 ? model.lastIndexOf(item) : model.indexOf(item)) >= 0; ) {
            model.remove(at);
            removed++;
        }
        assertEquals(removed, Lists.remove(bench.turn, 0, key, row, bytes(item), count));
    }

    private static List<String> texts(List<byte[]> items) {
        List<String> texts = new ArrayList<>();
        items.forEach(item -> texts.add(text(item)));
        return texts;
    }

    private void check(Workbench bench, int number, Random random) {
        byte[] row = bench.turn.read(0, key(number));
        List<String> model = models.get(number);
        if (model == null || model.isEmpty()) {
            assertNull(row);
            return;
        }
        assertNotNull(row);
        int size = model.size();
        assertEquals(Encoding.QUICKLIST, MetaRow.encoding(row));
        assertTrue(MetaRow.inRows(row) || size <= LIMITS.listMaxListpackSize());
        assertEquals(size, Lists.size(row));
        assertEquals(model, texts(Lists.range(bench.turn, row, 0, size - 1)));
        int from = random.nextInt(size);
        int to = from + random.nextInt(size - from);
        assertEquals(model.subList(from, to + 1), texts(Lists.range(bench.turn, row, from, to)));
        assertEquals(model.get(from), text(Lists.get(bench.turn, row, from)));
        checkPositions(bench, row, model, random);
    }

    private static void checkPositions(Workbench bench, byte[] row, List<String> model, Random random) {
        String item = item(random);
        boolean fromTail = random.nextBoolean();
        int skip = random.nextInt(2);
        int limit = 1 + random.nextInt(3);
        int compareMax = random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(model.size() + 2);
        List<Long> expected = new ArrayList<>();
        int matches = 0;
        for (int i = 0; i < model.size() && i < compareMax && expected.size() < limit; i++) {
            int index = fromTail ? model.size() - 1 - i : i;
            if (model.get(index).equals(item) && matches++ >= skip) {
                expected.add((long) index);
            }
        }
        long[] found = Lists.positions(bench.turn, row, bytes(item), fromTail, skip, limit, compareMax);
        assertArrayEquals(expected.stream().mapToLong(index -> index).toArray(), found);
    }

    private void reload(Workbench bench, int number) throws IOException {
        byte[] row = bench.turn.read(0, key(number));
        if (row == null) {
            return;
        }
        Workbench.Transcript drained = new Workbench.Transcript();
        Lists.drain(0, key(number), row, bench.store, drained);
        assertEquals(models.get(number), texts(drained.elements));
        assertEquals(drained.count, drained.elements.size());
        assertEquals(MetaRow.expireAtMillis(row), drained.expireAtMillis);
        assertTrue(drained.ended);

        RowBatch batch = bench.store.newBatch();
        CollectionLoader loader =
                Lists.loader(drained.count, drained.expireAtMillis, LIMITS, batch, bench.turn::newVersion);
        drained.elements.forEach(loader::element);
        byte[] loaded = loader.row();
        bench.store.write(batch);
        assertEquals(drained.count > LIMITS.listMaxListpackSize(), MetaRow.inRows(loaded));
        assertEquals(MetaRow.expireAtMillis(row), MetaRow.expireAtMillis(loaded));
        assertEquals(models.get(number), texts(Lists.range(bench.turn, loaded, 0, drained.count - 1)));
    }

    @Seeded
    void countsBytesWhereTheLimitIsASizeClass(long seed) {
        Random random = new Random(seed);
        Limits limits = new Limits(512, 64, 512, 128, 64, -1);
        try (Workbench bench = new Workbench(openStore(), limits)) {
            byte[] key = bytes("sized");
            byte[][] item = {new byte[50 + random.nextInt(50)]};
            int packedBytes = 1; // the count in front: fewer than 128 items are ever needed
            while (packedBytes + 1 + item[0].length <= 4096) {
                byte[] row = bench.row(key);
                assertTrue(row == null || !MetaRow.inRows(row));
                Lists.push(bench.turn, 0, key, row, random.nextBoolean(), item, 0);
                packedBytes += 1 + item[0].length;
            }
            byte[] last = bench.row(key);
            assertNotNull(last);
            assertTrue(!MetaRow.inRows(last));
            long size = Lists.push(bench.turn, 0, key, last, false, item, 0);
            byte[] moved = bench.row(key);
            assertNotNull(moved);
            assertTrue(MetaRow.inRows(moved));
            assertEquals(
                    Collections.nCopies((int) size, text(item[0])), texts(Lists.range(bench.turn, moved, 0, size - 1)));
        }
    }
}
