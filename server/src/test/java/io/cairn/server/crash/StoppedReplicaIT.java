package io.cairn.server.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Peer;
import io.cairn.snapshot.peer.RespClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica that came to a command which it does not know, and is started again. */
class StoppedReplicaIT {
    @TempDir
    Path path;

    private ServerChild start(String... directives) throws IOException {
        List<String> all = new ArrayList<>(Aftermath.DIRECTIVES);
        all.addAll(List.of(directives));
        return ServerChild.start(path.resolve("replica"), path.resolve("log"), null, 0, all);
    }

    private static String info(RespClient client) throws IOException {
        return client.text("INFO", "replication");
    }

    private static void await(RespClient client, String line) throws IOException, InterruptedException {
        for (int i = 0; i < 1200 && !info(client).contains(line); i++) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertTrue(info(client).contains(line), () -> line + " is awaited in vain");
    }

    @Test
    void staysStoppedOverARestartAndKeepsWhatIsAppliedWithoutItsPrimary() throws Exception {
        assumeTrue(Peer.isInstalled(), "no redis-server here");
        try (Peer primary = Peer.start();
                RespClient writes = new RespClient(primary.port())) {
            String[] replicaOf = {"--replicaof", "127.0.0.1", Integer.toString(primary.port())};
            writes.succeed("SET", "before", "1");
            writes.succeed("PFADD", "sketch", "element");
            try (ServerChild replica = start(replicaOf);
                    RespClient reads = replica.connect()) {
                await(reads, "master_link_status:up");
                writes.succeed("PFDEBUG", "TODENSE", "sketch");
                writes.succeed("SET", "behind", "2");
                await(reads, "apply_stopped_command:PFDEBUG");
                await(reads, "master_link_status:down");
                replica.kill();
            }
            try (ServerChild replica = start(replicaOf);
                    RespClient reads = replica.connect()) {
                await(reads, "apply_stopped_command:PFDEBUG");
                await(reads, "master_link_status:down");
                assertEquals("1", reads.text("GET", "before"));
                assertNull(reads.call("GET", "behind"));
                replica.terminate();
            }
            try (ServerChild alone = start();
                    RespClient client = alone.connect()) {
                await(client, "role:master");
                client.succeed("SET", "own", "3");
                assertEquals("1", client.text("GET", "before"));
                assertNull(client.call("GET", "behind"));
                alone.kill();
            }
            try (ServerChild alone = start();
                    RespClient client = alone.connect()) {
                assertEquals("3", client.text("GET", "own"));
                assertEquals("1", client.text("GET", "before"));
                alone.terminate();
            }
        }
    }
}
