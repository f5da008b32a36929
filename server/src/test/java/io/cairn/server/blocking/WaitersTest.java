package io.cairn.server.blocking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Turn;
import io.cairn.server.command.Reply;
import io.cairn.server.command.Waiting;
import io.cairn.server.session.Cursors;
import io.cairn.server.session.Deferral;
import io.cairn.server.session.Session;
import io.cairn.server.session.Wire;
import io.cairn.wal.simulation.Seeded;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Clients that wait, claimed by some threads and let go by others: each is answered once, by whoever came first. */
final class WaitersTest {
    private static final int CLIENTS = 200;
    private static final byte[][] KEYS = {{'a'}, {'b'}, {'c'}};

    private final Waiters waiters = new Waiters();
    private final Turn turn = new Turn(new KeyspaceHandle(), true);

    /** A client whose answers are counted. */
    private final class Client {
        private final AtomicInteger answers = new AtomicInteger();
        private final AtomicInteger taken = new AtomicInteger();
        private final Session session;

        Client(long id) {
            Wire wire = (Wire) Proxy.newProxyInstance(
                    WaitersTest.class.getClassLoader(), new Class<?>[] {Wire.class}, (proxy, method, args) -> {
                        if (method.getName().equals("complete")) {
                            answers.incrementAndGet();
                            assertTrue(args[0] instanceof Deferral);
                        }
                        return method.getName().equals("after") ? (Runnable) () -> {} : null;
                    });
            session = new Session(id, wire, "", "", 0, true, new Cursors(1));
        }

        void await(int... keys) {
            List<byte[]> awaited = new ArrayList<>();
            for (int key : keys) {
                awaited.add(KEYS[key]);
            }
            Waiting waiting = Waiting.on(ValueType.LIST, awaited, 0, (call, key) -> Reply.OK);
            waiters.add(turn, session, new byte[][] {{'x'}}, waiting);
        }
    }

    @Test
    void servesInOrderOfArrival() {
        Client first = new Client(1);
        Client second = new Client(2);
        first.await(0, 1);
        second.await(1);
        Waiter next = next(1, 0);
        assertEquals(first.session, next.session());
        assertEquals(second.session, next(1, next.number()).session());
        assertNull(waiters.next(0, ValueType.LIST, KEYS[0], next.number()));
        assertNull(waiters.next(1, ValueType.LIST, KEYS[0], 0), "of another database");
        assertNull(waiters.next(0, ValueType.ZSET, KEYS[0], 0), "of another type");
    }

    private Waiter next(int key, long after) {
        Waiter next = waiters.next(0, ValueType.LIST, KEYS[key], after);
        if (next == null) {
            throw new AssertionError("nobody waits");
        }
        return next;
    }

    @Test
    void whatEndsAClaimedClientEndsItWhenTheClaimIsGivenBack() {
        Client client = new Client(1);
        client.await(0);
        Waiter waiter = next(0, 0);
        assertTrue(waiter.claim());
        assertTrue(!client.session.unblock(false) && client.answers.get() == 0);
        waiter.release();
        assertEquals(1, client.answers.get());
        assertTrue(waiters.none());
    }

    @Seeded(runs = 5, longRuns = 200)
    void eachIsAnsweredOnce(long seed) throws Exception {
        Random random = new Random(seed);
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Client client = new Client(i);
            clients.add(client);
            client.await(random.nextInt(3), random.nextInt(3));
        }
        List<FutureTask<Boolean>> threads = new ArrayList<>();
        AtomicInteger unblocked = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            int key = i;
            Random own = new Random(random.nextLong());
            threads.add(start(() -> serve(clients, key, own)));
        }
        Random ending = new Random(random.nextLong());
        threads.add(start(() -> {
            for (int i = 0; i < CLIENTS / 4; i++) {
                if (clients.get(ending.nextInt(CLIENTS)).session.unblock(ending.nextBoolean())) {
                    unblocked.incrementAndGet();
                }
            }
            return true;
        }));
        for (FutureTask<Boolean> thread : threads) {
            thread.get();
        }
        assertTrue(waiters.none());
        int taken = 0;
        for (Client client : clients) {
            assertEquals(1, client.answers.get());
            assertTrue(client.taken.get() <= 1);
            taken += client.taken.get();
        }
        assertTrue(taken + unblocked.get() <= CLIENTS);
    }

    private static FutureTask<Boolean> start(Callable<Boolean> work) {
        FutureTask<Boolean> task = new FutureTask<>(work);
        new Thread(task, "turn").start();
        return task;
    }

    /** Serves whoever waits for a key, now and then giving a claim back. */
    private boolean serve(List<Client> clients, int key, Random random) {
        Waiter waiter = waiters.next(0, ValueType.LIST, KEYS[key], 0);
        while (waiter != null) {
            if (waiter.claim()) {
                if (random.nextInt(3) == 0) {
                    waiter.release();
                } else {
                    clients.get((int) waiter.session().id()).taken.incrementAndGet();
                    waiter.serve(Reply.OK);
                    waiter.served();
                    waiter.committed(0);
                }
            }
            waiter = waiters.next(0, ValueType.LIST, KEYS[key], 0);
        }
        return true;
    }
}
