package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** WAIT with a replica that is a socket in this test's hands. */
class WaitIT {
    @Test
    void clientThatLeavesWhileItWaitsIsForgotten() throws IOException, InterruptedException {
        try (RunningServer server = RunningServer.start();
                Wire other = server.connect()) {
            for (int i = 0; i < 20; i++) {
                try (Wire wire = server.connect()) {
                    wire.send(Wire.request("SET", "key", "value") + Wire.request("WAIT", "1", "0"));
                    assertEquals("+OK\r\n", wire.reply());
                }
            }
            String clients = "";
            for (int tries = 0; tries < 600 && !clients.contains("connected_clients:1\r\n"); tries++) {
                clients = other.call("INFO", "clients");
                Thread.sleep(10);
            }
            assertTrue(clients.contains("connected_clients:1\r\n"), clients);
        }
    }

    @Test
    void whatOthersAndTheServerLogIsNotWaitedFor() throws IOException {
        try (RunningServer server = RunningServer.start();
                Wire replica = server.connect();
                Wire writer = server.connect();
                Wire idle = server.connect()) {
            String full = replica.call("PSYNC", "?", "-1");
            while (full.isBlank()) {
                full = replica.reply(); // a line feed each second while the snapshot is made
            }
            long snapshotEnd = Long.parseLong(full.strip().split(" ")[2]);
            assertEquals("+OK\r\n", writer.call("SET", "key", "value"));
            assertEquals(":0\r\n", writer.call("WAIT", "1", "50"));
            String heard = "";
            for (int tries = 0; tries < 600 && !heard.equals(":1\r\n"); tries++) {
                acknowledge(replica, snapshotEnd);
                heard = idle.call("WAIT", "1", "10");
            }
            assertEquals(":1\r\n", heard, "a client that wrote nothing waits for nothing");
            assertEquals(":0\r\n", writer.call("WAIT", "1", "50"), "the write is not acknowledged yet");
            acknowledge(replica, snapshotEnd + 100_000);
            assertEquals(":1\r\n", writer.call("WAIT", "1", "0"));
        }
    }

    @Test
    void whoWaitsOnAPrimaryThatBecomesAReplicaIsToldAndLetGo() throws IOException {
        try (RunningServer server = RunningServer.start();
                Wire waiting = server.connect();
                Wire other = server.connect()) {
            assertEquals("+OK\r\n", waiting.call("SET", "key", "value"));
            waiting.send(Wire.request("WAIT", "1", "0"));
            assertEquals("+OK\r\n", other.call("REPLICAOF", "127.0.0.1", "1"));
            assertEquals(
                    "-UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)\r\n",
                    waiting.reply());
            assertThrows(IOException.class, waiting::reply);
        }
    }

    private static void acknowledge(Wire replica, long offset) throws IOException {
        replica.send(Wire.request("REPLCONF", "ACK", Long.toString(offset)));
    }
}
