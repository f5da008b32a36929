package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Commands that go over very many rows do so on the disk threads, though all is in memory: nobody waits for them. */
final class LongWorkIT {
    private static final int ENTRIES = 20_000;

    private static long offLoop(Wire wire) throws IOException {
        String info = wire.call("INFO", "stats");
        int at = info.indexOf("commands_off_loop:") + "commands_off_loop:".length();
        return Long.parseLong(info.substring(at, info.indexOf('\r', at)));
    }

    private static void leavesTheLoop(Wire wire, String expected, String... words) throws IOException {
        long before = offLoop(wire);
        assertEquals(expected, wire.call(words));
        assertTrue(offLoop(wire) > before, () -> String.join(" ", words) + " ran on an event loop");
    }

    private static void fill(Wire wire) throws IOException {
        StringBuilder all = new StringBuilder();
        for (int i = 1; i <= ENTRIES; i++) {
            all.append(Wire.request("XADD", "s", i + "-1", "f", "v"));
        }
        wire.send(all.toString());
        for (int i = 0; i < ENTRIES; i++) {
            wire.reply();
        }
    }

    @Test
    void longCommandsLeaveTheLoop() throws IOException {
        try (RunningServer server = RunningServer.inMemory();
                Wire wire = server.connect()) {
            fill(wire);
            assertEquals("+OK\r\n", wire.call("XGROUP", "CREATE", "s", "g", "0"));
            for (String group : new String[] {"g", "h"}) {
                wire.call("XGROUP", "CREATE", "s", group, "0");
                String all = Integer.toString(ENTRIES);
                wire.call("XREADGROUP", "GROUP", group, "c", "COUNT", all, "STREAMS", "s", ">");
            }
            leavesTheLoop(wire, ":1\r\n", "COPY", "s", "t");
            leavesTheLoop(wire, ":" + ENTRIES + "\r\n", "XGROUP", "DELCONSUMER", "t", "h", "c");
            leavesTheLoop(wire, ":1\r\n", "XGROUP", "DESTROY", "t", "g");
            leavesTheLoop(wire, ":" + (ENTRIES - 10) + "\r\n", "XTRIM", "s", "MAXLEN", "10");
            leavesTheLoop(wire, ":" + (ENTRIES - 1) + "\r\n", "XTRIM", "t", "MINID", Integer.toString(ENTRIES));
            assertEquals(":10\r\n", wire.call("XLEN", "s"));
            assertEquals(":1\r\n", wire.call("XLEN", "t"));
            assertTrue(wire.call("XPENDING", "t", "h").startsWith("*4\r\n:0\r\n"));
            assertTrue(wire.call("XPENDING", "s", "g").startsWith("*4\r\n:" + ENTRIES + "\r\n"));
            leavesTheLoop(wire, ":1\r\n", "COPY", "s", "s", "DB", "1");
            wire.call("SELECT", "1");
            assertEquals(":10\r\n", wire.call("XLEN", "s"));
        }
    }
}
