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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Random changes to a few hashes, committed, abandoned and rolled back, against maps. */
class HashesModelTest {
    /** Low thresholds, and such that bytes are what counts. */
    private static final List<Limits> LIMITS =
            List.of(new Limits(12, 20, 512, 128, 64, -2), new Limits(25, 600, 512, 128, 64, -2));

    private static final int KEYS = 3;

    /** What a hash must be. */
    private static final class Model {
        final Map<String, String> fields = new LinkedHashMap<>();
        boolean large;
        boolean inRows;
        long expireAtMillis = MetaRow.NO_EXPIRY;

        Model copy() {
            Model copy = new Model();
            copy.fields.putAll(fields);
            copy.large = large;
            copy.inRows = inRows;
            copy.expireAtMillis = expireAtMillis;
            return copy;
        }

        int bytes() {
            int bytes = 1;
            for (Map.Entry<String, String> field : fields.entrySet()) {
                bytes += Packed.elementBytes(Workbench.bytes(field.getKey()))
                        + Packed.elementBytes(Workbench.bytes(field.getValue()));
            }
            return bytes;
        }
    }

    private Limits limits = LIMITS.get(0);
    private boolean longFields;
    private final Map<Integer, Model> models = new HashMap<>();

    RowStore openStore() {
        return new MemoryRowStore();
    }

    @Seeded
    void behavesAsAMap(long seed) throws IOException {
        Random random = new Random(seed);
        models.clear();
        limits = LIMITS.get(random.nextInt(LIMITS.size()));
        longFields = random.nextInt(3) == 0;
        try (Workbench bench = Workbench.reluctant(openStore(), limits, random, 100)) {
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
        return bytes("hash" + number);
    }

    private String field(Random random) {
        return longFields && random.nextInt(3) == 0 ? Workbench.longName(random, 10) : "f" + random.nextInt(30);
    }

    private String value(Random random) {
        int most = limits.hashMaxListpackValue();
        return "v".repeat(random.nextInt(60) == 0 ? most : random.nextInt(most)) + random.nextInt(10);
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
        Model model = models.computeIfAbsent(number, absent -> new Model());
        if (random.nextInt(40) == 0) {
            bench.turn.set(0, key, null);
            models.remove(number);
            return;
        }
        if (row != null && random.nextInt(10) == 0) {
            model.expireAtMillis = random.nextBoolean() ? MetaRow.NO_EXPIRY : Workbench.NOW + 1 + random.nextInt(1000);
            bench.turn.set(0, key, MetaRow.withExpiry(row, model.expireAtMillis));
            return;
        }
        HashEdit hash = Hashes.edit(bench.turn, 0, key, row);
        for (int i = random.nextInt(6); i >= 0; i--) {
            String field = field(random);
            if (random.nextInt(5) < 3) {
                String value = value(random);
                assertEquals(!model.fields.containsKey(field), hash.put(bytes(field), bytes(value)));
                model.fields.put(field, value);
                model.large |= Math.max(field.length(), value.length()) > limits.hashMaxListpackValue()
                        || model.fields.size() > limits.hashMaxListpackEntries();
            } else {
                assertEquals(model.fields.remove(field) != null, hash.remove(bytes(field)));
            }
            assertValue(model.fields.get(field), hash.get(bytes(field)));
            assertEquals(model.fields.size(), hash.count());
        }
        hash.store();
        model.inRows |= model.large || model.bytes() > ElementRows.PACKED_BYTES_MAX;
        if (model.fields.isEmpty()) {
            models.remove(number);
        }
    }

    private static void assertValue(@Nullable String expected, byte @Nullable [] actual) {
        assertEquals(expected, actual == null ? null : text(actual));
    }

    private void check(Workbench bench, int number, Random random) {
        byte[] row = bench.turn.read(0, key(number));
        Model model = models.get(number);
        if (model == null) {
            assertNull(row);
            return;
        }
        assertNotNull(row);
        assertEquals(model.inRows, MetaRow.inRows(row));
        assertEquals(model.large ? Encoding.HASHTABLE : Encoding.LISTPACK, MetaRow.encoding(row));
        assertEquals(model.expireAtMillis, MetaRow.expireAtMillis(row));
        assertEquals(model.fields.size(), Hashes.count(row));
        String field = field(random);
        assertValue(model.fields.get(field), Hashes.get(bench.turn, row, bytes(field)));

        List<String> found = new ArrayList<>();
        try (ElementCursor cursor = Hashes.cursor(bench.turn, row)) {
            while (cursor.next()) {
                found.add(text(cursor.element().member()) + "="
                        + text(cursor.element().value()));
            }
        }
        assertFields(model, found);
        assertFields(model, scanned(bench, row, 1 + random.nextInt(5)));
        checkSamples(bench, row, model, random);
    }

    private static void assertFields(Model model, List<String> found) {
        List<String> expected = new ArrayList<>();
        model.fields.forEach((name, value) -> expected.add(name + "=" + value));
        if (model.inRows) {
            Collections.sort(expected);
            Collections.sort(found);
        }
        assertEquals(expected, found);
    }

    private static List<String> scanned(Workbench bench, byte[] row, int count) {
        List<String> found = new ArrayList<>();
        long at = 0;
        do {
            at = Hashes.scan(
                    bench.turn,
                    row,
                    at,
                    count,
                    element -> found.add(text(element.member()) + "=" + text(element.value())));
        } while (at != 0);
        return found;
    }

    private static void checkSamples(Workbench bench, byte[] row, Model model, Random random) {
        Sample sample = Sample.ofHash(bench.turn, row, random);
        int count = 1 + random.nextInt(model.fields.size() + 3);
        List<Element> distinct = sample.distinct(count);
        MemberSet seen = new MemberSet();
        for (Element element : distinct) {
            assertValue(model.fields.get(text(element.member())), element.value());
            assertTrue(seen.add(element.member()));
        }
        assertEquals(Math.min(count, model.fields.size()), seen.size());
        assertEquals(count, sample.repeated(count).size());
        Element one = sample.one();
        assertValue(model.fields.get(text(one.member())), one.value());
    }

    /** Drains a hash and loads it again: the same fields, the encoding that Redis would choose on loading. */
    private void reload(Workbench bench, int number) throws IOException {
        byte[] row = bench.turn.read(0, key(number));
        if (row == null) {
            return;
        }
        Workbench.Transcript drained = new Workbench.Transcript();
        Hashes.drain(0, key(number), row, bench.store, drained);
        assertEquals(Hashes.count(row), drained.count);
        assertEquals(drained.count, drained.elements.size());
        assertTrue(drained.ended);

        RowBatch batch = bench.store.newBatch();
        CollectionLoader loader =
                Hashes.loader(drained.count, drained.expireAtMillis, limits, batch, bench.turn::newVersion);
        boolean large = drained.count > limits.hashMaxListpackEntries();
        for (int i = 0; i < drained.count; i++) {
            loader.pair(drained.elements.get(i), drained.values.get(i));
            large |= Math.max(drained.elements.get(i).length, drained.values.get(i).length)
                    > limits.hashMaxListpackValue();
        }
        byte[] loaded = loader.row();
        bench.store.write(batch);
        assertEquals(large ? Encoding.HASHTABLE : Encoding.LISTPACK, MetaRow.encoding(loaded));
        assertEquals(large || models.get(number).bytes() > ElementRows.PACKED_BYTES_MAX, MetaRow.inRows(loaded));
        assertEquals(MetaRow.expireAtMillis(row), MetaRow.expireAtMillis(loaded));
        Workbench.Transcript again = new Workbench.Transcript();
        Hashes.drain(0, key(number), loaded, bench.store, again);
        assertEquals(drained.count, again.count);
        for (int i = 0; i < drained.count; i++) {
            assertArrayEquals(drained.values.get(i), Hashes.get(bench.turn, loaded, drained.elements.get(i)));
        }
    }
}
