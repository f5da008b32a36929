package io.cairn.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.snapshot.rdb.Dump;
import io.cairn.snapshot.rdb.RandomDump;
import io.cairn.snapshot.rdb.RdbHeader;
import io.cairn.snapshot.rdb.RdbWriteOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RdbToolTest {
    @TempDir
    Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void printsDigestsThatDoNotDependOnCompression() throws IOException {
        save("a.rdb", RandomDump.of(1, 50), true);
        save("b.rdb", RandomDump.of(1, 50), false);
        assertEquals(0, run("digest", path("a.rdb"), path("b.rdb")));
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(2, lines.size());
        assertTrue(lines.get(0).startsWith(path("a.rdb") + " keys=50 "), lines.get(0));
        assertEquals(lines.get(0).split(" ")[3], lines.get(1).split(" ")[3]);
    }

    @Test
    void namesWhatDiffers() throws IOException {
        Dump dump = RandomDump.of(1, 50);
        save("a.rdb", dump, true);
        assertEquals(0, run("diff", path("a.rdb"), path("a.rdb")));
        dump.string(99, Dump.bytes("new"), -1, Dump.bytes("x"));
        save("b.rdb", dump, true);
        assertEquals(1, run("diff", path("a.rdb"), path("b.rdb")));
        assertEquals("db=99 key=new only on the right\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void saysWhatItCannotRead() throws IOException {
        Files.writeString(directory.resolve("a.rdb"), "nothing of the kind");
        assertEquals(2, run("digest", path("a.rdb")));
        assertTrue(
                err.toString(StandardCharsets.UTF_8).contains(path("a.rdb") + ": Corrupt RDB"),
                err.toString(StandardCharsets.UTF_8));
        assertEquals(2, run());
        assertEquals(2, run("diff", path("a.rdb")));
    }

    private void save(String name, Dump dump, boolean compression) throws IOException {
        RdbFile.save(
                directory,
                name,
                new RdbHeader(1, 1, null),
                RdbWriteOptions.FILE.withCompression(compression),
                dump::drain);
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    private int run(String... arguments) {
        return RdbTool.run(
                List.of(arguments),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }
}
