package io.cairn.wal;

/**
 * Counters of one log since it was opened, as they were when asked for.
 *
 * <p><i>Immutable.</i>
 *
 * @param records records appended
 * @param bytes bytes appended
 * @param syncs group syncs done
 * @param rolls segments begun
 * @param deletedSegments segments that retention removed
 * @param failed whether a storage failure stopped writing
 */
public record WalStats(long records, long bytes, long syncs, long rolls, long deletedSegments, boolean failed) {}
