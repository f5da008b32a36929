package io.cairn.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cairn.engine.entry.ValueType;
import io.cairn.snapshot.rdb.CorruptRdbException;
import io.cairn.snapshot.rdb.Dump;
import io.cairn.snapshot.rdb.RandomDump;
import io.cairn.snapshot.rdb.RdbEvents;
import io.cairn.snapshot.rdb.RdbHeader;
import io.cairn.snapshot.rdb.RdbReadOptions;
import io.cairn.snapshot.rdb.RdbWriteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RdbFileTest {
    private static final RdbHeader HEADER = new RdbHeader(1_700_000_000, 0, null);

    @TempDir
    Path directory;

    @Test
    void loadsWhatItSaved() throws IOException {
        Dump dump = RandomDump.of(11, 100);
        long bytes = RdbFile.save(directory, "dump.rdb", HEADER, RdbWriteOptions.FILE, dump::drain);
        assertEquals(bytes, Files.size(directory.resolve("dump.rdb")));
        Dump loaded = new Dump();
        RdbFile.Loaded result =
                RdbFile.load(directory.resolve("dump.rdb"), loaded, RdbEvents.NONE, RdbReadOptions.DEFAULT);
        assertEquals(dump, loaded);
        assertEquals(new RdbFile.Loaded(9, bytes, dump.entries().size(), 0, 0), result);
    }

    @Test
    void replacesTheOlderFile() throws IOException {
        RdbFile.save(directory, "dump.rdb", HEADER, RdbWriteOptions.FILE, RandomDump.of(1, 50)::drain);
        Dump newer = RandomDump.of(2, 5);
        RdbFile.save(directory, "dump.rdb", HEADER, RdbWriteOptions.FILE, newer::drain);
        Dump loaded = new Dump();
        RdbFile.load(directory.resolve("dump.rdb"), loaded, RdbEvents.NONE, RdbReadOptions.DEFAULT);
        assertEquals(newer, loaded);
        assertEquals(List.of("dump.rdb"), names());
    }

    @Test
    void leavesTheOlderFileAndNothingElseWhenItFails() throws IOException {
        RdbFile.save(directory, "dump.rdb", HEADER, RdbWriteOptions.FILE, RandomDump.of(1, 50)::drain);
        byte[] before = Files.readAllBytes(directory.resolve("dump.rdb"));
        assertThrows(
                IOException.class,
                () -> RdbFile.save(directory, "dump.rdb", HEADER, RdbWriteOptions.FILE, writer -> {
                    RandomDump.of(2, 500).drain(writer);
                    throw new IOException("the source failed");
                }));
        assertThrows(
                IllegalStateException.class,
                () -> RdbFile.save(directory, "dump.rdb", HEADER, RdbWriteOptions.FILE, writer -> {
                    writer.begin(0, new byte[1], -1, ValueType.LIST, 2);
                    writer.element(new byte[1]);
                    writer.end();
                }));
        assertArrayEquals(before, Files.readAllBytes(directory.resolve("dump.rdb")));
        assertEquals(List.of("dump.rdb"), names());
    }

    @Test
    void leavesNothingWhenTheNameCannotBeTaken() throws IOException {
        Files.createDirectories(directory.resolve("dump.rdb/occupied"));
        assertThrows(
                IOException.class,
                () -> RdbFile.save(directory, "dump.rdb", HEADER, RdbWriteOptions.FILE, RandomDump.of(1, 5)::drain));
        assertEquals(List.of("dump.rdb"), names());
    }

    @Test
    void countsBytesBehindTheRdb() throws IOException {
        RdbFile.save(directory, "dump.rdb", HEADER, RdbWriteOptions.FILE, RandomDump.of(1, 5)::drain);
        Path file = directory.resolve("dump.rdb");
        Files.write(file, new byte[77], StandardOpenOption.APPEND);
        assertEquals(
                77,
                RdbFile.load(file, new Dump(), RdbEvents.NONE, RdbReadOptions.DEFAULT)
                        .trailingBytes());
    }

    @Test
    void refusesACutFile() throws IOException {
        RdbFile.save(directory, "dump.rdb", HEADER, RdbWriteOptions.FILE, RandomDump.of(1, 5)::drain);
        Path file = directory.resolve("dump.rdb");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        CorruptRdbException e = assertThrows(
                CorruptRdbException.class,
                () -> RdbFile.load(file, new Dump(), RdbEvents.NONE, RdbReadOptions.DEFAULT));
        assertEquals(bytes.length - 1, e.position());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
