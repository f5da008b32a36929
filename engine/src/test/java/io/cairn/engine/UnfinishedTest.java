package io.cairn.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.Step;
import io.cairn.engine.rows.RocksOptions;
import io.cairn.wal.LogIdentity;
import io.cairn.wal.WalOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stays when something that changes the data directory ends half way, and what must not be opened. */
class UnfinishedTest {
    @TempDir
    Path path;

    private EngineOptions options() {
        EngineOptions defaults = EngineOptions.defaults(path.resolve("data"));
        return new EngineOptions(
                defaults.directory(),
                false,
                true,
                16,
                WalOptions.defaults(),
                RocksOptions.small(),
                1 << 20,
                0,
                () -> 1_000_000,
                EngineOptions::randomId,
                Limits.DEFAULT);
    }

    private Engine open() throws IOException {
        return Engine.open(options(), new SimpleCommands(), Seed.NONE);
    }

    private Path current() {
        return path.resolve("data").resolve("CURRENT");
    }

    private long generations() throws IOException {
        try (Stream<Path> files = Files.list(path.resolve("data"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("gen-"))
                    .count();
        }
    }

    @Test
    void firstGenerationThatWasNeverFinishedIsMadeAgain() throws IOException {
        Files.createDirectories(path.resolve("data").resolve("gen-000001").resolve("store"));
        Files.writeString(current(), "cairn 1 gen-000001 making\n");
        try (Engine engine = open()) {
            assertTrue(engine.isNew());
            assertEquals(0, engine.offset());
        }
        assertEquals(1, generations());
    }

    @Test
    void memoryWithoutLogThrowsNobodysDataAway() throws IOException {
        open().close();
        EngineOptions volatileMemory = options().inMemory(false);
        IOException refused =
                assertThrows(IOException.class, () -> Engine.open(volatileMemory, new SimpleCommands(), Seed.NONE));
        assertTrue(String.valueOf(refused.getMessage()).contains("throw away"), refused.getMessage());
        open().close();
    }

    @Test
    void missingLogOrRowsAreNotMadeAnew() throws IOException {
        open().close();
        for (String part : new String[] {"wal", "store"}) {
            Path there = path.resolve("data").resolve("gen-000001").resolve(part);
            Files.move(there, path.resolve("away"));
            IOException refused = assertThrows(IOException.class, this::open);
            assertTrue(String.valueOf(refused.getMessage()).contains(part + " is missing"), refused.getMessage());
            assertFalse(Files.exists(there));
            Files.move(path.resolve("away"), there);
        }
        open().close();
    }

    @Test
    void keyspaceThatIsNoLongerWantedIsThrownAway() throws IOException {
        try (Engine engine = open()) {
            Staging staging = engine.stage(LogIdentity.of("b".repeat(40)), 500, -1);
            staging.sink().string(0, "key".getBytes(StandardCharsets.US_ASCII), -1, new byte[3]);
            assertFalse(engine.install(staging, () -> false));
            staging.close();
            assertEquals(0, engine.keyspace().state().keys(0));
            assertEquals(0, engine.offset());
            assertEquals(1, generations());
        }
    }

    @Test
    void idsMayChangeManyTimesBeforeTheNextCrash() throws IOException {
        Path data = path.resolve("data");
        try (Engine engine = Engine.open(options(), new SimpleCommands(), Seed.NONE, step -> {
            if (step == Step.IDENTITY_LOGGED) {
                copy(data);
            }
        })) {
            engine.follow();
            for (char id : new char[] {'a', 'b', 'c'}) {
                engine.adopt(String.valueOf(id).repeat(40), () -> true);
            }
            copy(data);
        }
        for (int i = 1; i <= copies; i++) {
            Path copy = path.resolve("copy" + i);
            EngineOptions of = new EngineOptions(
                    copy,
                    false,
                    true,
                    16,
                    WalOptions.defaults(),
                    RocksOptions.small(),
                    1 << 20,
                    0,
                    () -> 1_000_000,
                    EngineOptions::randomId,
                    Limits.DEFAULT);
            Engine.open(of, new SimpleCommands(), Seed.NONE).close();
        }
        assertEquals(4, copies);
    }

    private int copies;

    private void copy(Path from) {
        copies++;
        Path to = path.resolve("copy" + copies);
        try {
            LiveCopy.take(from, to);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
