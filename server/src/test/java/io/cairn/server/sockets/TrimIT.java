package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Approximate trimming of streams follows the configuration while the server runs. */
class TrimIT {
    @Test
    void trimsInBlocksOfTheEntriesThatAreConfiguredNow() throws IOException {
        try (RunningServer server = RunningServer.start();
                Wire wire = server.connect()) {
            for (int i = 1; i <= 5; i++) {
                wire.call("XADD", "s", Integer.toString(i), "a", "b");
            }
            assertEquals(":0\r\n", wire.call("XTRIM", "s", "MAXLEN", "~", "2"));
            assertEquals("+OK\r\n", wire.call("CONFIG", "SET", "stream-node-max-entries", "2"));
            assertEquals(":2\r\n", wire.call("XTRIM", "s", "MAXLEN", "~", "2"));
            assertEquals("+OK\r\n", wire.call("CONFIG", "SET", "stream-node-max-entries", "1"));
            assertEquals(":1\r\n", wire.call("XTRIM", "s", "MAXLEN", "~", "2"));
            assertEquals(":2\r\n", wire.call("XLEN", "s"));
        }
    }
}
