package io.cairn.engine.rows;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings rows into memory before they are asked for, where somebody asks for the rows of a collection one by one in the order
 * of their keys.
 *
 * <p>Readers say where they are ({@link #reading}). A row that was not in memory begins a <b>stream</b>; when another one of
 * the same collection, further on, is not there either, the thread {@code rows-ahead} reads the rows that follow. From
 * then on it stays in front: a reader who passes the middle of what was read last has it read twice as much, up to a bound.
 * One miss alone reads nothing, so who takes a single element of each of many collections pays nothing.
 *
 * <p>Streams stand in a table that forgets: a collision costs misses, nothing else. Nothing depends on any of this.
 *
 * <p><i>Thread-safe.</i>
 */
final class ReadAhead {
    private static final Logger LOG = LoggerFactory.getLogger(ReadAhead.class);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int STREAMS = 256;
    private static final int QUEUED_MAX = 64;

    /** Bytes of a stream's first walk. */
    static final long FIRST_BYTES = 256 << 10;

    /** Reads rows from one to another, either way; see {@link RocksDatabase#warm}. */
    @FunctionalInterface
    interface Walk {
        /** Where it got to. */
        Reach warm(Family family, byte[] from, byte[] last, long bytes);
    }

    /**
     * How far a walk got.
     *
     * @param middle key of a row about halfway
     * @param end key of the last row that was read, null if no more follow
     */
    record Reach(byte[] middle, byte @Nullable [] end) {}

    /**
     * Somebody who reads.
     *
     * @param collection the first eight bytes of the keys
     * @param next key whose passing has more read; null while a walk is under way
     * @param end where the next walk begins; null before the first one, {@code next} is where the first miss was then
     * @param bytes of the last walk
     */
    private record Stream(
            Family family,
            long collection,
            boolean backward,
            byte @Nullable [] next,
            byte @Nullable [] end,
            long bytes) {
        boolean isOf(Family otherFamily, long otherCollection, boolean otherBackward) {
            return collection == otherCollection && family == otherFamily && backward == otherBackward;
        }

        boolean isPassedBy(byte[] key, byte[] mark) {
            int order = Arrays.compareUnsigned(key, mark);
            return backward ? order < 0 : order > 0;
        }
    }

    private record Task(int slot, Stream stream, byte[] from, byte[] last) {}

    private final AtomicReferenceArray<@Nullable Stream> streams = new AtomicReferenceArray<>(STREAMS);
    private final BlockingQueue<Task> tasks = new ArrayBlockingQueue<>(QUEUED_MAX);
    private final Walk walk;
    private final long bytesMax;
    private final Thread thread;
    private final LongAdder walks = new LongAdder();
    private final LongAdder bytesAsked = new LongAdder();
    private volatile boolean closed;

    /** Begins to read ahead when asked to, at most so many bytes at a time. */
    ReadAhead(Walk walk, long bytesMax) {
        this.walk = walk;
        this.bytesMax = bytesMax;
        this.thread = new Thread(this::work, "rows-ahead");
        thread.setDaemon(true);
        thread.start();
    }

    // ---- readers

    /**
     * Somebody reads the row of a key and will go on towards another.
     *
     * @param missed whether the row was not in memory
     */
    void reading(Family family, byte[] key, byte[] last, boolean missed) {
        if (key.length < Long.BYTES || last.length < Long.BYTES) {
            return;
        }
        long collection = (long) LONG.get(key, 0);
        int slot = slot(collection);
        Stream stream = streams.get(slot);
        if (stream == null && !missed) {
            return;
        }
        boolean backward = Arrays.compareUnsigned(key, last) > 0;
        if (stream == null || !stream.isOf(family, collection, backward)) {
            if (missed) {
                streams.set(slot, new Stream(family, collection, backward, key, null, 0));
            }
            return;
        }
        goOn(slot, stream, key, last, missed);
    }

    private void goOn(int slot, Stream stream, byte[] key, byte[] last, boolean missed) {
        byte[] next = stream.next();
        if (next == null) {
            return; // under way
        }
        byte[] end = stream.end();
        if (stream.isPassedBy(key, next) && (end != null || missed)) {
            long bytes = Math.min(bytesMax, Math.max(FIRST_BYTES, 2 * stream.bytes()));
            begin(slot, stream, end == null || stream.isPassedBy(key, end) ? key : end, last, bytes);
        } else if (missed && !Arrays.equals(key, next)) {
            streams.compareAndSet(
                    slot, stream, new Stream(stream.family(), stream.collection(), stream.backward(), key, null, 0));
        }
    }

    private void begin(int slot, Stream stream, byte[] from, byte[] last, long bytes) {
        Stream underWay = new Stream(stream.family(), stream.collection(), stream.backward(), null, null, bytes);
        if (streams.compareAndSet(slot, stream, underWay) && !tasks.offer(new Task(slot, underWay, from, last))) {
            streams.compareAndSet(slot, underWay, null);
        }
    }

    private static int slot(long collection) {
        return (int) (collection ^ collection >>> 32) & STREAMS - 1;
    }

    // ---- the thread

    private void work() {
        try {
            while (!closed) {
                Task task = tasks.take();
                streams.compareAndSet(task.slot(), task.stream(), walked(task));
            }
        } catch (InterruptedException e) {
            if (!closed) {
                LOG.warn("nothing is read ahead any more", e);
            }
        }
    }

    /** The stream as it stands after a walk, null if there is nothing more to do. */
    private @Nullable Stream walked(Task task) {
        Stream stream = task.stream();
        walks.increment();
        bytesAsked.add(stream.bytes());
        try {
            Reach reach = walk.warm(stream.family(), task.from(), task.last(), stream.bytes());
            byte[] end = reach.end();
            return end == null
                    ? null
                    : new Stream(
                            stream.family(),
                            stream.collection(),
                            stream.backward(),
                            reach.middle(),
                            end,
                            stream.bytes());
        } catch (RuntimeException e) {
            // Who asks for the row itself meets the error too, and says so.
            LOG.debug("rows could not be read ahead family={}", stream.family(), e);
            return null;
        }
    }

    /** Waits until nothing is under way. */
    void close() {
        closed = true;
        thread.interrupt(); // it waits for tasks or is in native code, which does not notice
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- figures

    void stats(Map<String, Long> stats) {
        stats.put("ahead_walks", walks.sum());
        stats.put("ahead_bytes", bytesAsked.sum());
    }
}
