package io.cairn.engine.types;

import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.RowStore;
import io.cairn.engine.rows.WouldBlockException;
import io.cairn.wal.LogIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One turn over a store, without a log: what the models of types run on.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class Workbench implements AutoCloseable {
    static final long NOW = 1_700_000_000_000L;

    final RowStore store;
    final Turn turn;
    private final KeyspaceHandle handle = new KeyspaceHandle();

    Workbench(RowStore store, Limits limits) {
        this(store, limits, true);
    }

    /**
     * A turn that may be refused reads.
     *
     * @param random decides whether it is, and when
     * @param oneIn one read in so many is refused
     */
    static Workbench reluctant(RowStore store, Limits limits, Random random, int oneIn) {
        return random.nextBoolean()
                ? new Workbench(store, limits, true)
                : new Workbench(new ReluctantStore(store, random, oneIn), limits, false);
    }

    private Workbench(RowStore store, Limits limits, boolean mayWaitForDisk) {
        this.store = store;
        handle.limits(limits);
        handle.keyspace(new Keyspace(store, null, AppliedState.empty(LogIdentity.of("f".repeat(40)), 16, 0, -1)));
        turn = new Turn(handle, mayWaitForDisk);
        turn.begin(NOW);
    }

    /** The row of a key whose stripe is taken if it is not yet. */
    byte @org.jspecify.annotations.Nullable [] row(byte[] key) {
        if (!turn.tryLock(0, key)) {
            throw new IllegalStateException("nobody else takes stripes here");
        }
        return turn.write(0, key);
    }

    /** Runs reads until none is refused. */
    static void insist(Work work) throws IOException {
        for (int tries = 0; tries < 1000; tries++) {
            try {
                work.run();
                return;
            } catch (WouldBlockException e) {
                // again, as the dispatcher would on a thread that may wait
            }
        }
        throw new AssertionError("refused a thousand times");
    }

    /** Something that reads. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    void commit() {
        turn.commit();
        turn.begin(NOW);
    }

    void abandon() {
        turn.abandon();
        turn.begin(NOW);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A name about as long as fits into the key of a row, or longer; many of them differ in their last bytes alone. */
    static String longName(Random random, int kinds) {
        String head = (random.nextBoolean() ? "a" : "b").repeat(Stub.HEAD_BYTES);
        return switch (random.nextInt(6)) {
            case 0 -> head.substring(random.nextInt(3));
            case 1 -> head.substring(1) + "c";
            case 2 -> head + "z".repeat(random.nextInt(3));
            default -> head + random.nextInt(kinds);
        };
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        turn.abandon();
        handle.keyspace().close();
    }

    /** Writes down what a drain sends. */
    static final class Transcript implements EntrySink {
        final List<byte[]> elements = new ArrayList<>();
        final List<byte[]> values = new ArrayList<>();
        byte @org.jspecify.annotations.Nullable [] string;
        final List<Double> scores = new ArrayList<>();
        final List<StreamPart> parts = new ArrayList<>();
        long expireAtMillis;
        long count = -1;
        boolean ended;

        @Override
        public void string(int db, byte[] key, long expireAtMillis, byte[] value) {
            string = value;
            this.expireAtMillis = expireAtMillis;
        }

        @Override
        public void begin(int db, byte[] key, long expireAtMillis, ValueType type, long count) {
            this.count = count;
            this.expireAtMillis = expireAtMillis;
        }

        @Override
        public void element(byte[] element) {
            elements.add(element);
        }

        @Override
        public void pair(byte[] field, byte[] value) {
            elements.add(field);
            values.add(value);
        }

        @Override
        public void scored(byte[] member, double score) {
            elements.add(member);
            scores.add(score);
        }

        @Override
        public void part(StreamPart part) {
            parts.add(part);
        }

        @Override
        public void end() {
            ended = true;
        }
    }
}
