package io.cairn.server.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.snapshot.peer.RespClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server does not start on damaged files: it names the file, says what to do, ends with status 1, and leaves every byte
 * as it was.
 */
class DamageIT {
    @TempDir
    Path path;

    private Path data;

    /** Something that is done to files. */
    @FunctionalInterface
    private interface Change {
        void run() throws IOException;
    }

    /** Some segments, and rows that are behind the log as after a crash. */
    @BeforeEach
    void fill() throws Exception {
        data = path.resolve("data");
        try (ServerChild server = start();
                RespClient client = server.connect()) {
            byte[] value = new byte[1000];
            Arrays.fill(value, (byte) 'v');
            for (int i = 0; i < 400; i++) {
                client.succeed("SET", "key" + i, value);
            }
            server.kill();
        }
    }

    private ServerChild start(String... directives) throws IOException {
        List<String> all = new ArrayList<>(Aftermath.DIRECTIVES);
        all.addAll(List.of(directives));
        return ServerChild.start(data, path.resolve("log"), null, 0, all);
    }

    private Path generation() {
        return data.resolve("gen-000001");
    }

    private List<Path> files(String folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(generation().resolve(folder))) {
            return files.filter(file -> file.getFileName().toString().contains(suffix))
                    .sorted()
                    .toList();
        }
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at < 0 ? bytes.length + at : at] ^= 0x10;
        Files.write(file, bytes);
    }

    private static void truncate(Path file, int bytes) throws IOException {
        byte[] all = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(all, all.length - bytes));
    }

    /** Each damage on files as they were in the beginning. */
    private void refuses(String what, String says, Change damage) throws Exception {
        Path whole = path.resolve("whole");
        if (!Files.exists(whole)) {
            Directories.copy(data, whole);
        }
        Directories.delete(data);
        Directories.copy(whole, data);
        damage.run();
        Files.deleteIfExists(path.resolve("log"));
        Map<String, Integer> before = Directories.fingerprint(data);
        try (ServerChild server = start()) {
            assertFalse(server.listened(), what + ": it started");
            assertEquals(1, server.awaitEnd(), what + ": status\n" + server.messages());
            String messages = server.messages();
            assertTrue(messages.contains(says), what + ": expected \"" + says + "\" in\n" + messages);
        }
        assertEquals(before, Directories.fingerprint(data), what + ": files changed");
    }

    @Test
    void refusesADamagedLog() throws Exception {
        Path sealed = files("wal", ".log").get(1);
        String name = sealed.getFileName().toString();
        refuses("truncated segment", name, () -> truncate(sealed, 100));
        refuses("missing segment", name, () -> Files.delete(sealed));
        Path first = files("wal", ".log").get(0);
        refuses("first segment missing", first.getFileName().toString(), () -> Files.delete(first));
        List<Path> segments = files("wal", ".log");
        Path last = segments.get(segments.size() - 1);
        refuses("bit in the open segment", last.getFileName().toString(), () -> flip(last, 10));
    }

    @Test
    void refusesADamagedCurrent() throws Exception {
        Path current = data.resolve("CURRENT");
        refuses("junk", "CURRENT", () -> Files.writeString(current, "junk\n"));
        refuses("junk role", "CURRENT", () -> Files.writeString(current, "cairn 1 gen-000001 king\n"));
        refuses("missing", "CURRENT", () -> Files.delete(current));
        refuses("too new", "format 2", () -> Files.writeString(current, "cairn 2 gen-000001 primary\n"));
        refuses("other", "gen-000009", () -> Files.writeString(current, "cairn 1 gen-000009 primary\n"));
    }

    @Test
    void refusesDamagedRows() throws Exception {
        Path manifest = files("store", "MANIFEST").get(0);
        refuses("manifest missing", "store", () -> Files.delete(manifest));
        refuses("manifest damaged", "store", () -> flip(manifest, (int) Files.size(manifest) / 2));
        List<Path> tables = files("store", ".sst");
        assertFalse(tables.isEmpty(), "rows were flushed");
        refuses("table damaged", "store", () -> flip(tables.get(0), -3));
        refuses("table missing", "store", () -> Files.delete(tables.get(0)));
        refuses(
                "all missing",
                "store is missing",
                () -> Directories.delete(generation().resolve("store")));
        refuses(
                "log missing",
                "wal is missing",
                () -> Directories.delete(generation().resolve("wal")));
    }

    @Test
    void refusesALogOfAnotherNode() throws Exception {
        Path other = path.resolve("other");
        try (ServerChild server = ServerChild.start(other, path.resolve("log"), null, 0, Aftermath.DIRECTIVES);
                RespClient client = server.connect()) {
            for (int i = 0; i < 400; i++) {
                client.succeed("SET", "key" + i, "another value ".repeat(80));
            }
            server.kill();
        }
        Path wal = generation().resolve("wal");
        refuses("log of another node", "does not fit", () -> {
            Directories.delete(wal);
            Directories.copy(other.resolve("gen-000001").resolve("wal"), wal);
        });
    }

    @Test
    void refusesADirectoryThatIsInUse() throws Exception {
        try (ServerChild running = start()) {
            try (ServerChild second = start()) {
                assertFalse(second.listened());
                assertEquals(1, second.awaitEnd());
                assertTrue(second.messages().contains("in use by a running instance"), second.messages());
            }
            try (RespClient client = running.connect()) {
                assertEquals(400L, client.succeed("DBSIZE"));
            }
        }
    }

    @Test
    void damagedDumpIsRefusedAtEachStartAndNothingIsServedInstead() throws Exception {
        Path dumps = path.resolve("dumps");
        Files.createDirectories(dumps);
        Path dump = dumps.resolve("dump.rdb");
        try (ServerChild server = start("--dbfilename", "saved.rdb");
                RespClient client = server.connect()) {
            client.succeed("SAVE");
            Files.copy(data.resolve("saved.rdb"), dump);
            server.kill();
        }
        byte[] good = Files.readAllBytes(dump);
        flip(dump, good.length / 2);
        for (int attempt = 0; attempt < 2; attempt++) {
            try (ServerChild server = ServerChild.start(dumps, path.resolve("log2"), null, 0, List.of())) {
                assertFalse(server.listened(), "attempt " + attempt);
                assertEquals(1, server.awaitEnd());
                assertTrue(server.messages().contains("dump.rdb"), server.messages());
            }
        }
        byte[] strange = Arrays.copyOf("REDIS0009\u000f".getBytes(StandardCharsets.ISO_8859_1), 40);
        Files.write(dump, strange);
        try (ServerChild server = ServerChild.start(dumps, path.resolve("log3"), null, 0, List.of())) {
            assertFalse(server.listened());
            assertEquals(1, server.awaitEnd());
            assertTrue(server.messages().contains("stream"), server.messages());
        }
        Files.write(dump, good);
        try (ServerChild server = ServerChild.start(dumps, path.resolve("log2"), null, 0, List.of());
                RespClient client = server.connect()) {
            assertEquals(400L, client.succeed("DBSIZE"), "the mended dump is imported");
            server.kill();
        }
    }
}
