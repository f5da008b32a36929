package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.server.differential.Differential;
import io.cairn.server.differential.Peer;
import io.cairn.server.differential.RespClient;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Large values, and clients that do not read what they asked for. */
final class LargeIT {
    private static final int VALUE_BYTES = 50 << 20;

    @Test
    void storesAndReturnsValuesOfFiftyMegabytes() throws IOException {
        try (RunningServer server = RunningServer.start();
                Wire wire = server.connect()) {
            String value = "0123456789".repeat(VALUE_BYTES / 10);
            assertEquals("+OK\r\n", wire.call("SET", "big", value));
            assertEquals(":" + value.length() + "\r\n", wire.call("STRLEN", "big"));
            String reply = wire.call("GET", "big");
            assertTrue(reply.equals("$" + value.length() + "\r\n" + value + "\r\n"), "another value came back");
            assertEquals("+PONG\r\n", wire.call("PING"));
        }
    }

    @Test
    void refusesStringsBeyondTheConfiguredLength() throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (RunningServer server = RunningServer.start();
                RespClient client = new RespClient(server.port());
                Peer peer = Peer.start()) {
            Differential differential = new Differential(client, peer, 0);
            for (String line : new String[] {
                "CONFIG SET proto-max-bulk-len 1048576",
                "SETRANGE a 1048575 x",
                "SETRANGE a 1048575 xy",
                "SETRANGE a 1048576 x",
                "APPEND a x",
                "STRLEN a",
                "SETBIT b 8388607 1",
                "SETBIT b 8388608 1",
                "GETBIT b 8388608",
                "BITFIELD b SET u8 8388600 1",
                "BITFIELD b SET u8 8388601 1",
                "BITFIELD b SET u8 8388608 1",
                "BITFIELD b GET u8 8388608",
                "STRLEN b",
                "CONFIG SET proto-max-bulk-len 2097152",
                "APPEND a x",
                "SETBIT b 8388608 1"
            }) {
                differential.step(line.split(" "));
            }
        }
    }

    @Test
    void aClientThatDoesNotReadCostsLittleAndHoldsNobodyUp() throws IOException {
        try (RunningServer server = RunningServer.inMemory();
                Wire lazy = server.connect();
                Wire other = server.connect()) {
            String value = "x".repeat(1 << 20);
            other.call("SET", "a", value);
            int requests = 2000; // two gigabytes of replies
            lazy.send(Wire.request("GET", "a").repeat(requests));
            System.gc();
            long before = used();
            for (int i = 0; i < 200; i++) {
                assertEquals("+PONG\r\n", other.call("PING"));
                other.call("SET", "b" + i % 7, value.substring(0, 1000));
            }
            System.gc();
            assertTrue(used() - before < 200L << 20, "replies pile up: " + (used() - before));
            String expected = "$" + value.length() + "\r\n" + value + "\r\n";
            for (int i = 0; i < requests; i++) {
                assertTrue(lazy.reply().equals(expected), "reply " + i);
            }
            assertEquals("+PONG\r\n", lazy.call("PING"));
        }
    }

    private static long used() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void answersHundredsOfThousandsOfPipelinedRequests() throws Exception {
        try (RunningServer server = RunningServer.inMemory();
                Wire wire = server.connect()) {
            int requests = 300_000;
            Thread sender = new Thread(
                    () -> {
                        try {
                            wire.send(Wire.request("INCR", "n").repeat(requests));
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    "sender");
            sender.start();
            for (int i = 1; i <= requests; i++) {
                assertEquals(":" + i + "\r\n", wire.reply());
            }
            sender.join();
        }
    }
}
