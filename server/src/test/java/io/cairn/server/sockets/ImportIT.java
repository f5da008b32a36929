package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A dump file at the first start. */
class ImportIT {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"rocksdb", "memory"})
    void firstStartLoadsTheNamedDump(String engine) throws IOException {
        Path dump = directory.resolve("dump.rdb");
        try (RunningServer from = RunningServer.start("--dbfilename", "from.rdb");
                Wire wire = from.connect()) {
            assertEquals("+OK\r\n", wire.call("SET", "key", "value"));
            assertEquals(":3\r\n", wire.call("RPUSH", "list", "a", "b", "c"));
            assertEquals("+OK\r\n", wire.call("SAVE"));
            Files.copy(from.directory().resolve("from.rdb"), dump);
        }
        try (RunningServer to = RunningServer.start("--engine", engine, "--load-rdb", dump.toString());
                Wire wire = to.connect()) {
            assertEquals(":2\r\n", wire.call("DBSIZE"));
            assertEquals("$5\r\nvalue\r\n", wire.call("GET", "key"));
            assertEquals(":3\r\n", wire.call("LLEN", "list"));
        }
    }
}
