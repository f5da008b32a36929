package io.cairn.server.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.snapshot.peer.RespClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose disk fills up refuses writes and goes on reading; nothing acknowledged is lost. */
class DiskFullIT {
    private static final int VALUE_BYTES = 20_000;

    @TempDir
    Path path;

    private static @Nullable String refusal(RespClient client, Object... command) throws IOException {
        return client.call(command) instanceof RespClient.Failure failure ? failure.message() : null;
    }

    private static void awaitAccepted(RespClient client, boolean accepted) throws IOException, InterruptedException {
        for (int i = 0; i < 600; i++) {
            if ((refusal(client, "SET", "probe", "1") == null) == accepted) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError("writes are " + (accepted ? "refused" : "accepted") + " for ever");
    }

    @Test
    void writesStopAtTheWatermarkAndComeBackByThemselves() throws Exception {
        try (ServerChild server =
                        ServerChild.start(path.resolve("data"), path.resolve("log"), null, 0, Aftermath.DIRECTIVES);
                RespClient client = server.connect()) {
            client.succeed("SET", "key", "value");
            client.succeed("CONFIG", "SET", "min-free-disk-bytes", "1125899906842624");
            awaitAccepted(client, false);
            String refused = String.valueOf(refusal(client, "SET", "key", "other"));
            assertTrue(refused.startsWith("MISCONF ") && refused.contains("min-free-disk-bytes"), refused);
            assertEquals("value", client.text("GET", "key"));
            assertTrue(String.valueOf(refusal(client, "FLUSHALL")).startsWith("MISCONF "));
            client.succeed("CONFIG", "SET", "min-free-disk-bytes", "0");
            awaitAccepted(client, true);
            assertEquals("value", client.text("GET", "key"));
        }
    }

    @Test
    void diskThatIsReallyFullLosesNothingThatWasAcknowledged() throws Exception {
        Path disk = Files.createDirectories(path.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString()),
                "no right to mount a small file system, so no disk to fill");
        try {
            fillAndRecover(disk);
        } finally {
            run("umount", disk.toString());
        }
    }

    private void fillAndRecover(Path disk) throws Exception {
        Path data = disk.resolve("data");
        List<String> directives = new ArrayList<>(Aftermath.DIRECTIVES);
        List<Integer> acknowledged = new ArrayList<>();
        try (ServerChild server = ServerChild.start(data, path.resolve("log"), null, 0, directives);
                RespClient client = server.connect()) {
            int refused = 0;
            for (int i = 0; refused < 20; i++) {
                assertTrue(i < 5000, "24 MB take no 100 MB");
                if (refusal(client, "SET", "key" + i, value(i)) == null) {
                    acknowledged.add(i);
                } else {
                    refused++;
                }
            }
            assertTrue(!acknowledged.isEmpty(), "something fits");
            for (int i : acknowledged) {
                assertEquals(value(i), client.text("GET", "key" + i), "read on a full disk");
            }
            server.kill();
        }
        // More room is what an operator would give it.
        assertTrue(run("mount", "-o", "remount,size=96m", disk.toString()), "remount");
        try (ServerChild server = ServerChild.start(data, path.resolve("log"), null, 0, directives);
                RespClient client = server.connect()) {
            for (int i : acknowledged) {
                assertEquals(value(i), client.text("GET", "key" + i), "after the restart");
            }
            client.succeed("SET", "more", "room");
            server.kill();
        }
        Aftermath.of(data, false);
    }

    private static String value(int i) {
        return (i + "-").repeat(VALUE_BYTES / (Integer.toString(i).length() + 1));
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                org.slf4j.LoggerFactory.getLogger(DiskFullIT.class)
                        .info("command failed command={} said=\"{}\"", List.of(command), said.strip());
            }
            return status == 0;
        } catch (IOException e) {
            return false; // no such program
        }
    }
}
