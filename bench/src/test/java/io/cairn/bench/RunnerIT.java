package io.cairn.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Runs each benchmark with counts so small that its numbers say nothing, but that it works does. */
class RunnerIT {
    @TempDir
    Path folder;

    @Test
    void comparesAllModes() throws Exception {
        String printed =
                run("compare --modes disk,memory-wal,memory,redis,redis-memory --rounds 1 --warmup 0 --requests 5000"
                        + " --keys 1000 --clients 5 --settle 0");
        assertTrue(printed.contains("SET P=1\n"), printed);
        assertTrue(printed.contains("GET P=16\n"), printed);
        assertEquals(4, count(printed, "memory-wal"), printed);
    }

    @Test
    void comparesWorkOnCollections() throws Exception {
        String printed = run("compare --modes disk,redis --rounds 1 --warmup 0 --requests 5000 --clients 5 --settle 0"
                + " --pipeline 16 --elements 200,1000 --workloads incr,mset,lpush,rpop,lrange_100,sadd,spop,hset,hgetall,zadd,"
                + "zpopmin,zrange,zscore,zrank,zcount");
        assertTrue(printed.contains("LRANGE_100 P=16 200\n"), printed);
        assertTrue(printed.contains("ZCOUNT P=16 1,000\n"), printed);
    }

    @Test
    void killsAndFindsEverythingAgain() throws Exception {
        String printed = run("restart --servers cairn,redis --keys 2000 --rounds 1 --write-millis 200");
        assertTrue(printed.contains("cairn"), printed);
    }

    @Test
    void synchronizesAllPairs() throws Exception {
        String printed = run("fullsync --keys 2000 --rounds 1");
        assertTrue(printed.contains("redis -> cairn"), printed);
        assertTrue(printed.contains("cairn -> redis"), printed);
    }

    @Test
    void bringsReplicasBackWithoutFullSynchronization() throws Exception {
        String printed = run("partial --megabytes 3 --rounds 1 --stopped 1");
        assertEquals(4, count(printed, "1 of 1"), printed);
    }

    @Test
    void asksALargeSortedSetAndDeletesALargeSet() throws Exception {
        StringWriter out = new StringWriter();
        CommandLine line = Main.commandLine().setOut(new PrintWriter(out));
        String[] arguments =
                ("large --members 3000 --deleted 3000 --requests 20 --out " + folder.resolve("report.html")).split(" ");
        assertEquals(0, line.execute(arguments), out.toString());
        assertTrue(out.toString().contains("ZRANGE_BY_RANK"), out.toString());
    }

    @Test
    void refusesUnknownMode() {
        CommandLine line = Main.commandLine().setErr(new PrintWriter(new StringWriter()));
        assertEquals(2, line.execute("compare", "--modes", "tape"));
    }

    private String run(String arguments) throws Exception {
        Path report = folder.resolve("report.html");
        StringWriter out = new StringWriter();
        CommandLine line = Main.commandLine().setOut(new PrintWriter(out));
        int status = line.execute((arguments + " --out " + report).split(" "));
        assertEquals(0, status, out.toString());
        String page = Files.readString(report);
        assertTrue(page.contains("new Chart("), "the page draws charts");
        assertFalse(page.contains("@DATA@") || page.contains("@LIBRARY@"), "the page is filled in");
        assertFalse(page.contains("src=\"http"), "the page needs no network");
        return out.toString();
    }

    private static int count(String text, String part) {
        return text.split(part, -1).length - 1;
    }
}
