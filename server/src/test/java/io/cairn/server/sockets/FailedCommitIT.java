package io.cairn.server.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.MemoryRowStore;
import io.cairn.engine.rows.ReadMode;
import io.cairn.engine.rows.RowBatch;
import io.cairn.engine.rows.RowCursor;
import io.cairn.engine.rows.RowStore;
import io.cairn.engine.rows.RowView;
import io.cairn.engine.rows.StorageException;
import io.cairn.server.blocking.Waiters;
import io.cairn.server.command.Command;
import io.cairn.server.command.CommandTable;
import io.cairn.server.command.lists.ListCommands;
import io.cairn.server.command.strings.StringCommands;
import io.cairn.server.dispatch.Admission;
import io.cairn.server.dispatch.DiskPool;
import io.cairn.server.dispatch.InnerCalls;
import io.cairn.server.dispatch.Pause;
import io.cairn.server.dispatch.Policy;
import io.cairn.server.dispatch.Transactions;
import io.cairn.server.net.Clients;
import io.cairn.server.net.Durability;
import io.cairn.server.net.LoopServices;
import io.cairn.server.net.Network;
import io.cairn.server.net.NetworkOptions;
import io.cairn.server.net.OutputLimit;
import io.cairn.server.net.Transport;
import io.cairn.server.session.Session;
import io.cairn.server.session.Sessions;
import io.cairn.server.stats.Counters;
import io.cairn.server.stats.Rates;
import io.cairn.wal.LogIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a turn cannot be committed, its writes are answered with the error, and its reads as usual. */
final class FailedCommitIT {
    /** A store that fails to write when told to. */
    private static final class FailingStore implements RowStore {
        private final MemoryRowStore rows = new MemoryRowStore();
        private final AtomicBoolean failing = new AtomicBoolean();

        @Override
        public RowBatch newBatch() {
            return rows.newBatch();
        }

        @Override
        public void write(RowBatch batch) {
            if (failing.get()) {
                throw new StorageException("the disk is gone");
            }
            rows.write(batch);
        }

        @Override
        public RowView checkpoint(Path directory) {
            return rows.checkpoint(directory);
        }

        @Override
        public int touchMetas(int namespace, int[] hashes, int count) {
            return rows.touchMetas(namespace, hashes, count);
        }

        @Override
        public byte @Nullable [] persisted(Family family, byte[] key) {
            return rows.persisted(family, key);
        }

        @Override
        public void flush() {
            rows.flush();
        }

        @Override
        public boolean durable() {
            return rows.durable();
        }

        @Override
        public Map<String, Long> stats() {
            return rows.stats();
        }

        @Override
        public byte @Nullable [] get(Family family, byte[] key, ReadMode mode) {
            return rows.get(family, key, mode);
        }

        @Override
        public byte @Nullable [] meta(int hash, int namespace, byte[] key, ReadMode mode) {
            return rows.meta(hash, namespace, key, mode);
        }

        @Override
        public RowCursor cursor(Family family, byte[] from, byte @Nullable [] to, ReadMode mode) {
            return rows.cursor(family, from, to, mode);
        }

        @Override
        public void close() {
            rows.close();
        }
    }

    private static final class Open implements Policy, Clients {
        @Override
        public @Nullable String refusesWrite(Session session) {
            return null;
        }

        @Override
        public @Nullable String refusesStale() {
            return null;
        }

        @Override
        public boolean allowsDebug(Session session) {
            return true;
        }

        @Override
        public @Nullable String refuses(boolean loopback) {
            return null;
        }

        @Override
        public boolean mustLogIn() {
            return false;
        }

        @Override
        public long maxBulkBytes() {
            return 1 << 20;
        }

        @Override
        public long maxRequestBytes() {
            return 1 << 20;
        }

        @Override
        public long idleSeconds() {
            return 0;
        }

        @Override
        public OutputLimit subscriberLimit() {
            return OutputLimit.NONE;
        }

        @Override
        public void closed(Session session) {
            // nobody keeps anything for it
        }
    }

    /** A log that never becomes durable, until it fails. */
    private static final class NeverDurable implements Durability {
        private final AtomicBoolean failed = new AtomicBoolean();
        private final Semaphore asked = new Semaphore(0);

        @Override
        public boolean isReached(long gate) {
            return false;
        }

        @Override
        public boolean hasFailed() {
            return failed.get();
        }

        @Override
        public void request(long gate) {
            asked.release();
        }
    }

    private interface Conversation {
        void with(int port, Network network, Waiters waiters) throws IOException;
    }

    @Test
    void answersTheWritesOfTheTurnWithTheError() throws IOException {
        FailingStore store = new FailingStore();
        serve(store, Durability.NONE, (port, network, waiters) -> {
            try (Wire wire = new Wire(port)) {
                converse(store, wire);
            }
        });
    }

    @Test
    void readsGoOnAfterTheLogFailedAndNothingUnsyncedIsAcknowledged() throws IOException {
        NeverDurable log = new NeverDurable();
        serve(new FailingStore(), log, (port, network, waiters) -> {
            try (Wire writer = new Wire(port)) {
                writer.send(Wire.request("SET", "a", "1"));
                log.asked.acquireUninterruptibly(); // the reply waits
                log.failed.set(true);
                network.undurable();
                assertEquals("(closed)", writer.exchange(""));
            }
            try (Wire reader = new Wire(port)) {
                assertEquals("$-1\r\n", reader.call("GET", "nothing"));
            }
        });
    }

    /** Whoever waited is told of the failure as well as who pushed: nothing was moved. */
    @Test
    void answersWhomTheTurnServedWithTheError() throws IOException {
        FailingStore store = new FailingStore();
        serve(store, Durability.NONE, (port, network, waiters) -> {
            try (Wire waiting = new Wire(port);
                    Wire pushing = new Wire(port)) {
                waiting.send(Wire.request("BLPOP", "list", "0"));
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
                while (waiters.none() && System.nanoTime() < deadline) {
                    Thread.onSpinWait();
                }
                store.failing.set(true);
                String error = pushing.call("RPUSH", "list", "a", "b");
                assertTrue(error.startsWith("-MISCONF Cairn has stopped accepting writes"), error);
                assertEquals(error, waiting.reply());
                assertEquals(":0\r\n", pushing.call("LLEN", "list"));
            }
        });
    }

    private static void serve(FailingStore store, Durability durability, Conversation conversation) throws IOException {
        KeyspaceHandle handle = new KeyspaceHandle();
        handle.keyspace(new Keyspace(store, null, AppliedState.empty(LogIdentity.of("0".repeat(40)), 16, 0, 0)));
        Counters counters = new Counters();
        AtomicReference<CommandTable> made = new AtomicReference<>();
        Transactions transactions =
                new Transactions(handle, new InnerCalls(counters, () -> Objects.requireNonNull(made.get())));
        List<Command> commands = new ArrayList<>(StringCommands.commands());
        commands.addAll(ListCommands.commands());
        commands.addAll(transactions.commands());
        CommandTable table = new CommandTable(commands);
        made.set(table);
        Open open = new Open();
        Waiters waiters = new Waiters();
        Pause pause = new Pause();
        try (DiskPool pool = new DiskPool(handle, table, counters, transactions, waiters, owner -> false, 1)) {
            LoopServices services = new LoopServices(
                    handle,
                    table,
                    new Admission(table, handle, transactions, open),
                    transactions,
                    waiters,
                    counters,
                    new Rates(counters),
                    pause,
                    pool,
                    durability,
                    new Sessions(1),
                    open);
            try (Network network = new Network(services, Transport.of("auto"), 1, new NetworkOptions(16, false))) {
                int port = network.listen(InetAddress.getLoopbackAddress(), 0);
                conversation.with(port, network, waiters);
            }
        }
    }

    private static void converse(FailingStore store, Wire wire) throws IOException {
        assertEquals("+OK\r\n", wire.call("SET", "a", "before"));
        store.failing.set(true);
        wire.send(Wire.request("GET", "a")
                + Wire.request("SET", "a", "after")
                + Wire.request("GET", "nothing")
                + Wire.request("MULTI")
                + Wire.request("APPEND", "a", "x")
                + Wire.request("EXEC")
                + Wire.request("STRLEN", "nothing"));
        assertEquals("$6\r\nbefore\r\n", wire.reply());
        String error = wire.reply();
        assertTrue(error.startsWith("-MISCONF Cairn has stopped accepting writes"), error);
        assertEquals("$-1\r\n", wire.reply());
        assertEquals("+OK\r\n", wire.reply());
        assertEquals("+QUEUED\r\n", wire.reply());
        assertEquals(error, wire.reply());
        assertEquals(":0\r\n", wire.reply());
        assertEquals("$6\r\nbefore\r\n", wire.call("GET", "a"));
        assertEquals(error, wire.call("SET", "b", "1"));
    }
}
