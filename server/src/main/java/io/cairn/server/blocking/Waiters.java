package io.cairn.server.blocking;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.KeyHash;
import io.cairn.engine.keyspace.Outcome;
import io.cairn.engine.keyspace.Turn;
import io.cairn.server.command.Reply;
import io.cairn.server.command.Waiting;
import io.cairn.server.session.Session;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Which clients wait for which keys, in order of arrival.
 *
 * <p>A client is added by the turn that found nothing for it, while the turn holds the stripes of its keys. Whoever changes
 * one of them holds the same stripe. So no change slips between the look and the waiting.
 *
 * <p>Keys are known by the number of their database, not by its namespace: SWAPDB brings other keys to a client that waits.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Waiters {
    /** What a client is told whose node becomes a replica. */
    public static final Reply ROLE_CHANGED =
            Reply.error("UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)");

    /** What a client is told that another lets go with an error. */
    public static final Reply UNBLOCKED_BY_CLIENT = Reply.error("UNBLOCKED client unblocked via CLIENT UNBLOCK");

    private record Key(int db, ValueType type, byte[] bytes, int hash) {
        static Key of(int db, ValueType type, byte[] bytes) {
            return new Key(db, type, bytes, KeyHash.of(db, bytes) * 31 + type.ordinal());
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key that && db == that.db && type == that.type && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private static final ValueType[] TYPES = ValueType.values();

    private final Map<Key, ConcurrentSkipListMap<Long, Waiter>> byKey = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger noticingLoss = new AtomicInteger();
    private final AtomicLong arrivals = new AtomicLong();

    /** Nobody waits. */
    public Waiters() {}

    /** Whether nobody waits: all that a command costs that changes something then. */
    public boolean none() {
        return count.get() == 0;
    }

    /** Number of clients that wait. */
    public int size() {
        return count.get();
    }

    /**
     * Has a client wait, whose command found nothing in {@code turn}, which holds the stripes of its keys.
     *
     * @param args the command
     */
    public void add(Turn turn, Session session, byte[][] args, Waiting waiting) {
        Waiter waiter = new Waiter(this, arrivals.incrementAndGet(), session, args, waiting);
        count.incrementAndGet();
        if (waiting.noticesLoss()) {
            noticingLoss.incrementAndGet();
        }
        for (byte[] key : waiting.keys()) {
            byKey.compute(Key.of(waiter.db(), waiting.type(), key), (k, known) -> {
                ConcurrentSkipListMap<Long, Waiter> queue = known == null ? new ConcurrentSkipListMap<>() : known;
                queue.put(waiter.number(), waiter);
                return queue;
            });
        }
        waiter.start();
        turn.whenEnded(new Outcome() {
            @Override
            public void committed(long offset) {
                // nothing was found, and that stands
            }

            @Override
            public void failed(String error) {
                waiter.refuse(Reply.error(error)); // it may have been a removal that failed
            }
        });
    }

    void remove(Waiter waiter) {
        for (byte[] key : waiter.waiting().keys()) {
            byKey.computeIfPresent(Key.of(waiter.db(), waiter.waiting().type(), key), (k, queue) -> {
                queue.remove(waiter.number());
                return queue.isEmpty() ? null : queue;
            });
        }
        if (waiter.waiting().noticesLoss()) {
            noticingLoss.decrementAndGet();
        }
        count.decrementAndGet();
    }

    /** Whether somebody is to be told when a key is gone or of another type. */
    boolean anyNoticesLoss() {
        return noticingLoss.get() > 0;
    }

    /** Whether somebody waits for a value of any type at the key. */
    public boolean any(int db, byte[] key) {
        for (ValueType type : TYPES) {
            if (any(db, type, key)) {
                return true;
            }
        }
        return false;
    }

    /** Whether somebody waits for a value of that type at the key. */
    boolean any(int db, ValueType type, byte[] key) {
        return byKey.containsKey(Key.of(db, type, key));
    }

    /** Who waits for a value of that type at the key and came next after a number, or null. */
    @Nullable
    Waiter next(int db, ValueType type, byte[] key, long after) {
        ConcurrentSkipListMap<Long, Waiter> queue = byKey.get(Key.of(db, type, key));
        Map.Entry<Long, Waiter> next = queue == null ? null : queue.higherEntry(after);
        return next == null ? null : next.getValue();
    }

    /** All keys that somebody waits for. */
    Set<Turn.DbKey> keys() {
        Set<Turn.DbKey> keys = new TreeSet<>((one, other) -> one.db() == other.db()
                ? Arrays.compareUnsigned(one.key(), other.key())
                : Integer.compare(one.db(), other.db()));
        byKey.keySet().forEach(key -> keys.add(new Turn.DbKey(key.db(), key.bytes())));
        return keys;
    }

    /** Ends all waiting, and the connections: the node becomes a replica. Only while no turn is under way. */
    public void roleChanged() {
        byKey.values().forEach(queue -> queue.values().forEach(waiter -> waiter.dismiss(ROLE_CHANGED)));
    }
}
