package io.cairn.engine.types;

import static io.cairn.engine.types.Workbench.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RocksOptions;
import io.cairn.engine.rows.RocksRowStore;
import io.cairn.engine.rows.RowHash;
import io.cairn.engine.rows.RowStore;
import io.cairn.wal.LogIdentity;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElementFetchTest {
    private static final byte[] SET = bytes("set");

    @TempDir
    Path folder;

    /** The rows that were looked at, by version and hash. */
    private final List<String> looked = new ArrayList<>();

    @Test
    void looksAtTheRowsOfElementsInMemory() {
        looksAtTheRows(new MemoryRowStore());
    }

    @Test
    void looksAtTheRowsOfElementsOnDisk() {
        looksAtTheRows(RocksRowStore.open(folder.resolve("rows"), RocksOptions.small()));
    }

    private void looksAtTheRows(RowStore store) {
        try (Workbench bench = new Workbench(store, Limits.DEFAULT)) {
            long version = fill(bench, SET, 5000);
            long other = fill(bench, bytes("other"), 6000);
            fill(bench, bytes("small"), 300);
            fill(bench, bytes("packed"), 20);
            ElementFetch fetch = new ElementFetch(handle(store));

            fetch.begin(0);
            fetch.add(SET, bytes("member 1"));
            fetch.add(SET, bytes("unknown"));
            fetch.add(SET, new byte[10_000]); // finding its place would cost more
            fetch.add(bytes("other"), bytes("member 2"));
            fetch.add(bytes("other"), bytes("member 3"));
            fetch.add(bytes("small"), bytes("member 4"));
            fetch.add(bytes("small"), bytes("member 5"));
            fetch.add(bytes("packed"), bytes("member 4"));
            fetch.add(bytes("packed"), bytes("member 5"));
            fetch.add(bytes("missing"), bytes("member 6"));
            fetch.add(bytes("missing"), bytes("member 7"));
            fetch.run();
            assertEquals(
                    List.of(
                            place(version, "member 1"),
                            place(version, "unknown"),
                            place(other, "member 2"),
                            place(other, "member 3")),
                    looked);

            looked.clear();
            fetch.begin(0);
            fetch.add(SET, bytes("alone")); // nothing to wait for beside it
            fetch.run();
            fetch.begin(3);
            fetch.add(SET, bytes("member 1"));
            fetch.add(SET, bytes("member 2"));
            fetch.run();
            assertEquals(List.of(), looked);
        }
    }

    @Test
    void hasRoomForSomeDozens() {
        RowStore store = new MemoryRowStore();
        try (Workbench bench = new Workbench(store, Limits.DEFAULT)) {
            fill(bench, SET, 5000);
            ElementFetch fetch = new ElementFetch(handle(store));
            fetch.begin(0);
            int taken = 0;
            while (fetch.add(SET, bytes("member " + taken))) {
                taken++;
            }
            assertTrue(taken >= 24, "took " + taken);
            fetch.run();
            assertEquals(taken, looked.size());
            assertFalse(fetch.add(SET, bytes("one more")));
            fetch.begin(0);
            assertTrue(fetch.add(SET, bytes("one more")));
        }
    }

    /** Absent elements need no look at the disk as long as the cache has seen every row of the collection. */
    @Test
    void elementsOfANewCollectionAreKnownToBeAbsent() {
        RocksRowStore store = RocksRowStore.open(folder.resolve("rows"), RocksOptions.small());
        try (Workbench bench = new Workbench(store, Limits.DEFAULT)) {
            fill(bench, SET, 2000);
            HashEdit hash = Hashes.edit(bench.turn, 0, bytes("hash"), bench.row(bytes("hash")));
            SortedSetEdit scores = new SortedSetEdit(bench.turn, 0, bytes("zset"), bench.row(bytes("zset")));
            for (int i = 0; i < 600; i++) {
                hash.put(bytes("field " + i), bytes("value " + i));
                scores.add(bytes("member " + i), i);
            }
            hash.store();
            scores.finish();
            bench.commit();
            assertEquals(3, store.stats().get("element_cache_whole_versions"));
            long missesBefore = store.stats().get("element_cache_misses");
            byte[] row = bench.row(SET);
            for (int i = 0; i < 4000; i++) {
                assertEquals(i < 2000, Sets.contains(bench.turn, row, bytes("member " + i)));
            }
            assertEquals(missesBefore, store.stats().get("element_cache_misses"));

            // A set that is stored as a whole is not kept, so nothing is known of it; the old one has not been
            // collected.
            MemberSet union = new MemberSet();
            for (int i = 0; i < 500; i++) {
                union.add(bytes("member " + i));
            }
            Sets.store(bench.turn, 0, SET, union);
            bench.commit();
            assertEquals(3, store.stats().get("element_cache_whole_versions"));
            row = bench.row(SET);
            for (int i = 0; i < 1000; i++) {
                assertEquals(i < 500, Sets.contains(bench.turn, row, bytes("member " + i)));
            }
            assertTrue(store.stats().get("element_cache_misses") >= missesBefore + 1000);
        }
    }

    private static long fill(Workbench bench, byte[] key, int members) {
        SetEdit set = Sets.edit(bench.turn, 0, key, bench.row(key));
        for (int i = 0; i < members; i++) {
            set.add(bytes("member " + i));
        }
        set.store();
        byte[] row = bench.row(key);
        bench.commit();
        return row != null && MetaRow.inRows(row) ? MetaRow.version(row) : -1;
    }

    private static String place(long version, String element) {
        return version + "/" + RowHash.of(ElementRows.key(version, bytes(element)));
    }

    /** A keyspace over the store that notes what is looked at, if there is something. */
    private KeyspaceHandle handle(RowStore store) {
        RowStore watched = (RowStore) Proxy.newProxyInstance(
                RowStore.class.getClassLoader(), new Class<?>[] {RowStore.class}, (proxy, method, args) -> {
                    if (method.getName().equals("touchElements")) {
                        int[] hashes = (int[]) args[1];
                        Arrays.stream(hashes, 0, (int) args[2]).forEach(hash -> looked.add(args[0] + "/" + hash));
                    }
                    try {
                        return method.invoke(store, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        KeyspaceHandle handle = new KeyspaceHandle();
        handle.keyspace(new Keyspace(watched, null, AppliedState.empty(LogIdentity.of("f".repeat(40)), 16, 0, -1)));
        assertEquals(null, watched.get(Family.ROWS, new byte[12], ReadMode.DISK));
        return handle;
    }
}
