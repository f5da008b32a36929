package io.cairn.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.Step;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.StorageException;
import io.cairn.engine.stream.StreamEndedException;
import io.cairn.engine.types.Strings;
import io.cairn.wal.LogIdentity;
import io.cairn.wal.WalReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A replica whose log is ahead of what it has applied; the applier is called by hand. */
class ApplierTest {
    private static final long NOW = 1_000_000;
    private static final String SET_A = command("SET", "a", "1");

    private final SimpleCommands commands = new SimpleCommands();
    private final IdentityHashMap<Engine, Turn> turns = new IdentityHashMap<>();
    private long replayBytesMax = 64 << 20;
    private boolean linked = true;
    private Consumer<Step> observer = step -> {};

    @TempDir
    private Path directory;

    private Engine open(Path path, boolean memory) throws IOException {
        EngineOptions disk = EngineOptions.defaults(path);
        EngineOptions chosen = memory ? disk.inMemory(true) : disk;
        EngineOptions options = new EngineOptions(
                path,
                chosen.memory(),
                true,
                chosen.databases(),
                chosen.wal().withSegmentBytes(256).withRetention(1, 0),
                chosen.rocks(),
                replayBytesMax,
                0,
                () -> NOW,
                chosen.newId(),
                Limits.DEFAULT);
        return Engine.open(options, commands, Seed.NONE, step -> observer.accept(step));
    }

    private Engine replica(boolean memory) throws IOException {
        Engine engine = open(directory.resolve("data"), memory);
        engine.follow();
        return engine;
    }

    private Intake intake(Engine engine) {
        return engine.intake(() -> linked && engine.isReplica());
    }

    private static String command(String... words) {
        StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return text.toString();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    private Turn turn(Engine engine) {
        return turns.computeIfAbsent(engine, each -> new Turn(each.handle(), true));
    }

    private String value(Engine engine, int db, String key) {
        Turn turn = turn(engine);
        turn.begin(NOW);
        byte[] row = turn.read(db, key.getBytes(US_ASCII));
        String value = row == null ? "(none)" : new String(Strings.value(turn, row), US_ASCII);
        turn.commit();
        return value;
    }

    private void write(Engine engine, String... words) {
        Turn turn = turn(engine);
        commands.run(turn, NOW, 0, words);
        turn.commit();
    }

    private static void applyAll(Engine engine) {
        while (engine.applier().runOnce(50)) {
            // one piece after another
        }
    }

    private static String log(Engine engine, long from) throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) (engine.offset() - from));
        try (WalReader reader = Objects.requireNonNull(engine.wal()).reader(from)) {
            reader.read(all);
        }
        return new String(all.array(), US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void logsFirstAndAppliesPieceByPiece(boolean memory) throws IOException {
        try (Engine engine = replica(memory)) {
            String first = command("SELECT", "2") + SET_A + command("MULTI") + command("SET", "b", "2") + SET_A;
            String units = first + command("EXEC") + command("SET", "c", "3");
            intake(engine).append(bytes(units), 2);
            assertEquals(units.length(), engine.offset());
            assertEquals(0, engine.applied());
            assertEquals(units.length(), engine.applier().lagBytes());
            assertEquals("(none)", value(engine, 2, "a"));
            assertTrue(engine.applier().runOnce(1), "SELECT alone");
            assertEquals(0, engine.keyspace().state().keys(2));
            assertTrue(engine.applier().runOnce(SET_A.length()));
            assertEquals("1", value(engine, 2, "a"));
            assertTrue(engine.applier().runOnce(1), "a transaction is whole");
            assertEquals("2", value(engine, 2, "b"));
            assertEquals("(none)", value(engine, 2, "c"));
            try (Checkpoint checkpoint = engine.checkpoint("behind")) {
                assertEquals(engine.applied(), checkpoint.state().offset());
                assertEquals(2, checkpoint.keys());
                assertEquals(2, checkpoint.state().streamDb());
            }
            assertFalse(engine.applier().runOnce(1));
            assertEquals("3", value(engine, 2, "c"));
            assertEquals(engine.offset(), engine.applied());
            intake(engine).append(bytes(command("SET", "c", "4")), 2);
            applyAll(engine);
            assertEquals("4", value(engine, 2, "c"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void appliesTheRestAfterACrash(boolean memory) throws IOException {
        Path copy = directory.resolve("copy");
        long end;
        try (Engine engine = replica(memory)) {
            Intake intake = intake(engine);
            for (int i = 0; i < 30; i++) {
                intake.append(bytes(SET_A + command("SET", "k" + i, "v")), 0);
                if (i == 10) {
                    engine.applier().runOnce(100); // ends within a record
                }
            }
            intake.append(bytes(command("FLUSHALL") + command("SET", "last", "1")), 0);
            intake.part(bytes("*3\r\n$3\r\nSET\r\n$4\r\nhalf\r\n$90"), 0);
            end = engine.offset();
            assertTrue(engine.applied() < end);
            LiveCopy.take(directory.resolve("data"), copy);
        }
        try (Engine engine = open(copy, memory)) {
            assertTrue(engine.isReplica());
            assertEquals(end, engine.offset());
            assertEquals(end, engine.applied());
            assertEquals("1", value(engine, 0, "last"));
            assertEquals(1, engine.keyspace().state().keys(0));
        }
    }

    @Test
    void leavesToTheApplierWhatWouldMakeAStartLong() throws IOException {
        try (Engine engine = replica(false)) {
            for (int i = 0; i < 30; i++) {
                intake(engine).append(bytes(command("SET", "k" + i, "v".repeat(200_000))), 0);
            }
        }
        replayBytesMax = 1_000_000;
        try (Engine engine = open(directory.resolve("data"), false)) {
            assertTrue(engine.applied() >= 1_000_000 && engine.applied() < engine.offset(), "" + engine.applied());
            applyAll(engine);
            assertEquals(30, engine.keyspace().state().keys(0));
            assertEquals(engine.offset(), engine.applied());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void promotionAppliesWhatIsLogged(boolean memory) throws IOException {
        try (Engine engine = replica(memory)) {
            String id = engine.identity().id();
            String units = command("SELECT", "3") + SET_A + command("FLUSHALL") + command("SET", "b", "2");
            intake(engine).append(bytes(units), 3);
            engine.applier().runOnce(1);
            engine.promote();
            assertEquals(units.length(), engine.applied());
            assertEquals("2", value(engine, 3, "b"));
            assertEquals("(none)", value(engine, 3, "a"));
            assertEquals(id, engine.identity().previousId());
            assertEquals(units.length(), engine.identity().previousEnd());
            assertFalse(engine.applier().runOnce(1000), "a primary's log is not replayed");
            write(engine, "SET", "c", "3");
            assertEquals(command("SELECT", "0") + command("SET", "c", "3"), log(engine, units.length()));
            assertFalse(engine.applier().runOnce(1000));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void followsAnotherHistoryWithALag(boolean memory) throws IOException {
        try (Engine engine = replica(memory)) {
            intake(engine).append(bytes(SET_A), 0);
            long end = engine.offset();
            String before = engine.identity().id();
            assertTrue(engine.adopt("f".repeat(40), () -> true));
            assertEquals(new LogIdentity("f".repeat(40), before, end), engine.identity());
            intake(engine).append(bytes(command("SET", "b", "2")), 0);
            applyAll(engine);
            assertEquals("1", value(engine, 0, "a"));
            assertEquals("2", value(engine, 0, "b"));
        }
    }

    @Test
    void onlyTheCurrentLinkMayAppend() throws IOException {
        try (Engine engine = replica(false)) {
            Intake intake = intake(engine);
            intake.part(bytes("*3\r\n"), 100);
            linked = false;
            assertThrows(StreamEndedException.class, () -> intake.append(bytes(SET_A), 0));
            assertThrows(StreamEndedException.class, () -> intake.complete(0));
            assertThrows(StorageException.class, () -> write(engine, "SET", "own", "1"));
            assertEquals(0, engine.offset());
            engine.promote();
            write(engine, "SET", "own", "1");
            long end = engine.offset();
            intake.drop();
            assertEquals(end, engine.offset());
            assertEquals(command("SELECT", "0") + command("SET", "own", "1"), log(engine, 0));
        }
    }

    @Test
    void takesALargeUnitInParts() throws IOException {
        try (Engine engine = replica(false)) {
            Intake intake = intake(engine);
            String value = "x".repeat(3_000_000);
            String unit = command("SET", "large", value);
            for (int at = 0; at < unit.length(); at += 100_000) {
                assertEquals(0, engine.offset(), "nobody sees a part");
                intake.part(bytes(unit.substring(at, Math.min(unit.length(), at + 100_000))), 7);
            }
            intake.complete(0);
            assertEquals(unit.length(), engine.offset());
            applyAll(engine);
            assertEquals(value, value(engine, 0, "large"));
            intake.part(bytes("*2\r\n"), 0);
            intake.drop();
            intake.append(bytes(SET_A), 0);
            assertEquals(SET_A, log(engine, unit.length()));
        }
    }

    @Test
    void tellsWhenAnAcknowledgementIsWanted() throws IOException {
        List<Long> wanted = new ArrayList<>();
        try (Engine engine = replica(false)) {
            engine.applier().listen(new Applier.Listener() {
                @Override
                public void acknowledgementWanted(long offset) {
                    wanted.add(offset);
                    assertEquals(offset, engine.applied());
                }

                @Override
                public void applied() {}

                @Override
                public void stopped(Applier.Stop stop) {}
            });
            intake(engine).append(bytes(SET_A + command("REPLCONF", "GETACK", "*") + SET_A), 0);
            assertEquals(List.of(), wanted);
            applyAll(engine);
            assertEquals(List.of((long) SET_A.length()), wanted);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void retentionKeepsWhatIsNotApplied(boolean memory) throws IOException {
        try (Engine engine = replica(memory)) {
            for (int i = 0; i < 50; i++) {
                intake(engine).append(bytes(command("SET", "k" + i, "v".repeat(100))), 0);
                if (i == 20) {
                    applyAll(engine);
                }
            }
            Objects.requireNonNull(engine.wal()).sync();
            engine.keyspace().store().flush();
            engine.janitor().tick();
            assertTrue(Objects.requireNonNull(engine.wal()).start() <= engine.applied());
            applyAll(engine);
            assertEquals(50, engine.keyspace().state().keys(0));
        }
    }

    // ---- what cannot be run

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stopsAtWhatItCannotRunAndStopsThereAgain(boolean memory) throws IOException {
        String bad = command("MULTI") + command("SET", "b", "2") + command("XADD", "s", "1") + command("EXEC");
        try (Engine engine = replica(memory)) {
            intake(engine).append(bytes(SET_A + bad + command("SET", "c", "3")), 0);
            applyAll(engine);
            requireStopped(engine);
            assertFalse(engine.applier().runOnce(1000), "it stays there");
            engine.applier().again();
            applyAll(engine);
            requireStopped(engine);
        }
        try (Engine engine = open(directory.resolve("data"), memory)) {
            requireStopped(engine);
        }
    }

    private void requireStopped(Engine engine) {
        Applier.Stop stop = engine.applier().stopped();
        assertNotNull(stop);
        assertEquals(SET_A.length(), stop.offset());
        assertEquals("XADD", stop.command());
        assertEquals(SET_A.length(), engine.applied());
        assertEquals("1", value(engine, 0, "a"));
        assertEquals("(none)", value(engine, 0, "b"));
        assertEquals("(none)", value(engine, 0, "c"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void promotionCutsOffWhatCannotBeRun(boolean memory) throws IOException {
        String id;
        try (Engine engine = replica(memory)) {
            id = engine.identity().id();
            intake(engine).append(bytes(SET_A + command("XADD", "s", "1") + command("SET", "c", "3")), 0);
            applyAll(engine);
            engine.promote();
            assertNull(engine.applier().stopped());
            assertFalse(engine.isReplica());
            assertEquals(id, engine.identity().previousId());
            assertEquals(SET_A.length(), engine.identity().previousEnd());
            assertEquals(SET_A.length(), engine.offset());
            write(engine, "SET", "own", "1");
            assertEquals(command("SELECT", "0") + command("SET", "own", "1"), log(engine, SET_A.length()));
        }
        if (memory) {
            return; // a server saves a dump file for that
        }
        try (Engine engine = open(directory.resolve("data"), memory)) {
            assertNotEquals(id, engine.identity().id());
            assertEquals(id, engine.identity().previousId());
            assertEquals("1", value(engine, 0, "a"));
            assertEquals("1", value(engine, 0, "own"));
            assertEquals("(none)", value(engine, 0, "c"));
            assertEquals(SET_A.length(), Objects.requireNonNull(engine.wal()).start());
        }
    }

    /** Dies with the new log in place, and its role not yet recorded. */
    @Test
    void crashWhileTheLogIsCutOffLeavesWhatWasApplied() throws IOException {
        Path copy = directory.resolve("copy");
        String id;
        try (Engine engine = replica(false)) {
            id = engine.identity().id();
            intake(engine).append(bytes(SET_A + command("XADD", "s", "1") + command("SET", "c", "3")), 0);
            observer = step -> {
                if (step == Step.BEFORE_CURRENT) {
                    take(directory.resolve("data"), copy);
                }
            };
            engine.promote();
            observer = step -> {};
        }
        try (Engine engine = open(copy, false)) {
            assertTrue(engine.isReplica());
            assertEquals(SET_A.length(), engine.applied());
            assertEquals(SET_A.length(), engine.offset());
            assertEquals(id, engine.identity().previousId());
            assertEquals(SET_A.length(), engine.identity().previousEnd());
            engine.promote();
            assertEquals("1", value(engine, 0, "a"));
            write(engine, "SET", "own", "1");
        }
    }

    private static void take(Path from, Path to) {
        try {
            LiveCopy.take(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void replacedKeyspaceGoesOn() throws IOException {
        try (Engine engine = replica(false)) {
            intake(engine).append(bytes(SET_A + command("XADD", "s", "1")), 0);
            applyAll(engine);
            try (Staging staging = engine.stage(LogIdentity.of("e".repeat(40)), 5_000, 0)) {
                staging.sink().string(0, "new".getBytes(US_ASCII), -1, "1".getBytes(US_ASCII));
                assertTrue(engine.install(staging, () -> true));
            }
            assertNull(engine.applier().stopped());
            intake(engine).append(bytes(SET_A), 0);
            applyAll(engine);
            assertEquals("1", value(engine, 0, "new"));
            assertEquals("1", value(engine, 0, "a"));
            assertEquals(5_000 + SET_A.length(), engine.applied());
        }
    }

    @Test
    void primaryDoesNotStartWhereItsOwnLogCannotBeRun() throws IOException {
        Path copy = directory.resolve("copy");
        try (Engine engine = replica(false)) {
            intake(engine).append(bytes(SET_A + command("XADD", "s", "1")), 0);
            LiveCopy.take(directory.resolve("data"), copy);
        }
        Path current = copy.resolve("CURRENT");
        java.nio.file.Files.writeString(
                current, java.nio.file.Files.readString(current).replace("replica", "primary"));
        IOException refused = assertThrows(IOException.class, () -> open(copy, false));
        assertTrue(String.valueOf(refused.getMessage()).contains("XADD"), refused.getMessage());
    }

    @Test
    void threadFollowsTheLog() throws IOException {
        try (Engine engine = replica(false)) {
            engine.start();
            Intake intake = intake(engine);
            for (int i = 0; i < 1_000; i++) {
                intake.append(bytes(command("SET", "k" + i, "v")), 0);
            }
            engine.applier().awaitApplied();
            assertEquals(engine.offset(), engine.applied());
            assertEquals(1_000, engine.keyspace().state().keys(0));
        }
    }
}
