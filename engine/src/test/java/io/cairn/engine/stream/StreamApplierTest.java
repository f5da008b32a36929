package io.cairn.engine.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.Encoding;
import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.wal.LogIdentity;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamApplierTest {
    private final KeyspaceHandle handle = new KeyspaceHandle();
    private final Keyspace keyspace =
            new Keyspace(new MemoryRowStore(), null, AppliedState.empty(LogIdentity.of("a".repeat(40)), 4, 100, -1));
    private final Turn turn = new Turn(handle, true);
    private final List<Long> acknowledged = new ArrayList<>();
    private final List<String> executed = new ArrayList<>();
    private StreamApplier applier = applier();

    /** Knows SET key value and FLUSHALL. */
    private final class Executor implements CommandExecutor {
        @Override
        public void execute(Turn inTurn, int db, byte[][] args) {
            executed.add(db + ":" + new String(args[0], US_ASCII));
            if (new String(args[0], US_ASCII).startsWith("NO")) {
                throw new UnexecutableException("unknown");
            }
            if (isExclusive(args)) {
                inTurn.flush(db);
            } else {
                inTurn.set(db, args[1], MetaRow.of(ValueType.STRING, Encoding.RAW, false, MetaRow.NO_EXPIRY, args[2]));
            }
        }

        @Override
        public boolean isExclusive(byte[][] args) {
            return new String(args[0], US_ASCII).equals("FLUSHALL");
        }

        @Override
        public void keys(byte[][] args, Consumer<byte[]> each) {
            if (args.length == 3) {
                each.accept(args[1]);
            }
        }
    }

    private StreamApplier applier() {
        return new StreamApplier(turn, new Executor(), acknowledged::add, 100, 0);
    }

    @BeforeEach
    void open() {
        handle.keyspace(keyspace);
        applier = applier();
    }

    private static String command(String... words) {
        StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return text.toString();
    }

    private static ByteBuffer buffer(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    @Test
    void appliesWholeUnitsAndKeepsTheRest() {
        String whole = command("SELECT", "2") + command("SET", "a", "1") + command("PING");
        String half = command("MULTI") + command("SET", "b", "2") + command("SELECT", "3");
        ByteBuffer bytes = buffer(whole + half + "*3\r\n$3\r\nSE");
        applier.apply(bytes, 1);
        assertEquals(10, bytes.remaining(), "a command that is not whole");
        assertEquals(100 + whole.length(), keyspace.end());
        assertEquals(2, keyspace.state().streamDb());
        assertEquals(1, keyspace.state().keys(2));
        assertEquals(List.of("2:SET"), executed);

        ByteBuffer rest = buffer("*3\r\n$3\r\nSET\r\n$1\r\nc\r\n$1\r\n3\r\n" + command("EXEC"));
        applier.apply(rest, 1);
        assertEquals(0, rest.remaining());
        assertEquals(List.of("2:SET", "2:SET", "3:SET"), executed);
        assertEquals(3, keyspace.state().streamDb());
    }

    @Test
    void acknowledgesWhatPrecedesTheRequest() {
        String set = command("SET", "a", "1");
        String ask = command("REPLCONF", "GETACK", "*");
        applier.apply(buffer(set + ask + set), 1);
        assertEquals(List.of(100L + set.length()), acknowledged);
        assertEquals(100L + 2L * set.length() + ask.length(), keyspace.end());
    }

    @Test
    void runsExclusiveCommandsInOrderWithTheOthers() {
        String stream = command("SET", "a", "1") + command("FLUSHALL") + command("SET", "b", "1");
        applier.apply(buffer(stream), 1);
        assertEquals(1, keyspace.state().keys(0));
        assertEquals(100 + stream.length(), keyspace.end());
    }

    @Test
    void commitsWhatPrecedesDamage() {
        String set = command("SET", "a", "1");
        assertThrows(StreamFormatException.class, () -> applier.apply(buffer(set + "junk"), 1));
        assertEquals(100 + set.length(), keyspace.end());
        assertEquals(1, keyspace.state().keys(0));
    }

    @Test
    void neverPassesOverWhatFails() {
        String fine = command("SET", "a", "1");
        String bad = command("MULTI") + command("SET", "b", "1") + command("NOT", "c") + command("EXEC");
        UnitFailedException failed =
                assertThrows(UnitFailedException.class, () -> applier.apply(buffer(fine + bad + fine), 1));
        assertEquals(100 + fine.length(), failed.position());
        assertEquals("NOT", failed.command());
        assertEquals("unknown", failed.getMessage());
        assertEquals(100 + fine.length(), keyspace.end(), "what precedes is committed");
        assertEquals(1, keyspace.state().keys(0), "nothing of the unit is there");
        assertFalse(turn.isOpen());
    }

    @Test
    void leavesWholeDatabasesAsTheyWereIfTheUnitFails() {
        String fine = command("SET", "a", "1");
        String bad = command("MULTI") + command("FLUSHALL") + command("NOT", "c") + command("EXEC");
        assertThrows(UnitFailedException.class, () -> applier.apply(buffer(fine + bad), 1));
        assertEquals(100 + fine.length(), keyspace.end());
        assertEquals(1, keyspace.state().keys(0));
    }

    @Test
    void ignoresWhatConcernsTheLinkWithinTransactions() {
        String unit = command("MULTI") + command("REPLCONF", "GETACK", "*") + command("PING") + command("EXEC");
        applier.apply(buffer(unit), 1);
        assertEquals(100 + unit.length(), keyspace.end());
        assertEquals(List.of(), executed);
    }

    @Test
    void refusesDatabasesThatAreNotThere() {
        String fine = command("SELECT", "3") + command("SET", "a", "1");
        String beyond = command("MULTI") + command("SELECT", "99") + command("SET", "b", "1") + command("EXEC");
        UnitFailedException refused =
                assertThrows(UnitFailedException.class, () -> applier.apply(buffer(fine + beyond), 1_000));
        assertTrue(String.valueOf(refused.getMessage()).contains("database 99"), refused.getMessage());
        assertFalse(turn.isOpen());
    }
}
