package io.cairn.wal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.wal.simulation.Seeded;
import io.cairn.wal.simulation.SimulatedCrash;
import io.cairn.wal.simulation.SimulatedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * A long random life of one log, against a model that is a byte array and a set of record ends.
 *
 * <p>After each crash the log must be a prefix of what was appended, cut at a record's end, and hold everything
 * durable; after the death of the process alone, everything appended. A new history begins exactly when something may
 * have been lost that others may have seen.
 */
class WalModelTest {
    private static final int STEPS = 400;

    /** What was appended, and what of it must survive. */
    private static final class Model {
        byte[] bytes = {};
        final long base;
        final TreeSet<Long> ends = new TreeSet<>();
        long durable;
        String id = "";
        SyncPolicy policy = SyncPolicy.EVERYSEC;

        Model(long base) {
            this.base = base;
            this.durable = base;
            ends.add(base);
        }

        long end() {
            return base + bytes.length;
        }

        void append(byte[] record) {
            int before = bytes.length;
            bytes = Arrays.copyOf(bytes, before + record.length);
            System.arraycopy(record, 0, bytes, before, record.length);
            ends.add(end());
        }

        void cutTo(long position) {
            bytes = Arrays.copyOf(bytes, (int) (position - base));
            ends.tailSet(position, false).clear();
        }
    }

    /** One life. */
    private static final class Life {
        final SplittableRandom random;
        final SimulatedDirectory directory;
        final List<WalReader> readers = new ArrayList<>();
        final List<Pin> pins = new ArrayList<>();
        final Model model;
        String boot = "boot-0";
        int boots;
        int ids;
        byte @org.jspecify.annotations.Nullable [] pending;
        Wal wal;

        Life(long seed) throws IOException {
            random = new SplittableRandom(seed);
            directory = new SimulatedDirectory(random.nextLong());
            model = new Model(random.nextBoolean() ? 0 : random.nextLong(1L << 40));
            wal = open();
            model.id = wal.identity().id();
        }

        Wal open() throws IOException {
            WalOptions options =
                    new WalOptions(1 + random.nextInt(300), random.nextInt(1000), 0, model.policy, () -> boot);
            return Wal.open(directory, options, () -> 0, model.base, () -> "id-" + ids++);
        }

        void step() throws IOException {
            switch (random.nextInt(20)) {
                case 0 -> crash(false);
                case 1 -> crash(true);
                case 2 -> restart();
                case 3, 4, 5 -> sync();
                case 6 -> retain();
                case 7 -> pin();
                case 8 -> openReader();
                case 9 -> changePolicy();
                case 10 -> changeIdentity();
                case 11, 12 -> readSome();
                case 13 -> fillUp();
                case 14 -> appendInParts();
                case 15 -> leaveParts();
                default -> append();
            }
        }

        void appendInParts() throws IOException {
            byte[] record = new byte[1 + random.nextInt(600)];
            random.nextBytes(record);
            pending = record;
            wal.dropParts();
            appendParts(record);
            assertEquals(model.end(), wal.end(), "nobody sees a part");
            long end = wal.completeParts(record[0], model.ends.size());
            model.append(record);
            pending = null;
            assertEquals(model.end(), end);
        }

        /** What comes next finds a record begun that never becomes whole. */
        private void leaveParts() throws IOException {
            byte[] record = new byte[1 + random.nextInt(300)];
            random.nextBytes(record);
            appendParts(record);
        }

        private void appendParts(byte[] record) throws IOException {
            for (int at = 0; at < record.length; ) {
                int length = 1 + random.nextInt(record.length - at);
                long more = random.nextInt(1 + record.length - at - length);
                wal.appendPart(ByteBuffer.wrap(record, at, length), more);
                at += length;
            }
        }

        void append() throws IOException {
            byte[] record = new byte[1 + random.nextInt(random.nextInt(8) == 0 ? 700 : 60)];
            random.nextBytes(record);
            pending = record;
            int split = random.nextInt(record.length);
            ByteBuffer prefix = ByteBuffer.wrap(record, 0, split);
            ByteBuffer rest = ByteBuffer.wrap(record, split, record.length - split);
            long end = wal.append(prefix, rest, record[0], model.ends.size());
            model.append(record);
            pending = null;
            assertEquals(model.end(), end);
        }

        void sync() throws IOException {
            wal.sync();
            assertEquals(model.end(), wal.durable());
            model.durable = wal.durable();
        }

        void changePolicy() throws IOException {
            SyncPolicy next = SyncPolicy.values()[random.nextInt(3)];
            wal.policy(next);
            model.policy = next;
        }

        void changeIdentity() throws IOException {
            String next = "id-" + ids++;
            wal.identity(wal.identity().continuedAs(next, wal.end()));
            model.id = next;
        }

        void retain() throws IOException {
            wal.floor(random.nextLong(model.base, model.end() + 1));
            wal.retain(0);
            assertTrue(wal.start() <= wal.floor());
            pins.forEach(pin -> assertTrue(wal.start() <= pin.position()));
        }

        void pin() throws IOException {
            if (!pins.isEmpty() && random.nextInt(3) == 0) {
                pins.remove(random.nextInt(pins.size())).close();
            } else if (!pins.isEmpty() && random.nextBoolean()) {
                pins.get(random.nextInt(pins.size())).advance(random.nextLong(model.base, model.end() + 1));
            } else {
                pins.add(wal.pin("p", random.nextLong(wal.start(), wal.end() + 1)));
            }
        }

        void openReader() throws IOException {
            readers.add(wal.reader(random.nextLong(wal.start(), wal.end() + 1)));
        }

        void readSome() throws IOException {
            if (readers.isEmpty()) {
                return;
            }
            WalReader reader = readers.get(random.nextInt(readers.size()));
            long from = reader.position();
            ByteBuffer target = ByteBuffer.allocate(1 + random.nextInt(500));
            try {
                if (random.nextBoolean()) {
                    reader.read(target);
                } else {
                    Region region = reader.next(target.remaining());
                    if (region != null) {
                        target.limit(region.length());
                        region.channel().read(target, region.filePosition());
                        region.release();
                    }
                }
            } catch (LogTruncatedException e) {
                assertTrue(from < wal.start());
                readers.remove(reader);
                return;
            }
            assertEquals(from + target.position(), reader.position());
            byte[] expected =
                    Arrays.copyOfRange(model.bytes, (int) (from - model.base), (int) (reader.position() - model.base));
            assertArrayEquals(expected, Arrays.copyOf(target.array(), target.position()));
        }

        void fillUp() throws IOException {
            directory.capacity(directory.content("identity").length + random.nextInt(60) + usedBytes());
            for (int i = 0; i < 3; i++) {
                byte[] record = new byte[1 + random.nextInt(80)];
                random.nextBytes(record);
                try {
                    if (random.nextBoolean()) {
                        wal.append(ByteBuffer.wrap(record), record[0], model.ends.size());
                    } else {
                        wal.dropParts();
                        appendParts(record);
                        wal.completeParts(record[0], model.ends.size());
                    }
                    model.append(record);
                } catch (IOException e) {
                    assertEquals(SimulatedDirectory.NO_SPACE, e.getMessage());
                }
                assertEquals(model.end(), wal.end());
            }
            directory.heal();
        }

        private int usedBytes() {
            return directory.list().stream()
                    .mapToInt(name -> directory.content(name).length)
                    .sum();
        }

        /** Dies now or in the middle of something, alone or with the machine. */
        void crash(boolean power) throws IOException {
            long durable = model.durable;
            if (random.nextBoolean()) {
                directory.crashAt(1 + random.nextInt(12));
                durable = Math.max(durable, runUntilDeath());
            }
            int attempts = 0;
            boolean powerLost = power;
            do {
                if (power || (powerLost && random.nextBoolean())) {
                    directory.losePower();
                    boot = "boot-" + ++boots;
                    powerLost = true;
                    power = false;
                } else {
                    directory.kill();
                }
                if (random.nextInt(3) == 0 && attempts < 5) {
                    directory.crashAt(1 + random.nextInt(20));
                }
            } while (!reopen() && attempts++ < 20);
            check(powerLost, durable);
        }

        /** Goes on until the planned crash comes; returns what was proven durable before. */
        private long runUntilDeath() throws IOException {
            readers.clear();
            while (true) {
                try {
                    switch (random.nextInt(8)) {
                        case 0, 1 -> sync();
                        case 2 -> retain();
                        case 3 -> changeIdentity();
                        case 4 -> appendInParts();
                        case 5 -> leaveParts();
                        default -> append();
                    }
                } catch (SimulatedCrash e) {
                    return wal.durable();
                }
            }
        }

        private boolean reopen() throws IOException {
            try {
                wal = open();
                directory.heal();
                return true;
            } catch (SimulatedCrash e) {
                return false;
            }
        }

        private void check(boolean powerLost, long durable) throws IOException {
            if (pending != null) {
                if (wal.end() > model.end()) {
                    model.append(pending); // died between the last write and the acknowledgement
                }
                pending = null;
            }
            assertTrue(wal.end() <= model.end(), () -> "end " + wal.end() + " beyond " + model.end());
            assertTrue(wal.end() >= durable, () -> "end " + wal.end() + " lost durable bytes up to " + durable);
            if (!powerLost) {
                assertEquals(model.end(), wal.end(), "a killed process loses nothing");
            }
            assertTrue(model.ends.contains(wal.end()), "cut inside a record");
            boolean newHistory = wal.recovery().newHistory();
            if (wal.end() < model.end() && model.policy != SyncPolicy.ALWAYS) {
                assertTrue(
                        !wal.recovery().before().equals(wal.recovery().after())
                                || wal.identity().previousEnd() == wal.end(),
                        "bytes lost, but the history is the old one");
            }
            if (newHistory) {
                assertEquals(wal.end(), wal.identity().previousEnd());
            }
            model.cutTo(wal.end());
            model.id = wal.identity().id();
            afterReopening();
        }

        private void afterReopening() throws IOException {
            readers.clear();
            pins.clear();
            model.durable = wal.durable();
            assertEquals(wal.end(), wal.durable());
            if (wal.start() < wal.end()) {
                long position = random.nextLong(wal.start(), wal.end());
                assertEquals(
                        model.ends.tailSet(position, false).size(), wal.verify(position), "records from " + position);
            }
            wal.replay(wal.start(), (start, bytes, db, millis) -> {
                byte[] expected = Arrays.copyOfRange(
                        model.bytes, (int) (start - model.base), (int) (start - model.base) + bytes.remaining());
                byte[] actual = new byte[bytes.remaining()];
                bytes.get(actual);
                assertArrayEquals(expected, actual);
                assertEquals(actual[0], db);
                assertEquals(model.ends.higher(start), start + actual.length);
                assertEquals(model.ends.headSet(start, true).size(), millis);
                assertEquals(db, wal.streamDbAt(start + actual.length));
                assertEquals(millis, wal.millisAt(start + 1));
            });
        }

        void restart() throws IOException {
            SyncPolicy policy = model.policy;
            wal.close();
            if (random.nextBoolean()) {
                directory.losePower();
                boot = "boot-" + ++boots;
            } else {
                directory.kill();
            }
            wal = open();
            assertEquals(model.end(), wal.end(), "a clean close loses nothing, policy " + policy);
            assertTrue(wal.recovery().closedCleanly());
            assertEquals(model.id, wal.identity().id());
            afterReopening();
        }
    }

    @Seeded(runs = 100, longRuns = 20_000)
    void recoversAPrefixThatHoldsAllThatIsDurable(long seed) throws IOException {
        Life life = new Life(seed);
        for (int i = 0; i < STEPS; i++) {
            life.step();
        }
        life.restart();
        assertThrows(IOException.class, life::open, "the lock is held");
    }
}
