package io.cairn.engine.rows;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.EnvOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileWriter;

/**
 * Threads that sort runs and write each as a durable file of RocksDB's.
 *
 * <p>There is at most one run a thread, so memory is bounded: who hands over another waits. The first failure ends it
 * all; it is thrown to who asks next.
 *
 * <p><i>Thread-safe.</i>
 */
final class RunWriters implements Run.Memory, AutoCloseable {
    private static final int ROWS_FETCHED = 32;

    private record Task(Family family, Run run, Path file) {}

    private final Path directory;
    private final RocksTuning tuning;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean cancelled;

    // All that follow: guarded by this.
    private final Deque<Task> waiting = new ArrayDeque<>();
    private final Deque<ByteBuffer> chunks = new ArrayDeque<>();
    private final Map<Family, List<String>> files = new EnumMap<>(Family.class);
    private int fileNumber;
    private int underWay;
    private boolean complete;
    private @Nullable Throwable failure;

    RunWriters(Path directory, RocksTuning tuning, int count) {
        this.directory = directory;
        this.tuning = tuning;
        for (int i = 1; i <= count; i++) {
            Thread thread = new Thread(this::work, "bulk-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    @Override
    public synchronized ByteBuffer chunk() {
        ByteBuffer used = chunks.poll();
        return used == null ? Run.allocate(Run.CHUNK_BYTES) : used;
    }

    /** Has a run written; waits while every thread has one. */
    synchronized void write(Family family, Run run) {
        awaitAtMost(threads.size() - 1);
        underWay++;
        waiting.add(new Task(family, run, directory.resolve("run-" + ++fileNumber + ".sst")));
        notifyAll();
    }

    /** Waits until all runs are written; returns the files. No more may be handed over. */
    synchronized Map<Family, List<String>> finish() {
        awaitAtMost(0);
        complete = true;
        notifyAll();
        return files;
    }

    synchronized void requireNoFailure() {
        Throwable failed = failure;
        if (failed instanceof StorageException storage) {
            throw storage;
        }
        if (failed != null) {
            throw new StorageException("rows could not be written: " + failed.getMessage(), failed);
        }
    }

    private void awaitAtMost(int runs) {
        try {
            while (underWay > runs && failure == null) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException("interrupted while rows were written", e);
        }
        requireNoFailure();
    }

    // ---- the threads

    private void work() {
        try {
            for (Task task = next(); task != null; task = next()) {
                RunOrder.sort(task.run());
                write(task);
                done(task);
            }
        } catch (RocksDBException e) {
            failed(RocksFailures.of("write what is loaded", e));
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private synchronized @Nullable Task next() {
        while (waiting.isEmpty() && !complete && !cancelled) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new StorageException("interrupted while waiting for rows", e);
            }
        }
        return cancelled ? null : waiting.poll();
    }

    private synchronized void done(Task task) {
        underWay--;
        files.computeIfAbsent(task.family(), family -> new ArrayList<>())
                .add(task.file().toString());
        for (ByteBuffer chunk : task.run().chunks()) {
            if (chunk.capacity() == Run.CHUNK_BYTES) {
                chunks.add(chunk);
            }
        }
        notifyAll();
    }

    private synchronized void failed(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        cancelled = true;
        notifyAll();
    }

    private void write(Task task) throws RocksDBException {
        Run run = task.run();
        ByteBuffer[] keys = run.chunks().stream().map(ByteBuffer::duplicate).toArray(ByteBuffer[]::new);
        ByteBuffer[] values = run.chunks().stream().map(ByteBuffer::duplicate).toArray(ByteBuffer[]::new);
        int[] references = run.references();
        try (EnvOptions environment = new EnvOptions(tuning.databaseOptions());
                Options options = tuning.fileOptions(task.family(), run.isOrdered());
                SstFileWriter writer = new SstFileWriter(environment, options)) {
            writer.open(task.file().toString());
            for (int first = 0; first < run.count(); first += ROWS_FETCHED) {
                if (cancelled) {
                    throw new StorageException("bulk load was given up");
                }
                int last = Math.min(first + ROWS_FETCHED, run.count());
                run.fetch(first, last);
                for (int i = first; i < last; i++) {
                    int reference = references[i];
                    ByteBuffer key = keys[Run.chunkNumber(reference)];
                    ByteBuffer value = values[Run.chunkNumber(reference)];
                    run.show(reference, key, value);
                    writer.put(key, value);
                }
            }
            writer.finish();
        }
    }

    /** Ends the threads and waits for them; what they were at is given up. */
    @Override
    public void close() {
        synchronized (this) {
            cancelled = true;
            notifyAll();
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
