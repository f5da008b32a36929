package io.cairn.engine;

import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.Event;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.SystemRows;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.KeyUsage;
import io.cairn.engine.rows.RowCursor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the rows of a store in memory below a limit: a primary deletes keys, and logs each deletion.
 *
 * <p>The work is done in turns of those who ask for it: a bounded piece at a time, of keys whose stripes are free. A
 * replica deletes nothing by itself. What a deleted collection held is freed in the background; until then it counts
 * as free already.
 *
 * <p><i>Thread-safe.</i>
 */
public final class Evictor {
    /** Which keys go first. */
    public enum Order {
        NONE,
        LAST_USED,
        LEAST_USED,
        RANDOM,
        SOONEST_EXPIRY
    }

    /**
     * What is configured.
     *
     * @param maxBytes 0 for no limit
     * @param onlyExpiring only keys that expire go
     * @param unlink whether deletions are logged as UNLINK rather than DEL
     */
    public record Settings(long maxBytes, Order order, boolean onlyExpiring, int samples, boolean unlink) {}

    private record Candidate(int db, byte[] key) {}

    private record Owed(long version, long bytes) {}

    private static final byte[] DEL = "DEL".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] UNLINK = "UNLINK".getBytes(StandardCharsets.US_ASCII);
    private static final int KEYS_MAX = 256;
    private static final int MISSES_MAX = 64;
    private static final long PIECE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int KEY_BYTES = 112;

    private final KeyspaceHandle handle;
    private final LongAdder evicted = new LongAdder();
    private final List<Owed> owed = new ArrayList<>(); // guarded by itself
    private volatile long owedBytes;
    private volatile Settings settings = new Settings(0, Order.NONE, false, 5, false);
    private volatile boolean failing;

    Evictor(KeyspaceHandle handle) {
        this.handle = handle;
    }

    /** Changes what is configured. */
    public void settings(Settings next) {
        failing = false;
        settings = next;
    }

    /** What is configured. */
    public Settings settings() {
        return settings;
    }

    /** Keys deleted. */
    public long evicted() {
        return evicted.sum();
    }

    /** Whether the rows take more memory than they may. */
    public boolean isExceeded() {
        return settings.maxBytes() > 0 && over() > 0;
    }

    /** Whether commands that need memory are refused: there is not enough, and nothing that could go. */
    public boolean isRefusing() {
        Settings now = settings;
        return now.maxBytes() > 0 && (now.order() == Order.NONE || failing) && handle.primary() && over() > 0;
    }

    private long over() {
        KeyUsage usage = handle.keyspace().store().usage();
        return usage == null ? 0 : usage.bytes() - owedBytes - settings.maxBytes();
    }

    /** Deletes a piece of what is too much, in a turn that has begun and done nothing; the caller commits it. */
    public void relieve(Turn turn) {
        Settings now = settings;
        KeyUsage usage = handle.keyspace().store().usage();
        if (now.order() == Order.NONE || usage == null || !handle.primary() || handle.writeError() != null) {
            return;
        }
        settle(usage);
        long wanted = over();
        long deadline = System.nanoTime() + PIECE_NANOS;
        int keys = 0;
        for (int misses = 0; wanted > 0 && keys < KEYS_MAX && misses < MISSES_MAX; ) {
            List<Candidate> candidates = candidates(turn, now, usage);
            long freed = 0;
            for (int i = 0; i < candidates.size() && wanted > freed; i++) {
                long bytes = delete(turn, candidates.get(i), now, usage);
                freed += bytes;
                keys += bytes > 0 ? 1 : 0;
            }
            wanted -= freed;
            misses = freed > 0 ? 0 : misses + 1;
            if (candidates.isEmpty() || System.nanoTime() > deadline) {
                break;
            }
        }
        evicted.add(keys);
        failing = keys == 0 && wanted > 0;
    }

    /** Forgets what the collector has freed by now. */
    private void settle(KeyUsage usage) {
        synchronized (owed) {
            owed.removeIf(each -> usage.bytesOf(each.version()) == 0);
            owedBytes = owed.stream().mapToLong(Owed::bytes).sum();
        }
    }

    private long delete(Turn turn, Candidate candidate, Settings now, KeyUsage usage) {
        int db = candidate.db();
        byte[] key = candidate.key();
        if (!turn.tryLock(db, key)) {
            return 0;
        }
        byte[] row = turn.readStored(db, key);
        if (row == null || now.onlyExpiring() && MetaRow.expireAtMillis(row) == MetaRow.NO_EXPIRY) {
            return 0;
        }
        turn.beginUnit(true);
        turn.set(db, key, null);
        turn.effect(db, now.unlink() ? UNLINK : DEL, key);
        turn.events().notify(Event.EVICTED, "evicted", db, key);
        turn.endUnit();
        long elements = MetaRow.inRows(row) ? usage.bytesOf(MetaRow.version(row)) : 0;
        if (elements > 0) {
            synchronized (owed) {
                owed.add(new Owed(MetaRow.version(row), elements));
                owedBytes += elements;
            }
        }
        return KEY_BYTES + key.length + row.length + elements;
    }

    // ---- candidates

    private List<Candidate> candidates(Turn turn, Settings now, KeyUsage usage) {
        if (now.order() == Order.SOONEST_EXPIRY) {
            return expiring(turn, SystemRows.EMPTY, KEYS_MAX);
        }
        AppliedState state = handle.keyspace().state();
        ThreadLocalRandom random = ThreadLocalRandom.current();
        Candidate best = null;
        long bestScore = Long.MIN_VALUE;
        for (int db = 0; db < state.databases(); db++) {
            if ((now.onlyExpiring() ? state.expires(db) : state.keys(db)) == 0) {
                continue;
            }
            for (int i = 0; i < now.samples(); i++) {
                KeyUsage.Sample sample = usage.random(turn.namespace(db), random);
                if (sample == null || now.onlyExpiring() && !expires(sample) || turn.isGone(db, sample.key())) {
                    continue;
                }
                long score = score(now.order(), usage, sample, random);
                if (score > bestScore) {
                    bestScore = score;
                    best = new Candidate(db, sample.key());
                }
            }
        }
        if (best == null && now.onlyExpiring()) {
            return expiring(turn, ByteBuffer.allocate(8).putLong(someTime(turn)).array(), now.samples());
        }
        return best == null ? List.of() : List.of(best);
    }

    private static boolean expires(KeyUsage.Sample sample) {
        return MetaRow.expireAtMillis(sample.row()) != MetaRow.NO_EXPIRY;
    }

    private static long score(Order order, KeyUsage usage, KeyUsage.Sample sample, ThreadLocalRandom random) {
        return switch (order) {
            case LAST_USED -> -(long) sample.usage();
            case LEAST_USED -> -usage.clock().frequency(sample.usage());
            default -> random.nextInt();
        };
    }

    /** Few of the keys expire: a point in time between the first that does and the last. */
    private static long someTime(Turn turn) {
        try (RowCursor cursor = turn.cursor(Family.EXPIRES, SystemRows.EMPTY, null)) {
            cursor.seekToFirst();
            if (!cursor.valid()) {
                return 0;
            }
            long first = ByteBuffer.wrap(cursor.key()).getLong();
            cursor.seekToLast();
            long last = cursor.valid() ? ByteBuffer.wrap(cursor.key()).getLong() : first;
            return first >= last ? first : ThreadLocalRandom.current().nextLong(first, last + 1);
        }
    }

    private List<Candidate> expiring(Turn turn, byte[] from, int most) {
        List<Candidate> found = new ArrayList<>();
        AppliedState state = handle.keyspace().state();
        try (RowCursor cursor = turn.cursor(Family.EXPIRES, from, null)) {
            for (cursor.seekToFirst(); cursor.valid() && found.size() < most; cursor.next()) {
                Candidate candidate = candidate(state, cursor.key());
                if (candidate != null && !turn.isGone(candidate.db(), candidate.key())) {
                    found.add(candidate);
                }
            }
        }
        return found;
    }

    private static @Nullable Candidate candidate(AppliedState state, byte[] entry) {
        ByteBuffer fields = ByteBuffer.wrap(entry);
        fields.getLong();
        int namespace = fields.getInt();
        int db = (namespace & SystemRows.OF_FIELDS) != 0 ? -1 : state.database(namespace);
        byte[] key = new byte[fields.remaining()];
        fields.get(key);
        return db < 0 ? null : new Candidate(db, key);
    }
}
