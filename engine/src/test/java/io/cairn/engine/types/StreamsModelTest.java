package io.cairn.engine.types;

import static io.cairn.engine.types.Workbench.bytes;
import static io.cairn.engine.types.Workbench.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cairn.engine.entry.StreamId;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowStore;
import io.cairn.engine.rows.WouldBlockException;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random changes to a few streams, committed, abandoned and rolled back, against tree maps. */
class StreamsModelTest {
    private static final int KEYS = 2;
    private static final String[] GROUPS = {"g", "g2", ""};
    private static final String[] CONSUMERS = {"alice", "bob", "", "bob2"};

    /** What is pending: with whom, since when, how often delivered. */
    private record Claim(String consumer, long millis, long deliveries) {}

    private static final class Group {
        private StreamId lastId = StreamId.ZERO;
        private long read;
        private final TreeMap<StreamId, Claim> pending = new TreeMap<>();
        private final TreeMap<String, Long> consumers = new TreeMap<>();

        Group copy() {
            Group copy = new Group();
            copy.lastId = lastId;
            copy.read = read;
            copy.pending.putAll(pending);
            copy.consumers.putAll(consumers);
            return copy;
        }
    }

    private static final class Model {
        private final TreeMap<StreamId, List<String>> entries = new TreeMap<>();
        private final TreeMap<String, Group> groups = new TreeMap<>();
        private StreamId lastId = StreamId.ZERO;
        private StreamId maxDeleted = StreamId.ZERO;
        private long added;

        Model copy() {
            Model copy = new Model();
            copy.entries.putAll(entries);
            groups.forEach((name, group) -> copy.groups.put(name, group.copy()));
            copy.lastId = lastId;
            copy.maxDeleted = maxDeleted;
            copy.added = added;
            return copy;
        }
    }

    private Map<Integer, Model> models = new TreeMap<>();

    RowStore openStore() {
        return new MemoryRowStore();
    }

    @Seeded
    void behavesAsAStream(long seed) throws IOException {
        Random random = new Random(seed);
        models = new TreeMap<>();
        try (Workbench bench = Workbench.reluctant(openStore(), Limits.DEFAULT, random, 1500)) {
            Map<Integer, Model> committed = snapshot();
            for (int step = 0; step < 400; step++) {
                Map<Integer, Model> before = snapshot();
                Turn.Mark mark = bench.turn.mark();
                bench.turn.beginUnit(true);
                while (!tryChange(bench, random)) {
                    bench.turn.rollback(mark);
                    models = copy(before);
                }
                if (random.nextInt(6) == 0) {
                    bench.turn.rollback(mark);
                    models = before;
                } else {
                    bench.turn.endUnit();
                }
                if (random.nextInt(10) == 0) {
                    bench.commit();
                    committed = snapshot();
                } else if (random.nextInt(40) == 0) {
                    bench.abandon();
                    models = copy(committed);
                }
                int checked = random.nextInt(KEYS);
                Workbench.insist(() -> check(bench, checked, random));
            }
            bench.commit();
            for (int i = 0; i < KEYS; i++) {
                int key = i;
                Workbench.insist(() -> check(bench, key, random));
                for (int keptMax : new int[] {0, 1 << 15}) {
                    Workbench.insist(() -> reload(bench, key, keptMax, random));
                }
            }
        }
    }

    private Map<Integer, Model> snapshot() {
        return copy(models);
    }

    private static Map<Integer, Model> copy(Map<Integer, Model> from) {
        Map<Integer, Model> copy = new TreeMap<>();
        from.forEach((key, model) -> copy.put(key, model.copy()));
        return copy;
    }

    private static byte[] key(int number) {
        return bytes("stream" + number);
    }

    private boolean tryChange(Workbench bench, Random random) {
        try {
            int number = random.nextInt(KEYS);
            change(bench, key(number), models.computeIfAbsent(number, absent -> new Model()), random);
            return true;
        } catch (WouldBlockException e) {
            return false;
        }
    }

    private static StoredStream open(Workbench bench, byte[] key) {
        byte[] row = bench.row(key);
        return row == null ? StoredStream.create(bench.turn) : StoredStream.of(bench.turn, row);
    }

    private static StreamId any(Model model, Random random) {
        List<StreamId> ids = new ArrayList<>(model.entries.keySet());
        return ids.isEmpty() || random.nextInt(5) == 0
                ? new StreamId(random.nextInt(50), random.nextInt(3))
                : ids.get(random.nextInt(ids.size()));
    }

    private static void change(Workbench bench, byte[] key, Model model, Random random) {
        StoredStream stream = open(bench, key);
        switch (random.nextInt(12)) {
            case 10, 11 -> keepShort(stream, model, random);
            case 0 -> delete(stream, model, random);
            case 1 -> trim(stream, model, random);
            case 2 -> {
                long more = random.nextInt(3);
                stream.adjust(model.lastId, model.added + more, model.maxDeleted);
                model.added += more;
            }
            case 3, 4, 5, 6 -> append(stream, model, random);
            default -> group(stream, model, random);
        }
        stream.store(0, key);
    }

    private static void append(StoredStream stream, Model model, Random random) {
        for (int left = 1 + random.nextInt(8); left > 0; left--) {
            StreamId id = random.nextBoolean()
                    ? model.lastId.next()
                    : new StreamId(model.lastId.millis() + 1 + random.nextInt(3), random.nextInt(2));
            List<String> words = List.of("field" + random.nextInt(3), "value" + "x".repeat(random.nextInt(40)));
            byte[][] args = {bytes("XADD"), bytes(words.get(0)), bytes(words.get(1))};
            stream.append(id, args, 1);
            model.entries.put(id, words);
            model.lastId = id;
            model.added++;
        }
    }

    private static void delete(StoredStream stream, Model model, Random random) {
        for (int left = random.nextInt(4); left > 0; left--) {
            StreamId id = any(model, random);
            boolean there = model.entries.remove(id) != null;
            assertEquals(there, stream.delete(id));
            if (there && id.isAfter(model.maxDeleted)) {
                model.maxDeleted = id;
            }
        }
    }

    private static void trim(StoredStream stream, Model model, Random random) {
        int block = random.nextBoolean() ? 1 : 1 + random.nextInt(4);
        long most = random.nextBoolean() ? Long.MAX_VALUE : random.nextInt(10);
        StreamId before = random.nextBoolean() ? any(model, random) : null;
        long keep = before == null ? random.nextInt(12) : 0;
        long deleted = 0;
        while (model.entries.size() > keep) {
            List<StreamId> first = new ArrayList<>();
            for (StreamId id : model.entries.keySet()) {
                if (first.size() < block) {
                    first.add(id);
                }
            }
            StreamId last = first.get(first.size() - 1);
            if (before != null && !last.isBefore(before)
                    || model.entries.size() - first.size() < keep
                    || deleted + first.size() > most) {
                break;
            }
            first.forEach(model.entries::remove);
            deleted += first.size();
        }
        assertEquals(deleted, stream.trim(keep, before, block, most));
    }

    /** Entries come and the first ones go, as under XADD with MAXLEN. */
    private static void keepShort(StoredStream stream, Model model, Random random) {
        int keep = random.nextInt(100);
        for (int left = random.nextInt(20); left > 0; left--) {
            append(stream, model, random);
            if (random.nextInt(10) == 0) {
                delete(stream, model, random);
            }
            int gone = Math.max(0, model.entries.size() - keep);
            for (int i = 0; i < gone; i++) {
                model.entries.pollFirstEntry();
            }
            assertEquals(gone, stream.trim(keep, null, 1, Long.MAX_VALUE));
            assertEquals(
                    model.entries.isEmpty() ? StreamId.ZERO : model.entries.firstKey(),
                    stream.state().firstId());
        }
    }

    private static void group(StoredStream stream, Model model, Random random) {
        String name = GROUPS[random.nextInt(GROUPS.length)];
        Group expected = model.groups.get(name);
        StreamGroup group = stream.group(bytes(name));
        assertEquals(expected == null, group == null);
        if (expected == null || group == null) {
            expected = new Group();
            expected.read = StreamPart.State.UNKNOWN;
            model.groups.put(name, expected);
            group = stream.createGroup(bytes(name), StreamId.ZERO, StreamPart.State.UNKNOWN);
        } else if (random.nextInt(25) == 0) {
            stream.destroy(group);
            model.groups.remove(name);
            return;
        }
        String consumer = CONSUMERS[random.nextInt(CONSUMERS.length)];
        StreamConsumer with = group.consumer(bytes(consumer));
        assertEquals(expected.consumers.containsKey(consumer), with != null);
        if (with != null && random.nextInt(12) == 0) {
            group.delete(with);
            expected.consumers.remove(consumer);
            expected.pending.values().removeIf(claim -> claim.consumer().equals(consumer));
        } else {
            if (with == null) {
                with = group.createConsumer(bytes(consumer), Workbench.NOW);
            }
            long seen = random.nextInt(1000);
            with.seen(seen);
            expected.consumers.put(consumer, seen);
            deliver(group, expected, with, model, random);
        }
        expected.lastId = any(model, random);
        expected.read = random.nextInt(9);
        group.lastId(expected.lastId, expected.read);
        group.store();
    }

    private static void deliver(
            StreamGroup group, Group expected, StreamConsumer consumer, Model model, Random random) {
        for (int left = random.nextInt(6); left > 0; left--) {
            StreamId id = any(model, random);
            PendingEntry before = group.pending(id);
            Claim claim = expected.pending.get(id);
            assertEquals(claim, claim(before));
            if (before != null && random.nextBoolean()) {
                group.release(before);
                expected.pending.remove(id);
            } else {
                long millis = random.nextInt(1000);
                group.claim(before, id, consumer, millis, left);
                expected.pending.put(id, new Claim(text(consumer.name()), millis, left));
            }
        }
    }

    private static @Nullable Claim claim(@Nullable PendingEntry entry) {
        return entry == null ? null : new Claim(text(entry.consumer()), entry.deliveredMillis(), entry.deliveries());
    }

    // ---- what it must look like

    private void check(Workbench bench, int number, Random random) {
        byte[] row = bench.row(key(number));
        Model model = models.get(number);
        if (model == null || row == null) {
            assertEquals(model == null, row == null);
            return;
        }
        check(StoredStream.of(bench.turn, row), model, random);
    }

    private static void check(StoredStream stream, Model model, Random random) {
        StreamId first = model.entries.isEmpty() ? StreamId.ZERO : model.entries.firstKey();
        assertEquals(
                new StreamPart.State(
                        model.entries.size(), model.lastId, first, model.maxDeleted, model.added, model.groups.size()),
                stream.state());
        assertEquals(model.entries.isEmpty() ? StreamId.ZERO : model.entries.lastKey(), stream.lastEntryId());
        StreamId from = any(model, random);
        StreamId to = any(model, random);
        Map<StreamId, List<String>> expected =
                from.isAfter(to) ? new TreeMap<>() : model.entries.subMap(from, true, to, true);
        List<StreamId> ids = new ArrayList<>(expected.keySet());
        boolean reverse = random.nextBoolean();
        if (reverse) {
            Collections.reverse(ids);
        }
        try (EntryCursor cursor = stream.range(from, to, reverse)) {
            for (StreamId id : ids) {
                assertEquals(true, cursor.next());
                assertEquals(id, cursor.id());
                assertEquals(expected.get(id), words(cursor.words()));
            }
            assertEquals(false, cursor.next());
        }
        assertEquals(
                model.entries.get(from),
                stream.words(from) == null ? null : words(Objects.requireNonNull(stream.words(from))));
        List<String> names = new ArrayList<>();
        for (StreamGroup group : stream.groups()) {
            names.add(text(group.name()));
            check(group, Objects.requireNonNull(model.groups.get(text(group.name()))), random);
        }
        assertEquals(new ArrayList<>(model.groups.keySet()), names);
    }

    private static List<String> words(Packed packed) {
        List<String> words = new ArrayList<>();
        while (packed.next()) {
            words.add(text(packed.copy()));
        }
        return words;
    }

    private static void check(StreamGroup group, Group expected, Random random) {
        assertEquals(expected.lastId, group.lastId());
        assertEquals(expected.read, group.entriesRead());
        assertEquals(expected.pending.size(), group.pending());
        assertEquals(expected.consumers.size(), group.consumerCount());
        TreeMap<StreamId, Claim> pending = new TreeMap<>();
        group.visitPending(StreamId.ZERO, StreamId.LAST, entry -> pending.put(entry.id(), claim(entry)) == null);
        assertEquals(expected.pending, pending);
        if (!pending.isEmpty()) {
            assertEquals(pending.firstKey(), group.edge(false));
            assertEquals(pending.lastKey(), group.edge(true));
        }
        List<String> names = new ArrayList<>();
        for (StreamConsumer consumer : group.consumers()) {
            String name = text(consumer.name());
            names.add(name);
            assertEquals(expected.consumers.get(name), consumer.seenMillis());
            StreamId from = new StreamId(random.nextInt(30), 0);
            List<StreamId> claimed = new ArrayList<>();
            group.visitClaimed(consumer, from, StreamId.LAST, entry -> claimed.add(entry.id()));
            List<StreamId> wanted = new ArrayList<>();
            long all = 0;
            for (Map.Entry<StreamId, Claim> entry : expected.pending.entrySet()) {
                if (entry.getValue().consumer().equals(name)) {
                    all++;
                    if (!entry.getKey().isBefore(from)) {
                        wanted.add(entry.getKey());
                    }
                }
            }
            assertEquals(wanted, claimed);
            assertEquals(all, consumer.pending());
        }
        assertEquals(new ArrayList<>(expected.consumers.keySet()), names);
    }

    /** Drains a stream, loads it again under another version, changes that, and has it collected. */
    private void reload(Workbench bench, int number, int keptMax, Random random) throws IOException {
        byte[] row = bench.row(key(number));
        Model model = models.get(number);
        if (row == null || model == null) {
            return;
        }
        Workbench.Transcript transcript = new Workbench.Transcript();
        StoredValues.drain(bench.turn, 0, key(number), row, transcript);
        assertEquals(model.entries.size(), transcript.count);
        StreamLoader loader = new StreamLoader(-1, new TurnRows(bench.turn), bench.turn.newVersion(), keptMax);
        transcript.parts.forEach(loader::part);
        byte[] copied = loader.row();
        Model copy = model.copy();
        StoredStream stream = StoredStream.of(bench.turn, copied);
        check(stream, copy, random);
        for (int i = 0; i < 20; i++) {
            byte[] target = bytes("copy");
            group(stream, copy, random);
            check(stream, copy, random);
            bench.row(target);
            stream.store(0, target);
        }
        for (StreamGroup group : stream.groups()) {
            stream.destroy(group);
        }
        stream.trim(0, null, 1, Long.MAX_VALUE);
        assertEquals(0, rows(bench, stream.version));
        bench.abandon();
    }

    private static int rows(Workbench bench, long version) {
        int rows = 0;
        try (RowCursor cursor = bench.turn.cursor(
                Family.ROWS, StreamRows.start(version, (byte) 0), StreamRows.start(version, (byte) 9))) {
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                rows++;
            }
        }
        return rows;
    }

    @Test
    void refusesClaimsToWhatIsNotPending() {
        try (Workbench bench = new Workbench(openStore(), Limits.DEFAULT)) {
            RowBatch batch = bench.store.newBatch();
            StreamLoader loader = new StreamLoader(-1, batch, 1);
            loader.part(new StreamPart.State(0, StreamId.ZERO, StreamId.ZERO, StreamId.ZERO, 0, 1));
            loader.part(new StreamPart.Group(bytes("g"), StreamId.ZERO, 0, 1));
            loader.part(new StreamPart.Pending(new StreamId(1, 0), 1, 1));
            loader.part(new StreamPart.Consumers(1));
            loader.part(new StreamPart.Consumer(bytes("c"), 1, 1));
            loader.part(new StreamPart.Claimed(new StreamId(2, 0)));
            assertThrows(IllegalStateException.class, loader::row);
        }
    }

    @Test
    void aStreamWithoutEntriesStays() {
        try (Workbench bench = new Workbench(openStore(), Limits.DEFAULT)) {
            byte[] key = bytes("k");
            StoredStream stream = open(bench, key);
            stream.append(new StreamId(1, 1), new byte[][] {bytes("f"), bytes("v")}, 0);
            stream.delete(new StreamId(1, 1));
            stream.store(0, key);
            bench.commit();
            assertNotNull(bench.row(key));
            assertNull(bench.store.get(Family.ROWS, StreamRows.entryKey(1, new StreamId(1, 1)), ReadMode.DISK));
        }
    }
}
