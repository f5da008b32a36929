package io.cairn.engine.keyspace;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowStore;
import io.cairn.engine.rows.StorageException;
import io.cairn.wal.LogIdentity;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TurnTest {
    private static final long NOW = 1_000_000;

    private final MemoryRowStore store = new MemoryRowStore();
    private final KeyspaceHandle handle = new KeyspaceHandle();
    private Keyspace keyspace = newKeyspace();
    private Turn turn = new Turn(handle, true);

    private Keyspace newKeyspace() {
        return new Keyspace(store, null, AppliedState.empty(LogIdentity.of("a".repeat(40)), 4, 0, -1));
    }

    @BeforeEach
    void open() {
        keyspace = newKeyspace();
        handle.keyspace(keyspace);
        turn = new Turn(handle, true);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    private static byte[] row(String value, long expireAtMillis) {
        return MetaRow.of(ValueType.STRING, Encoding.RAW, false, expireAtMillis, bytes(value));
    }

    private static byte[] collection(long version) {
        byte[] row = MetaRow.allocate(ValueType.HASH, Encoding.HASHTABLE, true, MetaRow.NO_EXPIRY, 16);
        MetaRow.payloadLong(row, 0, version);
        return row;
    }

    private void set(int db, String key, byte[] row) {
        turn.begin(NOW);
        assertTrue(turn.tryLock(db, bytes(key)));
        turn.beginUnit(true);
        turn.set(db, bytes(key), row);
        turn.effect(db, bytes("SET"), bytes(key), bytes("v"));
        turn.endUnit();
    }

    private String log() {
        return new String(turn.log().view().array(), 0, turn.log().view().remaining(), US_ASCII);
    }

    @Test
    void seesItsOwnWritesBeforeOthersDo() {
        set(0, "k", row("v", MetaRow.NO_EXPIRY));
        Turn other = new Turn(handle, true);
        other.begin(NOW);
        assertNotNull(turn.read(0, bytes("k")));
        assertNull(other.read(0, bytes("k")));
        turn.commit();
        assertNotNull(other.read(0, bytes("k")));
        other.commit();
    }

    @Test
    void flushThatIsNotCommittedNeverHappened() {
        set(0, "k", row("v", MetaRow.NO_EXPIRY));
        turn.commit();
        assertThrows(
                StorageException.class,
                () -> turn.exclusively(NOW, () -> {
                    turn.flush(0);
                    turn.swap(1, 2);
                    assertEquals(0, turn.keys(0));
                    assertEquals(1, keyspace.state().keys(0), "background work must not see, let alone store it");
                    throw new StorageException("the log is full");
                }));
        assertEquals(1, keyspace.state().keys(0));
        assertEquals(1, keyspace.state().namespace(1));
        turn.begin(NOW);
        assertNotNull(turn.read(0, bytes("k")));
        turn.commit();
    }

    @Test
    void keepsARowOnlyWhileNobodyElseCanChangeIt() {
        byte[] element = bytes("version1element");
        turn.begin(NOW);
        turn.putRow(Family.ROWS, element, bytes("one"));
        turn.endUnit();
        turn.commit();
        turn.begin(NOW);
        assertArrayEquals(bytes("one"), turn.keptRow(element, false));
        assertNull(turn.keptRow(bytes("version1other+++t"), true));
        Turn.Mark mark = turn.mark();
        turn.putRow(Family.ROWS, element, bytes("two"));
        assertArrayEquals(bytes("two"), turn.keptRow(element, false));
        turn.deleteRow(Family.ROWS, element);
        assertNull(turn.keptRow(element, false));
        turn.rollback(mark);
        assertArrayEquals(bytes("one"), turn.keptRow(element, false));
        turn.commit();

        Turn other = new Turn(handle, true);
        other.begin(NOW);
        other.putRow(Family.ROWS, element, bytes("three"));
        other.endUnit();
        other.commit();
        turn.begin(NOW);
        assertArrayEquals(bytes("three"), turn.keptRow(element, false));
        turn.commit();
    }

    @Test
    void refusesToWriteWithoutTheStripe() {
        turn.begin(NOW);
        assertThrows(IllegalStateException.class, () -> turn.set(0, bytes("k"), row("v", MetaRow.NO_EXPIRY)));
    }

    @Test
    void countsKeysAndExpiriesFromWhatKeysWereAndAre() {
        set(0, "a", row("v", MetaRow.NO_EXPIRY));
        set(0, "b", row("v", NOW + 5));
        set(1, "c", row("v", NOW + 7));
        assertEquals(2, turn.keys(0));
        turn.commit();
        assertEquals(2, keyspace.state().keys(0));
        assertEquals(1, keyspace.state().expires(0));
        assertEquals(1, keyspace.state().keys(1));

        turn.begin(NOW);
        assertTrue(turn.tryLock(0, bytes("b")));
        turn.set(0, bytes("b"), row("w", MetaRow.NO_EXPIRY));
        turn.set(0, bytes("b"), null);
        turn.set(0, bytes("b"), row("x", NOW + 9));
        turn.commit();
        assertEquals(2, keyspace.state().keys(0));
        assertEquals(1, keyspace.state().expires(0));
        assertNull(store.get(Family.EXPIRES, SystemRows.expiry(NOW + 5, 0, bytes("b")), ReadMode.DISK));
        assertNotNull(store.get(Family.EXPIRES, SystemRows.expiry(NOW + 9, 0, bytes("b")), ReadMode.DISK));
    }

    @Test
    void deletesAnExpiredKeyBeforeTheCommandThatWritesIt() {
        set(0, "k", row("old", NOW - 1));
        turn.commit();
        turn.begin(NOW);
        assertNull(turn.read(0, bytes("k")));
        assertTrue(turn.tryLock(0, bytes("k")));
        turn.beginUnit(true);
        assertNull(turn.write(0, bytes("k")));
        turn.set(0, bytes("k"), row("new", MetaRow.NO_EXPIRY));
        turn.effect(0, bytes("SET"), bytes("k"), bytes("new"));
        turn.endUnit();
        String multi = "*1\r\n$5\r\nMULTI\r\n";
        String del = "*2\r\n$3\r\nDEL\r\n$1\r\nk\r\n";
        String set = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\nnew\r\n";
        String exec = "*1\r\n$4\r\nEXEC\r\n";
        assertEquals(multi + del + set + exec, log());
        turn.commit();
        assertEquals(1, keyspace.state().keys(0));
        assertEquals(0, keyspace.state().expires(0));
    }

    @Test
    void seesExpiredKeysWhileItAppliesAStream() {
        set(0, "k", row("old", NOW - 1));
        turn.commit();
        turn.streaming(true);
        turn.begin(NOW);
        assertNotNull(turn.read(0, bytes("k")));
        turn.commit();
        turn.streaming(false);
    }

    @Test
    void selectsTheDatabaseOnlyWhenItChanges() {
        set(0, "a", row("v", MetaRow.NO_EXPIRY));
        set(0, "b", row("v", MetaRow.NO_EXPIRY));
        set(3, "c", row("v", MetaRow.NO_EXPIRY));
        String one = "*3\r\n$3\r\nSET\r\n$1\r\n%s\r\n$1\r\nv\r\n";
        assertEquals(
                one.formatted("a") + one.formatted("b") + "*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n" + one.formatted("c"),
                log());
        turn.commit();
        long select = "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n".length();
        long set = one.formatted("a").length();
        assertEquals(2 * select + 3 * set, keyspace.end(), "the first command of a stream selects");
        set(3, "d", row("v", MetaRow.NO_EXPIRY));
        turn.commit();
        assertEquals(2 * select + 4 * set, keyspace.end());
        assertEquals(3, keyspace.state().streamDb());
    }

    @Test
    void rollsBackKeysRowsAndLogToAMark() {
        set(0, "a", row("1", MetaRow.NO_EXPIRY));
        String before = log();
        Turn.Mark mark = turn.mark();
        assertTrue(turn.tryLock(0, bytes("b")));
        turn.beginUnit(true);
        turn.set(0, bytes("a"), null);
        turn.set(0, bytes("b"), collection(turn.newVersion()));
        turn.putRow(Family.ROWS, bytes("r"), bytes("1"));
        turn.effect(0, bytes("DEL"), bytes("a"));
        turn.rollback(mark);
        assertEquals(before, log());
        assertNotNull(turn.read(0, bytes("a")));
        assertNull(turn.read(0, bytes("b")));
        assertNull(turn.row(Family.ROWS, bytes("r")));
        turn.commit();
        assertEquals(1, keyspace.state().keys(0));
    }

    @Test
    void takesBackAUnitThatCouldNotBeLogged() {
        set(0, "a", row("1", MetaRow.NO_EXPIRY));
        String before = log();
        Turn.Mark mark = turn.mark();
        turn.beginUnit(true);
        turn.set(0, bytes("a"), null);
        turn.effect(0, bytes("DEL"), bytes("a"));
        turn.effect(0, new byte[][] {bytes("DEL"), null}); // as good as no memory for it
        assertThrows(NullPointerException.class, turn::endUnit);
        turn.rollback(mark);
        assertNotNull(turn.read(0, bytes("a")));
        assertEquals(before, log());
        assertEquals(0, turn.effects());
        turn.commit();
    }

    @Test
    void deletesAnExpiredKeyThatACommandReadsWhichWrites() {
        set(0, "a", row("v", NOW - 1));
        set(0, "b", row("v", NOW - 1));
        turn.commit();
        turn.begin(NOW);
        assertTrue(turn.tryLock(0, bytes("a")));
        turn.beginUnit(false);
        assertNull(turn.read(0, bytes("a")));
        turn.endUnit();
        assertEquals("", log());
        turn.beginUnit(true);
        assertNull(turn.read(0, bytes("a")));
        assertNull(turn.read(0, bytes("b")), "its stripe is not held: it is no key of the command");
        turn.endUnit();
        assertTrue(log().contains("DEL"), log());
        assertTrue(log().contains("a") && !log().contains("b"), log());
        turn.commit();
        assertEquals(1, keyspace.state().keys(0));
    }

    @Test
    void marksDroppedVersionsAsGarbageButNotRenamedOnes() {
        turn.begin(NOW);
        assertTrue(turn.tryLock(0, bytes("a")) && turn.tryLock(0, bytes("b")));
        long one = turn.newVersion();
        long two = turn.newVersion();
        turn.set(0, bytes("a"), collection(one));
        turn.set(0, bytes("b"), collection(two));
        turn.commit();

        turn.begin(NOW);
        assertTrue(turn.tryLock(0, bytes("a")) && turn.tryLock(0, bytes("b")));
        byte[] moved = turn.write(0, bytes("a"));
        turn.set(0, bytes("b"), moved);
        turn.set(0, bytes("a"), null);
        turn.commit();
        assertNull(store.get(Family.SYSTEM, SystemRows.trashedVersion(one), ReadMode.DISK));
        assertNotNull(store.get(Family.SYSTEM, SystemRows.trashedVersion(two), ReadMode.DISK));
        assertEquals(1, keyspace.state().keys(0));
    }

    @Test
    void flushTakesAFreshNamespaceAndSwapExchangesTwo() {
        set(0, "a", row("v", MetaRow.NO_EXPIRY));
        set(1, "b", row("v", NOW + 5));
        turn.commit();
        turn.exclusively(NOW, () -> turn.swap(0, 1));
        assertEquals(1, keyspace.state().expires(0));
        turn.begin(NOW);
        assertNotNull(turn.read(0, bytes("b")));
        assertNotNull(turn.read(1, bytes("a")));
        turn.commit();
        turn.exclusively(NOW, () -> {
            turn.set(0, bytes("doomed"), row("v", MetaRow.NO_EXPIRY));
            turn.flush(0);
            turn.set(0, bytes("c"), row("v", MetaRow.NO_EXPIRY));
        });
        turn.begin(NOW);
        assertNull(turn.read(0, bytes("b")));
        assertNull(turn.read(0, bytes("doomed")));
        assertNotNull(turn.read(0, bytes("c")));
        turn.commit();
        assertEquals(1, keyspace.state().keys(0));
        assertEquals(0, keyspace.state().expires(0));
        assertEquals(1, keyspace.state().keys(1));
    }

    @Test
    void appliedStateSurvivesItsEncoding() {
        set(0, "a", row("v", MetaRow.NO_EXPIRY));
        set(2, "b", row("v", NOW + 5));
        turn.commit();
        turn.exclusively(NOW, () -> turn.flush(1));
        AppliedState read = Objects.requireNonNull(Keyspace.readState(store, 4));
        assertEquals(keyspace.end(), read.offset());
        assertEquals(2, read.streamDb());
        assertEquals(1, read.keys(0));
        assertEquals(1, read.expires(2));
        assertEquals(keyspace.state().namespace(1), read.namespace(1));
        assertEquals(keyspace.state().identity(), read.identity());
    }

    @Test
    void tellsWatchersOfKeysThatWereModified() {
        AtomicInteger told = new AtomicInteger();
        Watches.Watcher watcher = told::incrementAndGet;
        handle.watches().add(0, bytes("a"), watcher);
        set(0, "b", row("v", MetaRow.NO_EXPIRY));
        turn.commit();
        assertEquals(0, told.get());
        set(0, "a", row("v", MetaRow.NO_EXPIRY));
        turn.commit();
        assertEquals(1, told.get());
        turn.exclusively(NOW, () -> turn.flush(0));
        assertEquals(2, told.get());
        handle.watches().remove(0, bytes("a"), watcher);
        set(0, "a", row("v", MetaRow.NO_EXPIRY));
        turn.commit();
        assertEquals(2, told.get());
    }

    @Test
    void cursorMergesUncommittedRowsInBothDirections() {
        turn.begin(NOW);
        for (String key : List.of("b", "d", "f")) {
            turn.putRow(Family.ROWS, bytes(key), bytes("stored"));
        }
        turn.commit();
        turn.begin(NOW);
        turn.putRow(Family.ROWS, bytes("a"), bytes("own"));
        turn.putRow(Family.ROWS, bytes("d"), bytes("own"));
        turn.deleteRow(Family.ROWS, bytes("f"));
        turn.putRow(Family.ROWS, bytes("g"), bytes("own"));
        turn.putRow(Family.ROWS, bytes("z"), bytes("outside"));
        try (RowCursor cursor = turn.cursor(Family.ROWS, bytes("a"), bytes("h"))) {
            List<String> forward = new ArrayList<>();
            for (cursor.seekToFirst(); cursor.valid(); cursor.next()) {
                forward.add(new String(cursor.key(), US_ASCII) + "=" + new String(cursor.value(), US_ASCII));
            }
            assertEquals(List.of("a=own", "b=stored", "d=own", "g=own"), forward);
            List<String> backward = new ArrayList<>();
            for (cursor.seekForPrev(bytes("f")); cursor.valid(); cursor.prev()) {
                backward.add(new String(cursor.key(), US_ASCII));
            }
            assertEquals(List.of("d", "b", "a"), backward);
            cursor.seek(bytes("b"));
            cursor.next();
            assertArrayEquals(bytes("d"), cursor.key());
            cursor.prev();
            assertArrayEquals(bytes("b"), cursor.key());
            cursor.next();
            cursor.next();
            assertArrayEquals(bytes("g"), cursor.key());
            cursor.next();
            assertFalse(cursor.valid());
        }
        turn.commit();
    }

    @Test
    void whateverFailsBehindTheAppendStopsWrites() {
        RowStore failing = (RowStore) Proxy.newProxyInstance(
                RowStore.class.getClassLoader(), new Class<?>[] {RowStore.class}, (proxy, method, args) -> {
                    if (method.getName().equals("write")) {
                        throw new OutOfMemoryError("Cannot reserve direct memory");
                    }
                    return method.invoke(store, args);
                });
        keyspace = new Keyspace(failing, null, AppliedState.empty(LogIdentity.of("a".repeat(40)), 4, 0, -1));
        handle.keyspace(keyspace);
        set(0, "k", row("v", MetaRow.NO_EXPIRY));
        assertThrows(StorageException.class, turn::commit);
        assertNotNull(keyspace.failure());
        set(0, "k", row("v", MetaRow.NO_EXPIRY));
        assertThrows(StorageException.class, turn::commit);
    }
}
