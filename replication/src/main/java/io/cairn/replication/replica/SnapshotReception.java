package io.cairn.replication.replica;

import io.cairn.engine.Engine;
import io.cairn.engine.Staging;
import io.cairn.engine.entry.EntrySink;
import io.cairn.engine.entry.StreamPart;
import io.cairn.engine.entry.ValueType;
import io.cairn.snapshot.rdb.RdbEvents;
import io.cairn.snapshot.rdb.RdbReadOptions;
import io.cairn.snapshot.rdb.RdbReader;
import io.cairn.wal.LogIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Receives a snapshot: the link's thread puts bytes in, a snapshot thread parses them into a staging keyspace.
 *
 * <p>The queue between is bounded: the link stops reading from the socket while it is full. The snapshot thread, which is
 * the faster one of the two with most primaries, is woken for stretches worth waking it for, or after a moment.
 *
 * <p><i>Guarded by lock</i>; {@link #run} confined to a snapshot thread.
 */
final class SnapshotReception implements Runnable {
    /** What becomes of it; on the snapshot thread. */
    interface Outcome {
        /** The queue has room again. */
        void hasRoom();

        /** All keys are stored durably; {@code rest} came behind the snapshot and its mark. */
        void complete(Staging staging, ByteBuffer rest, long keys, long bytes);

        /** It failed; what was received is thrown away. */
        void failed(Exception cause);
    }

    private static final long QUEUE_BYTES = 4 << 20;
    private static final long WAKE_BYTES = 256 << 10;
    private static final long MOMENT_NANOS = 1_000_000;
    private static final int MARK_BYTES = 40;

    private final Engine engine;
    private final LogIdentity identity;
    private final long offset;
    private final byte @Nullable [] mark;
    private final int databases;
    private final Outcome outcome;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Queue<ByteBuffer> queue = new ArrayDeque<>();
    private long queuedBytes;
    private boolean full;
    private boolean ended;
    private boolean cancelled;
    private boolean starved;

    private @Nullable Staging staging;
    private int streamDb = -1;

    /** @param mark what follows the snapshot, or null if its length is known to the link */
    SnapshotReception(
            Engine engine, LogIdentity identity, long offset, byte @Nullable [] mark, int databases, Outcome outcome) {
        this.engine = engine;
        this.identity = identity;
        this.offset = offset;
        this.mark = mark;
        this.databases = databases;
        this.outcome = outcome;
    }

    /** Takes a copy of the bytes; false if the link should stop reading until {@link Outcome#hasRoom}. */
    boolean offer(ByteBuffer bytes) {
        ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
        lock.lock();
        try {
            queue.add(copy);
            queuedBytes += copy.remaining();
            full = queuedBytes >= QUEUE_BYTES;
            if (queuedBytes >= WAKE_BYTES) {
                arrived.signal();
            }
            return !full;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it waits for bytes; while not, silence is this node's own doing. */
    boolean isStarved() {
        lock.lock();
        try {
            return starved && queue.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** No more bytes will come: the announced length is reached. */
    void end() {
        lock.lock();
        try {
            ended = true;
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The connection is gone: makes {@link #run} fail. */
    void cancel() {
        lock.lock();
        try {
            cancelled = true;
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void run() {
        try {
            RdbReader reader = new RdbReader(this::take, RdbReadOptions.DEFAULT.withDatabases(databases));
            reader.read(new StagingSink(), new StreamDb());
            ByteBuffer rest = withoutMark(reader.rest());
            Staging received = staging();
            received.complete();
            outcome.complete(received, rest, reader.keys(), reader.position());
        } catch (IOException | RuntimeException e) {
            Staging unfinished = staging;
            if (unfinished != null) {
                unfinished.close();
            }
            outcome.failed(e);
        }
    }

    private int take(ByteBuffer into) throws IOException {
        boolean hasRoomAgain = false;
        int taken = 0;
        lock.lock();
        try {
            starved = queue.isEmpty();
            while (queue.isEmpty() && !ended && !cancelled) {
                arrived.awaitNanos(MOMENT_NANOS);
            }
            starved = false;
            if (cancelled) {
                throw new IOException("connection to the primary ended within the snapshot");
            }
            ByteBuffer first = queue.peek();
            if (first == null) {
                return -1;
            }
            taken = Math.min(first.remaining(), into.remaining());
            into.put(first.slice(first.position(), taken));
            first.position(first.position() + taken);
            if (!first.hasRemaining()) {
                queue.remove();
            }
            queuedBytes -= taken;
            if (full && queuedBytes < QUEUE_BYTES / 2) {
                full = false;
                hasRoomAgain = true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a snapshot was received", e);
        } finally {
            lock.unlock();
        }
        if (hasRoomAgain) {
            outcome.hasRoom();
        }
        return taken;
    }

    private ByteBuffer withoutMark(ByteBuffer rest) throws IOException {
        byte[] expected = mark;
        if (expected == null) {
            requireNoMore(rest);
            return rest;
        }
        ByteBuffer all = ByteBuffer.allocate(Math.max(rest.remaining(), MARK_BYTES) + (64 << 10))
                .put(rest);
        while (all.position() < MARK_BYTES) {
            if (take(all) < 0) {
                throw new IOException("snapshot is not followed by its mark");
            }
        }
        all.flip();
        byte[] found = new byte[MARK_BYTES];
        all.get(found);
        if (!java.util.Arrays.equals(found, expected)) {
            throw new IOException("snapshot is followed by \"" + new String(found, StandardCharsets.ISO_8859_1)
                    + "\" instead of its mark");
        }
        return all.slice();
    }

    /** What an announced length covers is the snapshot, not stream: positions would be wrong from there on. */
    private void requireNoMore(ByteBuffer rest) throws IOException {
        if (rest.hasRemaining() || take(ByteBuffer.allocate(1)) >= 0) {
            throw new IOException("snapshot ends before the length that was announced for it");
        }
    }

    /** Made with the first key, when the auxiliary fields in front have told the stream's database. */
    private Staging staging() throws IOException {
        Staging open = staging;
        if (open == null) {
            open = engine.stage(identity, offset, streamDb);
            staging = open;
        }
        return open;
    }

    private final class StreamDb implements RdbEvents {
        @Override
        public void aux(String name, byte[] value) {
            if (name.equals("repl-stream-db")) {
                streamDb = Integer.parseInt(new String(value, StandardCharsets.US_ASCII));
            }
        }
    }

    private final class StagingSink implements EntrySink {
        private @Nullable EntrySink sink;

        private EntrySink sink() throws IOException {
            EntrySink open = sink;
            if (open == null) {
                open = staging().sink();
                sink = open;
            }
            return open;
        }

        @Override
        public void string(int db, byte[] key, long expireAtMillis, byte[] value) throws IOException {
            sink().string(db, key, expireAtMillis, value);
        }

        @Override
        public void begin(int db, byte[] key, long expireAtMillis, ValueType type, long count) throws IOException {
            sink().begin(db, key, expireAtMillis, type, count);
        }

        @Override
        public void element(byte[] element) throws IOException {
            sink().element(element);
        }

        @Override
        public void pair(byte[] field, byte[] value) throws IOException {
            sink().pair(field, value);
        }

        @Override
        public void beginTimedHash(int db, byte[] key, long expireAtMillis, long count, long firstMillis)
                throws IOException {
            sink().beginTimedHash(db, key, expireAtMillis, count, firstMillis);
        }

        @Override
        public void timedPair(byte[] field, byte[] value, long fieldExpireAtMillis) throws IOException {
            sink().timedPair(field, value, fieldExpireAtMillis);
        }

        @Override
        public void scored(byte[] member, double score) throws IOException {
            sink().scored(member, score);
        }

        @Override
        public void part(StreamPart part) throws IOException {
            sink().part(part);
        }

        @Override
        public void library(byte[] code) throws IOException {
            sink().library(code);
        }

        @Override
        public void end() throws IOException {
            sink().end();
        }
    }
}
