package io.cairn.engine.rows;

import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A store of ordered rows: the port behind which RocksDB and the in-memory store stand.
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>{@link #write} is atomic, also over a crash: after one, the store is as it was after some earlier write, never
 *       between two. It has no log of its own; what a crash takes is replayed from the write-ahead log.
 *   <li>Writes are serialised by the caller (the commit lock); reads come from any thread and never wait for writes.
 *   <li>A reader sees a row's new value once {@code write} has returned; during the call it sees either.
 * </ul>
 *
 * <p><i>Thread-safe.</i>
 */
public interface RowStore extends RowView, RowSink {
    /** Applies the batch atomically. */
    @Override
    void write(RowBatch batch);

    /**
     * A frozen view of the whole store at one atomic point between two writes, unaffected by what follows.
     *
     * @param directory a path that does not exist yet, for hard links; removed again when the view is closed. Not
     *     used by the in-memory store.
     */
    RowView checkpoint(Path directory);

    /**
     * Looks at what memory has of the META rows of a namespace with these hashes, so that reads which follow find it in the processor's
     * caches. A hint: no lock, no disk.
     *
     * @return a number without meaning that depends on all that was looked at
     */
    int touchMetas(int namespace, int[] hashes, int count);

    /** As {@link #touchMetas}, for the rows of ROWS under a version; hashes of their keys, {@link RowHash}. */
    default int touchElements(long version, int[] hashes, int count) {
        return 0;
    }

    /** The first bytes of a key's META row, if that is at hand: a hint, and no use of the key. */
    default byte @Nullable [] glance(int hash, int namespace, byte[] key, int most) {
        return null;
    }

    /** As {@link #get} with {@link ReadMode#DISK}, but sees only what would survive a crash now. */
    byte @Nullable [] persisted(Family family, byte[] key);

    /** Makes everything written so far survive a crash. */
    void flush();

    /**
     * Gives the disk back what a deleted range took, if that is much; nobody may still read there.
     *
     * @param bytesAtLeast so much is known to have been there
     */
    default void reclaim(Family family, byte[] from, byte[] to, long bytesAtLeast) {}

    /** Whether rows survive a restart at all: false for the in-memory store. */
    boolean durable();

    /** As {@link #meta}, but this is no use of the key. */
    default byte @Nullable [] peekMeta(int hash, int namespace, byte[] key, ReadMode mode) {
        return meta(hash, namespace, key, mode);
    }

    /**
     * A row drawn from all of a range, each with the same probability, if it is known what rows those are. Null if it is not, and
     * then so much more is read that it will be after some calls, unless that would take too much memory; or if there are none.
     *
     * @param count about how many rows there are
     * @throws WouldBlockException in {@link ReadMode#MEMORY} when reading more would need the disk
     */
    default RowCursor.@Nullable Pick random(
            Family family, byte[] from, byte[] to, long count, ReadMode mode, RandomGenerator random) {
        return null;
    }

    /**
     * As {@link #get} of a row of {@link Family#ROWS}.
     *
     * @param passing whether it is soon gone or not asked for again: nothing is done for who reads it next
     */
    default byte @Nullable [] element(byte[] key, ReadMode mode, boolean passing) {
        return get(Family.ROWS, key, mode);
    }

    /** What is known of the use of keys: null but in memory. */
    default @Nullable KeyUsage usage() {
        return null;
    }

    /** Figures for INFO: name to value, names stable (bytes in memtables, block cache, row cache hits, ...). */
    java.util.Map<String, Long> stats();
}
