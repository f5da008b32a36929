package io.cairn.engine.types;

import static io.cairn.engine.types.Workbench.bytes;
import static io.cairn.engine.types.Workbench.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.RocksOptions;
import io.cairn.engine.rows.RocksRowStore;
import io.cairn.engine.rows.RowStore;
import io.cairn.engine.rows.WouldBlockException;
import io.cairn.wal.LogIdentity;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A list of which nothing is in memory is read by somebody who must not wait for the disk. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class ColdListTest {
    private static final byte[] KEY = bytes("list");
    private static final int ITEMS = 100_000;
    private static final int PAGE = 100;

    /** A miss is one page or pop; the first two make the store read ahead. */
    private static final int MISSES = 2;

    @TempDir
    Path directory;

    private final KeyspaceHandle handle = new KeyspaceHandle();
    private int misses;

    private void on(RowStore store) {
        handle.keyspace(new Keyspace(store, null, AppliedState.empty(LogIdentity.of("f".repeat(40)), 16, 0, -1)));
    }

    private RowStore open() {
        RocksOptions small = RocksOptions.small();
        return RocksRowStore.open(
                directory.resolve("rows"),
                new RocksOptions(
                        64 << 20,
                        small.rowCacheBytes(),
                        small.writeBufferBytes(),
                        small.backgroundJobs(),
                        0,
                        small.blockBytes(),
                        small.compression(),
                        false,
                        small.maxOpenFiles(),
                        "disable_auto_compactions=true", // it would put what was read ahead into new files, unread
                        ""));
    }

    private RowStore openCold() {
        try (RowStore store = open()) {
            on(store);
            Turn turn = new Turn(handle, true);
            byte[][] items = new byte[1000][];
            for (int i = 0; i < ITEMS; i++) {
                items[i % items.length] = item(i);
                if ((i + 1) % items.length == 0) {
                    turn.begin(Workbench.NOW);
                    assertTrue(turn.tryLock(0, KEY));
                    Lists.push(turn, 0, KEY, turn.write(0, KEY), false, items, 0);
                    turn.endUnit();
                    turn.commit();
                }
            }
            store.flush();
        }
        return open();
    }

    private static byte[] item(int number) {
        return bytes("item " + number + "-".repeat(90));
    }

    /** Runs something in a turn that must not wait, until it need not; at first in one that may. */
    private <T> T read(Turn hasty, Turn patient, Function<Turn, T> work) throws InterruptedException {
        while (true) {
            try {
                return inTurn(hasty, work);
            } catch (WouldBlockException e) {
                hasty.abandon();
                if (misses < MISSES + 1) {
                    misses++;
                    return inTurn(patient, work);
                }
                Thread.sleep(1); // is being read
            }
        }
    }

    private static <T> T inTurn(Turn turn, Function<Turn, T> work) {
        turn.begin(Workbench.NOW);
        assertTrue(turn.tryLock(0, KEY));
        T result = work.apply(turn);
        turn.endUnit();
        turn.commit();
        return result;
    }

    private static byte[] row(Turn turn) {
        byte[] row = turn.write(0, KEY);
        assertNotNull(row);
        return row;
    }

    private void pops(boolean atHead) throws InterruptedException {
        try (RowStore store = openCold()) {
            on(store);
            Turn hasty = new Turn(handle, false);
            Turn patient = new Turn(handle, true);
            inTurn(patient, ColdListTest::row); // the key itself
            for (int i = 0; i < ITEMS; i++) {
                byte[] popped = read(
                        hasty,
                        patient,
                        turn -> Lists.pop(turn, 0, KEY, row(turn), atHead, 1).get(0));
                assertEquals(text(item(atHead ? i : ITEMS - 1 - i)), text(popped));
            }
        }
    }

    @Test
    void isPoppedAtItsHead() throws InterruptedException {
        pops(true);
    }

    @Test
    void isPoppedAtItsTail() throws InterruptedException {
        pops(false);
    }

    @Test
    void isReadPageByPage() throws InterruptedException {
        try (RowStore store = openCold()) {
            on(store);
            Turn hasty = new Turn(handle, false);
            Turn patient = new Turn(handle, true);
            inTurn(patient, ColdListTest::row);
            for (int from = 0; from < ITEMS; from += PAGE) {
                int first = from;
                var page = read(hasty, patient, turn -> Lists.range(turn, row(turn), first, first + PAGE - 1));
                assertEquals(PAGE, page.size());
                for (int i = 0; i < PAGE; i++) {
                    assertEquals(text(item(from + i)), text(page.get(i)));
                }
            }
        }
    }
}
