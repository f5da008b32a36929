package io.cairn.server.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.wal.simulation.Seeded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

/** What one side dumps the other restores, whatever the type and the encoding. */
final class DumpIT {
    private static final int COMMANDS = 4000;

    @TempDir
    Path directory;

    @Seeded(runs = 1, longRuns = 20)
    void restoresWhatTheOtherDumped(long seed) throws IOException {
        assumeTrue(Peer.isInstalled(), "no redis-server on this machine");
        try (Peer peer = Peer.start();
                Node node = new Node(new MemoryRowStore(), directory, System::currentTimeMillis, new Random(seed))) {
            Differential differential = new Differential(node, peer, seed);
            differential.run(COMMANDS, Families.generators());
            assertFalse(List.of().equals(node.call("KEYS", "*")));
            copy(node, peer);
            differential.compareReplica(peer);
            copy(peer, node);
            differential.compareReplica(peer);
        }
    }

    /** Has every key restored by the other side from this side's dump: the value must be what it was. */
    private static void copy(Subject from, Subject to) {
        for (String db : List.of("0", "1")) {
            from.call("SELECT", db);
            to.call("SELECT", db);
            for (Object key : (List<?>) from.call("KEYS", "*")) {
                byte[] name = Draw.bytes(((String) key).substring(1));
                from.call(Draw.bytes("PERSIST"), name);
                byte[] payload = Draw.bytes(((String) from.call(Draw.bytes("DUMP"), name)).substring(1));
                Object answer = to.call(Draw.bytes("RESTORE"), name, Draw.bytes("0"), payload, Draw.bytes("REPLACE"));
                assertEquals("+OK", answer, () -> Answers.text(name));
            }
        }
    }
}
