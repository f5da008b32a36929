package io.cairn.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.types.Strings;
import io.cairn.wal.LogIdentity;
import io.cairn.wal.Wal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineTest {
    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final SimpleCommands commands = new SimpleCommands();
    private final IdentityHashMap<Engine, Turn> turns = new IdentityHashMap<>();

    @TempDir
    private Path directory;

    private EngineOptions options(boolean memory) {
        EngineOptions disk = EngineOptions.defaults(directory);
        EngineOptions chosen = memory ? disk.inMemory(true) : disk;
        return new EngineOptions(
                directory,
                chosen.memory(),
                chosen.log(),
                chosen.databases(),
                chosen.wal(),
                chosen.rocks(),
                chosen.replayBytesMax(),
                0,
                clock::get,
                chosen.newId(),
                Limits.DEFAULT);
    }

    private Engine open(boolean memory) throws IOException {
        return Engine.open(options(memory), commands, Seed.NONE);
    }

    private Turn turn(Engine engine) {
        return turns.computeIfAbsent(engine, each -> new Turn(each.handle(), true));
    }

    private void run(Engine engine, int db, String... words) {
        Turn turn = turn(engine);
        commands.run(turn, clock.get(), db, words);
        turn.commit();
    }

    private String value(Engine engine, int db, String key) {
        Turn turn = turn(engine);
        turn.begin(clock.get());
        byte[] row = turn.read(db, key.getBytes(US_ASCII));
        String value = row == null ? "(none)" : new String(Strings.value(turn, row), US_ASCII);
        turn.commit();
        return value;
    }

    /** Keys as "db:key" to "value@expiry". */
    private static final class Contents implements EntrySink {
        final Map<String, String> all = new TreeMap<>();

        @Override
        public void string(int db, byte[] key, long expireAtMillis, byte[] value) {
            all.put(db + ":" + new String(key, US_ASCII), new String(value, US_ASCII) + "@" + expireAtMillis);
        }

        @Override
        public void begin(int db, byte[] key, long expireAtMillis, ValueType type, long count) {
            throw new IllegalStateException();
        }

        @Override
        public void element(byte[] element) {}

        @Override
        public void pair(byte[] field, byte[] value) {}

        @Override
        public void scored(byte[] member, double score) {}

        @Override
        public void part(StreamPart part) {}

        @Override
        public void end() {}
    }

    private static Map<String, String> contents(Engine engine) throws IOException {
        try (Checkpoint checkpoint = engine.checkpoint("test")) {
            Contents contents = new Contents();
            checkpoint.drain(contents);
            assertEquals(checkpoint.keys(), contents.all.size());
            return contents.all;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void recoversEverythingAfterACleanClose(boolean memory) throws IOException {
        String id;
        long offset;
        try (Engine engine = open(memory)) {
            run(engine, 0, "SET", "a", "1");
            run(engine, 3, "SET", "b", "2", "PXAT", "2000000");
            run(engine, 0, "SET", "a", "3");
            run(engine, 0, "SET", "gone", "x");
            run(engine, 0, "DEL", "gone");
            id = engine.identity().id();
            offset = engine.offset();
        }
        try (Engine engine = open(memory)) {
            assertEquals(id, engine.identity().id());
            assertEquals(offset, engine.offset());
            assertEquals(Map.of("0:a", "3@-1", "3:b", "2@2000000"), contents(engine));
            assertEquals(1, engine.keyspace().state().keys(0));
            assertEquals(1, engine.keyspace().state().expires(3));
            run(engine, 3, "SET", "c", "4");
            assertEquals(3, Objects.requireNonNull(engine.wal()).streamDbAt(engine.offset()));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void refusesADirectoryInUse(boolean memory) throws IOException {
        try (Engine engine = open(memory)) {
            assertNotNull(engine);
            IOException refused = assertThrows(IOException.class, () -> open(memory));
            assertTrue(refused.toString().contains("in use"), refused.toString());
        }
        open(memory).close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void checkpointIsFrozenAtItsOffset(boolean memory) throws IOException {
        try (Engine engine = open(memory)) {
            run(engine, 0, "SET", "a", "1");
            long offset = engine.offset();
            try (Checkpoint checkpoint = engine.checkpoint("test")) {
                run(engine, 0, "SET", "a", "2");
                run(engine, 0, "SET", "b", "2");
                Contents contents = new Contents();
                checkpoint.drain(contents);
                assertEquals(Map.of("0:a", "1@-1"), contents.all);
                assertEquals(offset, checkpoint.state().offset());
                assertEquals(1, Objects.requireNonNull(engine.wal()).pins().size());
            }
            assertEquals(0, Objects.requireNonNull(engine.wal()).pins().size());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void promotionTakesANewIdAndKeepsTheOldOne(boolean memory) throws IOException {
        try (Engine engine = open(memory)) {
            run(engine, 2, "SET", "a", "1");
            engine.follow();
            assertTrue(engine.isReplica());
            LogIdentity before = engine.identity();
            long end = engine.offset();
            engine.promote();
            assertNotEquals(before.id(), engine.identity().id());
            assertEquals(before.id(), engine.identity().previousId());
            assertEquals(end, engine.identity().previousEnd());
            assertFalse(engine.isReplica());
            run(engine, 2, "SET", "a", "1");
            long select = "*2\r\n$6\r\nSELECT\r\n$1\r\n2\r\n".length();
            long set = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n".length();
            assertEquals(end + select + set, engine.offset(), "the first write after a promotion selects its database");
        }
        try (Engine engine = open(memory)) {
            assertNotNull(engine.identity().previousId());
            engine.follow();
        }
        try (Engine engine = open(memory)) {
            assertTrue(engine.isReplica());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void installReplacesTheKeyspaceAndAppliesWhatCameBehind(boolean memory) throws IOException {
        String id = "b".repeat(40);
        try (Engine engine = open(memory)) {
            run(engine, 0, "SET", "old", "1");
            engine.follow();
            Staging abandoned = engine.stage(LogIdentity.of("c".repeat(40)), 77, 0);
            abandoned.sink().string(0, "x".getBytes(US_ASCII), -1, "y".getBytes(US_ASCII));
            abandoned.close();
            assertEquals("1", value(engine, 0, "old"));

            Staging staging = engine.stage(LogIdentity.of(id), 5000, 1);
            staging.sink().string(1, "new".getBytes(US_ASCII), 3_000_000, "v".getBytes(US_ASCII));
            String behind = "*3\r\n$3\r\nSET\r\n$4\r\nlate\r\n$1\r\n1\r\n";
            staging.append(ByteBuffer.wrap(behind.getBytes(US_ASCII)), 1);
            assertTrue(engine.install(staging, () -> true));
            assertEquals(id, engine.identity().id());
            assertEquals(5000 + behind.length(), engine.offset());
            assertEquals(Map.of("1:new", "v@3000000", "1:late", "1@-1"), contents(engine));
            assertEquals("(none)", value(engine, 0, "old"));
            assertEquals(2, engine.keyspace().state().keys(1));
        }
        if (!memory) {
            try (Engine engine = open(false)) {
                assertEquals(id, engine.identity().id());
                assertEquals(Map.of("1:new", "v@3000000", "1:late", "1@-1"), contents(engine));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isNewUntilSomethingIsWrittenOrLoaded(boolean memory) throws IOException {
        try (Engine engine = open(memory)) {
            assertTrue(engine.isNew());
            assertThrows(
                    IOException.class,
                    () -> engine.load(sink -> {
                        throw new IOException("a damaged dump");
                    }));
        }
        try (Engine engine = open(memory)) {
            assertTrue(engine.isNew(), "a start whose import failed must not count as the first");
            engine.load(sink -> sink.string(0, "k".getBytes(US_ASCII), -1, "v".getBytes(US_ASCII)));
            assertFalse(engine.isNew());
            assertEquals("v", value(engine, 0, "k"));
        }
        if (!memory) {
            try (Engine engine = open(false)) {
                assertFalse(engine.isNew());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void promotionWinsOverWhatTheFormerPrimaryStillSays(boolean memory) throws IOException {
        try (Engine engine = open(memory)) {
            run(engine, 0, "SET", "own", "1");
            engine.follow();
            Staging staging = engine.stage(LogIdentity.of("b".repeat(40)), 5000, 0);
            staging.sink().string(0, "theirs".getBytes(US_ASCII), -1, "v".getBytes(US_ASCII));
            staging.complete();
            engine.promote();
            LogIdentity promoted = engine.identity();
            run(engine, 0, "SET", "acknowledged", "2");

            assertFalse(engine.install(staging, engine::isReplica));
            assertFalse(engine.adopt("c".repeat(40), engine::isReplica));
            assertEquals(promoted, engine.identity());
            assertEquals(Map.of("0:own", "1@-1", "0:acknowledged", "2@-1"), contents(engine));
            assertFalse(Files.exists(directory.resolve("gen-000002")), "what was received is thrown away");
            run(engine, 0, "SET", "later", "3");
        }
    }

    @Test
    void countsKeysThatExpireWhenTheyAreWritten() throws IOException {
        try (Engine engine = open(true)) {
            run(engine, 0, "SET", "one", "v", "PXAT", "1000100");
            run(engine, 0, "SET", "other", "v", "PXAT", "1000100");
            Turn turn = new Turn(engine.handle(), true);
            turn.begin(1_000_101);
            Turn.Mark mark = turn.mark();
            turn.beginUnit(true);
            assertTrue(turn.tryLock(0, "one".getBytes(US_ASCII)));
            assertNull(turn.write(0, "one".getBytes(US_ASCII)));
            turn.rollback(mark);
            turn.commit();
            assertEquals(0, engine.janitor().expiredKeys(), "it was taken back");
            turn.begin(1_000_101);
            turn.beginUnit(true);
            assertTrue(turn.tryLock(0, "one".getBytes(US_ASCII)));
            assertNull(turn.write(0, "one".getBytes(US_ASCII)));
            assertNull(turn.write(0, "one".getBytes(US_ASCII)));
            turn.endUnit();
            turn.commit();
            assertEquals(1, engine.janitor().expiredKeys());
            clock.set(1_000_101);
            engine.janitor().tick();
            assertEquals(2, engine.janitor().expiredKeys());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void janitorDeletesDueKeysAndCollectsGarbage(boolean memory) throws IOException {
        try (Engine engine = open(memory)) {
            for (int i = 0; i < 700; i++) {
                run(engine, 0, "SET", "k" + i, "v", "PXAT", Long.toString(1_000_100 + i % 3));
            }
            run(engine, 0, "SET", "big", "x".repeat(200_000));
            run(engine, 0, "SET", "big", "small");
            run(engine, 0, "SET", "later", "v", "PXAT", "9000000");
            clock.set(1_000_101);
            engine.janitor().tick();
            assertEquals(467, engine.janitor().expiredKeys());
            clock.set(1_000_200);
            engine.janitor().tick();
            assertEquals(700, engine.janitor().expiredKeys());
            assertEquals(2, engine.keyspace().state().keys(0));
            assertEquals(1, engine.keyspace().state().expires(0));
            run(engine, 0, "FLUSHALL");
            engine.janitor().tick();
            engine.janitor().tick();
            assertEquals(Map.of(), contents(engine));
            clock.set(10_000_000);
            engine.janitor().tick();
            assertEquals(700, engine.janitor().expiredKeys(), "a flushed key's entry is dropped, not expired");
            assertNull(engine.handle().writeError());
        }
    }

    @Test
    void janitorGoesOnWhenMemoryWasShort() throws Exception {
        try (Engine engine = open(true)) {
            CountDownLatch rounds = new CountDownLatch(3);
            engine.janitor().eachRound(() -> {
                rounds.countDown();
                throw new OutOfMemoryError("of a test");
            });
            engine.start();
            assertTrue(rounds.await(60, TimeUnit.SECONDS));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void replicaHidesDueKeysButKeepsThem(boolean memory) throws IOException {
        try (Engine engine = open(memory)) {
            run(engine, 0, "SET", "k", "v", "PXAT", "1000100");
            engine.follow();
            clock.set(1_000_200);
            engine.janitor().tick();
            assertEquals("(none)", value(engine, 0, "k"));
            assertEquals(1, engine.keyspace().state().keys(0));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void crashOfTheProcessLosesNothing(boolean memory) throws IOException {
        Path copy = directory.resolveSibling(directory.getFileName() + "-copy");
        String id;
        Engine engine = open(memory);
        try {
            for (int i = 0; i < 100; i++) {
                run(engine, i % 2, "SET", "k" + i, "v" + i);
            }
            id = engine.identity().id();
            LiveCopy.take(directory, copy);
        } finally {
            engine.close();
        }
        EngineOptions there = options(memory);
        EngineOptions moved = new EngineOptions(
                copy,
                there.memory(),
                there.log(),
                there.databases(),
                there.wal(),
                there.rocks(),
                there.replayBytesMax(),
                0,
                clock::get,
                there.newId(),
                Limits.DEFAULT);
        try (Engine crashed = Engine.open(moved, commands, Seed.NONE)) {
            assertEquals(100, contents(crashed).size());
            assertEquals(id, crashed.identity().id(), "the kernel still runs, so the page cache lost nothing");
            Wal wal = Objects.requireNonNull(crashed.wal());
            assertEquals(wal.end(), crashed.keyspace().state().offset());
        }
        DataDirectory.delete(copy);
    }
}
